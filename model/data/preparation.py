"""Any picture as an image of a gray data set: light on black, framed as that data set frames its own.

A picture that is one of them already is taken as it is. Colour data sets, and one's own folder, take any as it is cut.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.config import IMAGE_SHAPE
from model.data.catalogue import DatasetCard
from model.data.foreground import foreground, thickened
from model.data.pictures import Box, Pixels, Prepare, in_colour
from model.data.sources import Framing
from model.images import WHITE

LOOKED_AT = 256  # pixels along the square: enough to find a stroke, few enough to be quick
CLEAR = 0.2  # of the most that is shown: less is the blur around it
DARK = 64  # the median of the corners is less in a data set's own images (36 at most in MNIST, Fashion-MNIST, digits)


def preparation(card: DatasetCard | None) -> Prepare:
    """What makes an image of the data set from the square of an upright picture; None stands for one's own folder."""
    if card is None or card.framing is None:
        return in_colour
    return partial(in_gray, side=card.side, framing=card.framing)


def in_gray(upright: Image.Image, box: Box, side: int, framing: Framing) -> Pixels:
    """The square `box` of the picture as uint8 (3, 32, 32) in three equal channels, black where nothing is shown.

    `side` is that of the data set's originals. A square of just that size, or of 32 x 32 as the explorer gives it out,
    is one of them if it is gray and dark in its corners.
    """
    square = _square(upright, box)
    gray = np.asarray(square.convert("L"))  # (n, n)
    if _is_original(square, IMAGE_SHAPE[1]):
        return np.repeat(gray[None], IMAGE_SHAPE[0], axis=0)  # (3, 32, 32)
    if not _is_original(square, side):
        gray = _framed(foreground(gray / WHITE, framing.faint, framing.white), side, framing)
    return framing.finish(gray[None])[0]  # (3, 32, 32)


def _square(upright: Image.Image, box: Box) -> Image.Image:
    """The square with its own pixels, or `LOOKED_AT` along its side where it has more."""
    side = min(max(round(box[2] - box[0]), 1), LOOKED_AT)
    return upright.resize((side, side), Image.Resampling.LANCZOS, box=box)


def _is_original(square: Image.Image, side: int) -> bool:
    pixels = np.asarray(square)  # (n, n, 3)
    colourless = (pixels == pixels[:, :, :1]).all()
    return square.size == (side, side) and bool(colourless and np.median(pixels[[0, 0, -1, -1], [0, -1, 0, -1]]) < DARK)


def _framed(shown: NDArray[np.float64], side: int, framing: Framing) -> Pixels:
    """What is shown, in [0, 1], scaled to the box and put where the data set has it, as uint8 (side, side)."""
    image = np.zeros((side, side), np.uint8)
    if not shown.any():
        return image
    longer = max(shown[_extent(shown)].shape)
    shown = thickened(shown, framing.stroke * longer / framing.box)
    small = _scaled(shown[_extent(shown)], framing.box)
    free = side - np.array(small.shape)
    place = side / 2 - _centre_of_mass(small) if framing.by_mass else free / 2
    top, left = np.clip(np.floor(place + 0.5).astype(int), 0, free)
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return image


def _extent(shown: NDArray[np.float64]) -> tuple[slice, slice]:
    """Rows and columns of what is shown, without the soft edge of a blurred photograph."""
    clear = shown >= CLEAR * shown.max()
    rows, columns = np.flatnonzero(clear.any(axis=1)), np.flatnonzero(clear.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _scaled(shown: NDArray[np.float64], box: int) -> Pixels:
    """The same with `box` pixels along its longer side, its lightest pixel white: a thin stroke would become faint."""
    height, width = (max(1, round(length * box / max(shown.shape))) for length in shown.shape)
    small = np.asarray(Image.fromarray(shown.astype(np.float32)).resize((width, height), Image.Resampling.BOX))
    return np.round(small * (255 / small.max())).astype(np.uint8)


def _centre_of_mass(image: Pixels) -> NDArray[np.float64]:
    weights = image / image.sum(dtype=float)
    return np.array([(weights.sum(axis=1 - axis) * np.arange(image.shape[axis])).sum() for axis in (0, 1)])
