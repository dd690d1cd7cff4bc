"""Principal component analysis (Pearson 1901): the baseline of every autoencoder, and where a linear skip starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from model.config import IMAGE_NUMBERS
from model.errors import CheckpointError
from model.files import write_atomically
from model.images import to_unit

BATCH = 5000
SAVED = "pca.npz"  # in a model's folder: the PCA of as many numbers, of the images that it was trained on
PARTS = ("mean", "components", "deviations")


@dataclass(frozen=True)
class PCA:
    """`mean` (D,), `components` (d, D) with orthonormal rows, `deviations` (d,) of the scores; D = 3,072, pixels in [0,
    1].
    """

    mean: Tensor
    components: Tensor
    deviations: Tensor

    def save(self, path: Path) -> None:
        """Write it as .npz of float16, atomically. Raises OSError."""
        halves = {name: getattr(self, name).numpy().astype(np.float16) for name in PARTS}
        write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **halves))

    @classmethod
    def load(cls, path: Path, dim: int) -> Self:
        """Read what `save` wrote of `dim` components. Raises CheckpointError if it is missing, damaged or of another
        shape.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                parts = [torch.from_numpy(arrays[name].astype(np.float32)) for name in PARTS]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise CheckpointError("latent.pca", path=path, reason=error) from error
        shapes = [tuple(part.shape) for part in parts]
        if shapes != [(IMAGE_NUMBERS,), (dim, IMAGE_NUMBERS), (dim,)] or not all(p.isfinite().all() for p in parts):
            raise CheckpointError("latent.pca", path=path, reason=f"shapes {shapes}")
        return cls(*parts)

    def first(self, dim: int) -> PCA:
        """The PCA with the first `dim` of these components: the same as one fitted with so many."""
        return PCA(self.mean, self.components[:dim], self.deviations[:dim])

    def scores(self, images: Tensor) -> Tensor:
        """Scores (n, d) of uint8 images (n, 3, 32, 32)."""
        return torch.cat([(_flat(batch) - self.mean) @ self.components.T for batch in images.split(BATCH)])

    def reconstruct(self, images: Tensor) -> Tensor:
        """What d numbers keep of float images (n, 3, 32, 32), clipped to [0, 1]."""
        scores = (images.flatten(1) - self.mean) @ self.components.T  # (n, d)
        return (scores @ self.components + self.mean).clamp(0, 1).view_as(images)

    def mse(self, images: Tensor) -> float:
        """Mean squared reconstruction error per channel of uint8 images."""
        return self.error(images, lambda clean, output: (clean - output).square().flatten(1).mean(1))

    def error(self, images: Tensor, measure: Callable[[Tensor, Tensor], Tensor]) -> float:
        """The mean of what `measure` says of each uint8 image and its reconstruction, both handed over as floats."""
        pixels = (to_unit(batch) for batch in images.split(BATCH))
        return sum(float(measure(batch, self.reconstruct(batch)).sum()) for batch in pixels) / len(images)


def fit_pca(images: Tensor, dim: int) -> PCA:
    """PCA with `dim` components of uint8 images (n, 3, 32, 32), in float64 but for the products within a batch."""
    mean = torch.stack([_flat(batch).sum(0, dtype=torch.float64) for batch in images.split(BATCH)]).sum(0) / len(images)
    axes, variances = (_few if dim <= len(images) < images[0].numel() else _many)(
        images, mean
    )  # (D, m) columns, (m,), m >= dim
    return PCA(mean.float(), axes[:, :dim].T.float().contiguous(), variances[:dim].clamp_min(1e-12).sqrt().float())


def _few(images: Tensor, mean: Tensor) -> tuple[Tensor, Tensor]:
    """Axes and variances, largest first, from the images themselves: quick where there are fewer images than
    numbers.
    """
    _, singular, rows = torch.linalg.svd(_flat(images).double() - mean, full_matrices=False)
    return rows.T, singular.square() / len(images)


def _many(images: Tensor, mean: Tensor) -> tuple[Tensor, Tensor]:
    """The same from the covariance, summed over the batches."""
    covariance = torch.zeros(len(mean), len(mean), dtype=torch.float64, device=images.device)
    for batch in images.split(BATCH):
        centred = _flat(batch) - mean.float()
        covariance += centred.T @ centred
    values, vectors = torch.linalg.eigh(covariance / len(images))
    return vectors.flip(1), values.flip(0)


def _flat(images: Tensor) -> Tensor:
    return to_unit(images.flatten(1))
