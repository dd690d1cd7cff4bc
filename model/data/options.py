"""Which images a command works on: `--dataset` names one of the catalogue, `--data` a folder of one's own."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.config import Settings
from model.data.catalogue import CATALOGUE, OWN, first_dataset, open_dataset, title_of
from model.data.dataset import ImageDataset
from model.errors import DataError


def add_options(parser: argparse.ArgumentParser, default: str) -> None:
    """`default` says what is taken where neither option is given."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--dataset", choices=list(CATALOGUE), help=f"a data set by name (default: {default})")
    group.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of your own with train/CLASS/* and test/CLASS/*"
    )


def with_folder(options: argparse.Namespace, settings: Settings) -> Settings:
    """The settings with the folder of --data, if there is one."""
    return Settings(options.data or settings.data, settings.home)


def chosen(options: argparse.Namespace, settings: Settings) -> str:
    """The name of the data set that the options choose, or of the first."""
    return given(options) or first_dataset(settings)


def given(options: argparse.Namespace) -> str | None:
    """The name of the data set that the options choose; None where they choose none."""
    return OWN if options.data else options.dataset


def require_dataset(settings: Settings, name: str, split: str) -> ImageDataset:
    """A split of the data set `name`; raises DataError with what to do if it is not on this machine."""
    dataset = open_dataset(settings, name, split)
    if dataset is None:
        raise DataError("dataset.absent", title=title_of(name))
    return dataset
