"""The lesson on what it is for: what PCA keeps of a picture, and what the page computes of it."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image
from sklearn.decomposition import PCA

from model.checkpoint import read_card
from model.config import SHIPPED_MODELS, Settings
from model.data.catalogue import open_dataset
from model.lessons.compression import DIMS, Basis, basis
from tests.test_lesson_manifold import in_node
from tests.web import Server


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 (n, 3, 32, 32) to fit to and to judge by."""
    settings = Settings(None, tmp_path_factory.mktemp("home"))
    return tuple(open_dataset(settings, "digits", split).images for split in ("train", "test"))


@pytest.fixture(scope="module")
def fitted(digits: tuple[np.ndarray, np.ndarray]) -> Basis:
    return basis(*digits)


def test_pca_is_that_of_scikit_learn(fitted: Basis, digits: tuple[np.ndarray, np.ndarray]) -> None:
    train, test = (images.reshape(len(images), -1) / 255 for images in digits)
    for d, mse in zip(DIMS[:5], fitted.mse, strict=False):
        theirs = PCA(d, svd_solver="full").fit(train)
        kept = theirs.inverse_transform(theirs.transform(test)).clip(0, 1)
        assert mse == pytest.approx(np.square(kept - test).mean(), rel=1e-3)
        one = fitted.reconstruct(digits[1][7])[DIMS.index(d)]
        np.testing.assert_allclose(one.reshape(-1), kept[7], atol=1e-4)


def test_its_error_with_three_numbers_is_that_of_the_model_s_card(fitted: Basis) -> None:
    card = read_card(SHIPPED_MODELS / "digits")
    assert fitted.mse[DIMS.index(3)] == pytest.approx(card["metrics"]["pca_mse"], rel=1e-4)


def test_a_basis_is_read_as_it_was_written(fitted: Basis) -> None:
    again = Basis.unpack(fitted.pack())
    np.testing.assert_array_equal(again.components, fitted.components)
    np.testing.assert_array_equal(again.mse, fitted.mse)


def test_the_server_says_what_pca_keeps_of_a_sample(
    server: Server, fitted: Basis, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    said = server.get("/api/models/digits/compression?i=7").json
    assert said["dims"] == list(DIMS)
    assert (said["train"], said["test"]) == (1497, 300)
    np.testing.assert_allclose(said["mse"], fitted.mse, rtol=1e-3)
    kept = fitted.reconstruct(digits[1][7])
    np.testing.assert_allclose(said["errors"], np.square(kept - digits[1][7] / 255).mean((1, 2, 3)), rtol=1e-2)
    strip = np.asarray(Image.open(io.BytesIO(base64.b64decode(said["strip"].partition(",")[2]))))
    assert strip.shape == (32, 32 * len(DIMS), 3)


def test_without_the_original_images_there_is_no_pca(server: Server) -> None:
    reply = server.get("/api/models/default/compression?i=7")
    assert (reply.status, reply.json["id"]) == (409, "lesson.originals")


@pytest.mark.parametrize("query", ["", "?i=300", "?i=-1", "?i=1,2", "?i=x"])
def test_a_sample_that_is_not_there_is_refused(server: Server, query: str) -> None:
    assert server.get(f"/api/models/digits/compression{query}").status == 400


def test_ratio_and_quality_are_those_of_the_formula() -> None:
    body = (
        "return [numbers.packed(3), numbers.psnr(0.01), numbers.ratioInPrint(6), "
        "numbers.ratioInPrint(256), numbers.meanError(Float32Array.of(1, 3, 9, 9, 9, 9), 2)];"
    )
    assert in_node(body, "purpose") == [{"bytes": 12, "ratio": 256}, 20, "6.0", "256", 2]
