"""The models that ship: small enough, whole, and what their cards say on the real pictures where these are at hand."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest
import torch

from model.calibrate import corners
from model.checkpoint import LATENTS, load_model, read_card
from model.config import RunConfig
from model.data.folder import load_folder
from model.evaluation.calibration import uniformity
from model.evaluation.metrics import encode_all
from model.film.film import FILM, Film
from model.presets import PRESETS
from model.registry import shipped_models
from model.space.density import DENSITY, Density
from model.space.latent_map import LatentMap
from model.training.options import configure, parse

ZOO = shipped_models()
MOST_BYTES = 90e6
OF_PRESETS = ("default", "absolute-error", "denoising", "beta-vae", "label-guided", "latent-64")
# and the error that each stays below, in parts of PCA's: a β-VAE pays for its prior
OF_OTHER_SETS = {"mnist": 0.54, "fashion-mnist": 0.56, "digits": 0.56, "mnist-beta-vae": 0.65}
CELLS = 16  # along each axis


def test_the_zoo_has_the_models_that_it_promises_and_is_small_enough_to_clone() -> None:
    assert set(ZOO) == {*OF_PRESETS, *OF_OTHER_SETS}
    assert sum(file.stat().st_size for folder in ZOO.values() for file in folder.iterdir()) < MOST_BYTES


@pytest.mark.parametrize("name", OF_PRESETS)
def test_a_shipped_network_is_that_of_its_preset(name: str) -> None:
    config, preset = (
        RunConfig.from_dict(read_card(ZOO[name])["config"]),
        PRESETS["thorough" if name == "default" else name].config,
    )
    assert (config.network, config.objective) == (preset.network, preset.objective)


@pytest.mark.parametrize("name", OF_OTHER_SETS)
def test_a_model_of_another_data_set_is_what_its_command_makes(name: str) -> None:
    card = read_card(ZOO[name])
    options = parse(shlex.split(card["command"])[3:])
    assert (options.name, options.dataset) == (name, card["data"]["dataset"])
    assert configure(options, options.dataset) == RunConfig.from_dict(card["config"])


@pytest.mark.parametrize("name", OF_OTHER_SETS)
def test_a_model_of_another_data_set_brings_its_film_and_beats_pca(name: str) -> None:
    metrics, film = read_card(ZOO[name])["metrics"], Film.load(ZOO[name] / FILM)
    assert metrics["latent_dim"] == 3
    assert metrics["test_mse"] < OF_OTHER_SETS[name] * metrics["pca_mse"]
    assert metrics["knn_accuracy"] > 1.1 * metrics["pca_knn_accuracy"]
    assert len(film.epochs) > 10


@pytest.mark.parametrize("name", ["default", "absolute-error", "label-guided"])
def test_the_cloud_of_three_numbers_fills_its_box(name: str) -> None:
    points = LatentMap.load(ZOO[name] / LATENTS).points
    low, high = points.min(0), points.max(0)
    cells = ((points - low) / (high - low) * (CELLS - 1e-3)).astype(int)
    share = len(np.unique(cells, axis=0)) / CELLS**3
    assert share > 0.3  # a Gaussian cloud of as many points: 0.3; with the tails of a linear scale: 0.1 to 0.17


def test_the_default_film_ends_where_its_map_stands() -> None:
    film, latent_map = Film.load(ZOO["default"] / FILM), LatentMap.load(ZOO["default"] / LATENTS)
    away = np.abs(film.points[-1].astype(np.float32) - latent_map.points[film.samples])
    assert np.quantile(away, 0.99) < 0.05


@pytest.mark.parametrize("folder", [ZOO[name] for name in OF_PRESETS], ids=OF_PRESETS)
def test_latents_and_error_are_those_of_the_real_pictures(folder: Path, real_pictures: Path) -> None:
    test = load_folder(real_pictures, "test")
    autoencoder, card = load_model(folder)
    if test.fingerprint != card["data"]["fingerprint"]:
        pytest.skip("These are other pictures than the card names.")
    images = torch.from_numpy(test.images)
    latents = encode_all(autoencoder, images)
    assert np.allclose(latents, LatentMap.load(folder / LATENTS).latents, atol=1e-2)
    with torch.inference_mode():
        drawn = torch.cat([autoencoder.decode(part) for part in latents.split(1000)])
        error = torch.stack([(drawn[i] - images[i] / 255).square().mean() for i in range(len(images))]).mean()
    assert float(error) == pytest.approx(card["metrics"]["test_mse"], rel=1e-3)


@pytest.mark.parametrize("name", ZOO)
def test_the_percentile_of_density_is_uniform_on_held_out_images_and_says_that_corners_are_empty(name: str) -> None:
    latent_map = LatentMap.load(ZOO[name] / LATENTS)
    density, every = Density.load(ZOO[name] / DENSITY, latent_map.dim), latent_map.latents
    assert uniformity(density, every) < 0.05
    if len(every) >= 10_000:  # as many as tell the two halves apart by no more than that
        half = Density.of(density.reference, every[::2], np.zeros(1))
        assert uniformity(half, every[1::2]) < 0.05
    assert density.percentile(corners(latent_map)).min() > 97.5  # where the page speaks of places beyond the data


def test_every_axis_of_the_digits_variational_model_is_used_and_stands_for_something_else() -> None:
    metrics = read_card(ZOO["mnist-beta-vae"])["metrics"]
    assert metrics["active_units"] == 3
    assert min(metrics["kl_per_unit"]) > 1
    assert metrics["axis_correlation"] < 0.1
