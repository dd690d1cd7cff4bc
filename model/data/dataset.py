"""One split of an image data set, whole, in memory."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.config import IMAGE_SHAPE
from model.errors import DataError

if TYPE_CHECKING:
    from model.search.pixels import PixelIndex  # for the type alone: its import loads PyTorch

SPLITS = ("train", "test")
Images = NDArray[np.uint8]
INDEXING = threading.Lock()


@dataclass(frozen=True)
class ImageDataset:
    """One split: images uint8 (n, 3, 32, 32), labels uint8 (n,) that index `classes`."""

    images: Images
    labels: NDArray[np.uint8]
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()  # files that could not be read, with the reason

    def __post_init__(self) -> None:
        if self.images.shape[1:] != IMAGE_SHAPE or len(self.images) != len(self.labels):
            raise DataError("dataset.images", shape=self.images.shape, count=len(self.labels))

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over shape, pixels, labels and class names: equal for equal data only."""
        digest = hashlib.sha256(repr((self.images.shape, self.classes)).encode())
        digest.update(self.images.tobytes())
        digest.update(self.labels.tobytes())
        return digest.hexdigest()[:16]

    @property
    def pixel_index(self) -> PixelIndex:
        """Finds the images nearest to a picture; made at the first use, once for all models that show these images."""
        if "_pixel_index" in self.__dict__:
            return self._pixel_index
        with INDEXING:
            return self._pixel_index

    @cached_property
    def _pixel_index(self) -> PixelIndex:
        from model.search.pixels import PixelIndex  # here, because commands open data sets before they load PyTorch

        return PixelIndex(self.images)

    def take(self, count: int, seed: int = 0) -> ImageDataset:
        """At most `count` samples, drawn without replacement and kept in order."""
        if count >= len(self):
            return self
        chosen = np.sort(np.random.default_rng(seed).choice(len(self), count, replace=False))
        return ImageDataset(self.images[chosen], self.labels[chosen], self.classes, self.skipped)
