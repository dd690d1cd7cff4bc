"""Pictures from strangers: checked, turned upright, cut square and made 32 x 32, in memory only."""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from model.config import IMAGE_SHAPE
from model.errors import PictureError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
FORMATS_SAID = "PNG, JPEG, WebP, BMP, GIF"
BYTES_MOST = 10 * 1024 * 1024
PIXELS_MOST = 40_000_000  # 120 MB as RGB: the largest phone cameras, and little enough for a small server
SIDE = IMAGE_SHAPE[1]
ORIENTATION = ExifTags.Base.Orientation
TURNS = {  # EXIF 2.32: how each orientation is set upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LYING = (5, 6, 7, 8)
SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N", "I")
Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]  # left, top, right, bottom of a square, in pixels
Prepare = Callable[[Image.Image, Box], Pixels]  # the box of an upright RGB picture as pixels (3, 32, 32)
DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    LookupError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Crop:
    """A square: its left edge in parts of the picture's width, its top in parts of the height, its side in parts of the
    shorter side.
    """

    left: float
    top: float
    side: float


@dataclass(frozen=True)
class Picture:
    """What is left of an uploaded picture: pixels uint8 (3, 32, 32), the upright picture's size, and the square that
    was used.
    """

    pixels: Pixels
    width: int
    height: int
    crop: Crop


def in_colour(upright: Image.Image, box: Box) -> Pixels:
    """The square of an upright picture as uint8 (3, 32, 32), by Lanczos' filter."""
    small = upright.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=box)
    return np.asarray(small, np.uint8).transpose(2, 0, 1).copy()  # (3, 32, 32)


def decode_picture(data: bytes, crop: Crop | None = None, prepare: Prepare = in_colour) -> Picture:
    """The picture in the bytes of an image file, its `crop` (or the centred square) made 32 x 32 by `prepare`.

    EXIF orientation is applied, the first frame of an animation is taken, transparency is laid over white.
    Raises PictureError, in one sentence, for whatever is no such picture, is damaged or is too large.
    """
    if not data:
        raise PictureError("picture.empty")
    if len(data) > BYTES_MOST:
        raise PictureError("picture.bytes", size=len(data), most=BYTES_MOST)
    return read_picture(io.BytesIO(data), crop, prepare)


def read_picture(file: IO[bytes], crop: Crop | None = None, prepare: Prepare = in_colour) -> Picture:
    """The same from an open file of any length, which is how the pictures of a data set are read. Raises PictureError
    only.
    """
    try:
        with Image.open(file, formats=FORMATS) as opened:
            _check_size(opened)
            return _cut(opened, crop, prepare)
    except UnidentifiedImageError as error:
        raise PictureError("picture.format", formats=FORMATS_SAID) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("picture.pixels", most=PIXELS_MOST) from error
    except DAMAGED as error:
        raise PictureError("picture.damaged") from error


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > PIXELS_MOST:
        raise PictureError("picture.size", width=width, height=height, most=PIXELS_MOST)


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode in SIXTEEN_BIT:
        return _sixteen_to_eight(picture)
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return _over_white(picture.convert("RGBA"))
    return picture.convert("RGB")


def _sixteen_to_eight(picture: Image.Image) -> Image.Image:
    """Pillow's own conversion clips 16-bit grey at 255, which makes nearly everything white."""
    grey = np.asarray(picture) >> 8
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")


def _over_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGB", picture.size, (255, 255, 255))
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _cut(picture: Image.Image, crop: Crop | None, prepare: Prepare) -> Picture:
    """The square, kept inside the upright picture, prepared."""
    stored = picture.size
    small = _shrunk(picture, _factor(*stored, crop.side if crop else 1.0))
    width, height = stored[::-1] if picture.getexif().get(ORIENTATION, 1) in LYING else stored
    upright = _upright(small, picture)
    crop = _inside(crop, width, height) if crop else _centred(width, height)
    return Picture(prepare(upright, _box(upright, crop, width, height)), width, height, crop)


def _factor(width: int, height: int, side: float) -> int:
    """By how much a picture can shrink at once and still have some 256 pixels along the square, or 10 million in
    all.
    """
    return max(1, int(side * min(width, height)) // 256, math.ceil(math.sqrt(width * height / 10_000_000)))


def _shrunk(picture: Image.Image, factor: int) -> Image.Image:
    """The first frame as RGB, both sides divided by `factor`, strip by strip: several whole copies would take much
    memory.
    """
    width, height = picture.size
    picture.seek(0)
    if picture.format == "JPEG":
        picture.draft(
            picture.mode, (width // factor, height // factor)
        )  # a JPEG can be unpacked at a half, a quarter, an eighth
        factor = max(1, round(factor * picture.width / width))
    picture.load()
    small = Image.new("RGB", (-(-picture.width // factor), -(-picture.height // factor)))
    rows = factor * max(64, 2_000_000 // (picture.width * factor))
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        small.paste(_to_rgb(strip).reduce(factor), (0, top // factor))
    return small


def _upright(small: Image.Image, picture: Image.Image) -> Image.Image:
    turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
    return small if turn is None else small.transpose(turn)


def _box(upright: Image.Image, crop: Crop, width: int, height: int) -> Box:
    """The square in pixels of the upright picture, which may have been made smaller."""
    side = crop.side * min(width, height)
    across, down = upright.width / width, upright.height / height
    left, top = crop.left * upright.width, crop.top * upright.height
    return left, top, min(left + side * across, upright.width), min(top + side * down, upright.height)


def _centred(width: int, height: int) -> Crop:
    short = min(width, height)
    return Crop((width - short) / 2 / width, (height - short) / 2 / height, 1.0)


def _inside(crop: Crop, width: int, height: int) -> Crop:
    if not all(np.isfinite(v) for v in (crop.left, crop.top, crop.side)) or not 0 < crop.side <= 1:
        raise PictureError("picture.square", left=crop.left, top=crop.top, side=crop.side)
    short = min(width, height)
    side = max(crop.side, 1 / short)
    left = min(max(crop.left, 0.0), 1 - side * short / width)
    top = min(max(crop.top, 0.0), 1 - side * short / height)
    return Crop(left, top, side)
