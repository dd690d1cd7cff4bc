"""Films by kind and name, kept open between requests: of runs, which may still grow, and of models."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from app import resources
from app.replies import Refusal
from app.state import kept
from model.film.film import FILM, FRAMES, AlignedFrames, Film, thinned
from model.messages import Message
from model.registry import find_model
from model.runs import actions
from model.runs.folder import NAME, Run, read_object, read_run

KINDS = ("runs", "models")
STANDS = ("first", "last")
# the share of points that the box holds: a few far ones would make it too large for the others
INSIDE = (0.0025, 0.9975)
MARGIN = 0.06
LOOKED_AT = 24  # frames
EPOCHS_MOST = 500  # of a loss curve, and as many of those with a test error: more than it has pixels
Cut = tuple[Film, list[list[float]]]  # and its ranges
Stamps = list[tuple[int, int]]


@dataclass(frozen=True)
class Showing:
    """A film as it is now. `tags` name each frame's content; `stand` is the frame whose axes the space keeps: "first"
    or "last".
    """

    kind: str
    name: str
    film: Film
    ranges: list[list[float]]  # [[low, high] x 3] of the box
    stand: str
    version: str
    tags: tuple[str, ...]
    live: bool
    title: dict[str, str]
    history: list[dict[str, Any]]
    pca_mse: float | None
    latent_dim: int

    @property
    def originals(self) -> np.ndarray | None:
        """The row's pictures uint8 (k, h, w, 3) as the data set has them, or None where it is not at hand."""
        return self.film.originals if self.film.originals is not None else _from_data(self.name, self.film)


def showing(kind: str, name: str, stand: str | None = None) -> Showing:
    """The film of that run or model. A run that is at work shows the space as its first frame has it, so that what was
    shown stays; whatever is complete as its last frame has it, as Explore does; `stand` says otherwise.

    Raises Refusal (404) where there is none, UnknownRunError, UnknownModelError, and CheckpointError for damaged files.
    """
    if kind not in KINDS:
        raise Refusal(404, "No such films", Message("films.kinds", kind=kind[:40]))
    return _of_run(name, stand) if kind == "runs" else _of_model(name)


def _ranges(film: Film) -> list[list[float]]:
    """[[low, high] x 3]: the box that holds nearly all points of all frames; some frames tell enough of a long film."""
    some = film.points[thinned(len(film.epochs), LOOKED_AT)].astype(np.float32)
    low, high = np.quantile(some, INSIDE[0], axis=1).min(0), np.quantile(some, INSIDE[1], axis=1).max(0)
    margin = np.where(high > low, MARGIN * (high - low), 0.5)
    return [[round(float(a), 4), round(float(b), 4)] for a, b in zip(low - margin, high + margin, strict=True)]


def _of_model(name: str) -> Showing:
    folder = find_model(name, resources.settings().models)
    path = folder / FILM
    try:
        stat = path.stat()
    except OSError:
        raise Refusal(404, "No film", Message("films.unbrought", name=name)) from None
    (film, ranges), card = _open().model(path, stat.st_mtime_ns, stat.st_size), resources.card_of(folder)
    version = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    return Showing(
        kind="models",
        name=name,
        film=film,
        ranges=ranges,
        stand="last",
        version=version,
        tags=tuple(f"{version}-{epoch}" for epoch in film.epochs),
        live=False,
        title=card["title"],
        history=_history(card.get("history")),
        pca_mse=card.get("metrics", {}).get("pca_mse"),
        latent_dim=card["config"]["network"]["latent_dim"],
    )


def _film(path: Path, written: int, size: int) -> Cut:
    film = Film.load(path)
    return film, _ranges(film)


def _of_run(name: str, stand: str | None) -> Showing:
    run = _run(name)
    stand = stand if stand in STANDS else ("first" if run.live else "last")
    slot = _open().run(resources.settings().runs / name)
    (film, ranges), stamps = slot.film(stand)
    tags = tuple(f"{written:x}-{epoch}" for epoch, written in stamps)
    return Showing(
        kind="runs",
        name=name,
        film=film,
        ranges=ranges,
        stand=stand,
        version=f"{stand}-{len(slot.aligned.stamps)}-{tags[-1]}",
        tags=tags,
        live=run.live,
        title=run.title,
        history=_history(run.history),
        pca_mse=_pca_mse(name),
        latent_dim=run.latent_dim or 3,
    )


def _run(name: str) -> Run:
    settings = resources.settings()
    folder = settings.runs / name
    return read_run(settings, folder) if NAME.fullmatch(name) and folder.is_dir() else actions.run(settings, name)


def _pca_mse(name: str) -> float | None:
    """Of the run's model, or of what the run itself has noted."""
    settings = resources.settings()
    card, said = (
        read_object(settings.models / name / "card.json") or {},
        read_object(settings.runs / name / "run.json") or {},
    )
    for part, key in ((card, "metrics"), (said, "about")):
        value = part[key].get("pca_mse") if isinstance(part.get(key), dict) else None
        if isinstance(value, float):
            return value
    return None


class _Slot:
    """A run's frames, aligned, and the film made of them: whoever comes first reads the new ones, those who come
    meanwhile wait.
    """

    def __init__(self, folder: Path) -> None:
        self.aligned = AlignedFrames(folder / FRAMES)
        self._lock = threading.Lock()
        self._cuts: dict[str, tuple[Stamps, Cut]] = {}

    def film(self, stand: str) -> tuple[Cut, Stamps]:
        """The film and the stamps of its frames. Raises Refusal where there is no frame, and CheckpointError."""
        with self._lock:
            self.aligned.update()
            if not self.aligned.stamps:
                raise Refusal(404, "No film yet", Message("films.awaited"))
            stamps = self.aligned.stamps
            if stand not in self._cuts or self._cuts[stand][0] != stamps:
                film = self.aligned.film(turn=self.aligned.to_end() if stand == "last" else None)
                self._cuts[stand] = stamps, (film, _ranges(film))
            return self._cuts[stand][1], stamps


class _OpenFilms:
    """The films of models and of runs that were shown last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs = lru_cache(maxsize=6)(_Slot)
        self.model = lru_cache(maxsize=4)(_film)

    def run(self, folder: Path) -> _Slot:
        with self._lock:
            return self._runs(folder)


@kept
def _open() -> _OpenFilms:
    return _OpenFilms()


def _history(said: Any) -> list[dict[str, Any]]:
    """What the loss curve needs of the history; of a long one, some epochs and some of those that were tested, the last
    ones among them.
    """
    names = ("epoch", "train_mse", "test_mse")
    told = [entry for entry in said if isinstance(entry, dict)] if isinstance(said, list) else []
    tested = [at for at, entry in enumerate(told) if "test_mse" in entry]
    shown = {*thinned(len(told), EPOCHS_MOST), *(tested[at] for at in thinned(len(tested), EPOCHS_MOST))}
    return [
        {name: entry[name] for name in names if isinstance(entry.get(name), int | float)}
        for at, entry in enumerate(told)
        if at in shown
    ]


def _from_data(name: str, film: Film) -> np.ndarray | None:
    card = resources.card_of(find_model(name, resources.settings().models))
    data = resources.dataset(resources.dataset_of(card))
    if data is None or data.fingerprint != card["data"]["fingerprint"] or int(film.row.max(initial=0)) >= len(data):
        return None
    return data.images[film.row].transpose(0, 2, 3, 1)
