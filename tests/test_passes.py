"""Pictures through a whole network: its layers with what they hand on, and what comes out."""

from __future__ import annotations

import base64
import shutil

import numpy as np
import pytest
import torch

from app.perimeter.throttle import RULES
from model import baseline
from model.config import SHIPPED_MODELS, NetworkConfig
from model.data.folder import load_folder
from model.errors import CheckpointError
from model.evaluation.pca import PCA, SAVED
from model.layers import passed
from model.networks import Autoencoder, count_parameters
from model.space.service import ExplorerService
from tests.test_api import assert_problem

WIDTHS = {"dense": (24, 16), "conv": (4, 6), "residual": (4, 8)}
CHOICES = [
    ("dense", "batch", False, False, "asinh"),
    ("dense", "none", True, False, "linear"),
    ("dense", "layer", False, True, "linear"),
    ("conv", "batch", False, False, "linear"),
    ("residual", "layer", True, True, "asinh"),
]


def network(kind: str, normalisation: str, skip: bool, variational: bool, scale: str) -> Autoencoder:
    torch.manual_seed(0)
    config = NetworkConfig(
        latent_dim=5,
        encoder=kind,
        encoder_widths=WIDTHS[kind],
        decoder=kind,
        decoder_widths=WIDTHS[kind],
        encoder_normalisation=normalisation,
        decoder_normalisation=normalisation,
        linear_skip=skip,
        variational=variational,
        latent_scale=scale,
    )
    return Autoencoder(config).eval()


@pytest.mark.parametrize("chosen", CHOICES)
def test_the_layers_hold_every_parameter_and_lead_to_what_the_network_makes(chosen):
    autoencoder, image = network(*chosen), torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    layers = passed(autoencoder, image)
    assert sum(layer.parameters for layer in layers) == count_parameters(autoencoder)
    assert [layer.half for layer in layers if layer.kind == "latent"] == ["latent"]
    assert torch.equal(
        next(layer for layer in layers if layer.kind == "latent").values[None], autoencoder.encode(image)
    )
    halves = [layer for layer in layers if layer.half == "decoder"]
    raw = next(layer for layer in halves[::-1] if layer.kind not in ("skip", "drawn")).values.reshape(3, 32, 32) + 0.5
    for skip in (layer for layer in halves if layer.kind == "skip"):
        raw = raw + skip.values.view_as(raw)
    assert torch.allclose(raw.clamp(0, 1), layers[-1].values, atol=1e-6)


def test_the_layers_of_the_default_model_are_those_of_its_configuration():
    service = ExplorerService(SHIPPED_MODELS / "default", None)
    layers = [said for said, _ in service.layers(np.zeros((3, 32, 32), np.uint8))]
    assert [layer["shape"] for layer in layers] == [
        *((3, 32, 32), (1024,), (512,), (3,), (3,)),
        *((1024,), (1024,), (1024,), (256,), (3, 32, 32), (3, 32, 32)),
    ]
    assert layers[1]["after"] == ("batch", "gelu")
    assert layers[1]["parameters"] == 3072 * 1024 + 1024 + 2 * 1024


def picture(seed: int, count: int = 1) -> bytes:
    return np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 3), np.uint8).tobytes()


def test_a_picture_s_layers_come_with_the_values_that_they_hand_on(server):
    layers = server.post("/api/models/five/layers", picture(0)).json["layers"]
    assert [layer["kind"] for layer in layers] == [
        "picture", "linear", "linear", "latent", "linear", "linear", "drawn",
    ]  # fmt: skip
    latent = next(layer for layer in layers if layer["half"] == "latent")
    values = np.frombuffer(base64.b64decode(latent["values"]), np.uint8) / 255
    told = latent["low"] + values * (latent["high"] - latent["low"])
    whole = server.post("/api/models/five/reconstruct", picture(0)).json["latents"][0]
    assert told == pytest.approx(whole, abs=(latent["high"] - latent["low"]) / 500)
    assert all(len(base64.b64decode(layer["values"])) <= 3072 for layer in layers)


def test_pictures_come_back_in_order_as_the_decoder_makes_them(server):
    alone = server.post("/api/models/default/reconstruct", picture(3)).json
    among = server.post("/api/models/default/reconstruct", picture(2) + picture(3)).json
    assert (len(among["latents"]), len(among["points"]), len(among["points"][0])) == (2, 2, 3)
    pixels = [np.frombuffer(base64.b64decode(answer["pixels"]), np.uint8) for answer in (alone, among)]
    assert np.abs(pixels[0].astype(int) - pixels[1].reshape(2, -1)[1]).max() <= 1
    assert among["latents"][1] == pytest.approx(alone["latents"][0], abs=1e-4)


@pytest.mark.parametrize("path", ["layers", "reconstruct"])
def test_a_body_that_is_no_picture_is_refused(server, path):
    for body in (b"", b"x" * 3071, b"x" * 3073):
        assert_problem(
            server.post(f"/api/models/tiny/{path}", body), 413 if path == "layers" and len(body) > 3072 else 400
        )
    assert_problem(server.post(f"/api/models/tiny/{path}", picture(0), Origin="http://elsewhere"), 403)
    assert_problem(server.post(f"/api/models/nowhere/{path}", picture(0)), 404)


def test_no_more_than_sixteen_pictures_pass_at_once(server):
    assert server.post("/api/models/tiny/reconstruct", picture(0, 16)).status == 200
    assert_problem(server.post("/api/models/tiny/reconstruct", picture(0, 17)), 413)


def test_pca_of_as_many_numbers_stands_beside_the_denoising_model(server):
    made = server.post("/api/models/denoising/reconstruct", picture(1)).json
    saved = PCA.load(SHIPPED_MODELS / "denoising" / SAVED, 32)
    image = torch.from_numpy(np.frombuffer(picture(1), np.uint8).reshape(1, 32, 32, 3).copy()).permute(0, 3, 1, 2)
    expected = saved.reconstruct(image / 255).permute(0, 2, 3, 1).reshape(-1) * 255
    pixels = np.frombuffer(base64.b64decode(made["pca"]), np.uint8)
    assert np.abs(pixels - expected.numpy()).max() <= 0.51
    assert server.post("/api/models/tiny/reconstruct", picture(1)).json["pca"] is None


def test_a_saved_pca_is_read_as_it_was_written_and_refused_where_it_does_not_fit(tmp_path):
    pca = PCA(torch.rand(3072), torch.rand(4, 3072), torch.rand(4))
    pca.save(tmp_path / SAVED)
    assert torch.allclose(PCA.load(tmp_path / SAVED, 4).components, pca.components, atol=1e-3)
    for dim, damage in ((5, False), (4, True)):
        if damage:
            (tmp_path / SAVED).write_bytes(b"no archive")
        with pytest.raises(CheckpointError, match="baseline"):
            PCA.load(tmp_path / SAVED, dim)


def test_the_baseline_is_the_pca_of_the_model_s_own_images(tmp_path, tiny_model_folder, synthetic_dataset_folder):
    folder = shutil.copytree(tiny_model_folder, tmp_path / "tiny")
    train = load_folder(synthetic_dataset_folder, "train").images.reshape(60, -1) / 255
    assert baseline.main([str(folder), "--data", str(synthetic_dataset_folder)]) == 0
    _, _, axes = np.linalg.svd(train - train.mean(0), full_matrices=False)
    found = PCA.load(folder / SAVED, 3).components.numpy()
    assert np.abs(np.sum(found * axes[:3], axis=1)) == pytest.approx(np.ones(3), abs=2e-3)


@pytest.mark.parametrize("path", ["layers", "reconstruct"])
def test_whole_passes_have_their_own_limit(path):
    scope = {"method": "POST", "path": f"/api/models/default/{path}", "query_string": b""}
    assert next(rule.limit for rule in RULES if rule.fits(scope)) == "passes"
