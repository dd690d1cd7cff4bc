"""What the API says of two models beside each other."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image
from scipy.spatial import procrustes

from model.data.dataset import ImageDataset
from tests.test_api import assert_problem
from tests.web import Server


def points(server: Server, model: str) -> np.ndarray:
    return np.frombuffer(server.get(f"/api/models/{model}/points").body, "<f4").reshape(-1, 3)


def test_one_model_s_points_are_laid_over_another_s(server: Server) -> None:
    found = server.get("/api/models/absolute-error/alignment?to=default").json
    ours, theirs = points(server, "absolute-error"), points(server, "default")
    _, fitted, disparity = procrustes(theirs, ours)
    centred = theirs - theirs.mean(0, dtype=np.float64)
    assert found["disparity"] == pytest.approx(disparity, rel=1e-6)
    laid = found["scale"] * ours @ np.array(found["turn"]) + found["shift"]
    np.testing.assert_allclose(laid - theirs.mean(0), fitted * np.linalg.norm(centred), atol=1e-4)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("mnist/alignment?to=default", 400, "different images"),
        ("beta-vae/alignment?to=default", 400, "'beta-vae' has 10"),
        ("default/alignment?to=beta-vae", 400, "'beta-vae' has 10"),
        ("default/alignment?to=nobody", 404, "nobody"),
        ("default/alignment", 404, ""),
    ],
)
def test_what_cannot_be_aligned_is_refused_in_one_sentence(server: Server, path: str, status: int, said: str) -> None:
    assert_problem(server.get(f"/api/models/{path}"), status, said)


def test_a_picture_is_placed_as_it_is(data_server: Server, synthetic_dataset: ImageDataset) -> None:
    pixels = synthetic_dataset.images[9].transpose(1, 2, 0)
    placed = data_server.post("/api/models/tiny/place", pixels.tobytes()).json
    sample = data_server.get("/api/models/tiny/samples/9").json
    assert placed["latent"] == pytest.approx(
        np.array(sample["latent"]) / 10, rel=1e-4
    )  # tiny's map is ten times as wide
    drawn = Image.open(io.BytesIO(base64.b64decode(placed["reconstruction"].partition(",")[2])))
    difference = (np.asarray(drawn) / 255.0 - pixels / 255.0) ** 2
    assert placed["mse"] == pytest.approx(difference.mean(), abs=1e-3)


@pytest.mark.parametrize(
    ("size", "headers", "status"),
    [(0, {}, 400), (3071, {}, 400), (3073, {}, 413), (3072, {"Origin": "https://elsewhere.example"}, 403)],
)
def test_only_pixels_of_this_page_are_placed(server: Server, size: int, headers: dict[str, str], status: int) -> None:
    assert_problem(server.post("/api/models/tiny/place", bytes(size), **headers), status)
