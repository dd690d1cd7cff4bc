"""Metrics against values that can be worked out by hand or by another library."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn import decomposition
from torch import nn

from model.config import NetworkConfig, ObjectiveConfig
from model.data.dataset import ImageDataset
from model.evaluation import pca as pca_module
from model.evaluation.denoising import denoising
from model.evaluation.disentanglement import active_axes, axis_correlation, variational_metrics
from model.evaluation.metrics import Baseline, evaluate
from model.evaluation.neighbourhoods import continuity, knn_accuracy, trustworthiness
from model.evaluation.pca import fit_pca
from model.evaluation.reconstruction import absolute_errors, psnr
from model.networks import Autoencoder
from model.space.density import DENSITY, Density


def test_psnr_of_a_known_error():
    assert psnr(torch.tensor([0.01, 0.0001])) == pytest.approx((20 + 40) / 2)


def test_separated_classes_are_found_by_their_neighbours_and_shuffled_ones_are_not():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100).astype(np.uint8)
    latents = (
        torch.from_numpy(rng.normal(size=(200, 3)).astype(np.float32)) + 20 * torch.from_numpy(labels).float()[:, None]
    )
    assert knn_accuracy(latents, labels) == 1.0
    assert knn_accuracy(latents, rng.permutation(labels)) < 0.7


@pytest.mark.parametrize("measure", [trustworthiness, continuity])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 40])
def test_a_faithful_copy_keeps_every_neighbour_for_any_number_of_samples(n, measure):
    images = torch.randint(0, 256, (n, 3, 32, 32), dtype=torch.uint8)
    assert measure(images, images.flatten(1).float()) == pytest.approx(1.0)


def on_a_line(grey):
    """One image of a single grey for each number: pixel distances are those of the numbers."""
    return torch.tensor(grey, dtype=torch.uint8)[:, None, None, None].expand(-1, 3, 32, 32).contiguous()


def test_trustworthiness_and_continuity_of_four_points_are_those_worked_out_by_hand():
    """Pixels a 0, b 10, c 30, d 70; latents a 0, b 10, c 30, d 14; one neighbour, so the sum of (rank - 1) weighs 2 /
    16.

    Nearest in the map a-b, b-d, c-d, d-b: in pixels these are neighbours number 1, 3, 3, 2, so 1 - (0 + 2 + 2 + 1) / 8.
    Nearest in pixels a-b, b-a, c-b, d-c: in the map these are neighbours number 1, 2, 2, 3, so 1 - (0 + 1 + 1 + 2) / 8.
    """
    images, latents = on_a_line([0, 10, 30, 70]), torch.tensor([[0.0], [10.0], [30.0], [14.0]])
    assert trustworthiness(images, latents) == pytest.approx(0.375)
    assert continuity(images, latents) == pytest.approx(0.5)


def test_a_map_that_folds_is_not_trusted_and_one_that_tears_is_not_continuous():
    grey = list(range(0, 200, 5))
    folded = torch.tensor([[min(g, 195 - g)] for g in grey], dtype=torch.float32)
    torn = torch.tensor([[g + (1000 if g % 10 else 0)] for g in grey], dtype=torch.float32)
    images = on_a_line(grey)
    assert trustworthiness(images, folded) < continuity(images, folded)
    assert continuity(images, torn) < 0.95


def half_structured(n=300):
    images = np.random.default_rng(0).integers(0, 256, (n, 3, 32, 32)).astype(np.uint8)
    images[:, :, :16] = images[:, :1, :1, :1]
    return images


def test_pca_agrees_with_scikit_learn():
    images = half_structured()
    flat = images.reshape(300, -1) / 255.0
    reference = decomposition.PCA(4, svd_solver="full").fit(flat)
    restored = reference.inverse_transform(reference.transform(flat)).clip(0, 1)
    tensor, pca = torch.from_numpy(images), fit_pca(torch.from_numpy(images), 9).first(4)
    assert pca.mse(tensor) == pytest.approx(np.square(restored - flat).mean(), rel=1e-4)
    assert pca.error(tensor, absolute_errors) == pytest.approx(np.abs(restored - flat).mean(), rel=1e-4)
    assert np.allclose(np.abs(pca.scores(tensor).numpy()), np.abs(reference.transform(flat)), atol=1e-3)


def test_pca_of_few_images_is_that_of_their_covariance(monkeypatch):
    images = torch.from_numpy(half_structured(30))
    few = fit_pca(images, 3)
    monkeypatch.setattr(pca_module, "_few", pca_module._many)
    many = fit_pca(images, 3)
    assert torch.allclose(few.deviations, many.deviations, rtol=1e-4)
    assert torch.allclose((few.components @ many.components.T).abs(), torch.eye(3), atol=1e-3)


class Grey(nn.Module):
    """Draws the middle grey, whatever it is given: a restorer whose error is known."""

    def encode(self, images):
        return images.flatten(1)[:, :1]

    def decode(self, latents):
        return torch.full((len(latents), 3, 32, 32), 0.5)


def test_what_denoising_gains_is_known_for_a_network_that_always_draws_the_same():
    """Grey 51 is 0.2: masking half of the pixels black leaves 0.2² / 2, drawing 0.5 leaves 0.3²."""
    images = on_a_line([51] * 40)
    found = denoising(
        Grey(), fit_pca(half := on_a_line([0, 51, 102]), 1), images, ObjectiveConfig(noise=0.5, corruption="masking")
    )
    assert len(half) == 3
    assert found["noisy_psnr"] == pytest.approx(-10 * math.log10(0.02), abs=0.05)
    assert found["denoised_psnr"] == pytest.approx(-10 * math.log10(0.09), abs=1e-3)
    assert found["denoising_gain"] == pytest.approx(found["denoised_psnr"] - found["noisy_psnr"])


def test_pca_gains_what_averaging_gains():
    """All greys are one component: PCA answers with the mean of the masked picture, 0.1, so it leaves 0.1²."""
    images = on_a_line([51] * 40)
    found = denoising(
        Grey(), fit_pca(on_a_line([0, 51, 102]), 1), images, ObjectiveConfig(noise=0.5, corruption="masking")
    )
    assert found["pca_denoising_gain"] == pytest.approx(-10 * math.log10(0.01) - found["noisy_psnr"], abs=0.3)


def test_the_input_counts_as_it_is_seen_clipped():
    white = on_a_line([255] * 20)
    noisy = denoising(Grey(), fit_pca(on_a_line([0, 255]), 1), white, ObjectiveConfig(noise=0.2))["noisy_psnr"]
    assert noisy == pytest.approx(-10 * math.log10(0.2**2 / 2), abs=0.1)  # noise upwards is cut off, half of its power


def test_axes_that_hardly_vary_are_not_active():
    means = torch.tensor([[1.0, 0.1, 0.3], [-1.0, 0.0, -0.3]])  # variances 1, 0.0025, 0.09
    assert active_axes(means).tolist() == [True, False, True]


def test_the_correlation_of_axes_is_the_mean_over_the_pairs():
    x = torch.tensor([1.0, -1.0, 1.0, -1.0])
    y = torch.tensor([1.0, 1.0, -1.0, -1.0])
    assert axis_correlation(torch.stack([x, y], 1)) == pytest.approx(0)
    assert axis_correlation(torch.stack([x, -3 * x, y], 1)) == pytest.approx(1 / 3)
    assert axis_correlation(torch.stack([x, torch.ones(4)], 1)) is None
    assert axis_correlation(torch.empty(4, 0)) is None


class Gaussians(nn.Module):
    """An encoder with known posteriors: axis 1 follows the grey, axis 2 is the prior itself."""

    def encode_distribution(self, images):
        grey = images.flatten(1)[:, :1]
        zero = torch.zeros_like(grey)
        return torch.cat([10 * grey, zero], 1), torch.cat([zero - math.log(4), zero], 1)


def test_active_units_and_divergence_of_known_posteriors():
    """KL of N(m, 1/4) is (m² + 1/4 - 1 + log 4) / 2, and that of the prior 0; m is 0 and 10 for black and white."""
    found = variational_metrics(Gaussians(), on_a_line([0, 255]))
    assert found["active_units"] == 1
    assert found["kl_per_unit"] == pytest.approx([50 / 2 + (0.25 - 1 + math.log(4)) / 2, 0.0])
    assert "axis_correlation" not in found


def test_a_network_without_posteriors_says_so():
    network = Autoencoder(NetworkConfig(2, encoder_widths=(4,), decoder_widths=(4,))).eval()
    with pytest.raises(ValueError, match="no posterior"):
        variational_metrics(network, on_a_line([0, 255]))


@pytest.fixture
def small():
    """Forty images, small enough for every metric."""
    return ImageDataset(half_structured(40), np.arange(40, dtype=np.uint8) % 2, ("a", "b"))


def network(**changes):
    torch.manual_seed(0)
    return Autoencoder(
        NetworkConfig(2, encoder_widths=(8,), decoder_widths=(8,), encoder_normalisation="none", **changes)
    ).eval()


COMMON = {
    "test_mse",
    "train_mse",
    "test_mae",
    "pca_mse",
    "pca_mae",
    "test_psnr",
    "test_ssim",
    "knn_accuracy",
    "pca_knn_accuracy",
    "trustworthiness",
    "pca_trustworthiness",
    "continuity",
    "pca_continuity",
}


def test_each_objective_gets_its_own_metrics_and_all_can_stand_on_a_card(small):
    baseline = Baseline(small, small, torch.device("cpu"), 3)
    plain = evaluate(network(), small, small, baseline=baseline)
    noisy = evaluate(network(), small, small, ObjectiveConfig(noise=0.1), baseline)
    variational = evaluate(network(variational=True), small, small, ObjectiveConfig(beta=1.0), baseline)
    assert set(plain) >= COMMON
    assert set(noisy) - set(plain) == {"noisy_psnr", "denoised_psnr", "denoising_gain", "pca_denoising_gain"}
    assert {"active_units", "kl_per_unit"} <= set(variational)
    assert len(variational["kl_per_unit"]) == 2
    json.dumps([plain, noisy, variational], allow_nan=False)


def test_pca_is_the_same_fitted_for_one_model_or_for_many(small):
    shared = evaluate(network(), small, small, baseline=Baseline(small, small, torch.device("cpu"), 5))
    alone = evaluate(network(), small, small)
    assert shared == pytest.approx(alone, rel=1e-4)


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, timeout=300, check=False, **environment
    )


def test_a_model_is_trained_evaluated_and_calibrated_from_the_shell(synthetic_dataset_folder, tmp_path):
    options = [
        "--data",
        str(synthetic_dataset_folder),
        "--name",
        "mine",
        "--epochs",
        "1",
        "--batch-size",
        "8",
        "--out",
        str(tmp_path),
    ]
    environment = {"EXPLORER_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    trained = run("model.train", *options, env=environment)
    assert trained.returncode == 0, trained.stderr
    again = run("model.train", *options, env=environment)
    assert again.returncode == 1
    assert "--resume" in again.stderr
    evaluated = run("model.evaluate", str(tmp_path / "mine"), "--data", str(synthetic_dataset_folder), env=environment)
    metrics = json.loads(evaluated.stdout)
    card = json.loads((tmp_path / "mine" / "card.json").read_text())
    assert metrics["test_mse"] == pytest.approx(card["metrics"]["test_mse"], rel=1e-3)
    assert set(metrics) >= COMMON
    written = Density.load(tmp_path / "mine" / DENSITY, 3)
    (tmp_path / "mine" / DENSITY).unlink()
    calibrated = run("model.calibrate", str(tmp_path / "mine"), *options[:2], env=environment)
    assert calibrated.stdout.splitlines()[2].startswith("| mine | 3 | "), calibrated.stderr
    again = Density.load(tmp_path / "mine" / DENSITY, 3)
    np.testing.assert_allclose(again.distances, written.distances, rtol=1e-4)
    np.testing.assert_allclose(again.errors, written.errors, rtol=1e-3)


def test_without_data_the_shell_says_what_to_do(tmp_path):
    result = run("model.train", "--name", "x", env={"EXPLORER_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert result.returncode == 1
    assert result.stderr.startswith("error: CIFAR-10 is not on this machine. Download it in the app")
