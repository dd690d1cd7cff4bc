"""`python -m model.lessons.compression NAME`: the PCA of a data set, and what it loses at each number of components.

It is fitted to the training images, 2,000 of them at most, and judged by the test images, 1,000 at most. Data and home
come from the environment, as in the app; an .npz goes to standard output (see `Basis`).
"""

from __future__ import annotations

import io
import sys
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from model.config import Settings
from model.data.catalogue import open_dataset
from model.errors import DataError

MODULE = "model.lessons.compression"
DIMS = (1, 2, 3, 8, 10, 16, 32, 64, 128)
TRAIN_MOST, TEST_MOST = 2000, 1000
SEED = 0
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Basis:
    """`mean` (3072,), `components` (128, 3072) with orthonormal rows, pixels in [0, 1], channel by channel; `mse` (9,)
    per pixel of the test images at each of `DIMS`; how many images it was fitted to and judged by, (2,).
    """

    mean: Floats
    components: Floats
    mse: NDArray[np.float64]
    counts: NDArray[np.int64]

    def pack(self) -> bytes:
        """As the command writes it."""
        buffer = io.BytesIO()
        np.savez(buffer, **asdict(self))
        return buffer.getvalue()

    @classmethod
    def unpack(cls, packed: bytes) -> Basis:
        """What `pack` has made."""
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})

    def reconstruct(self, image: NDArray[np.uint8]) -> Floats:
        """What each of `DIMS` numbers keep of an image uint8 (3, 32, 32): float32 (9, 3, 32, 32) in [0, 1]."""
        centred = _unit(image).reshape(-1) - self.mean
        parts = (self.components @ centred)[:, None] * self.components  # (128, 3072)
        kept = np.stack([parts[:d].sum(0) for d in DIMS]) + self.mean  # (9, 3072)
        return kept.clip(0, 1).reshape(len(DIMS), *image.shape)

    def beside(self, image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Floats]:
        """The same as pixels uint8 (9, 3, 32, 32), and the mean squared error before rounding, (9,)."""
        import torch

        from model.images import to_bytes

        kept = self.reconstruct(image)
        errors = np.square(kept - _unit(image)).mean((1, 2, 3))
        return to_bytes(torch.from_numpy(kept)).numpy(), errors


def _unit(image: NDArray[np.uint8]) -> Floats:
    import torch

    from model.images import to_unit

    return np.asarray(to_unit(torch.tensor(image)).numpy())


def basis(train: NDArray[np.uint8], test: NDArray[np.uint8]) -> Basis:
    """The basis of images uint8 (n, 3, 32, 32)."""
    import torch

    from model.evaluation.pca import fit_pca

    torch.set_num_threads(1)
    random = np.random.default_rng(SEED)
    train, test = (
        images[random.permutation(len(images))[:most]] for images, most in ((train, TRAIN_MOST), (test, TEST_MOST))
    )
    fitted, seen = fit_pca(torch.from_numpy(train), DIMS[-1]), torch.from_numpy(test)
    mse = np.array([fitted.first(d).mse(seen) for d in DIMS])
    return Basis(fitted.mean.numpy(), fitted.components.numpy(), mse, np.array([len(train), len(test)]))


def main(name: str) -> None:
    """Print the basis of the data set `name`. Raises DataError."""
    train, test = (open_dataset(Settings.from_environment(), name, split) for split in ("train", "test"))
    if train is None or test is None:
        raise DataError("lesson.originals")
    sys.stdout.buffer.write(basis(train.images, test.images).pack())


if __name__ == "__main__":
    main(sys.argv[1])
