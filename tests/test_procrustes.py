"""Clouds of the same samples laid over each other, beside SciPy's own Procrustes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import procrustes

from model.errors import LatentError
from model.space.procrustes import similarity

RNG = np.random.default_rng(0)


def spread(points: np.ndarray) -> float:
    return float(np.linalg.norm(points - points.mean(0)))


@pytest.mark.parametrize("noise", [0, 0.3, 10])
def test_the_fit_is_that_of_scipy(noise: float) -> None:
    target = RNG.normal(size=(500, 3)) * (3, 2, 1) + (5, -4, 1)
    points = target[:, [2, 0, 1]] * (-0.4, 0.4, 0.4) + noise * RNG.normal(size=(500, 3)) + (0, 7, 0)
    found = similarity(points, target)
    standard, fitted, disparity = procrustes(target, points)
    assert found.disparity == pytest.approx(disparity, abs=1e-12)
    np.testing.assert_allclose(found(points), fitted * spread(target) + target.mean(0), atol=1e-9)
    np.testing.assert_allclose(standard * spread(target) + target.mean(0), target, atol=1e-9)
    np.testing.assert_allclose(found.turn @ found.turn.T, np.eye(3), atol=1e-12)


def test_a_turned_mirrored_scaled_and_shifted_cloud_comes_back() -> None:
    target = RNG.normal(size=(50, 3))
    turn = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    turn[:, 0] *= -np.linalg.det(turn)  # a mirror image
    found = similarity((2.5 * target @ turn + (1, 2, 3)).astype(np.float32), target)
    assert found.disparity == pytest.approx(0, abs=1e-10)
    assert (found.scale, np.linalg.det(found.turn)) == (pytest.approx(0.4, rel=1e-6), pytest.approx(-1))


def test_samples_at_one_place_have_nothing_in_common_with_others() -> None:
    target = RNG.normal(size=(20, 3))
    found = similarity(np.ones((20, 3)), target)
    assert found.disparity == 1
    np.testing.assert_allclose(found(np.ones((20, 3))), np.tile(target.mean(0), (20, 1)))
    assert similarity(target, np.ones((20, 3))).disparity == 1


def test_other_samples_are_refused() -> None:
    with pytest.raises(LatentError, match=r"\(4, 3\) and \(5, 3\)"):
        similarity(np.zeros((4, 3)), np.zeros((5, 3)))
