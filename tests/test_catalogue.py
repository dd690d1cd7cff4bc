"""The data sets with a name: what is said of each, how they are read, and which one a model is looked at through."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from app.text import LANGUAGES, strings
from model.config import RunConfig, Settings
from model.data.catalogue import (
    CATALOGUE,
    OWN,
    DatasetCard,
    count_images,
    dataset_for,
    first_dataset,
    is_here,
    open_dataset,
)
from model.data.sources import ClassFolders, padded
from model.errors import DataError
from model.presets import PRESETS, command_line, preset_config


def settings(tmp_path: Path, data: Path | None = None) -> Settings:
    return Settings(data, tmp_path)


def idx(array: np.ndarray) -> bytes:
    """The array as MNIST's files hold it (LeCun 1998): two zeros, uint8, how many axes, their lengths, the values."""
    return (
        bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape) + array.tobytes()
    )


@pytest.fixture
def mnist(tmp_path: Path) -> tuple[Path, np.ndarray]:
    """A home with an MNIST of 20 training and 10 test images, unpacked as torchvision leaves it; and its test
    images.
    """
    rng, raw = np.random.default_rng(0), tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, count in (("train", 20), ("t10k", 10)):
        images = rng.integers(0, 256, (count, 28, 28), np.uint8)
        (raw / f"{name}-images-idx3-ubyte").write_bytes(idx(images))
        (raw / f"{name}-labels-idx1-ubyte").write_bytes(idx((np.arange(count) % 10).astype(np.uint8)))
    return tmp_path, images


@pytest.mark.parametrize("card", CATALOGUE.values(), ids=lambda card: card.name)
def test_a_data_set_has_a_title_and_classes_in_every_language(card: DatasetCard) -> None:
    assert all(card.title[language] for language in LANGUAGES)
    assert {len(card.classes[language]) for language in LANGUAGES} == {10}
    assert card.licence
    assert card.source
    for language in LANGUAGES:
        assert [strings(language)[f"class.{name}"] for name in card.classes["en"]] == list(card.classes[language])


def test_digits_are_on_every_machine_and_split_in_order(tmp_path: Path) -> None:
    here = settings(tmp_path)
    train, test = (open_dataset(here, "digits", split) for split in ("train", "test"))
    assert train is not None
    assert test is not None
    original = load_digits()
    assert (
        (len(train), len(test))
        == (1497, 300)
        == (count_images(here, "digits", "train")[0], count_images(here, "digits", "test")[0])
    )
    assert np.array_equal(np.concatenate([train.labels, test.labels]), original.target)
    assert (test.images[:, 0] == test.images[:, 2]).all()
    blocks = test.images[:, 0].reshape(-1, 8, 4, 8, 4).mean((2, 4))  # (n, 8, 8): what was enlarged, made small again
    assert np.abs(blocks - original.images[1497:] * (255 / 16)).mean() < 12


def test_a_gray_image_lies_amid_black(mnist: tuple[Path, np.ndarray]) -> None:
    home, images = mnist
    found = open_dataset(settings(home), "mnist", "test")
    assert found is not None
    assert found.images.shape == (10, 3, 32, 32)
    assert np.array_equal(found.images[:, 1, 2:30, 2:30], images)
    assert not found.images[:, :, [0, 1, 30, 31]].any()
    assert np.array_equal(found.images, padded(images))
    assert found.labels.tolist() == list(range(10))


def test_a_data_set_that_is_not_here_is_none_and_one_that_is_damaged_says_so(mnist: tuple[Path, np.ndarray]) -> None:
    home, _ = mnist
    assert open_dataset(settings(home), "cifar10", "test") is None
    assert is_here(settings(home), "mnist")
    assert not is_here(settings(home), "fashion-mnist")
    (home / "data" / "MNIST" / "raw" / "t10k-images-idx3-ubyte").write_bytes(gzip.compress(b"half"))
    with pytest.raises(DataError, match=r"MNIST in .* is not complete"):
        open_dataset(settings(home), "mnist", "test")


def test_an_unknown_data_set_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cifar10, mnist, fashion-mnist, digits"):
        open_dataset(settings(tmp_path), "imagenet", "test")


def test_a_folder_of_ones_own_is_the_first_data_set(tmp_path: Path, synthetic_dataset_folder: Path) -> None:
    own = settings(tmp_path, synthetic_dataset_folder)
    assert first_dataset(own) == OWN
    assert first_dataset(settings(tmp_path)) == "cifar10"
    found = open_dataset(own, OWN, "test")
    assert found is not None
    assert count_images(own, OWN, "test") == (len(found), len(found.classes))


@pytest.mark.parametrize(
    ("trained_on", "alone", "with_folder"),
    [
        ("cifar10", "cifar10", OWN),
        (OWN, "cifar10", OWN),
        (None, "cifar10", OWN),
        ("mnist", "mnist", "mnist"),
        ("digits", "digits", "digits"),
        (7, "cifar10", OWN),
    ],
)
def test_a_model_is_looked_at_through_its_data_set_or_ones_own_photographs(
    tmp_path: Path, synthetic_dataset_folder: Path, trained_on: object, alone: str, with_folder: str
) -> None:
    card = {"data": {} if trained_on is None else {"dataset": trained_on}}
    assert dataset_for(settings(tmp_path), card) == alone
    assert dataset_for(settings(tmp_path, synthetic_dataset_folder), card) == with_folder


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_fit_the_data_set(preset: str) -> None:
    usual = PRESETS[preset].config
    assert preset_config(preset, "cifar10") == preset_config(preset, OWN) == usual
    assert not preset_config(preset, "mnist").training.flip
    assert preset_config(preset, "mnist").training.epochs == usual.training.epochs
    assert preset_config(preset, "fashion-mnist").training.flip == usual.training.flip
    digits = preset_config(preset, "digits").training
    assert (digits.flip, digits.shift) == (False, 1)
    assert digits.epochs == min(2000, round(usual.training.epochs * 50_000 / 1497))
    assert preset_config(preset, "digits").network == usual.network


def test_the_command_to_repeat_a_run_names_its_data_set() -> None:
    config: RunConfig = preset_config("one-minute", "digits")
    assert (
        command_line("mine", "digits", "one-minute", config)
        == "python -m model.train --name mine --dataset digits --preset one-minute"
    )
    assert (
        command_line("mine", OWN, "one-minute", PRESETS["one-minute"].config)
        == "python -m model.train --name mine --data DIR --preset one-minute"
    )


def test_one_entry_of_the_catalogue_is_a_data_set_of_class_folders(
    tmp_path: Path, synthetic_dataset_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = replace(CATALOGUE["digits"], name="shapes", reader=ClassFolders("shapes"))
    monkeypatch.setitem(CATALOGUE, "shapes", shapes)
    assert open_dataset(settings(tmp_path), "shapes", "test") is None
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "shapes").symlink_to(synthetic_dataset_folder)
    test = open_dataset(settings(tmp_path), "shapes", "test")
    assert test is not None
    assert len(test) == 72
