"""The data sets: whether each is here, and its download in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import guards, resources
from app.access import roles
from app.replies import Refusal, fresh, language
from app.settings import server_settings
from app.state import kept
from app.text.errors import translated
from model.data.catalogue import CATALOGUE, OWN, DatasetCard, is_here, title_of
from model.data.download import Progress, fetch_dataset
from model.errors import ExplorerError
from model.messages import Message
from model.registry import find_model

LOG = logging.getLogger(__name__)
Fetch = Callable[[Path, Progress], None]


@dataclass(frozen=True)
class DataState:
    """`state` is "ready", "downloading", "absent", "failed" (the download) or "unusable" (the person's own folder).

    `done` and `total` are bytes; `message` is one sentence; `skipped` names files that could not be read, with the
    reason. `automatic`: nobody asked for the download but the server itself.
    """

    state: str
    done: int = 0
    total: int = 0
    message: str = ""
    skipped: tuple[str, ...] = ()
    automatic: bool = False


class _StoppedError(Exception):
    """The download was stopped: what has come so far is kept."""


class Download:
    """One download at most, in a thread of its own; `state` can be read at any time."""

    def __init__(self, fetch: Fetch, root: Path, ready: Callable[[], None]) -> None:
        self._fetch, self._root, self._ready = fetch, root, ready
        self._lock, self._stop, self._tried = threading.Lock(), threading.Event(), False
        self.state: DataState | None = None  # None before the first start, after the last success and after a stop

    def start(self, automatic: bool = False) -> None:
        """Begin, or go on where an earlier try stopped; nothing happens while one is under way. An `automatic` start is
        made once.
        """
        with self._lock:
            if (self.state and self.state.state == "downloading") or (automatic and self._tried):
                return
            self._tried = True
            self._stop.clear()
            self.state = DataState("downloading", message=Message("download.starts"), automatic=automatic)
        threading.Thread(target=self._run, name="download", daemon=True).start()

    def stop(self) -> None:
        """End it; a later start goes on from here."""
        self._stop.set()

    def _run(self) -> None:
        automatic = bool(self.state and self.state.automatic)
        try:
            self._fetch(self._root, self._progress)
            self.state = replace(self.state or DataState("downloading"), message=Message("download.placing"))
            self._ready()
            self.state = None
        except _StoppedError:
            self.state = None
        except ExplorerError as error:
            self.state = DataState("failed", message=error.message, automatic=automatic)
        except Exception:
            LOG.exception("The download stopped.")
            self.state = DataState("failed", message=Message("download.stopped"), automatic=automatic)

    def _progress(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise _StoppedError
        automatic = bool(self.state and self.state.automatic)
        message = Message("download.progress", done=done >> 20, total=total >> 20)
        self.state = DataState("downloading", done, total, message, automatic=automatic)


@kept
def _downloads() -> dict[str, Download]:
    """The download of each data set of the catalogue."""
    folder = resources.settings().datasets
    return {name: Download(partial(fetch_dataset, card), folder, resources.refresh) for name, card in CATALOGUE.items()}


def can_be_downloaded(name: str) -> bool:
    """Whether the data set comes over the network."""
    return name in CATALOGUE and CATALOGUE[name].download > 0


def begin(name: str) -> None:
    """Start the download of a data set that is not here. Raises Refusal for one that is not to be downloaded."""
    if not can_be_downloaded(name):
        raise Refusal(409, "No download", Message("download.needless", name=name))
    if current(name).state != "ready":
        _downloads()[name].start()


def want_for(model: str) -> None:
    """A page shows this model: its data set's images are fetched by themselves, once, where they are not here and the
    host allows it.
    """
    if not server_settings().download:
        return
    with suppress(ExplorerError):  # a model that cannot be read says so where it is shown
        name = resources.dataset_of(resources.card_of(find_model(model, resources.settings().models)))
        if can_be_downloaded(name) and not is_here(resources.settings(), name):
            _downloads()[name].start(automatic=True)


def current(name: str) -> DataState:
    """The data set's state now."""
    under_way = _downloads()[name].state if name in CATALOGUE else None
    if under_way:
        return under_way
    if dataset := resources.dataset(name):
        return DataState("ready", message=Message("dataset.here"), skipped=dataset.skipped)
    if problem := resources.data_problem(name):
        return DataState("unusable" if name == OWN else "failed", message=problem)
    return DataState("absent", message=Message("dataset.away"))


def routes() -> list[Route]:
    """The routes below /api."""
    return [
        Route("/datasets", listing),
        Route("/datasets/{name}", one),
        Route("/datasets/{name}/download", start, methods=["POST"]),
        Route("/datasets/{name}/stop", stop, methods=["POST"]),
    ]


def listing(request: Request) -> Response:
    """GET /api/datasets: of each data set what the catalogue says (title, classes, channels, side, counts, licence,
    source), and its state.
    """
    return fresh([_said(request, name) for name in resources.dataset_names()])


def one(request: Request) -> Response:
    """GET /api/datasets/NAME: the same of one.

    {state: ready|downloading|absent|failed|unusable, done, total, message, skipped: [file and reason], automatic,
    locked, ...}; `locked`: why whoever asks may not start or stop the download, or null.
    """
    return fresh(_said(request, _known(request)))


def start(request: Request) -> Response:
    """POST /api/datasets/NAME/download: begin the download, or go on with it; answers the state (202)."""
    name = _allowed(request)
    begin(name)
    return fresh(_said(request, name), 202)


def stop(request: Request) -> Response:
    """POST /api/datasets/NAME/stop: end the download; what has come so far is kept."""
    name = _allowed(request)
    if name in CATALOGUE:
        _downloads()[name].stop()
    return fresh(_said(request, name))


def _known(request: Request) -> str:
    name = str(request.path_params["name"])
    if name not in resources.dataset_names():
        message = Message("dataset.unknown", name=name[:40], known=", ".join(resources.dataset_names()))
        raise Refusal(404, "Unknown data set", message)
    return name


def _allowed(request: Request) -> str:
    guards.require_same_origin(request.headers)
    roles.require(roles.person_of(request).in_charge, roles.DOWNLOAD)
    return _known(request)


def _said(request: Request, name: str) -> dict[str, object]:
    now, spoken = current(name), language(request)
    locked = None if roles.person_of(request).in_charge else translated(roles.DOWNLOAD, spoken)
    return {
        "name": name,
        "title": {spoken: title_of(name, spoken) for spoken in ("en", "ko")},
        **_card(CATALOGUE.get(name)),
        **asdict(now),
        "message": translated(now.message, spoken),
        "skipped": [translated(line, spoken) for line in now.skipped],
        "locked": locked,
    }


def _card(card: DatasetCard | None) -> dict[str, object]:
    if card is None:
        return {}
    names = ("classes", "channels", "side", "train", "test", "download", "mirrored", "licence", "source")
    return {name: getattr(card, name) for name in names}
