"""Image data sets: CIFAR-10 (Krizhevsky 2009), or any folder of class folders."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.config import IMAGE_SHAPE, Settings
from model.errors import DataError, PictureError
from model.pictures import FORMATS_SAID, read_picture

SPLITS = ("train", "test")
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"}
UNSUPPORTED = {".heic", ".heif", ".tif", ".tiff", ".avif", ".jxl", ".jp2", ".svg"}  # pictures to a person, so to pass over them in silence would puzzle
CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CIFAR10_COUNTS = {"train": 50_000, "test": 10_000}
CLASSES_MOST = 256
CIFAR10_FOLDER = "cifar-10-batches-py"
Images = NDArray[np.uint8]


@dataclass(frozen=True)
class ImageDataset:
    """One split, whole, in memory: images uint8 (n, 3, 32, 32), labels uint8 (n,) that index `classes`."""

    images: Images
    labels: NDArray[np.uint8]
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()  # files that could not be read, with the reason

    def __post_init__(self) -> None:
        if self.images.shape[1:] != IMAGE_SHAPE or len(self.images) != len(self.labels):
            raise DataError(f"Images of shape {self.images.shape} and {len(self.labels)} labels do not make a data set.")

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over shape, pixels, labels and class names: equal for equal data only."""
        digest = hashlib.sha256(repr((self.images.shape, self.classes)).encode())
        digest.update(self.images.tobytes())
        digest.update(self.labels.tobytes())
        return digest.hexdigest()[:16]

    def take(self, count: int, seed: int = 0) -> ImageDataset:
        """At most `count` samples, drawn without replacement and kept in order."""
        if count >= len(self):
            return self
        chosen = np.sort(np.random.default_rng(seed).choice(len(self), count, replace=False))
        return ImageDataset(self.images[chosen], self.labels[chosen], self.classes, self.skipped)


def open_dataset(settings: Settings, split: str) -> ImageDataset | None:
    """The data set that the settings point at, or None if there is none on this machine yet.

    `split` is "train" or "test". Raises DataError for a folder that cannot be used.
    """
    if settings.data is not None:
        return load_folder(settings.data, split)
    try:
        downloaded = (settings.home / "data" / CIFAR10_FOLDER).is_dir()
    except OSError as error:
        raise DataError(f"{str(settings.home)!r} cannot be read ({error.strerror}). Set EXPLORER_HOME to a folder of your own.") from error
    return load_cifar10(settings.home / "data", split) if downloaded else None


def count_images(settings: Settings, split: str) -> tuple[int, int]:
    """How many images and classes a split has, without reading one: pictures that turn out to be unreadable are counted too. Raises DataError.

    Those of CIFAR-10 are known before it is downloaded.
    """
    if settings.data is None:
        return CIFAR10_COUNTS[split], len(CIFAR10_CLASSES)
    classes, files, _ = _list_folder(settings.data, split)
    return len(files), len(classes)


def load_cifar10(root: Path, split: str) -> ImageDataset:
    """CIFAR-10 as torchvision downloaded it below `root`; raises DataError where it is not whole."""
    from torchvision.datasets import CIFAR10  # here, because its import is slow and most starts do not need it

    try:
        data = CIFAR10(root, train=split == "train", download=False)
    except (RuntimeError, OSError, EOFError) as error:
        raise DataError(f"CIFAR-10 in {str(root)!r} is not complete ({error}). Delete that folder and download it again.") from error
    images = np.ascontiguousarray(np.transpose(data.data, (0, 3, 1, 2)))  # (n, 3, 32, 32)
    return ImageDataset(images, np.asarray(data.targets, np.uint8), CIFAR10_CLASSES)


def load_folder(root: Path, split: str) -> ImageDataset:
    """The pictures in `root/split/CLASS/*`, resized to 32 x 32 where they are larger or smaller.

    Classes are the folder names of both splits, sorted. Pictures that are unreadable or of another format are listed in `skipped`.
    Raises DataError if a folder is missing or closed, a split has no picture, or there are fewer than two classes.
    """
    return _read(root, split, *_list_folder(root, split))


def _list_folder(root: Path, split: str) -> tuple[tuple[str, ...], list[tuple[Path, int]], list[str]]:
    """Class names, the picture files with their labels, and what is said of files that are none."""
    if split not in SPLITS:
        raise DataError(f"The split is {split!r}; it must be 'train' or 'test'.")
    try:
        classes = _class_names(root)
        listed = [(path, label, is_file) for label, name in enumerate(classes) for path, is_file in _entries(root / split / name)]
    except OSError as error:
        raise DataError(f"{str(root)!r} cannot be read ({error.strerror}). Check the folder's name and permissions.") from error
    skipped = [f"{path.relative_to(root)}: not a supported format" for path, _, _ in listed if path.suffix.lower() in UNSUPPORTED]
    pictures = [entry for entry in listed if entry[0].suffix.lower() in SUFFIXES]
    skipped += [f"{path.relative_to(root)}: not a file" for path, _, is_file in pictures if not is_file]
    files = [(path, label) for path, label, is_file in pictures if is_file]
    if not files:
        raise DataError(f"{str(root / split)!r} holds no picture. Put pictures into {split}/CLASS/, as {FORMATS_SAID}.")
    return classes, files, skipped


def _read(root: Path, split: str, classes: tuple[str, ...], files: list[tuple[Path, int]], skipped: list[str]) -> ImageDataset:
    images = np.empty((len(files), *IMAGE_SHAPE), np.uint8)
    labels: list[int] = []
    for path, label in files:
        try:
            with path.open("rb") as file:
                images[len(labels)] = read_picture(file).pixels
            labels.append(label)
        except (PictureError, OSError) as error:
            skipped.append(f"{path.relative_to(root)}: {error}")
    if not labels:
        raise DataError(f"None of the {len(files)} files in {str(root / split)!r} could be read; the first: {skipped[-len(files)]}")
    return ImageDataset(images[: len(labels)], np.asarray(labels, np.uint8), classes, tuple(skipped))


def _class_names(root: Path) -> tuple[str, ...]:
    missing = [split for split in SPLITS if not (root / split).is_dir()]
    if missing:
        raise DataError(f"{str(root)!r} has no folder {missing[0]!r}. Expected are {root}/train/CLASS/ and {root}/test/CLASS/.")
    names = sorted({p.name for split in SPLITS for p in (root / split).iterdir() if p.is_dir() and not p.name.startswith(".")})
    if len(names) < 2:
        raise DataError(f"{str(root)!r} has {len(names)} class folder(s) ({', '.join(names) or 'none'}); at least two are needed.")
    if len(names) > CLASSES_MOST:
        raise DataError(f"{str(root)!r} has {len(names)} class folders; {CLASSES_MOST} at most can be shown.")
    return tuple(names)


def _entries(folder: Path) -> list[tuple[Path, bool]]:
    """What lies in the folder, by name, and whether it is a file: to open a pipe or a device would be to wait for ever."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = sorted((entry.name, entry.is_file()) for entry in entries if not entry.name.startswith("."))
    return [(folder / name, is_file) for name, is_file in found]
