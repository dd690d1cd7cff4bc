"""Walks that need no goal: a circle around a place, and a random walk that stays where training data are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from model.space.density import Density
from model.space.latent_map import LatentMap, nearest_rows
from model.space.walks import Walk, evenly, smoothed

KINDS = ("orbit", "random")
EDGE = 90.0  # percentile of held-out images beyond which a random walk does not go
QUARTERS = 4
STEPS_LEAST = QUARTERS + 1  # one for each mark
SEED_MOST = 2**31 - 1
NODES = 3  # places of a random walk for each of its steps
TRIES = 12  # directions that are tried at once, the first that is dense enough is taken
NEIGHBOURS = 20
STRIDE = 1 / 8  # from step to step, of how far the training latents spread about their mean
KEPT = 0.9  # of the direction of the last stride
PULL = 0.4  # to the mean of the neighbours, at the edge; less where data are dense
ROUNDS = (24, 8, 3)  # of smoothing, the smoothest first: whichever stays among the data
Floats = NDArray[np.float32]


def orbit(latent_map: LatentMap, centre: Floats, axes: Floats, steps: int) -> Walk:
    """Once around latent `centre` (d,) on the ellipse with the half axes (2, 3) in the view; it ends where it began.

    What the view does not show stays as it is at the centre.
    """
    angle = np.linspace(0, 2 * np.pi, steps)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1) @ axes.astype(np.float64)  # (steps, 3)
    latents = (centre + circle @ latent_map.basis.T).astype(np.float32)  # (steps, d)
    latents[-1] = latents[0]
    return Walk(latents, _quarters(steps))


def wandering(density: Density, start: Floats, length: int, seed: int, steps: int) -> Walk:
    """A random walk from latent `start` (d,), the same for the same seed: Langevin dynamics with inertia, whose drift
    is the mean shift of the training latents (Fukunaga & Hostetler 1975). `length` steps long, and cut into `steps`.

    No step lies where fewer than EDGE percent of the held-out images do, nor emptier than the start where that does.
    """
    limit = max(EDGE, float(density.percentile(start[None])[0]))
    nodes = _strides(density, start, NODES * (length - 1) + 1, np.random.default_rng(seed), limit)
    for rounds in ROUNDS:
        latents = evenly(smoothed(nodes, rounds), steps).astype(np.float32)
        if density.percentile(latents).max() <= limit:
            break
    else:
        latents = nodes[np.rint(np.linspace(0, len(nodes) - 1, steps)).astype(int)].astype(np.float32)
    latents[0] = start
    return Walk(latents, _quarters(steps))


def _strides(density: Density, start: Floats, count: int, rng: np.random.Generator, limit: float) -> NDArray[Any]:
    """`count` places (count, d), all of them dense enough: where no direction is, the walk turns round."""
    field = _Field(density)
    places, emptiness = [start.astype(np.float64)], limit
    heading = _unit(rng.normal(size=len(start)))
    for _ in range(count - 1):
        here = places[-1]
        noise = _unit(rng.normal(size=(TRIES, len(start))))  # (TRIES, d)
        ways = np.sqrt(1 - KEPT**2) * noise + PULL * emptiness / EDGE * field.drift(here)
        ways[: TRIES // 2] += KEPT * heading  # the later ones may turn anywhere
        tried = here + field.stride * _unit(ways)
        percentiles = density.percentile(tried.astype(np.float32))
        dense = np.flatnonzero(percentiles <= limit)
        heading = _unit(ways[dense[0]]) if len(dense) else -heading
        places.append(tried[dense[0]] if len(dense) else here)
        emptiness = float(percentiles[dense[0]]) if len(dense) else emptiness
    return np.stack(places)


@dataclass(frozen=True)
class _Field:
    """Where a walk is drawn, and how far it strides."""

    density: Density

    @cached_property
    def stride(self) -> float:
        """How far from node to node."""
        return STRIDE / NODES * float(np.linalg.norm(self.density.reference.std(0)))

    @cached_property
    def usual(self) -> float:
        """The distance to a neighbour in the middle of the held-out images."""
        levels = self.density.distances
        return float(levels[len(levels) // 2]) or 1.0

    def drift(self, place: NDArray[np.float64]) -> NDArray[np.float64]:
        """To the mean of the neighbours (d,), in usual distances to one, of length 1 at most."""
        reference = torch.from_numpy(self.density.reference)
        asked = torch.from_numpy(place.astype(np.float32))[None]
        index, _ = nearest_rows(reference, asked, min(NEIGHBOURS, len(reference)))
        shift = (self.density.reference[index[0]].mean(0) - place) / self.usual
        return shift / max(1.0, float(np.linalg.norm(shift)))


def _unit(ways: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row of (.., d) with length 1, where it has one."""
    length = np.linalg.norm(ways, axis=-1, keepdims=True)
    return ways / np.where(length > 0, length, 1)


def _quarters(steps: int) -> tuple[int, ...]:
    """The first step, those after each quarter, the last."""
    return tuple(np.rint(np.linspace(0, steps - 1, QUARTERS + 1)).astype(int).tolist())
