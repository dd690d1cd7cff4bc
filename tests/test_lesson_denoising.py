"""The numbers of the lesson on the denoising autoencoder, as the browser computes them, against NumPy's."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.modules import evaluated

GRAY = "new Uint8Array(3072).fill(128)"
NOWHERE = "new Uint8Array(1024)"


def computed(expression: str) -> object:
    """The value of a JavaScript expression in which the module's functions stand."""
    return evaluated(f"const it = await load('lessons/denoising_numbers.js'); return {expression};")


def spoilt(kind: str, strength: float, rubbed: str = NOWHERE) -> np.ndarray:
    """A gray picture (1024, 3) with noise."""
    made = computed(f"Array.from(it.spoil({GRAY}, {json.dumps(kind)}, {strength}, {rubbed}, it.draws(8)))")
    return np.array(made, np.uint8).reshape(1024, 3)


def test_gaussian_noise_has_its_deviation_and_no_colour_of_its_own():
    noise = spoilt("gaussian", 0.1).astype(float) / 255 - 128 / 255
    assert noise.std() == pytest.approx(0.1, rel=0.05)
    assert np.abs(noise.mean(0)).max() < 0.01


@pytest.mark.parametrize(("kind", "values"), [("masking", {0}), ("pepper", {0, 255})])
def test_the_other_kinds_hit_a_share_of_the_pixels_whole(kind, values):
    picture = spoilt(kind, 0.3)
    hit = (picture != 128).any(1)
    assert hit.mean() == pytest.approx(0.3, abs=0.04)
    assert set(picture[hit].ravel().tolist()) == values
    assert (picture[hit] == picture[hit][:, :1]).all()


@pytest.mark.parametrize("kind", ["gaussian", "masking", "pepper"])
def test_no_noise_leaves_the_picture_and_the_brush_takes_its_part(kind):
    assert (spoilt(kind, 0) == 128).all()
    rubbed = spoilt(kind, 0, f"{NOWHERE}.fill(1, 0, 100)")
    assert (rubbed[:100] == 0).all()
    assert (rubbed[100:] == 128).all()


def test_psnr_is_that_of_its_definition():
    one, other = np.random.default_rng(0).integers(0, 256, (2, 3072))
    pixels = ", ".join(f"Uint8Array.from({each.tolist()})" for each in (one, other))
    assert computed(f"it.psnr({pixels})") == pytest.approx(10 * np.log10(1 / np.mean(((one - other) / 255) ** 2)))
    assert computed(f"it.psnr({GRAY}, {GRAY}) === Infinity") is True


def test_pictures_are_sent_and_parted_in_order():
    assert computed(f"it.parted(it.joined([{GRAY}, new Uint8Array(3072).fill(7)])).map((each) => each[5])") == [128, 7]
    assert computed("it.greatest({ a: 1, b: 3, c: 2 })") == "b"
