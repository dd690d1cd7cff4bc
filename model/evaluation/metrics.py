"""Every number that we print of a model, each beside PCA's of the same dimension, computed in the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

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


@dataclass(frozen=True)
class Measured:
    """A model, and what its metrics are computed from; `squared` are its errors on the test images (n,)."""

    autoencoder: Autoencoder
    train: Tensor
    test: Tensor
    labels: NDArray[np.uint8]
    latents: Tensor
    squared: Tensor


@dataclass(frozen=True)
class MeasuredPca:
    """PCA of as many numbers on the same images, and its scores of them (n, d)."""

    pca: PCA
    test: Tensor
    labels: NDArray[np.uint8]
    scores: Tensor


@dataclass(frozen=True)
class Metric:
    """A number of a model: `name` on its card, `head` and `digits` in the results table, PCA's beside it where it has
    one.
    """

    name: str
    head: str
    digits: int
    of: Callable[[Measured], float]
    of_pca: Callable[[MeasuredPca], float] | None = None
    unit: str = ""

    @property
    def name_of_pca(self) -> str:
        """Of PCA's on the card."""
        return f"pca_{self.name.removeprefix('test_')}"


# To add one, add it here: the cards, `python -m model.evaluate` and the README's table follow.
METRICS = (
    Metric("test_mse", "test error", 4, lambda m: float(m.squared.mean()), lambda p: p.pca.mse(p.test)),
    Metric("train_mse", "train error", 4, lambda m: float(errors(m.autoencoder, m.train, squared_errors).mean())),
    Metric(
        "test_mae",
        "absolute error",
        4,
        lambda m: float(errors(m.autoencoder, m.test, absolute_errors).mean()),
        lambda p: p.pca.error(p.test, absolute_errors),
    ),
    Metric("test_psnr", "PSNR", 1, lambda m: psnr(m.squared), unit=" dB"),
    Metric("test_ssim", "SSIM", 3, lambda m: ssim(m.autoencoder, m.test[:: max(1, len(m.test) // SSIM_SAMPLES)])),
    Metric(
        "knn_accuracy",
        "10-NN accuracy",
        3,
        lambda m: knn_accuracy(m.latents.cpu(), m.labels),
        lambda p: knn_accuracy(p.scores.cpu(), p.labels),
    ),
    Metric(
        "trustworthiness",
        "trustworthiness",
        3,
        lambda m: trustworthiness(m.test, m.latents),
        lambda p: trustworthiness(p.test, p.scores),
    ),
    Metric(
        "continuity",
        "continuity",
        3,
        lambda m: continuity(m.test, m.latents),
        lambda p: continuity(p.test, p.scores),
    ),
)


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
        measured = MeasuredPca(pca, self.test, self._labels, pca.scores(self.test))
        return {metric.name_of_pca: metric.of_pca(measured) for metric in METRICS if metric.of_pca}


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
    latents = encode_all(autoencoder, baseline.test)
    squared = errors(autoencoder, baseline.test, squared_errors)
    measured = Measured(autoencoder, baseline.train, baseline.test, test.labels, latents, squared)
    metrics: Metrics = {
        "latent_dim": dim,
        "n_train": len(train),
        "n_test": len(test),
        **{metric.name: metric.of(measured) for metric in METRICS},
        **baseline.metrics(dim),
    }
    return metrics | _special(autoencoder, baseline, objective, latents)


def _special(
    autoencoder: Autoencoder, baseline: Baseline, objective: ObjectiveConfig | None, latents: Tensor
) -> Metrics:
    """What only some objectives give a meaning to, and how much the axes say of one another."""
    correlation = axis_correlation(latents)
    found: Metrics = {} if correlation is None else {"axis_correlation": correlation}
    if autoencoder.config.variational:
        found = dict(variational_metrics(autoencoder, baseline.test))
    if objective and objective.noise:
        found |= denoising(autoencoder, baseline.pca(autoencoder.config.latent_dim), baseline.test, objective)
    return found
