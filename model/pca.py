"""Principal component analysis (Pearson 1901): the baseline of every autoencoder, and where a linear skip starts."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

BATCH = 5000


@dataclass(frozen=True)
class PCA:
    """`mean` (D,), `components` (d, D) with orthonormal rows, `deviations` (d,) of the scores; D = 3,072, pixels in [0, 1]."""

    mean: Tensor
    components: Tensor
    deviations: Tensor

    def encode(self, images: Tensor) -> Tensor:
        """Scores (n, d) of uint8 images (n, 3, 32, 32)."""
        return (_flat(images) - self.mean) @ self.components.T

    def mse(self, images: Tensor) -> float:
        """Mean squared reconstruction error per channel of uint8 images."""
        total = 0.0
        for batch in images.split(BATCH):
            flat = _flat(batch)
            output = (self.encode(batch) @ self.components + self.mean).clamp(0, 1)
            total += (output - flat).square().sum().item()
        return total / images.numel()


def _flat(images: Tensor) -> Tensor:
    return images.flatten(1).float() / 255


def fit_pca(images: Tensor, dim: int) -> PCA:
    """PCA with `dim` components of uint8 images (n, 3, 32, 32), from the covariance.

    The products within a batch are float32; their sum over the batches, and its axes, are float64.
    """
    numbers = images[0].numel()
    mean = torch.stack([_flat(batch).sum(0, dtype=torch.float64) for batch in images.split(BATCH)]).sum(0) / len(images)
    covariance = torch.zeros(numbers, numbers, dtype=torch.float64, device=images.device)
    for batch in images.split(BATCH):
        centred = _flat(batch) - mean.float()
        covariance += centred.T @ centred
    values, vectors = torch.linalg.eigh(covariance / len(images))
    top = values.flip(0)[:dim].clamp_min(1e-12)
    return PCA(mean.float(), vectors.flip(1)[:, :dim].T.float().contiguous(), top.sqrt().float())
