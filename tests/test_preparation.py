"""A person's picture becomes an image of the model's data set, and an image of the data set stays what it is."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from sklearn.datasets import load_digits

from app.routes.uploads import _answer
from model.data.catalogue import CATALOGUE
from model.data.pictures import decode_picture, in_colour
from model.data.preparation import preparation
from model.data.sources import DIGITS_TRAIN, Digits, enlarged, padded
from model.space.service import ExplorerService
from tests.conftest import TINY, save_untrained

DIGITS = Digits().read(Path(), "test", tuple("0123456789"))
GRAY = ("mnist", "fashion-mnist", "digits")
SEVEN = [(60, 40), (200, 45), (110, 210)]


def file(image, kind="PNG"):
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def prepared(name, image, kind="PNG"):
    return decode_picture(file(image, kind), prepare=preparation(CATALOGUE[name])).pixels


def originals():
    return np.round(load_digits().images[DIGITS_TRAIN:] * (255 / 16)).astype(np.uint8)  # (300, 8, 8)


def drawing(line=22, points=SEVEN, side=256):
    """White on black."""
    image = Image.new("L", (side, side))
    ImageDraw.Draw(image).line(points, 255, line, joint="curve")
    return image


def photograph(ink, seed, noise=0.02):
    """Dark ink on yellowish paper, lit from one side, somewhere in a picture of 400 x 300."""
    rng = np.random.default_rng(seed)
    side, angle = int(rng.integers(170, 240)), rng.uniform(0, 2 * np.pi)
    top, left = int(rng.integers(0, 300 - side)), (400 - side) // 2 + int(rng.integers(-20, 21))
    cover = np.zeros((300, 400, 1))
    large = ink.resize((side, side), Image.Resampling.BICUBIC)
    cover[top : top + side, left : left + side, 0] = np.asarray(large) / 255
    y, x = np.mgrid[:300, :400]
    light = 0.75 + 0.3 * ((x / 400 - 0.5) * np.cos(angle) + (y / 300 - 0.5) * np.sin(angle))
    colours = np.array([0.95, 0.92, 0.83]) * (1 - cover) + np.array([0.15, 0.17, 0.3]) * cover
    pixels = light[:, :, None] * colours + rng.normal(0, noise, (300, 400, 3))
    return Image.fromarray((pixels.clip(0, 1) * 255).astype(np.uint8))


def error(one, other):
    return np.square(one / 255 - other / 255).mean()


def extent(image, least=64):
    """Height and width of what is lighter than `least`."""
    return [np.ptp(np.flatnonzero((image >= least).any(axis=axis))) + 1 for axis in (1, 0)]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_each_of_the_test_digits_comes_out_as_the_model_was_taught_it(mode):
    ours = [prepared("digits", Image.fromarray(digit).convert(mode)) for digit in originals()]
    np.testing.assert_array_equal(ours, DIGITS.images)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_an_image_of_28_by_28_is_only_padded(name, mode):
    gray = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    gray[[0, 0, -1, -1], [0, -1, 0, -1]] = 0
    np.testing.assert_array_equal(prepared(name, Image.fromarray(gray).convert(mode)), padded(gray[None])[0])


@pytest.mark.parametrize("finish", [padded, enlarged])
def test_an_image_that_the_explorer_gave_out_is_taken_back_unchanged(finish):
    shown = finish(originals())[7]
    for name in GRAY:
        np.testing.assert_array_equal(prepared(name, Image.fromarray(shown.transpose(1, 2, 0))), shown)


def test_a_small_picture_of_dark_ink_is_not_taken_for_an_image_of_the_data_set():
    ink = drawing().resize((28, 28), Image.Resampling.BOX)
    assert error(prepared("mnist", Image.eval(ink, lambda v: 255 - v)), prepared("mnist", drawing())) < 0.02


def test_a_photograph_of_ink_becomes_what_a_drawing_becomes():
    clean, pictures = prepared("mnist", drawing()), [photograph(drawing(), seed) for seed in range(6)]
    ours = np.stack([prepared("mnist", picture, "JPEG") for picture in pictures])
    centres = [picture.convert("L").crop((50, 0, 350, 300)) for picture in pictures]
    naive = np.stack([np.asarray(centre.resize((32, 32))) for centre in centres])
    assert error(ours, clean) < 0.02 < 0.1 < min(error(naive, clean[0]), error(255 - naive, clean[0]))


def test_ink_is_scaled_to_20_pixels_and_centred_by_its_mass_as_in_mnist():
    for points in (SEVEN, [(30, 30), (70, 200)], [(100, 120), (240, 140), (200, 110)]):
        image = prepared("mnist", photograph(drawing(points=points), 1))[0]
        weights = image / image.sum()
        middle = [(weights.sum(axis=axis) * np.arange(32)).sum() for axis in (1, 0)]
        assert max(extent(image)) in (19, 20)
        np.testing.assert_allclose(middle, 16, atol=0.7)
        assert image.max() == 255
        assert np.median(image) == 0


def test_a_ballpoints_line_is_as_wide_as_the_data_sets_lines():
    thin, normal = (prepared("mnist", photograph(drawing(line), 2)) for line in (5, 20))
    assert 0.6 < (thin > 127).sum() / (normal > 127).sum() <= 1


def test_the_lines_of_ruled_paper_are_not_ink():
    pixels = np.asarray(photograph(drawing(), 0)).copy()
    plain = prepared("mnist", Image.fromarray(pixels))
    pixels[::40] = pixels[::40] * 0.8
    pixels[1::40] = pixels[1::40] * 0.8
    assert error(prepared("mnist", Image.fromarray(pixels)), plain) < 0.01


def test_digits_in_photographs_come_near_their_originals():
    taken = [photograph(Image.fromarray(digit), seed) for seed, digit in enumerate(originals()[:40])]
    photographed = [prepared("digits", picture, "JPEG") for picture in taken]
    assert error(np.stack(photographed), enlarged(originals()[:40])) < 0.035
    assert all(extent(image[0])[0] > 28 for image in photographed)


def test_a_garment_before_a_light_wall_fills_the_image_and_keeps_its_shades():
    shirt = Image.new("L", (256, 256))
    ImageDraw.Draw(shirt).polygon([(60, 60), (190, 60), (190, 220), (60, 220)], 120)
    ImageDraw.Draw(shirt).rectangle((110, 100, 140, 220), 240)
    image = prepared("fashion-mnist", photograph(shirt.filter(ImageFilter.GaussianBlur(1)), 3))[0]
    assert extent(image) == [28, 23]
    assert image[:2].max() == image[-2:].max() == image[:, :4].max() == 0
    assert 90 < image[16, 8] < 150
    assert image[20, 15] > 230


@pytest.mark.parametrize("name", GRAY)
@pytest.mark.parametrize("colour", ["white", "black", "gray", "orange"])
def test_a_blank_picture_is_black(name, colour):
    assert not prepared(name, Image.new("RGB", (300, 200), colour)).any()


@pytest.mark.parametrize("name", GRAY)
def test_empty_paper_is_black_however_it_is_lit(name):
    for seed in range(4):
        assert not prepared(name, photograph(Image.new("L", (9, 9)), seed, noise=0.03), "JPEG").any()


@pytest.mark.parametrize("name", GRAY)
def test_no_picture_is_too_small_or_too_odd(name):
    rng = np.random.default_rng(0)
    for side in (1, 2, 3, 5, 8, 28, 32, 33, 300):
        for low, high in ((0, 2), (0, 256), (200, 256)):
            picture = Image.fromarray(rng.integers(low, high, (side, side, 3), np.uint8))
            pixels = preparation(CATALOGUE[name])(picture, (0, 0, side, side))
            assert (pixels.shape, pixels.dtype) == ((3, 32, 32), np.uint8)
    picture = Image.new("RGB", (40, 1), "white")
    assert not preparation(CATALOGUE[name])(picture, (0.2, 0.3, 0.4, 0.5)).any()


def test_in_colour_and_for_ones_own_folder_nothing_changes():
    assert preparation(None) is preparation(CATALOGUE["cifar10"]) is in_colour


def test_the_answer_to_an_upload_shows_what_the_encoder_gets(tmp_path):
    service = ExplorerService(save_untrained(tmp_path / "model", TINY, DIGITS), DIGITS)
    service.card["data"]["dataset"] = "digits"
    answer = _answer(service, file(Image.fromarray(originals()[3])), None, 1)
    shown = Image.open(io.BytesIO(base64.b64decode(answer["picture"].split(",")[1])))
    np.testing.assert_array_equal(np.asarray(shown).transpose(2, 0, 1), DIGITS.images[3])
    assert answer["nearest"]["pixel"][0] == {"index": 3, "label": int(DIGITS.labels[3]), "distance": 0.0}
