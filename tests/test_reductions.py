"""Dimension reductions: what the libraries make of the images, how it is kept, and what the API says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.manifold import trustworthiness

from model import reduce as command
from model.data.sources import Digits
from model.errors import DataError
from model.reduction.methods import METHODS, SEED, Method
from model.reduction.reduce import Reduction, pixels_of, reduce, some
from model.reduction.stored import SHIPPED, Reductions, drawn
from tests.web import Server

DIGITS = Digits().read(Path(), "test", tuple("0123456789"))
pytestmark = pytest.mark.filterwarnings("ignore")  # what libraries say when they are called plainly
QUICK = [name for name in METHODS if name not in ("lda", "tsne")]


@pytest.fixture(scope="module")
def reduced() -> dict[str, Reduction]:
    """80 digits by the quick methods."""
    return {name: reduce(METHODS[name], DIGITS.take(80)) for name in QUICK}


@pytest.mark.parametrize("name", QUICK)
def test_a_cloud_is_the_librarys_own_but_for_its_place_and_size(name: str, reduced: dict[str, Reduction]) -> None:
    part = DIGITS.take(80)
    labels = part.labels if METHODS[name].supervised else None
    plain = METHODS[name].make(len(part), 10, SEED).fit_transform(pixels_of(part), labels)
    distances, plainly = pdist(reduced[name].points), pdist(plain)
    ratio = distances[plainly > 0] / plainly[plainly > 0]  # three pixels may be alike in two digits
    assert not distances[plainly == 0].any()
    assert reduced[name].points.shape == (80, 3)
    assert np.abs(reduced[name].points).max() == pytest.approx(1)
    np.testing.assert_allclose(ratio, np.median(ratio), rtol=2e-3)
    measured = trustworthiness(pixels_of(part), plain.astype(np.float32), n_neighbors=15)
    assert reduced[name].facts["trustworthiness"] == pytest.approx(measured, abs=1e-6)


@pytest.mark.parametrize("method", METHODS.values(), ids=str)
def test_the_catalogue_says_what_the_library_can_do(method: Method) -> None:
    estimator = method.make(80, 10, SEED)
    assert hasattr(estimator, "transform") == method.places
    if method.family != "selection":  # whose inverse is black but for the pixels that it kept
        assert hasattr(estimator, "inverse_transform") == method.decodes


def test_the_same_seed_gives_the_same_cloud(reduced: dict[str, Reduction]) -> None:
    for name in ("ica", "mds", "umap", "pacmap"):
        np.testing.assert_array_equal(reduce(METHODS[name], DIGITS.take(80)).points, reduced[name].points)


def test_few_classes_leave_axes_empty_and_one_class_is_refused() -> None:
    few = DIGITS.take(60)
    two = replace(few, labels=(few.labels % 2).astype(np.uint8))
    plain = replace(METHODS["lda"], parameters={"solver": "svd"})
    assert not reduce(plain, two).points[:, 1:].any()
    with pytest.raises(DataError, match="all of one"):
        reduce(plain, replace(few, labels=np.zeros(60, np.uint8)))


def test_too_few_images_are_refused() -> None:
    with pytest.raises(DataError, match="at least 10"):
        some(DIGITS.take(9))


def test_what_is_kept_is_read_again_and_joined(tmp_path: Path, reduced: dict[str, Reduction]) -> None:
    first, second = (
        Reductions("f", drawn(80), {name: reduced[name].points}, {name: reduced[name].facts}) for name in ("pca", "mds")
    )
    first.joined(second).save(tmp_path / "kept.npz")
    found = Reductions.load(tmp_path / "kept.npz")
    assert dict(found.facts) == {"pca": reduced["pca"].facts, "mds": reduced["mds"].facts}
    np.testing.assert_allclose(found.points["mds"], reduced["mds"].points, atol=1e-3)
    assert first.joined(replace(second, fingerprint="other")) is first
    (tmp_path / "kept.npz").write_bytes(b"PK odd")
    with pytest.raises(DataError, match="holds no reductions"):
        Reductions.load(tmp_path / "kept.npz")


@pytest.mark.parametrize("dataset", ["cifar10", "mnist", "fashion-mnist", "digits"])
def test_every_method_ships_for_every_data_set(dataset: str) -> None:
    found = Reductions.load(SHIPPED / f"{dataset}.npz")
    assert set(found.points) == set(found.facts) == set(METHODS)
    assert found.models
    assert all(np.isfinite(points).all() and points.std(axis=0).min() > 0 for points in found.points.values())


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--dataset", "digits", "--method", "pca", "--table"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("300 test images, seed 0")
    assert "| PCA |" in said


def test_the_api_lists_and_computes_and_keeps(data_server: Server) -> None:
    path = "/api/models/tiny/reductions"
    listed = data_server.get(path).json
    assert [method["name"] for method in listed["methods"]] == list(METHODS)
    assert data_server.get(path + "/svd/points").status == 404
    facts = data_server.post(path + "/svd").json
    assert {method["name"]: method["facts"] for method in data_server.get(path).json["methods"]}["svd"] == facts
    assert len(data_server.get(path + "/svd/points").body) == 12 * listed["n"]
    assert len(data_server.get(path + "/samples").body) == 4 * listed["n"]
    assert data_server.post(path + "/autoencoder").json == data_server.get(path).json["model"]
    kept = data_server.home / "cache" / "reductions"
    assert list((kept / "models").glob("*.npz"))  # which do not drive out the methods'
    assert all(any(f"-{name}-" in path.name for name in METHODS) for path in kept.glob("*.npz"))
    assert data_server.post(path + "/odd").status == 404


def test_a_damaged_result_is_computed_anew(data_server: Server) -> None:
    path = "/api/models/tiny/reductions"
    facts = data_server.post(path + "/pca").json
    (kept,) = (data_server.home / "cache" / "reductions").glob("*-pca-*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    assert data_server.get(path + "/pca/points").status == 404
    assert data_server.post(path + "/pca").json == {**facts, "seconds": pytest.approx(facts["seconds"], abs=5)}
    assert data_server.get(path + "/pca/points").status == 200


def test_a_cloud_is_read_from_its_own_file_only(data_server: Server) -> None:
    path = "/api/models/tiny/reductions"
    data_server.post(path + "/pca")
    (kept,) = (data_server.home / "cache" / "reductions").glob("*-pca-*.npz")
    other = kept.with_name(kept.name.replace("-pca-", "-umap-"))
    other.write_bytes(b"damaged")  # whoever reads it deletes it
    assert data_server.get(path + "/pca/points").status == 200
    assert data_server.get(path + "/samples").status == 200
    assert data_server.post(path + "/pca").status == 200
    assert other.is_file()
    assert data_server.get(path).status == 200
    assert not other.is_file()
