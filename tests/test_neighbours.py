"""Exact nearest neighbours: the same as scikit-learn's and as a full sort, in every space and metric, ties included."""

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import cosine_distances
from sklearn.neighbors import NearestNeighbors

from model.errors import LatentError
from model.images import WHITE
from model.search.exact import METRICS
from model.search.pixels import DIRECTIONS, FEW, PixelIndex
from model.search.vectors import VectorIndex
from model.space.service import ExplorerService

RNG = np.random.default_rng(0)
N = 1000


def reference(rows, query, k, metric):
    """scikit-learn's distances, all of them, sorted; of equal ones the lower index first."""
    finder = NearestNeighbors(n_neighbors=len(rows), algorithm="brute", metric=metric).fit(rows.astype(np.float64))
    distance, index = (found[0] for found in finder.kneighbors(query[None].astype(np.float64)))
    order = np.lexsort((index, np.round(distance, 9)))[:k]
    return index[order], distance[order]


def smooth(n):
    """Pictures uint8 (n, 3, 32, 32) whose neighbouring pixels are alike, as those of photographs are."""
    coarse = torch.from_numpy(RNG.uniform(0, 255, (n, 3, 4, 4)))
    large = torch.nn.functional.interpolate(coarse, (32, 32), mode="bilinear")
    return (large.numpy() + RNG.normal(0, 12, (n, 3, 32, 32))).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def pictures():
    """Smooth ones, each of the first 40 three times, and a black, a white and a noisy one."""
    odd = np.stack([np.zeros((3, 32, 32)), np.full((3, 32, 32), 255), RNG.integers(0, 256, (3, 32, 32))])
    some = smooth(N)
    return np.concatenate([some, some[:40], some[:40], odd.astype(np.uint8)])


@pytest.fixture(scope="module", params=[DIRECTIONS, FEW, 1])
def pixel_index(pictures, request):
    """Exact with any number of directions."""
    return PixelIndex(pictures, request.param)


QUERIES = {
    "a picture of the set": lambda pictures: pictures[100],
    "one that is there three times": lambda pictures: pictures[7],
    "another smooth one": lambda _: smooth(1)[0],
    "noise": lambda _: RNG.integers(0, 256, (3, 32, 32)).astype(np.uint8),
    "white": lambda _: np.full((3, 32, 32), 255, np.uint8),
}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("k", [1, 12, 50])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_the_nearest_pictures_are_those_of_a_full_search(pictures, pixel_index, query, k, metric):
    picture = query(pictures)
    index, distance = pixel_index.nearest_to(picture, k, metric)
    wanted, apart = reference(pictures.reshape(len(pictures), -1) / WHITE, picture.ravel() / WHITE, k, metric)
    assert np.allclose(distance, apart, atol=1e-4)
    assert np.array_equal(index, wanted)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("d", [1, 3, 64, 256])
@pytest.mark.parametrize("k", [1, 12, 50])
def test_the_nearest_vectors_are_those_of_scikit_learn(d, k, metric):
    rows = np.concatenate([RNG.normal(size=(N, d)), np.zeros((2, d))]).astype(np.float32)
    rows[500:520] = rows[20:40]  # twice there
    for query in (rows[25], RNG.normal(size=d).astype(np.float32) * 3):
        index, distance = VectorIndex(rows).nearest_to(query, k, metric)
        wanted, apart = reference(rows, query, k, metric)
        assert np.allclose(distance, apart, atol=1e-6)
        if d > 1 or metric == "euclidean":  # on a line, half of all rows lie in the very direction of the query
            assert np.array_equal(index, wanted)


def test_the_nearest_are_exact_far_from_the_origin_where_a_matrix_product_cancels():
    rows = (1000 + 0.01 * RNG.normal(size=(N, 3))).astype(np.float32)
    index, distance = VectorIndex(rows).nearest_to(rows[5], 20)
    apart = np.linalg.norm(rows.astype(np.float64) - rows[5], axis=1)
    assert np.array_equal(index, np.lexsort((np.arange(N), apart))[:20])
    assert np.allclose(distance, np.sort(apart)[:20], rtol=1e-5)


def test_of_equally_near_rows_that_of_the_lower_index_comes_first():
    rows = np.tile(np.array([[1, 2], [3, 4]], np.float32), (1000, 1))
    index, distance = VectorIndex(rows).nearest_to(np.array([1, 2], np.float32), 30)
    assert index.tolist() == list(range(0, 60, 2))
    assert not distance.any()


@pytest.mark.parametrize("zero", [True, False])
def test_what_has_no_direction_is_as_far_as_a_right_angle_as_in_scikit_learn(zero):
    rows = np.array([[0, 0], [-1, 0], [0, 1], [2, 0]], np.float32)
    query = np.zeros(2, np.float32) if zero else np.array([1, 0], np.float32)
    index, distance = VectorIndex(rows).nearest_to(query, 4, "cosine")
    assert np.allclose(distance, cosine_distances(query[None], rows)[0][index])
    assert (np.diff(distance) >= 0).all()


def test_far_fewer_pictures_are_measured_than_there_are(pictures):
    index, measured = PixelIndex(pictures), []
    true = index.measured
    index.measured = lambda query, rows: (measured.append(len(rows)), true(query, rows))[1]
    index.nearest_to(smooth(1)[0], 12)
    assert sum(measured) < len(pictures) / 4


def test_the_index_is_small_beside_the_pictures(pictures):
    basis = 3072 * DIRECTIONS * 8
    assert PixelIndex(pictures).nbytes - basis < pictures.nbytes / 7


def test_all_models_that_show_a_data_set_share_its_index(five_model_folder, tiny_model_folder, synthetic_dataset):
    services = [ExplorerService(folder, synthetic_dataset) for folder in (five_model_folder, tiny_model_folder)]
    assert len({id(service.index_pixels()) for service in services}) == 1


@pytest.mark.parametrize("metric", METRICS)
def test_a_service_finds_the_nearest_in_all_three_spaces(five_model_folder, synthetic_dataset, metric):
    service = ExplorerService(five_model_folder, synthetic_dataset)
    latents, points = service.latent_map.latents, service.latent_map.points
    rows = synthetic_dataset.images.reshape(72, -1) / WHITE
    searches = [
        (service.nearest_latent(latents[9], 12, metric), reference(latents, latents[9], 12, metric)),
        (service.nearest_view(latents[9], 12, metric), reference(points, points[9], 12, metric)),
        (service.nearest_pixel(synthetic_dataset.images[9], 12, metric), reference(rows, rows[9], 12, metric)),
    ]
    for (index, distance), (wanted, apart) in searches:
        assert index.tolist() == wanted.tolist()
        assert np.allclose(distance, apart, atol=1e-4)


@pytest.mark.parametrize("k", [0, 73])
def test_too_few_or_too_many_are_refused_in_the_view_too(five_model_folder, synthetic_dataset, k):
    with pytest.raises(LatentError, match="between 1 and 72"):
        ExplorerService(five_model_folder, synthetic_dataset).nearest_view(np.zeros(5, np.float32), k)
