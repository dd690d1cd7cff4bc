"""How the data sets of the catalogue are read: by torchvision, by scikit-learn, or from a folder of class folders.

Gray images become 3 equal channels of 32 x 32: those of 28 x 28 get a black edge of 2 pixels, those of 8 x 8 are
enlarged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np
from PIL import Image

from model.config import IMAGE_SHAPE
from model.data.dataset import ImageDataset, Images
from model.data.folder import load_folder
from model.errors import DataError

SIDE = IMAGE_SHAPE[1]
DIGITS_TRAIN = 1_497  # of 1,797; the last 300 are the test images
DIGITS_WHITE = 16  # the highest value of a pixel there


class Reader(Protocol):
    """What reads a data set. `folder` below the data's root tells that it is there; None: it always is."""

    @property
    def folder(self) -> str | None: ...

    def read(self, root: Path, split: str, classes: tuple[str, ...]) -> ImageDataset:
        """The split "train" or "test". Raises DataError where it is not whole."""
        ...


@dataclass(frozen=True)
class Torchvision:
    """A data set whose class in torchvision.datasets is `kind`: it downloads it, too, and unpacks it into `folder`."""

    kind: str
    folder: str

    def read(self, root: Path, split: str, classes: tuple[str, ...]) -> ImageDataset:
        from torchvision import datasets  # here, because its import is slow and most starts do not need it

        try:
            opened = getattr(datasets, self.kind)(root, train=split == "train", download=False)
        except (RuntimeError, OSError, EOFError, ValueError, AssertionError) as error:
            raise DataError("dataset.incomplete", title=self.kind, folder=root, reason=error) from error
        pixels, labels = np.asarray(opened.data), np.asarray(opened.targets, np.uint8)
        # (n, 3, 32, 32)
        images = padded(pixels) if pixels.ndim == 3 else np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
        return ImageDataset(images, labels, classes)


@dataclass(frozen=True)
class ClassFolders:
    """Pictures of any size as `folder/train/CLASS/*` and `folder/test/CLASS/*`; the classes are the folders, sorted."""

    folder: str

    def read(self, root: Path, split: str, classes: tuple[str, ...]) -> ImageDataset:
        return load_folder(root / self.folder, split)


class Digits:
    """The 8 x 8 digits that scikit-learn carries (Alpaydin, Kaynak 1998)."""

    folder: ClassVar[None] = None

    def read(self, root: Path, split: str, classes: tuple[str, ...]) -> ImageDataset:
        from sklearn.datasets import load_digits

        found = load_digits()
        part = slice(DIGITS_TRAIN) if split == "train" else slice(DIGITS_TRAIN, None)
        gray = np.round(found.images[part] * (255 / DIGITS_WHITE)).astype(np.uint8)  # (n, 8, 8)
        return ImageDataset(enlarged(gray), found.target[part].astype(np.uint8), classes)


def padded(gray: Images) -> Images:
    """Gray (n, h, w), h and w up to 32, amid black, as (n, 3, 32, 32)."""
    down, across = SIDE - gray.shape[1], SIDE - gray.shape[2]
    edges = ((0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2))
    return _three_channels(np.pad(gray, edges))


def enlarged(gray: Images) -> Images:
    """Gray (n, h, w), enlarged by Lanczos' filter as an uploaded picture is, as (n, 3, 32, 32)."""
    large = [np.asarray(Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.LANCZOS)) for image in gray]
    return _three_channels(np.stack(large))


def _three_channels(gray: Images) -> Images:
    return np.repeat(gray[:, None], IMAGE_SHAPE[0], axis=1)  # (n, 3, 32, 32)


@dataclass(frozen=True)
class Framing:
    """How a gray data set frames what it shows, in pixels of its originals.

    `box` is the longer side of what is shown. It is centred by its centre of mass if `by_mass`, else by its edges.
    `stroke` is the least width of a line (one in ten of its own images has thinner ones, at most), 0 without lines.
    What is fainter than the part `faint` of a clear line is none, but a garment may have faint parts.
    `white` is the quantile of what is shown at which white begins: lines are evenly white, clothes have shades.
    `finish` makes an image (n, 3, 32, 32) of an original (n, side, side).
    """

    box: int
    by_mass: bool
    stroke: float
    faint: float
    white: float
    finish: Callable[[Images], Images]


# LeCun, Bottou, Bengio, Haffner, Gradient-Based Learning Applied to Document Recognition, 1998, section III
MNIST_FRAMING = Framing(box=20, by_mass=True, stroke=1.8, faint=0.6, white=0.8, finish=padded)
# Xiao, Rasul, Vollgraf, Fashion-MNIST, 2017, section 2
FASHION_FRAMING = Framing(box=28, by_mass=False, stroke=0, faint=0, white=0.99, finish=padded)
DIGITS_FRAMING = Framing(box=8, by_mass=False, stroke=1.2, faint=0.6, white=0.9, finish=enlarged)
