"""Every number that we print of a model, each beside PCA's of the same dimension, computed in the same run."""

from __future__ import annotations

import torch

from model.config import ObjectiveConfig
from model.data.dataset import ImageDataset
from model.evaluation.denoising import denoising
from model.evaluation.disentanglement import axis_correlation, variational_metrics
from model.evaluation.neighbourhoods import continuity, knn_accuracy, trustworthiness
from model.evaluation.pca import PCA, fit_pca
from model.evaluation.reconstruction import absolute_errors, encode_all, errors, psnr, squared_errors, ssim
from model.networks import Autoencoder

SSIM_SAMPLES = 1000
Metrics = dict[str, float | int | list[float]]


class Baseline:
    """PCA on one data set, for models of any dimension: fitted once, measured once for each number of components."""

    def __init__(self, train: ImageDataset, test: ImageDataset, device: torch.device, most: int) -> None:
        """`most` is the largest number of components that will be asked for."""
        self.train, self.test = (torch.from_numpy(split.images).to(device) for split in (train, test))
        self._labels = test.labels
        self._fitted = fit_pca(self.train, most)
        self._measured: dict[int, Metrics] = {}

    def pca(self, dim: int) -> PCA:
        """PCA with `dim` components."""
        return self._fitted.first(dim)

    def metrics(self, dim: int) -> Metrics:
        """What it scores with `dim` components, as pca_..."""
        if dim not in self._measured:
            self._measured[dim] = self._measure(self.pca(dim))
        return self._measured[dim]

    def _measure(self, pca: PCA) -> Metrics:
        scores = pca.scores(self.test)
        return {
            "pca_mse": pca.mse(self.test),
            "pca_mae": pca.error(self.test, absolute_errors),
            "pca_knn_accuracy": knn_accuracy(scores.cpu(), self._labels),
            "pca_trustworthiness": trustworthiness(self.test, scores),
            "pca_continuity": continuity(self.test, scores),
        }


def evaluate(
    autoencoder: Autoencoder,
    train: ImageDataset,
    test: ImageDataset,
    objective: ObjectiveConfig | None = None,
    baseline: Baseline | None = None,
) -> Metrics:
    """All metrics of a model on a data set. Errors are per channel with pixels in [0, 1].

    `objective` is what it was trained for: with noise, what it gains on noisy input is measured as well. `baseline` is
    PCA on the same data where it is at hand; it is fitted here where it is not.
    """
    dim = autoencoder.config.latent_dim
    baseline = baseline or Baseline(train, test, next(autoencoder.parameters()).device, dim)
    images = baseline.test
    squared = errors(autoencoder, images, squared_errors)
    latents = encode_all(autoencoder, images)
    metrics: Metrics = {
        "latent_dim": dim,
        "n_train": len(train),
        "n_test": len(test),
        "train_mse": float(errors(autoencoder, baseline.train, squared_errors).mean()),
        "test_mse": float(squared.mean()),
        "test_mae": float(errors(autoencoder, images, absolute_errors).mean()),
        "test_psnr": psnr(squared),
        "test_ssim": ssim(autoencoder, images[:: max(1, len(test) // SSIM_SAMPLES)]),
        "knn_accuracy": knn_accuracy(latents.cpu(), test.labels),
        "trustworthiness": trustworthiness(images, latents),
        "continuity": continuity(images, latents),
        **baseline.metrics(dim),
    }
    return metrics | _special(autoencoder, baseline, objective, latents)


def _special(
    autoencoder: Autoencoder, baseline: Baseline, objective: ObjectiveConfig | None, latents: torch.Tensor
) -> Metrics:
    """What only some objectives give a meaning to, and how much the axes say of one another."""
    correlation = axis_correlation(latents)
    found: Metrics = {} if correlation is None else {"axis_correlation": correlation}
    if autoencoder.config.variational:
        found = dict(variational_metrics(autoencoder, baseline.test))
    if objective and objective.noise:
        found |= denoising(autoencoder, baseline.pca(autoencoder.config.latent_dim), baseline.test, objective)
    return found
