"""The numbers of the lesson on the autoencoder, as the browser computes them, against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.modules import evaluated


def computed(expression: str) -> object:
    """The value of a JavaScript expression in which the module's functions stand."""
    return evaluated(f"const it = await load('lessons/autoencoder_numbers.js'); return {expression};")


@pytest.mark.parametrize("points", [[0.1, 0.2, 0.3, 0.4, 0.95], [0, 0, 0.5, 1, 1], [0.33, 0.31, 0.9, 0.12, 0.58]])
def test_the_best_guesses_are_the_mean_and_the_median(points):
    squared, absolute = computed(f"[it.best({points}, 2), it.best({points}, 1)]")
    assert squared == pytest.approx(np.mean(points), abs=5e-4)
    assert absolute == pytest.approx(np.median(points), abs=5e-4)


@pytest.mark.parametrize("n", [1, 2])
def test_the_error_of_a_pixel_is_that_of_its_colours(n):
    one, other = np.random.default_rng(n).integers(0, 256, (2, 1024, 3))
    pixels = [f"Uint8Array.from({each.ravel().tolist()})" for each in (one, other)]
    made = f"Object.values(it.errorMap({', '.join(pixels)}, {n}))"
    expected = (np.abs(one - other) / 255) ** n
    assert computed(made) == pytest.approx(expected.mean(1), abs=1e-6)


@pytest.mark.parametrize(("moved", "said"), [((0.2, 0), "squared"), ((0, 0.2), "absolute"), ((0.2, 0.15), "both")])
def test_what_moved_more_than_twice_as_far_has_followed(moved, said):
    assert computed(f"it.follower({moved[0]}, {moved[1]})") == said


@pytest.mark.parametrize("dims", [[1], [256, 1, 3], [3, 10, 64]])
def test_the_axis_of_d_goes_around_every_model(dims: list[int]) -> None:
    low, high = computed(f"it.around({dims})")
    assert 0 < low < min(dims) <= max(dims) < high
