"""Walks through the latent space: curves that pass their stops, cut into steps of the same length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.space.neighbour_graph import NeighbourGraph

STOPS_MOST = 8
STEPS_MOST = 120
FINE = 96  # places of a curve between two stops before it is cut into steps
ROUNDS = 32  # of smoothing: a Gaussian of 4 places
PARALLEL = 1e-4  # radians, below which an angle is none
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Walk:
    """Latents float32 (steps, d), and for each stop the step that stands on it exactly."""

    latents: Floats
    at: tuple[int, ...]


def straight(stops: Floats, steps: int) -> Walk:
    """On straight lines from each of the stops (s, d) to the next; `steps` is s at least."""
    return _in_steps(stops, [np.stack(pair) for pair in pairwise(stops)], steps)


def spherical(stops: Floats, steps: int) -> Walk:
    """On arcs about the origin (slerp: Shoemake 1985; between latents of a Gaussian: White 2016): lengths between those
    of the two stops, while a straight line dips to where a Gaussian of many dimensions has hardly any mass.

    Straight between stops in the same or in opposite directions, and where one is the origin.
    """
    return _in_steps(stops, [_arc(start, end) for start, end in pairwise(stops)], steps)


def along_manifold(graph: NeighbourGraph, stops: Floats, steps: int) -> Walk:
    """Where the samples lie: on the cheapest ways through their neighbour graph, smoothed between the stops."""
    return _in_steps(stops, [smoothed(evenly(way, FINE), ROUNDS) for way in graph.ways(stops)], steps)


def walk(kind: str, graph: Callable[[], NeighbourGraph], stops: Floats, steps: int) -> Walk:
    """The walk of that kind, one of `KINDS`; the graph is asked for where it is needed."""
    if kind == "manifold":
        return along_manifold(graph(), stops, steps)
    return (spherical if kind == "spherical" else straight)(stops, steps)


KINDS = ("straight", "spherical", "manifold")


def _arc(start: Floats, end: Floats) -> Floats:
    """Places (FINE, d) from start to end at even angles."""
    share = np.linspace(0, 1, FINE)[:, None]
    norms = np.linalg.norm(start), np.linalg.norm(end)
    cosine = float(np.dot(start, end) / (norms[0] * norms[1])) if min(norms) > 0 else 1.0
    angle = np.arccos(np.clip(cosine, -1, 1))
    if not PARALLEL < angle < np.pi - PARALLEL:
        return np.stack([start, end])
    return ((np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)).astype(np.float32)


def smoothed(way: NDArray[np.float64], rounds: int) -> NDArray[np.float64]:
    """The way (m, d) without its corners: `rounds` of smoothing are a Gaussian of sqrt(rounds / 2) places; its ends
    stay.
    """
    curve = way.copy()
    for _ in range(rounds):
        curve[1:-1] = 0.25 * curve[:-2] + 0.5 * curve[1:-1] + 0.25 * curve[2:]
    return curve


def _in_steps(stops: Floats, legs: Sequence[NDArray[Any]], steps: int) -> Walk:
    """The legs (each from a stop to the next) in `steps` places: each leg in as many as suits its length, one at
    least.
    """
    at = _marks([_travelled(leg)[-1] for leg in legs], steps)
    parts = [evenly(leg, after - before + 1)[:-1] for leg, (before, after) in zip(legs, pairwise(at), strict=True)]
    latents = np.concatenate([*parts, stops[-1:]]).astype(np.float32)
    latents[at] = stops
    return Walk(latents, tuple(at))


def _marks(lengths: list[float], steps: int) -> list[int]:
    """The steps on which the stops fall: 0 first, `steps` - 1 last, each later than the one before."""
    total = sum(lengths)
    ends = np.cumsum([0.0, *lengths]) / total if total else np.linspace(0, 1, len(lengths) + 1)
    order = np.arange(len(ends))
    marks = np.rint(ends * (steps - 1)).astype(int)
    marks = np.maximum.accumulate(marks - order) + order
    return np.minimum(marks, steps - 1 - order[::-1]).tolist()


def _travelled(curve: NDArray[Any]) -> NDArray[np.float64]:
    """How far along the curve (m, d) each of its places lies, (m,)."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve.astype(np.float64), axis=0), axis=1))])


def evenly(curve: NDArray[Any], count: int) -> NDArray[np.float64]:
    """`count` places of the curve (m, d) at even distances along it."""
    travelled = _travelled(curve)
    wanted = np.linspace(0, travelled[-1], count)
    return np.stack([np.interp(wanted, travelled, axis) for axis in curve.T], axis=1)  # (count, d)
