"""Folders of class folders: any size in, odd files listed, useless folders explained."""

import numpy as np
import pytest
from PIL import Image

from model.data import ImageDataset, load_folder
from model.errors import DataError


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
    assert data.skipped == ("test/cat/z.png: not a picture",)


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
