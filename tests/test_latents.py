"""The latent map: its view, its neighbours, its density."""

import numpy as np
import pytest

from model.errors import CheckpointError, LatentError
from model.space.latent_map import LatentMap

RNG = np.random.default_rng(0)


def make_map(n=300, d=3):
    return LatentMap.of(RNG.normal(size=(n, d)).astype(np.float32), RNG.integers(0, 10, n).astype(np.uint8))


def test_a_three_dimensional_map_is_its_own_view():
    m = make_map()
    assert np.array_equal(m.points, m.latents)
    assert np.array_equal(m.basis, np.eye(3))


def test_a_two_dimensional_map_lies_in_a_plane():
    m = make_map(d=2)
    assert m.points.shape == (300, 3)
    assert not m.points[:, 2].any()
    assert m.ranges[2].tolist() == [-0.5, 0.5]


def test_the_view_of_more_dimensions_is_the_three_directions_of_most_variance():
    latents = RNG.normal(size=(500, 8)).astype(np.float32) * np.array([1, 9, 1, 1, 7, 1, 5, 1], np.float32)
    m = LatentMap.of(latents, np.zeros(500, np.uint8))
    assert np.abs(m.basis).argmax(0).tolist() == [1, 4, 6]
    assert np.allclose(m.basis.T @ m.basis, np.eye(3), atol=1e-5)


def test_moving_in_the_view_keeps_what_the_view_does_not_show():
    m = make_map(d=8)
    anchor, target = m.latents[7], np.array([0.3, -1.2, 0.8], np.float32)
    moved = m.to_latent(target, anchor)
    assert np.allclose(m.to_point(moved), target, atol=1e-5)
    hidden = np.eye(8) - m.basis @ m.basis.T
    assert np.allclose(hidden @ moved, hidden @ anchor, atol=1e-5)


@pytest.mark.parametrize("d", [2, 3, 64])
def test_nearest_agrees_with_a_full_sort_of_the_distances(d):
    m = make_map(d=d)
    queries = RNG.normal(size=(5, d)).astype(np.float32) * 3
    index, distance = m.nearest(queries, 12)
    true = np.linalg.norm(m.latents[None].astype(np.float64) - queries[:, None], axis=2)
    assert np.allclose(np.sort(true, 1)[:, :12], distance, rtol=1e-5)
    assert np.array_equal(np.argsort(true, 1)[:, :12], index)


def test_nearest_is_exact_far_from_the_origin_where_a_matrix_product_cancels():
    latents = (1000 + 0.01 * RNG.normal(size=(200, 3))).astype(np.float32)
    m = LatentMap.of(latents, np.zeros(200, np.uint8))
    _, distance = m.nearest(latents[5:6], 1)
    assert distance[0, 0] < 0.05


@pytest.mark.parametrize(
    ("latents", "k", "word"),
    [
        (np.zeros((1, 4), np.float32), 5, "3 finite numbers"),
        (np.full((1, 3), np.nan, np.float32), 5, "finite"),
        (np.zeros((1, 3), np.float32), 0, "k is 0"),
        (np.zeros((1, 3), np.float32), 301, "between 1 and 300"),
    ],
)
def test_impossible_questions_are_refused(latents, k, word):
    with pytest.raises(LatentError, match=word):
        make_map().nearest(latents, k)


def test_a_saved_map_comes_back_and_a_damaged_one_is_refused(tmp_path):
    m, path = make_map(), tmp_path / "latents.npz"
    m.save(path)
    assert np.array_equal(LatentMap.load(path).latents, m.latents)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(CheckpointError, match="cannot be read"):
        LatentMap.load(path)


def test_the_view_shows_all_of_three_axes_and_the_share_of_the_largest_three_of_more() -> None:
    rng = np.random.default_rng(0)
    spread = np.array([4, 3, 2, 1, 1, 1], np.float32)
    wide = LatentMap.of((rng.normal(size=(4000, 6)) * spread).astype(np.float32), np.zeros(4000, np.uint8))
    assert wide.view_share == pytest.approx(29 / 32, abs=0.01)
    assert LatentMap.of(wide.latents[:, :3], wide.labels).view_share == pytest.approx(1)
    assert LatentMap.of(np.zeros((5, 6), np.float32), np.zeros(5, np.uint8)).view_share == 1


def test_a_sample_apart_from_the_others_is_remote() -> None:
    latents = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    latents[7] = 30
    remote = LatentMap.of(latents, np.zeros(300, np.uint8)).remoteness(np.arange(300))
    assert np.median(remote) == pytest.approx(1, abs=0.05)
    assert remote.argmax() == 7
    assert LatentMap.of(latents[:1], np.zeros(1, np.uint8)).remoteness(np.array([0])).tolist() == [1]


def test_a_class_mean_is_that_of_its_samples_and_none_without_any() -> None:
    latents = np.array([[0, 0, 0], [2, 4, 6], [9, 9, 9]], np.float32)
    means = LatentMap.of(latents, np.array([0, 0, 2], np.uint8)).class_means(3)
    assert means[1] is None
    assert [mean.tolist() for mean in means if mean is not None] == [[1, 2, 3], [9, 9, 9]]
