"""A data set of one's own: a folder of class folders."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from model.config import IMAGE_SHAPE
from model.data.dataset import SPLITS, ImageDataset
from model.data.pictures import FORMATS_SAID, read_picture
from model.errors import DataError, PictureError
from model.messages import Message, words_of

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"}
# pictures to a person, so to pass over them in silence would puzzle
UNSUPPORTED = {".heic", ".heif", ".tif", ".tiff", ".avif", ".jxl", ".jp2", ".svg"}
CLASSES_MOST = 256


def count_folder(root: Path, split: str) -> tuple[int, int]:
    """How many pictures and classes a split has, without reading one: pictures that turn out to be unreadable are
    counted too. Raises DataError.
    """
    classes, files, _ = _list_folder(root, split)
    return len(files), len(classes)


def load_folder(root: Path, split: str) -> ImageDataset:
    """The pictures in `root/split/CLASS/*`, resized to 32 x 32 where they are larger or smaller.

    Classes are the folder names of both splits, sorted. Pictures that are unreadable or of another format are listed in
    `skipped`. Raises DataError if a folder is missing or closed, a split has no picture, or there are fewer than two
    classes.
    """
    return _read(root, split, *_list_folder(root, split))


def _list_folder(root: Path, split: str) -> tuple[tuple[str, ...], list[tuple[Path, int]], list[str]]:
    """Class names, the picture files with their labels, and what is said of files that are none."""
    if split not in SPLITS:
        raise DataError("dataset.split", split=split)
    try:
        classes = _class_names(root)
        listed = [
            (path, label, is_file)
            for label, name in enumerate(classes)
            for path, is_file in _entries(root / split / name)
        ]
    except OSError as error:
        raise DataError("dataset.folder", folder=root, reason=words_of(error)) from error
    skipped: list[str] = [
        Message("dataset.skipped", file=path.relative_to(root), reason=Message("dataset.unsupported"))
        for path, _, _ in listed
        if path.suffix.lower() in UNSUPPORTED
    ]
    pictures = [entry for entry in listed if entry[0].suffix.lower() in SUFFIXES]
    skipped += [
        Message("dataset.skipped", file=path.relative_to(root), reason=Message("dataset.no_file"))
        for path, _, is_file in pictures
        if not is_file
    ]
    files = [(path, label) for path, label, is_file in pictures if is_file]
    if not files:
        raise DataError("dataset.pictureless", folder=root / split, split=split, formats=FORMATS_SAID)
    return classes, files, skipped


def _read(
    root: Path, split: str, classes: tuple[str, ...], files: list[tuple[Path, int]], skipped: list[str]
) -> ImageDataset:
    images = np.empty((len(files), *IMAGE_SHAPE), np.uint8)
    labels: list[int] = []
    for path, label in files:
        try:
            with path.open("rb") as file:
                images[len(labels)] = read_picture(file).pixels
            labels.append(label)
        except (PictureError, OSError) as error:
            skipped.append(Message("dataset.skipped", file=path.relative_to(root), reason=error))
    if not labels:
        raise DataError("dataset.unread", count=len(files), folder=root / split, reason=skipped[-len(files)])
    return ImageDataset(images[: len(labels)], np.asarray(labels, np.uint8), classes, tuple(skipped))


def _class_names(root: Path) -> tuple[str, ...]:
    missing = [split for split in SPLITS if not (root / split).is_dir()]
    if missing:
        raise DataError("dataset.split_folder", folder=root, missing=missing[0])
    names = sorted(
        {p.name for split in SPLITS for p in (root / split).iterdir() if p.is_dir() and not p.name.startswith(".")}
    )
    if len(names) < 2:
        said = ", ".join(names) or Message("dataset.no_class")
        raise DataError("dataset.few_classes", folder=root, count=len(names), names=said)
    if len(names) > CLASSES_MOST:
        raise DataError("dataset.many_classes", folder=root, count=len(names), most=CLASSES_MOST)
    return tuple(names)


def _entries(folder: Path) -> list[tuple[Path, bool]]:
    """What lies in the folder, by name, and whether it is a file: to open a pipe or a device would be to wait for
    ever.
    """
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        found = sorted((entry.name, entry.is_file()) for entry in entries if not entry.name.startswith("."))
    return [(folder / name, is_file) for name, is_file in found]
