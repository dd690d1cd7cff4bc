"""The lesson of the manifold hypothesis: points on manifolds, what the methods recover, and how that is judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_swiss_roll
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.manifold import Isomap

from model.lessons import manifold_autoencoder
from model.lessons.manifold_fit import METHODS, FitJob, recovered
from tests.modules import evaluated
from tests.web import Server


def in_node(body: str, lesson: str = "manifold", **given: Any) -> Any:
    """What the body of a function returns; the lesson's numbers are there as `numbers`."""
    return evaluated(f'const numbers = await load("lessons/{lesson}_numbers.js"); {body}', **given)


def drawn(shape: str, n: int = 300, m: int = 3, sigma: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """tau (n, d) and the points (n, m)."""
    tau, points = in_node(
        "const s = numbers.sample(settings); return [s.tau.map((each) => [...each]), [...s.points]];",
        settings={"shape": shape, "n": n, "m": m, "sigma": sigma},
    )
    return np.array(tau).T, np.array(points, np.float32).reshape(n, m)


def correlation(true: np.ndarray, found: np.ndarray) -> float:
    """The multiple correlation, by scikit-learn."""
    return float(np.sqrt(LinearRegression().fit(found, true).score(found, true)))


def test_the_swiss_roll_is_that_of_scikit_learn_passed_at_constant_speed() -> None:
    tau, points = drawn("swiss", 2000)
    angle = np.linspace(1.5, 4.5, 5000) * np.pi
    roll = np.stack([angle * np.cos(angle), angle * np.sin(angle)], 1)
    length = np.r_[0, np.cumsum(np.hypot(*np.diff(roll, axis=0).T))]
    at = np.interp(tau[:, 0], length / length[-1], angle)
    raw = np.stack([at * np.cos(at), 21 * tau[:, 1], at * np.sin(at)], 1)
    expected = raw - raw.mean(0)
    np.testing.assert_allclose(points, expected / np.sqrt((expected**2).mean()), atol=1e-3)
    known, _ = make_swiss_roll(2000, random_state=0)
    np.testing.assert_allclose(np.ptp(raw, 0), np.ptp(known, 0), rtol=0.02)


@pytest.mark.parametrize("shape", ["curve", "swiss", "s", "sphere", "torus"])
def test_points_in_many_dimensions_are_those_in_three_turned_into_them(shape: str) -> None:
    _, few = drawn(shape, m=3)
    _, many = drawn(shape, m=64)
    distances = [np.linalg.norm(points[:, None] - points[None], axis=2) for points in (few, many)]
    np.testing.assert_allclose(*distances, atol=1e-3)


def test_noise_has_its_deviation_in_every_direction() -> None:
    _, clean = drawn("s", 2000, 16)
    _, noisy = drawn("s", 2000, 16, 0.2)
    np.testing.assert_allclose((noisy - clean).std(0), 0.2, rtol=0.06)


def test_the_correlation_is_that_of_a_linear_regression() -> None:
    rng = np.random.default_rng(0)
    true, found = rng.random(200), rng.random((200, 2))
    found[:, 0] += true
    for d in (1, 2):
        given = found[:, :d]
        body = "return numbers.reading(tau, Float32Array.from(code), d).r;"
        said = in_node(body, tau=true.tolist(), code=given.ravel().tolist(), d=d)
        assert said == pytest.approx(correlation(true, given), abs=1e-5)


def test_pca_and_isomap_are_those_of_scikit_learn() -> None:
    _, points = drawn("swiss", 300, 8, 0.02)
    for method, theirs in (("pca", PCA(2)), ("isomap", Isomap(n_neighbors=10, n_components=2))):
        found = recovered(FitJob(method, 2, points))
        expected = theirs.fit_transform(points)
        np.testing.assert_allclose(np.abs(found), np.abs(expected), rtol=1e-2, atol=1e-2)


def test_only_methods_that_follow_the_sheet_find_the_place_along_the_roll() -> None:
    tau, points = drawn("swiss", 1000, 3, 0.02)
    r = {name: correlation(tau[:, 0], recovered(FitJob(name, 2, points))) for name in ("pca", "isomap", "lle")}
    assert r["pca"] < 0.6 < 0.95 < min(r["isomap"], r["lle"])


@pytest.mark.parametrize("shape", ["swiss", "s"])
def test_an_autoencoder_that_keeps_distances_unrolls_the_sheet(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifold_autoencoder, "SECONDS", 60.0)  # however busy the machine is
    tau, points = drawn(shape, 1000, 3, 0.02)
    assert correlation(tau[:, 0], recovered(FitJob("autoencoder", 2, points))) > 0.9


def test_the_server_fits_what_it_is_sent(server: Server) -> None:
    _, points = drawn("curve", 100, 4, 0.01)
    for method in METHODS:  # how far the autoencoder comes in its time depends on the machine
        reply = server.post(f"/api/lessons/manifold?method={method}&m=4&d=1", points.tobytes())
        assert reply.status == 200, reply.body
        found = np.frombuffer(reply.body, "<f4")
        assert found.shape == (100,)
        if method != "autoencoder":
            np.testing.assert_allclose(found, recovered(FitJob(method, 1, points)).ravel(), atol=1e-3)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("method=tsne", b"\0" * 1200),
        ("m=65", b"\0" * 65 * 4 * 100),
        ("d=3", b"\0" * 1200),
        ("m=3", b""),
        ("m=3", b"\0" * 1201),
        ("m=3", b"\0" * 12 * 19),
        ("m=3", b"\0" * 12 * 2001),
        ("m=3", np.full(300, np.nan, "<f4").tobytes()),
        ("m=3", np.full(300, 1e9, "<f4").tobytes()),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_one_sentence(server: Server, query: str, body: bytes) -> None:
    reply = server.post(f"/api/lessons/manifold?{query}", body)
    assert reply.status == 400
    assert reply.json["detail"].endswith(".")


def test_more_than_the_most_points_are_not_read(server: Server) -> None:
    assert server.post("/api/lessons/manifold?m=64", b"\0" * (2001 * 64 * 4)).status == 413
