"""What every view and every API route share: the settings, the data set, the models by name."""

from __future__ import annotations

import logging
import threading
from functools import lru_cache
from pathlib import Path

from model.checkpoint import CARD
from model.config import SHIPPED_MODELS, Settings
from model.data import ImageDataset, open_dataset
from model.errors import DataError, UnknownModelError
from model.registry import find_model, known_models
from model.service import ExplorerService

LOG = logging.getLogger(__name__)
DEFAULT_MODEL = "default"
_LOADING = threading.Lock()  # two first visitors open the data once, not twice


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings, read from the environment once."""
    return Settings.from_environment()


def registry() -> dict[str, Path]:
    """Folders of the models by name, looked up anew, so that a model appears when its training ends.

    A model made here stands before a shipped one of the same name.
    """
    return known_models(settings().models)


def default_name() -> str | None:
    """The model that a page opens with: the one named "default", or else the first; None without any."""
    names = registry()
    return DEFAULT_MODEL if DEFAULT_MODEL in names else next(iter(names), None)


def model_for(wish: str | None) -> str | None:
    """The model that a link wishes for where there is such a one, or else the default's name; None without any."""
    return wish if wish is not None and wish in registry() else default_name()


def first_names() -> list[str]:
    """The models to load at the start: the default, then the other shipped ones."""
    names = [name for name, folder in registry().items() if folder.parent == SHIPPED_MODELS]
    first = default_name()
    return ([first] if first else []) + [name for name in names if name != first]


@lru_cache(maxsize=1)
def _opened() -> tuple[ImageDataset | None, str | None]:
    try:
        return open_dataset(settings(), "test"), None
    except DataError as error:
        LOG.warning("%s", error)
        return None, str(error)
    except (OSError, MemoryError) as error:
        LOG.warning("The data set cannot be opened.", exc_info=True)
        return None, f"The data set cannot be opened ({error or 'not enough memory'})."


def dataset() -> ImageDataset | None:
    """The test images, or None where there are none that can be used (see `data_problem`)."""
    with _LOADING:
        return _opened()[0]


def data_problem() -> str | None:
    """Why the data that the settings point at cannot be used, in one sentence, or None."""
    with _LOADING:
        return _opened()[1]


def service(name: str) -> ExplorerService:
    """The service of the model `name`: one for all, loaded on first use, again when its files change.

    Raises UnknownModelError, which lists the known names, and CheckpointError.
    """
    folder = find_model(name, settings().models)
    try:
        stamp = (folder / CARD).stat().st_mtime_ns
    except OSError as error:
        raise UnknownModelError(f"The model {name!r} was there a moment ago, but it is no more ({error.strerror}).") from error
    with _LOADING:
        slot = _slot(folder, stamp)
    return slot.service()


class _Slot:
    """A model's place: whoever comes first loads it, those who come meanwhile wait, those who want another model do not."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._loaded: ExplorerService | None = None

    def service(self) -> ExplorerService:
        with self._lock:
            if self._loaded is None:
                self._loaded = ExplorerService(self._folder, dataset(), settings().home / "cache")
            return self._loaded


@lru_cache(maxsize=8)  # the six that ship, and two that people made
def _slot(folder: Path, stamp: int) -> _Slot:
    return _Slot(folder)


def refresh() -> None:
    """Forget data set and services: the next use opens what is there now."""
    with _LOADING:
        _opened.cache_clear()
        _slot.cache_clear()
