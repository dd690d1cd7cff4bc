"""What every view and every API route share: the settings, the data set, the models by name."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from app.state import kept, state
from model.checkpoint import CARD, read_card
from model.config import Settings
from model.data.catalogue import CATALOGUE, dataset_for, first_dataset, open_dataset
from model.data.dataset import ImageDataset
from model.errors import DataError, UnknownModelError
from model.messages import Message, words_of
from model.registry import find_model, known_models, shipped_models
from model.runs.folder import touched
from model.space.density import DENSITY
from model.space.service import ExplorerService

LOG = logging.getLogger(__name__)
DEFAULT_MODEL = "default"
CARDS_MOST = 256  # a few kB to 60 kB each
MODELS_MOST = 8  # that a lesson goes back and forth between; 60 to 100 MB each


@kept
def settings() -> Settings:
    """The settings, read from the environment once."""
    return Settings.from_environment()


def first_names() -> list[str]:
    """The models to load at the start: the one that a page opens with. The others are loaded when they are asked
    for.
    """
    name = default_name()
    return [name] if name else []


def registry() -> dict[str, Path]:
    """Folders of the models by name, looked up anew, so that a model appears when its training ends.

    A model made here stands before a shipped one of the same name.
    """
    return known_models(settings().models)


def default_name() -> str | None:
    """The model that a page opens with: the one named "default", or else the first; None without any."""
    names = registry()
    return DEFAULT_MODEL if DEFAULT_MODEL in names else next(iter(names), None)


def model_for(asked: str | None) -> str | None:
    """The model that a link asks for where there is such a one, or else the default's name; None without any."""
    return asked if asked is not None and asked in registry() else default_name()


def dataset_names() -> tuple[str, ...]:
    """The data sets that there are, the first one first: one's own folder, if there is one, and those of the
    catalogue.
    """
    return tuple(dict.fromkeys((first_dataset(settings()), *CATALOGUE)))


def dataset(name: str) -> ImageDataset | None:
    """The test images of the data set `name`, or None where there are none that can be used (see `data_problem`)."""
    return _slots().dataset(name).opened()[0]


def data_problem(name: str) -> str | None:
    """Why the data set `name` cannot be used, in one sentence, or None."""
    return _slots().dataset(name).opened()[1]


def card_of(folder: Path) -> dict[str, Any]:
    """The card of the model in `folder`, read again when the file has changed; for reading only, as all share it.
    Raises CheckpointError.
    """
    try:
        stat = (folder / CARD).stat()
    except OSError:
        return read_card(folder)  # says what is wrong
    return _cards()(folder, (stat.st_ino, stat.st_mtime_ns, stat.st_size))


@kept
def _cards() -> Callable[[Path, tuple[int, ...]], dict[str, Any]]:
    return lru_cache(maxsize=CARDS_MOST)(lambda folder, stamp: read_card(folder))


def dataset_of(card: Mapping[str, Any]) -> str:
    """The name of the data set through which the model of this card is looked at."""
    return dataset_for(settings(), card)


def service(name: str) -> ExplorerService:
    """The service of the model `name`: one for all, loaded on first use, again when its files change.

    Raises UnknownModelError, which lists the known names, and CheckpointError.
    """
    folder = find_model(name, settings().models)
    try:
        stamp = max((folder / CARD).stat().st_mtime_ns, round(touched(folder / DENSITY) * 1e9))
    except OSError as error:
        raise UnknownModelError("model.gone", name=name, reason=words_of(error)) from error
    return _slots().model(folder, stamp).service()


def finer_model(card: Mapping[str, Any]) -> dict[str, Any] | None:
    """{name, latent_dim} of the shipped model with the most numbers for each of the very images of this card's model,
    or None where none has more than it.
    """
    shipped, finest = set(shipped_models().values()), None
    dim, images = card["config"]["network"]["latent_dim"], card["data"]["fingerprint"]
    for name, folder in registry().items():
        said = card_of(folder) if folder in shipped else None
        if said and said["data"]["fingerprint"] == images and said["config"]["network"]["latent_dim"] > dim:
            dim = said["config"]["network"]["latent_dim"]
            finest = {"name": name, "latent_dim": dim}
    return finest


class _DatasetSlot:
    """A data set's slot: whoever comes first opens it, those who come meanwhile wait, those who want another do
    not.
    """

    def __init__(self, name: str) -> None:
        self._name, self._lock = name, threading.Lock()
        self._opened: tuple[ImageDataset | None, str | None] | None = None

    def opened(self) -> tuple[ImageDataset | None, str | None]:
        """The test images or None, and what speaks against them."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> tuple[ImageDataset | None, str | None]:
        try:
            return open_dataset(settings(), self._name, "test"), None
        except DataError as error:
            LOG.warning("%s", error)
            return None, error.message
        except (OSError, MemoryError) as error:
            LOG.warning("The data set cannot be opened.", exc_info=True)
            return None, Message("dataset.unopened", reason=str(error) or Message("dataset.memory"))


class _Slot:
    """A model's slot: whoever comes first loads it, those who come meanwhile wait, those who want another model do
    not.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._loaded: ExplorerService | None = None

    def service(self) -> ExplorerService:
        with self._lock:
            if self._loaded is None:
                shown = dataset(dataset_of(card_of(self._folder)))
                self._loaded = ExplorerService(self._folder, shown, settings().home / "cache")
            return self._loaded


class _Slots:
    """The slots of models and data sets. Two first visitors make one slot for a model, not two."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models = lru_cache(maxsize=MODELS_MOST)(lambda folder, stamp: _Slot(folder))
        self._datasets = cache(_DatasetSlot)

    def model(self, folder: Path, stamp: int) -> _Slot:
        with self._lock:
            return self._models(folder, stamp)

    def dataset(self, name: str) -> _DatasetSlot:
        with self._lock:
            return self._datasets(name)


@kept
def _slots() -> _Slots:
    return _Slots()


def refresh() -> None:
    """Forget data sets and services: the next use opens what is there now."""
    state().forget(_slots)
