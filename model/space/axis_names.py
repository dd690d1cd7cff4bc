"""What people call the latent axes of a model: kept as JSON beside it, for the weights that the names were given to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from model.checkpoint import read_card
from model.config import SHIPPED_MODELS, Settings
from model.errors import ConfigError, LatentError, UnknownModelError
from model.files import write_json
from model.registry import find_model
from model.runs.folder import read_object
from model.runs.lock import changing

FILE, SHIPPED = "axes.json", "axes"
LETTERS_MOST = 40
BYTES_MOST = 1 << 16  # 256 axes of 40 characters of 4 bytes need less: a larger file is none of ours


def names_of(settings: Settings, name: str, card: dict[str, Any]) -> list[str]:
    """The names (d,) of the model with this card, "" where an axis has none. What is kept for other weights, or cannot
    be read, is as if absent.
    """
    folder, dim = find_model(name, settings.models), card["config"]["network"]["latent_dim"]
    said = _read(_file(settings, folder))
    listed = said.get("names") if said.get("weights_sha256") == card["weights_sha256"] else None
    known = [text if _is_fit(text) else "" for text in listed[:dim]] if isinstance(listed, list) else []
    return known + [""] * (dim - len(known))


def give(settings: Settings, name: str, weights: str, axis: Any, text: str) -> list[str]:
    """Call one axis so, "" for no name any more; the names (d,) now. `weights` is the beginning of the digest of those
    that the person has seen.

    Raises UnknownModelError, also where the model has other weights by now; LatentError, ConfigError, CheckpointError,
    RunError, OSError.
    """
    text = text.strip()
    if text and not _is_fit(text):
        raise ConfigError("axis.name", name=text[:60], most=LETTERS_MOST)
    with changing(settings.runs):  # or else a model that is being deleted would come back as a folder
        folder = find_model(name, settings.models)
        card = read_card(folder)
        if not weights or not card["weights_sha256"].startswith(weights):
            raise UnknownModelError("axis.weights", name=name)
        names = names_of(settings, name, card)
        if type(axis) is not int or not 0 <= axis < len(names):
            raise LatentError("axis.number", last=len(names) - 1)
        names[axis] = text
        write_json(_file(settings, folder), {"weights_sha256": card["weights_sha256"], "names": names})
    return names


def _file(settings: Settings, folder: Path) -> Path:
    """In the folder of a model that was made here, which is deleted with its run; those that ship are not written
    to.
    """
    shipped = folder.parent == SHIPPED_MODELS
    return settings.home / SHIPPED / f"{folder.name}.json" if shipped else folder / FILE


def _read(path: Path) -> dict[str, Any]:
    try:
        fits = path.is_file() and path.stat().st_size <= BYTES_MOST
    except OSError:
        return {}
    return (read_object(path) if fits else None) or {}


def _is_fit(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= LETTERS_MOST and text.isprintable()
