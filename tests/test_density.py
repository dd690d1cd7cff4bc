"""The density of the training data: percentiles of held-out images, and what its file must hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from model.errors import CheckpointError, LatentError
from model.evaluation.calibration import uniformity
from model.space.contours import PERCENTILE, SLICES, contours
from model.space.density import LEVELS, Density


def gaussian(n: int, d: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def density(d: int = 3, errors: np.ndarray | None = None) -> Density:
    return Density.of(gaussian(4000, d, 0), gaussian(2000, d, 1), np.linspace(0, 1, 2000) if errors is None else errors)


@pytest.mark.parametrize("d", [1, 3, 20])
def test_the_percentile_is_uniform_on_images_that_it_was_not_calibrated_on(d: int) -> None:
    assert uniformity(density(d), gaussian(2000, d, 2)) < 0.05
    assert uniformity(density(d), 1.5 * gaussian(2000, d, 2)) > 0.1  # others are not


def test_the_distance_is_that_to_the_ten_nearest_of_the_reference() -> None:
    found, queries = density(), gaussian(1200, 3, 3)
    distances, _ = NearestNeighbors(n_neighbors=10).fit(found.reference).kneighbors(queries)
    np.testing.assert_allclose(found.distance(queries), distances.mean(1), rtol=1e-4)


def test_the_middle_of_the_data_is_dense_and_what_lies_beyond_all_is_100() -> None:
    middle, edge, far = density().percentile(np.array([[0, 0, 0], [0, 0, 3], [0, 0, 40]], np.float32))
    assert middle < 40
    assert 90 < edge < 100
    assert far == 100


def test_the_percentile_of_an_error_counts_the_held_out_images_with_a_smaller_one() -> None:
    rank = density().error_percentile([-1, 0.25, 0.9, 2])
    np.testing.assert_allclose(rank, [0, 25, 90, 100], atol=0.1)


def test_without_its_file_a_model_is_measured_by_its_map_each_place_left_out_of_its_own_neighbours() -> None:
    latents = gaussian(800, 3, 0)
    found = Density.of_map(latents)
    assert uniformity(found, latents) < 0.01
    assert found.error_percentile([0.1]) is None


@pytest.mark.parametrize("latents", [np.zeros((1, 3), np.float32), np.zeros((50, 3), np.float32)], ids=["one", "equal"])
def test_places_that_cannot_be_told_apart_are_typical(latents: np.ndarray) -> None:
    assert Density.of_map(latents).percentile(latents[:1]) == pytest.approx([50])


def test_a_saved_density_comes_back_the_same(tmp_path: Path) -> None:
    saved, path = density(), tmp_path / "density.npz"
    saved.save(path)
    loaded = Density.load(path, 3)
    for name in ("reference", "distances", "errors"):
        np.testing.assert_allclose(getattr(loaded, name), getattr(saved, name), rtol=1e-6, err_msg=name)


def test_a_damaged_density_or_one_of_another_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "density.npz"
    density().save(path)
    with pytest.raises(CheckpointError, match=r"\(4000, 3\)"):
        Density.load(path, 4)
    np.savez(path, reference=np.full((9, 3), np.nan), distances=np.zeros(LEVELS), errors=np.zeros(LEVELS))
    with pytest.raises(CheckpointError, match=r"density\.npz"):
        Density.load(path, 3)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(CheckpointError, match="cannot be read"):
        Density.load(path, 3)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_the_percentile_knows_no_units(scale: float) -> None:
    found = Density.of(scale * gaussian(4000, 3, 0), scale * gaussian(2000, 3, 1), np.zeros(2000))
    assert uniformity(found, (scale * gaussian(2000, 3, 2)).astype(np.float32)) < 0.05


def test_latents_that_are_not_finite_are_refused() -> None:
    with pytest.raises(LatentError):
        Density.of(np.full((20, 3), np.nan, np.float32), gaussian(20, 3, 0), np.zeros(20))


def test_contours_lie_where_the_density_is_that_of_their_percentile() -> None:
    found = density()
    slices = contours(found, np.array([[-4, 4]] * 3, np.float32))
    assert len(slices) == SLICES
    lines = [line for lines in slices for line in lines]
    assert all(np.allclose(line[0], line[-1]) for line in lines)  # closed
    percentiles = found.percentile(np.concatenate(lines))
    assert abs(np.median(percentiles) - PERCENTILE) < 1
    assert np.abs(np.quantile(percentiles, [0.05, 0.95]) - PERCENTILE).max() < 4


def test_contours_close_at_the_edge_of_the_box_and_there_are_none_where_nothing_tells_places_apart() -> None:
    lines = [line for lines in contours(density(), np.array([[-1, 1]] * 3, np.float32)) for line in lines]
    assert lines
    assert all(np.isfinite(line).all() and np.allclose(line[0], line[-1]) for line in lines)
    alone = Density.of_map(np.zeros((1, 3), np.float32))
    assert contours(alone, np.array([[-1, 1]] * 3, np.float32)) == [[] for _ in range(SLICES)]
