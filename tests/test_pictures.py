"""Pictures from strangers: each becomes a Picture or a PictureError, never anything else."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from model.data.pictures import BYTES_MOST, Crop, Picture, decode_picture
from model.errors import PictureError

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def file(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def left_red_right_blue(width=64, height=64, mode="RGB"):
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def colour_at(picture, x, y):
    return picture.pixels[:, y, x].astype(int)


def assert_close(colour, expected, by=12):
    assert np.abs(colour - np.array(expected)).max() <= by, f"{colour} is not {expected}"


def png_header(width, height, bits=1, colour=0):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_the_five_formats_are_read(kind):
    picture = decode_picture(file(left_red_right_blue(), kind))
    assert picture.pixels.shape == (3, 32, 32)
    assert picture.pixels.dtype == np.uint8
    assert (picture.width, picture.height) == (64, 64)
    assert_close(colour_at(picture, 4, 16), RED)
    assert_close(colour_at(picture, 28, 16), BLUE)


@pytest.mark.parametrize("kind", ["TIFF", "ICO", "PPM", "TGA"])
def test_other_formats_are_refused_with_the_list_of_good_ones(kind):
    with pytest.raises(PictureError, match="PNG, JPEG, WebP, BMP, GIF"):
        decode_picture(file(left_red_right_blue(), kind))


def test_a_text_is_no_picture_whatever_its_name():
    with pytest.raises(PictureError, match="cannot be read as a picture"):
        decode_picture(b"Hello, I am holiday.png\n" * 40)


def test_an_empty_file_is_said_to_be_empty():
    with pytest.raises(PictureError, match="0 bytes"):
        decode_picture(b"")


def test_a_file_of_too_many_bytes_is_refused():
    with pytest.raises(PictureError, match=f"{BYTES_MOST + 1} bytes"):
        decode_picture(bytes(BYTES_MOST + 1))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_file_cut_short_is_said_to_be_damaged(kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8))
    data = file(noise, kind)
    with pytest.raises(PictureError, match="damaged or incomplete"):
        decode_picture(data[: len(data) // 2])


@pytest.mark.parametrize("side", [6_400, 12_000, 20_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side):
    with pytest.raises(PictureError, match="40000000"):
        decode_picture(png_header(side, side))


def test_the_largest_number_of_pixels_is_still_read():
    assert decode_picture(file(Image.new("1", (8_000, 5_000), 1))).width == 8_000


def test_cmyk_keeps_its_colours():
    picture = decode_picture(file(left_red_right_blue(mode="CMYK"), "JPEG", quality=95))
    assert_close(colour_at(picture, 4, 16), RED)
    assert_close(colour_at(picture, 28, 16), BLUE)


def test_sixteen_bit_grey_keeps_its_brightness():
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (64, 1))
    picture = decode_picture(file(Image.fromarray(ramp)))
    assert_close(colour_at(picture, 16, 16), (131,) * 3, 6)
    assert_close(colour_at(picture, 31, 16), (255,) * 3, 6)


def test_transparency_is_laid_over_white():
    image = left_red_right_blue(mode="RGBA")
    image.paste((0, 0, 0, 0), (32, 0, 64, 64))
    for kind in ("PNG", "WEBP"):
        picture = decode_picture(file(image, kind))
        assert_close(colour_at(picture, 4, 16), RED)
        assert_close(colour_at(picture, 28, 16), WHITE)


def test_half_transparency_is_half_white():
    picture = decode_picture(file(Image.new("RGBA", (40, 40), (0, 0, 0, 128))))
    assert_close(colour_at(picture, 16, 16), (127,) * 3, 2)


def test_a_palette_with_a_transparent_colour_is_laid_over_white():
    image = left_red_right_blue().quantize(4)
    picture = decode_picture(file(image, transparency=image.getpixel((60, 5))))
    assert_close(colour_at(picture, 4, 16), RED)
    assert_close(colour_at(picture, 28, 16), WHITE)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P"])
def test_every_kind_of_png_is_read(mode):
    picture = decode_picture(file(Image.new("RGB", (20, 20), WHITE).convert(mode)))
    assert_close(colour_at(picture, 16, 16), WHITE, 2)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(kind):
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE, WHITE)]
    picture = decode_picture(file(frames[0], kind, save_all=True, append_images=frames[1:], duration=50))
    assert_close(colour_at(picture, 16, 16), RED)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_cameras_orientation_is_applied(orientation):
    upright = left_red_right_blue(80, 40)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transpositions that turn upright into stored
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode_picture(file(stored, "JPEG", exif=exif, quality=95), Crop(0, 0, 1))
    assert (picture.width, picture.height) == (80, 40)
    assert_close(colour_at(picture, 4, 16), RED, 40)


def test_one_pixel_is_enough():
    assert_close(colour_at(decode_picture(file(Image.new("RGB", (1, 1), BLUE))), 16, 16), BLUE, 1)


@pytest.mark.parametrize(("width", "height"), [(5000, 1), (1, 5000), (3000, 7)])
def test_of_a_very_long_picture_the_centre_is_taken(width, height):
    picture = decode_picture(file(left_red_right_blue(width, height)))
    short = min(width, height)
    assert picture.crop == Crop((width - short) / 2 / width, (height - short) / 2 / height, 1.0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_a_large_picture_gives_what_its_small_copy_gives(kind, mode):
    if kind == "JPEG" and mode in ("RGBA", "P"):
        mode = "CMYK"
    y, x = np.mgrid[:32, :32]
    small = Image.fromarray(np.stack([x * 8, y * 8, 255 - x * 4 - y * 4], 2).astype(np.uint8))
    if mode == "L":
        small = small.convert("L").convert("RGB")
    large = small.resize((1500, 1500), Image.Resampling.BICUBIC).convert(mode)
    difference = decode_picture(file(large, kind)).pixels.astype(int) - decode_picture(file(small)).pixels
    assert np.abs(difference[:, 2:-2, 2:-2]).max() <= 12


def test_a_line_of_millions_of_pixels_is_read_in_a_moment():
    data = file(Image.new("1", (1, 12_000_000), 1))
    start = time.perf_counter()
    assert decode_picture(data).height == 12_000_000
    assert time.perf_counter() - start < 10


def test_the_square_that_is_asked_for_is_used():
    data = file(left_red_right_blue(200, 100))
    assert_close(colour_at(decode_picture(data, Crop(0, 0, 1)), 28, 28), RED)
    assert_close(colour_at(decode_picture(data, Crop(0.5, 0, 1)), 3, 3), BLUE)
    assert_close(colour_at(decode_picture(data, Crop(0.1, 0.3, 0.25)), 16, 16), RED)


def test_a_square_that_reaches_over_the_edge_is_pushed_inside():
    picture = decode_picture(file(left_red_right_blue(200, 100)), Crop(0.9, 0.9, 0.5))
    assert picture.crop == Crop(0.75, 0.5, 0.5)


@pytest.mark.parametrize("square", [(0, 0, 0), (0, 0, 1.5), (float("nan"), 0, 1), (0, float("inf"), 1), (0, 0, -1)])
def test_a_square_that_cannot_be_is_refused(square):
    with pytest.raises(PictureError, match="square"):
        decode_picture(file(left_red_right_blue()), Crop(*square))


def test_a_tiny_square_is_at_least_one_pixel():
    assert decode_picture(file(left_red_right_blue()), Crop(0.2, 0.2, 1e-9)).crop.side == 1 / 64


def test_a_colour_profile_does_no_harm():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert_close(colour_at(decode_picture(file(left_red_right_blue(), icc_profile=profile)), 4, 16), RED)


def damaged_files():
    """Every format with bytes changed, cut out and repeated at random places."""
    rng = np.random.default_rng(1)
    picture = Image.fromarray(rng.integers(0, 256, (40, 40, 3), np.uint8))
    frames = [picture.rotate(angle) for angle in (90, 180)]
    whole = [file(picture, kind) for kind in ("PNG", "JPEG", "WEBP", "BMP", "GIF")]
    whole += [file(picture, kind, save_all=True, append_images=frames) for kind in ("GIF", "WEBP", "PNG")]
    whole += [
        file(picture.convert("P"), "PNG"),
        file(picture.convert("RGBA"), "WEBP", lossless=True),
        file(picture.convert("CMYK"), "JPEG"),
    ]
    for data in whole:
        for _ in range(60):
            changed = bytearray(data)
            for place in rng.integers(0, len(changed), rng.integers(1, 12)):
                changed[place] = rng.integers(0, 256)
            yield bytes(changed)
        for _ in range(20):
            start, stop = sorted(rng.integers(0, len(data), 2))
            yield data[:start] + data[stop:]
            yield data[:stop] + data[start:]


def outcome(data):
    try:
        return decode_picture(data)
    except PictureError as error:
        return str(error)


@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_a_picture_or_a_picture_error_and_nothing_else():
    outcomes = [outcome(data) for data in damaged_files()]
    pictures = [o for o in outcomes if isinstance(o, Picture)]
    assert all(p.pixels.shape == (3, 32, 32) for p in pictures)
    assert not any("\n" in o for o in outcomes if isinstance(o, str))
    assert 50 < len(pictures) < len(outcomes) - 50
