"""Folders of class folders: any size in, odd files listed, useless folders explained."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import model
from model.config import Settings
from model.data.catalogue import open_dataset
from model.data.dataset import ImageDataset
from model.data.folder import load_folder
from model.errors import DataError
from model.images import to_bytes, to_unit


def picture(path, size=(32, 32), colour=(200, 30, 60), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, **options)


@pytest.fixture
def folder(tmp_path):
    for split in ("train", "test"):
        picture(tmp_path / split / "cat" / "a.png", colour=(255, 0, 0))
        picture(tmp_path / split / "dog" / "b.png", colour=(0, 0, 255))
    return tmp_path


def test_classes_are_the_sorted_folder_names_and_pixels_are_kept(folder):
    data = load_folder(folder, "test")
    assert data.classes == ("cat", "dog")
    assert data.labels.tolist() == [0, 1]
    assert data.images.dtype == np.uint8
    assert data.images[:, :, 5, 5].tolist() == [[255, 0, 0], [0, 0, 255]]


def test_pictures_of_any_size_become_32_by_32_by_their_central_square(folder):
    wide = np.zeros((50, 200, 3), np.uint8)
    wide[:, 75:125] = 250  # the central square
    Image.fromarray(wide).save(folder / "test" / "cat" / "b.png")
    image = load_folder(folder, "test").images[1]
    assert image.shape == (3, 32, 32)
    assert image.min() > 200  # the filter rings a little at the cut


def test_unreadable_files_are_listed_and_skipped(folder):
    (folder / "test" / "cat" / "z.png").write_text("not a picture")
    (folder / "test" / "cat" / "notes.txt").write_text("not even named like one")
    data = load_folder(folder, "test")
    assert len(data) == 2
    (line,) = data.skipped
    assert line.startswith("test/cat/z.png: This file cannot be read as a picture")


def test_no_single_file_stops_a_data_set(folder):
    good = (folder / "test" / "cat" / "a.png").read_bytes()
    for at in range(8, len(good), 3):
        (folder / "test" / "cat" / f"cut{at}.png").write_bytes(good[:at])
        (folder / "test" / "cat" / f"odd{at}.png").write_bytes(good[:at] + b"\xff\x00" + good[at + 2 :])
    Image.new("1", (8000, 6000)).save(folder / "test" / "cat" / "vast.png")
    (folder / "test" / "cat" / "folder.png").mkdir()
    data = load_folder(folder, "test")
    assert {"test/cat/vast.png", "test/cat/folder.png", "test/cat/cut8.png"} <= {
        line.split(":")[0] for line in data.skipped
    }
    assert "40000000 pixels at most" in next(line for line in data.skipped if "vast" in line)


def test_transparency_and_sixteen_bits_are_read_as_in_uploads(folder):
    Image.new("RGBA", (32, 32), (0, 0, 0, 0)).save(folder / "test" / "cat" / "b.png")
    Image.fromarray(np.full((32, 32), 128 << 8, np.uint16)).save(folder / "test" / "cat" / "c.png")
    images = load_folder(folder, "test").images
    assert (images[1] == 255).all()
    assert (images[2] == 128).all()


def test_pictures_of_other_formats_are_named(folder):
    for name in ("photo.HEIC", "scan.tiff"):
        (folder / "test" / "dog" / name).write_bytes(b"pixels")
    assert load_folder(folder, "test").skipped == (
        "test/dog/photo.HEIC: not a supported format",
        "test/dog/scan.tiff: not a supported format",
    )


def test_folders_that_the_system_refuses_to_open_are_explained(tmp_path):
    unusable = tmp_path / ("x" * 300)  # too long a name, which also the superuser cannot open
    with pytest.raises(DataError, match="cannot be read"):
        load_folder(unusable, "test")
    with pytest.raises(DataError, match="EXPLORER_HOME"):
        open_dataset(Settings(None, unusable), "cifar10", "test")


def test_a_class_may_be_absent_from_one_split(folder):
    picture(folder / "train" / "ant" / "a.png")
    assert load_folder(folder, "test").labels.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("break_it", "word"),
    [
        (lambda f: [p.unlink() for p in (f / "test").rglob("*.png")], "holds no picture"),
        (lambda f: (f / "train").rename(f / "training"), "no folder 'train'"),
        (lambda f: [p.write_text("?") for p in (f / "test").rglob("*.png")], "None of the 2 files"),
    ],
)
def test_a_folder_that_cannot_be_used_is_explained(folder, break_it, word):
    break_it(folder)
    with pytest.raises(DataError, match=word):
        load_folder(folder, "test")


def test_one_class_is_not_enough(tmp_path):
    for split in ("train", "test"):
        picture(tmp_path / split / "cat" / "a.png")
    with pytest.raises(DataError, match=r"1 class folder.*at least two"):
        load_folder(tmp_path, "test")


def test_the_fingerprint_changes_with_a_single_pixel():
    images, labels = np.zeros((2, 3, 32, 32), np.uint8), np.zeros(2, np.uint8)
    other = images.copy()
    other[1, 2, 31, 31] = 1
    assert ImageDataset(images, labels, ("a", "b")).fingerprint != ImageDataset(other, labels, ("a", "b")).fingerprint


@pytest.mark.parametrize(
    "make",
    [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), Path.mkdir, lambda path: path.symlink_to("nowhere.png")],
)
def test_what_is_no_file_is_skipped_and_listed(synthetic_dataset_folder, tmp_path, make):
    root = shutil.copytree(synthetic_dataset_folder, tmp_path / "pictures")
    make(root / "train" / "circle" / "0.png")
    found = load_folder(root, "train")
    assert len(found) == 60
    assert found.skipped == ("train/circle/0.png: not a file",)


def test_pixels_become_numbers_and_come_back_and_in_one_place_only():
    pixels = torch.arange(256, dtype=torch.uint8)
    unit = to_unit(pixels)
    assert (unit.dtype, unit.min().item(), unit.max().item()) == (torch.float32, 0, 1)
    assert torch.equal(to_bytes(unit), pixels)
    scaled = re.compile(r"/ ?255\b|(div_?|mul_?)\(255\)")
    assert not [path for path in Path(model.__file__).parent.rglob("*.py") if scaled.search(path.read_text("utf-8"))]
