"""Metrics against values that can be worked out by hand or by another library."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn import decomposition

from model.evaluation import knn_accuracy, psnr, trustworthiness
from model.pca import fit_pca


def test_psnr_of_a_known_error():
    assert psnr(torch.tensor([0.01, 0.0001])) == pytest.approx((20 + 40) / 2)


def test_separated_classes_are_found_by_their_neighbours_and_shuffled_ones_are_not():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100).astype(np.uint8)
    latents = torch.from_numpy(rng.normal(size=(200, 3)).astype(np.float32)) + 20 * torch.from_numpy(labels).float()[:, None]
    assert knn_accuracy(latents, labels) == 1.0
    assert knn_accuracy(latents, rng.permutation(labels)) < 0.7


@pytest.mark.parametrize("n", [1, 2, 3, 5, 40])
def test_trustworthiness_of_a_faithful_copy_is_one_for_any_number_of_samples(n):
    images = torch.randint(0, 256, (n, 3, 32, 32), dtype=torch.uint8)
    assert trustworthiness(images, images.flatten(1).float()) == pytest.approx(1.0)


def test_pca_agrees_with_scikit_learn():
    images = np.random.default_rng(0).integers(0, 256, (300, 3, 32, 32)).astype(np.uint8)
    images[:, :, :16] = images[:, :1, :1, :1]
    flat = images.reshape(300, -1) / 255.0
    reference = decomposition.PCA(4, svd_solver="full").fit(flat)
    expected = np.square(reference.inverse_transform(reference.transform(flat)).clip(0, 1) - flat).mean()
    assert fit_pca(torch.from_numpy(images), 4).mse(torch.from_numpy(images)) == pytest.approx(expected, rel=1e-4)


def run(*arguments, **environment):
    return subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, timeout=300, check=False, **environment)


def test_a_model_is_trained_and_evaluated_from_the_shell(synthetic_dataset_folder, tmp_path):
    options = ["--data", str(synthetic_dataset_folder), "--name", "mine", "--epochs", "1", "--batch-size", "8", "--out", str(tmp_path)]
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
    assert {"train_mse", "test_psnr", "test_ssim", "pca_mse", "knn_accuracy", "trustworthiness"} <= set(metrics)


def test_without_data_the_shell_says_what_to_do(tmp_path):
    result = run("model.train", "--name", "x", env={"EXPLORER_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert result.returncode == 1
    assert result.stderr.startswith("error: There is no data set")
