"""How dense the training data are around a latent, and how usual a reconstruction error is: both as percentiles of
held-out test images.

The measure is the mean Euclidean distance to the 10 nearest latents of training images (k-nearest-neighbour density
estimate: Loftsgaarden & Quesenberry 1965), in the latent space's own units, whatever its dimension. Test images had no
part in the training, so what is usual among them is what a new picture of the same kind would show.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from model.errors import CheckpointError, LatentError
from model.files import write_atomically
from model.space.latent_map import DENSITY_NEIGHBOURS, Floats, nearest_rows

DENSITY = "density.npz"
REFERENCE_MOST = 20_000  # training images, drawn at random: more change the percentiles by less than one
LEVELS = 1001
BATCH = 500


@dataclass(frozen=True)
class Density:
    """Latents `reference` float32 (n, d) of training images; `distances` and `errors`, float32 (1001,), are quantiles
    over the held-out images of their distance to the reference and of their mean squared error.
    """

    reference: Floats
    distances: Floats
    errors: Floats

    @classmethod
    def of(cls, reference: Floats, held_out: Floats, errors: ArrayLike) -> Self:
        """Calibrate on held-out latents (m, d) and their squared errors (m,). Raises LatentError for a value that is
        not finite.
        """
        if not all(np.isfinite(values).all() for values in (reference, held_out, errors)):
            raise LatentError("latent.shape", wanted="(n, d)", shape=reference.shape)
        halves, scale = _halves(reference)
        kept = halves.astype(np.float32) * scale  # as it comes back from the disk
        return cls(kept, _quantiles(_distances(torch.from_numpy(kept), held_out)), _quantiles(errors))

    @classmethod
    def of_map(cls, latents: Floats) -> Self:
        """Of a model that was saved without it: its map's latents (n, d) in both roles, each one's own place left out.
        Errors have no percentile then.
        """
        return cls(latents, _quantiles(_distances(torch.from_numpy(latents), latents)), np.empty(0, np.float32))

    @cached_property
    def digest(self) -> str:
        """Names the content: equal for equal data only."""
        arrays = (self.reference, self.distances, self.errors)
        return sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()[:8]

    def distance(self, latents: Floats) -> Floats:
        """The mean distance float32 (m,) of latents (m, d) to the 10 nearest of the reference, one at the very place
        left out.
        """
        return _distances(self._tensor, latents)

    def percentile(self, latents: Floats) -> Floats:
        """The share of held-out images that lie in denser places than latents (m, d): float32 (m,), 0 to 100.

        50 is the place of a typical test image, 100 lies beyond all.
        """
        return self.rank(self.distance(latents))

    def rank(self, distances: Floats) -> Floats:
        """The same of what `distance` has found (m,)."""
        return _rank(self.distances, distances)

    def error_percentile(self, errors: ArrayLike) -> Floats | None:
        """The share of held-out images with a smaller squared error than `errors` (m,): float32 (m,), 0 to 100; None
        where theirs are not known.
        """
        return _rank(self.errors, np.asarray(errors, np.float32)) if len(self.errors) else None

    def save(self, path: Path) -> None:
        """Write it as .npz, atomically. Raises OSError."""
        halves, scale = _halves(self.reference)
        arrays = {"scale": scale, "distances": self.distances, "errors": self.errors}
        write_atomically(path, lambda file: np.savez(file, allow_pickle=False, reference=halves, **arrays))

    @classmethod
    def load(cls, path: Path, dim: int) -> Self:
        """Read what `save` wrote for latents of `dim` numbers. Raises CheckpointError if it is missing, damaged or of
        another shape.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                reference, scale, *levels = (
                    arrays[name].astype(np.float32) for name in ("reference", "scale", "distances", "errors")
                )
                parts = [reference * scale, *levels]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise CheckpointError("latent.density", path=path, reason=error) from error
        shapes = [part.shape for part in parts]
        if shapes != [(len(parts[0]), dim), (LEVELS,), (LEVELS,)] or not all(np.isfinite(part).all() for part in parts):
            raise CheckpointError("latent.density", path=path, reason=f"shapes {shapes}")
        return cls(*parts)

    @cached_property
    def _tensor(self) -> torch.Tensor:
        return torch.from_numpy(self.reference)


def _distances(reference: torch.Tensor, latents: Floats) -> Floats:
    found = np.zeros(len(latents), np.float32)
    k = min(DENSITY_NEIGHBOURS, len(reference) - 1)
    if not k:
        return found  # a single image has no others to be compared with
    for start in range(0, len(latents), BATCH):
        part = torch.from_numpy(np.ascontiguousarray(latents[start : start + BATCH], np.float32))
        _, distances = nearest_rows(reference, part, k + 1)  # (b, k + 1)
        others = np.where(distances[:, :1] == 0, distances[:, 1:], distances[:, :-1])
        found[start : start + BATCH] = others.mean(1)
    return found


def _halves(values: Floats) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    """Values (n, d) as float16 between -1 and 1, and the scale that they are to be multiplied with, float32 ()."""
    scale = np.float32(np.abs(values).max() or 1)
    return (values / scale).astype(np.float16), np.asarray(scale)


def _quantiles(values: ArrayLike) -> Floats:
    return np.quantile(np.asarray(values, np.float64), np.linspace(0, 1, LEVELS)).astype(np.float32)


def _rank(levels: Floats, values: NDArray[np.float32]) -> Floats:
    """Where values (m,) stand among sorted levels, 0 to 100; between equal ones in their middle."""
    ranks = np.searchsorted(levels, values, "left") + np.searchsorted(levels, values, "right")
    return np.asarray(50 * ranks / len(levels), np.float32)
