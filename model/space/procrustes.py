"""Two clouds of the same samples laid over each other: Procrustes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import LatentError

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Similarity:
    """p -> scale · p @ turn + shift, `turn` (3, 3) being orthogonal (a mirror image is allowed) and `shift` (3,).

    `disparity` is what remains between the clouds, as a share of the target's spread: 0 for the same shape, 1 for
    nothing in common; scipy.spatial.procrustes gives the same number.
    """

    turn: Doubles
    scale: float
    shift: Doubles
    disparity: float

    def __call__(self, points: NDArray[Any]) -> Doubles:
        """Points (..., 3) of the one cloud in the other's space."""
        return np.asarray(self.scale * np.asarray(points, np.float64) @ self.turn + self.shift, np.float64)


def best_turn(points: Doubles, target: Doubles) -> tuple[Doubles, Doubles]:
    """The orthogonal matrix (3, 3) that brings centred points (n, 3) nearest to a centred target (n, 3), and the
    singular values (3,) of their product.

    Orthogonal Procrustes: Schönemann, "A generalized solution of the orthogonal Procrustes problem", 1966.
    """
    left, values, right = np.linalg.svd(points.T @ target)
    return left @ right, values


def similarity(points: NDArray[Any], target: NDArray[Any]) -> Similarity:
    """The similarity (turn, mirror, scale, shift) that brings points (n, 3) nearest to `target` (n, 3), which holds the
    same samples in the same order. Least squares: Gower, "Generalized Procrustes analysis", 1975.

    Raises LatentError for shapes that differ.
    """
    if points.shape != target.shape:
        raise LatentError("latent.alignment", shape=points.shape, wanted=target.shape)
    here, there = points.astype(np.float64), target.astype(np.float64)
    centre, goal = here.mean(0), there.mean(0)
    turn, values = best_turn(here - centre, there - goal)
    spread, wanted = ((here - centre) ** 2).sum(), ((there - goal) ** 2).sum()
    scale = values.sum() / spread if spread else 1.0  # samples at one single place have no size
    shared = values.sum() ** 2 / (spread * wanted) if spread and wanted else 0.0
    return Similarity(turn, float(scale), goal - scale * centre @ turn, float(1 - shared))
