"""By what samples are selected: the measures themselves, and how a client gets them."""

from __future__ import annotations

import gzip
import threading
from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from app.replies import Refusal
from app.routes import measures
from app.routes.measures import WAITING_MOST, Measuring
from model.data.dataset import ImageDataset
from model.space.density import Density
from model.space.latent_map import LatentMap
from model.space.measures import measured, misfit
from tests.web import Server

ROUTE = "/api/models/tiny/measures"


def floats(body: bytes) -> np.ndarray:
    return np.frombuffer(body, "<f4").reshape(3, -1)


def clouds(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, n).astype(np.uint8)
    latents = rng.normal(size=(n, d)).astype(np.float32)
    latents[:, 0] += 2 * labels
    return latents, labels


@pytest.mark.parametrize("d", [2, 3, 40])
def test_misfit_is_the_share_of_the_ten_nearest_others_that_are_of_another_class(d: int) -> None:
    latents, labels = clouds(1203, d)
    _, index = NearestNeighbors(n_neighbors=11).fit(latents).kneighbors(latents)
    expected = (labels[index[:, 1:]] != labels[:, None]).mean(1)
    assert 0.1 < expected.mean() < 0.7
    np.testing.assert_allclose(misfit(latents, labels), expected, atol=1e-6)


def test_a_stranger_among_another_class_has_a_misfit_of_1_and_the_class_around_it_little() -> None:
    latents = np.r_[np.zeros((1, 3)), np.random.default_rng(0).normal(size=(40, 3))].astype(np.float32)
    found = misfit(latents, np.array([1] + [0] * 40, np.uint8))
    assert found[0] == 1
    assert found[1:].max() == pytest.approx(0.1)


def test_of_more_equal_places_than_there_are_neighbours_none_is_its_own_neighbour() -> None:
    labels = np.array([0] * 29 + [1], np.uint8)
    found = misfit(np.zeros((30, 3), np.float32), labels)
    assert found[29] == 1
    assert (found[:29] <= 0.1 + 1e-6).all()


@pytest.mark.parametrize(("n", "expected"), [(1, 0), (2, 1), (4, 2 / 3)])
def test_of_few_samples_all_others_are_neighbours(n: int, expected: float) -> None:
    latents, _ = clouds(n, 3)
    found = misfit(latents, np.array([0, 1, 2, 0][:n], np.uint8))
    assert found[0] == pytest.approx(expected)


def test_without_images_only_the_error_is_missing() -> None:
    latents, labels = clouds(200, 3)
    error, percentile, share = measured(LatentMap.of(latents, labels), Density.of_map(latents), None)
    assert np.isnan(error).all()
    assert percentile.mean() == pytest.approx(50, abs=1)
    np.testing.assert_array_equal(share, misfit(latents, labels))


def test_a_client_gets_what_the_samples_themselves_say(data_server: Server, synthetic_dataset: ImageDataset) -> None:
    error, percentile, share = floats(data_server.get(ROUTE).body)
    assert error.shape == (len(synthetic_dataset),)
    for index in (0, 30, 71):
        sample = data_server.get(f"/api/models/tiny/samples/{index}").json
        assert error[index] == pytest.approx(sample["mse"], rel=1e-4)
        z = ",".join(map(str, sample["latent"]))
        near = data_server.get(f"/api/models/tiny/nearest?z={z}&k=10&without={index}").json
        assert percentile[index] == pytest.approx(near["density"]["percentile"], abs=0.2)
        assert share[index] == pytest.approx(1 - near["votes"][sample["label"]] / 10)


def test_without_the_data_the_errors_are_not_known(server: Server) -> None:
    error, percentile, share = floats(server.get(ROUTE).body)
    assert np.isnan(error).all()
    assert np.isfinite([percentile, share]).all()


def test_they_are_asked_for_once_and_come_packed(server: Server) -> None:
    first = server.get(ROUTE)
    assert first.headers["cache-control"] == "no-cache"
    assert server.get(ROUTE, If_None_Match=first.headers["etag"]).status == 304
    version = server.get("/api/models/tiny").json["version"]
    packed = server.get(f"{ROUTE}?v={version}", Accept_Encoding="gzip")
    assert "immutable" in packed.headers["cache-control"]
    assert gzip.decompress(packed.body) == first.body


def test_an_unknown_model_is_refused_in_a_sentence(server: Server) -> None:
    reply = server.get("/api/models/nothing/measures")
    assert reply.status == 404
    assert "nothing" in reply.json["detail"]


class SlowService:
    """Measures when it is told to, and counts how often it did."""

    def __init__(self, version: str, go: threading.Event) -> None:
        self.version, self.go, self.measured = version, go, 0

    def measures(self) -> np.ndarray:
        assert self.go.wait(20)
        self.measured += 1
        if self.version == "broken":
            raise MemoryError
        return np.zeros((3, 4), np.float32)


def asset(measuring: Any, service: SlowService) -> Any:
    return measuring.asset(service, "measures", measures._measured)


def test_all_who_ask_for_one_model_share_its_measuring_and_few_models_wait() -> None:
    go = threading.Event()
    measuring: Any = Measuring()
    services = [SlowService(str(number), go) for number in range(WAITING_MOST)]
    found = [asset(measuring, service) for service in services for _ in range(3)]
    with pytest.raises(Refusal, match="being measured"):
        asset(measuring, SlowService("one more", go))
    go.set()
    assert {len(each.result(20).body) for each in found} == {48}
    assert [service.measured for service in services] == [1] * WAITING_MOST
    assert asset(measuring, SlowService("one more", go)).result(20)


def test_a_measuring_that_failed_is_tried_again() -> None:
    go = threading.Event()
    go.set()
    measuring: Any = Measuring()
    service = SlowService("broken", go)
    for _ in range(2):
        with pytest.raises(MemoryError):
            asset(measuring, service).result(20)
    assert service.measured == 2
