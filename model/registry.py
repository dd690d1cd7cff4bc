"""Models by name: those that ship, and those made here."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from model.checkpoint import CARD, WEIGHTS
from model.config import SHIPPED_MODELS
from model.errors import UnknownModelError
from model.messages import Message

LOG = logging.getLogger(__name__)


def known_models(made_here: Path) -> dict[str, Path]:
    """Folders of the models by name, looked up anew; one in `made_here` stands before a shipped one of the same
    name.
    """
    return {folder.name: folder for root in (SHIPPED_MODELS, made_here) for folder in _folders(root)}


def shipped_models() -> dict[str, Path]:
    """Folders of the models that ship, by name."""
    return {folder.name: folder for folder in _folders(SHIPPED_MODELS)}


def find_model(name: str, made_here: Path) -> Path:
    """The folder of the model `name`. Raises UnknownModelError, which lists the known names."""
    known = known_models(made_here)
    if name not in known:
        own_first = sorted(
            known, key=lambda each: known[each].parent == SHIPPED_MODELS
        )  # where there is room for a few, those that one made
        raise UnknownModelError("model.unknown", name=name, known=", ".join(own_first) or Message("model.none"))
    return known[name]


def locate_model(model: str, made_here: Path) -> Path:
    """The folder of a model that a person names: a path to it has a separator, all else is a name. Raises
    UnknownModelError.
    """
    path = Path(model)
    return path if len(path.parts) > 1 and (path / CARD).is_file() else find_model(model, made_here)


def _folders(root: Path) -> list[Path]:
    try:
        return (
            [folder for folder in sorted(root.iterdir()) if folder.name.isprintable() and _whole(folder)]
            if root.is_dir()
            else []
        )
    except OSError as error:
        _warn(f"The models in {str(root)!r} cannot be read ({error.strerror}), so they are left out.")
        return []


def _whole(folder: Path) -> bool:
    try:
        return (folder / CARD).is_file() and (folder / WEIGHTS).is_file()
    except OSError as error:
        _warn(f"The model in {str(folder)!r} cannot be read ({error.strerror}), so it is left out.")
        return False


@lru_cache(maxsize=64)
def _warn(message: str) -> None:
    """Once: models are looked up with every request."""
    LOG.warning("%s", message)
