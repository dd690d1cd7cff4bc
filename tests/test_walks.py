"""Walks through the latent space: they pass their stops, keep to where samples lie, and come out the same each time."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from model.film.walk import Look, WalkFilm, faded
from model.space.density import Density
from model.space.free_walks import EDGE, orbit, wandering
from model.space.latent_map import LatentMap
from model.space.neighbour_graph import NODES_MOST, NeighbourGraph
from model.space.walks import KINDS, Walk, along_manifold, spherical, straight, walk

Floats = NDArray[np.float32]


def cloud(n: int = 400, d: int = 3, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def half_ring(n: int = 600, seed: int = 1) -> Floats:
    """Samples (n, 3) near a half circle of radius 5 in the first two axes, from (5, 0) to (-5, 0)."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, np.pi, n)
    ring = np.stack([5 * np.cos(angle), 5 * np.sin(angle), np.zeros(n)], axis=1)
    return (ring + 0.15 * rng.normal(size=ring.shape)).astype(np.float32)


def made(kind: str, samples: Floats, stops: Floats, steps: int) -> Walk:
    return walk(kind, lambda: NeighbourGraph.of(samples), stops, steps)


def gaps(path: Floats, samples: Floats) -> Floats:
    """How far each place of a path lies from the nearest sample."""
    return np.linalg.norm(path[:, None] - samples[None], axis=2).min(1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("d", "stops", "steps"), [(3, 2, 2), (3, 2, 24), (5, 4, 9), (64, 3, 120), (2, 8, 8), (1, 2, 5)]
)
def test_a_walk_passes_each_of_its_stops_exactly_and_in_order(kind: str, d: int, stops: int, steps: int) -> None:
    samples, places = cloud(d=d), 2 * cloud(stops, d, seed=3)
    path = made(kind, samples, places, steps)
    assert path.latents.shape == (steps, d)
    assert path.latents.dtype == np.float32
    assert path.at[0] == 0
    assert path.at[-1] == steps - 1
    assert (np.diff(path.at) > 0).all()
    assert np.array_equal(path.latents[list(path.at)], places)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_stops_make_the_same_walk(kind: str) -> None:
    samples, stops = cloud(), cloud(3, seed=5)
    assert np.array_equal(made(kind, samples, stops, 40).latents, made(kind, samples.copy(), stops.copy(), 40).latents)


@pytest.mark.parametrize("kind", KINDS)
def test_steps_between_two_stops_have_the_same_length(kind: str) -> None:
    path = made(kind, cloud(), cloud(2, seed=7), 30).latents
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert lengths.min() > 0.9 * lengths.max()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("samples", [np.zeros((1, 3), np.float32), np.zeros((50, 3), np.float32), cloud(2)])
def test_hardly_any_samples_or_stops_in_one_place_are_walked_too(kind: str, samples: Floats) -> None:
    one = np.array([[1, 2, 3]], np.float32)
    path = made(kind, samples, np.concatenate([one, one, -one]), 12)
    assert np.isfinite(path.latents).all()
    assert np.array_equal(path.latents[list(path.at)], np.concatenate([one, one, -one]))


def test_a_straight_walk_lies_on_the_lines_between_its_stops() -> None:
    path = straight(np.array([[0, 0, 0], [9, 0, 0], [9, 9, 0]], np.float32), 19).latents
    assert np.allclose(path[:10], [[x, 0, 0] for x in range(10)])
    assert np.allclose(path[9:], [[9, y, 0] for y in range(10)])


def test_a_spherical_walk_keeps_the_length_of_its_latents() -> None:
    ends = cloud(2, 64, seed=11)
    ends *= 8 / np.linalg.norm(ends, axis=1, keepdims=True)
    assert np.allclose(np.linalg.norm(spherical(ends, 25).latents, axis=1), 8, atol=0.01)
    assert np.linalg.norm(straight(ends, 25).latents, axis=1).min() < 7


@pytest.mark.parametrize("other", [[2, 2, 0], [-3, -3, 0], [0, 0, 0]])
def test_a_spherical_walk_is_straight_where_there_is_no_arc(other: list[float]) -> None:
    ends = np.array([[1, 1, 0], other], np.float32)
    assert np.allclose(spherical(ends, 7).latents, straight(ends, 7).latents, atol=1e-6)


def test_a_walk_along_the_manifold_goes_where_the_samples_lie() -> None:
    samples = half_ring()
    ends = np.array([[5, 0, 0], [-5, 0, 0]], np.float32)
    along = along_manifold(NeighbourGraph.of(samples), ends, 60).latents
    radius = np.linalg.norm(along, axis=1)
    assert gaps(along, samples).max() < 0.4
    assert (np.abs(radius - 5) < 0.5).all()
    assert gaps(straight(ends, 60).latents, samples).max() > 4


def test_a_walk_along_the_manifold_has_no_corners() -> None:
    along = along_manifold(NeighbourGraph.of(half_ring()), np.array([[5, 0, 0], [-5, 0, 0]], np.float32), 60).latents
    steps = np.diff(along, axis=0)
    cosines = (steps[1:] * steps[:-1]).sum(1) / np.linalg.norm(steps[1:], axis=1) / np.linalg.norm(steps[:-1], axis=1)
    assert cosines.min() > 0.9


def test_islands_are_joined_by_the_shortest_link_between_them() -> None:
    islands = [0.1 * cloud(100, seed=seed) + np.array([10 * seed, 0, 0], np.float32) for seed in range(4)]
    way = NeighbourGraph.of(np.concatenate(islands)).ways(np.stack([islands[0][0], islands[3][0]]))[0]
    hops = np.sort(np.linalg.norm(np.diff(way, axis=0), axis=1))[-3:]
    shores = [gaps(here, there).min() for here, there in pairwise(islands)]
    assert np.allclose(hops, np.sort(shores), atol=1e-4)


def test_a_graph_of_many_samples_has_some_of_them_as_nodes_and_is_soon_there() -> None:
    begun = time.perf_counter()
    graph = NeighbourGraph.of(cloud(3 * NODES_MOST, 8))
    assert len(graph.nodes) == NODES_MOST
    assert time.perf_counter() - begun < 20  # about 0.5 s on a machine that does nothing else


def test_a_cross_fade_mixes_the_pictures_of_the_stops_between_which_a_step_lies() -> None:
    stops = np.array([0, 100, 20], np.uint8).reshape(3, 1, 1, 1) * np.ones((1, 2, 2, 3), np.uint8)
    grey = faded(stops, (0, 4, 6))[:, 0, 0, 0]
    assert grey.tolist() == [0, 25, 50, 75, 100, 60, 20]


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_an_order_of_a_walk_comes_out_of_its_parcel_as_it_went_in(kind: str) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    order = WalkFilm(pictures, pictures[[0, 4]], (0, 4), Look(kind, dark=True, language="ko"))
    assert WalkFilm.unpack(order.pack()).pack() == order.pack()


def dense_ring() -> Density:
    """Training and held-out latents in 3-D near a half ring."""
    return Density.of(half_ring(), half_ring(seed=2), np.ones(600, np.float32))


@pytest.mark.parametrize("steps", [5, 24, 120])
def test_an_orbit_closes_and_goes_around_its_centre_in_its_plane(steps: int) -> None:
    latents = cloud(d=5)
    latent_map = LatentMap.of(latents, np.zeros(len(latents), np.uint8))
    axes = np.array([[0.5, 0, 0], [0, 0.3, 0.4]], np.float32)
    path = orbit(latent_map, latents[7], axes, steps)
    assert np.array_equal(path.latents[0], path.latents[-1])
    assert path.at[0] == 0
    assert path.at[-1] == steps - 1
    assert (np.diff(path.at) > 0).all()
    away = path.latents - latents[7]
    assert np.allclose(np.linalg.norm(away, axis=1), 0.5, atol=1e-5), "both half axes are 0.5 long"
    beside = away - away @ latent_map.basis @ latent_map.basis.T
    assert np.abs(beside).max() < 1e-5, "what the view does not show stays"
    gaps_between = np.linalg.norm(np.diff(path.latents, axis=0), axis=1)
    assert gaps_between.max() < 1.001 * gaps_between.min()


def test_a_random_walk_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    density, start = dense_ring(), half_ring()[300]
    first, again, other = (wandering(density, start, 24, seed, 24).latents for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert np.array_equal(first[0], start)
    assert np.array_equal(other[0], start)
    assert np.abs(first - other).max() > 0.1


@pytest.mark.parametrize("seed", range(6))
def test_a_random_walk_stays_where_training_data_are_and_gets_somewhere(seed: int) -> None:
    density, start = dense_ring(), half_ring()[300]
    path = wandering(density, start, 60, seed, 120).latents
    assert density.percentile(path).max() <= max(EDGE, density.percentile(start[None])[0])
    assert np.linalg.norm(path - start, axis=1).max() > 0.5
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() < 0.5, "no jumps"


def test_a_random_walk_from_beyond_the_data_gets_no_emptier() -> None:
    density, start = dense_ring(), np.array([0, 9, 0], np.float32)
    path = wandering(density, start, 24, 1, 24)
    assert density.percentile(start[None])[0] == 100
    assert path.latents.shape == (24, 3)
    assert np.isfinite(path.latents).all()


def test_a_random_walk_among_very_few_samples_is_made_too() -> None:
    few = cloud(n=2)
    path = wandering(Density.of_map(few), few[0], 5, 0, 5)
    assert path.latents.shape == (5, 3)
    assert np.isfinite(path.latents).all()
