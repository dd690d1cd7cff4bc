"""The data set's state, and its download in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from app import guards, resources, roles
from app.replies import Refusal, fresh, language
from app.text.places import without_places
from app.text.sentences import translated
from model.download import Progress, fetch_cifar10
from model.errors import ExplorerError

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class DataState:
    """`state` is "ready", "downloading", "absent", "failed" (the download) or "unusable" (the person's own folder).

    `done` and `total` are bytes; `message` is one sentence; `skipped` names files that could not be read, with the reason.
    """

    state: str
    done: int = 0
    total: int = 0
    message: str = ""
    skipped: tuple[str, ...] = ()


class Download:
    """One download at most, in a thread of its own; `state` can be read at any time."""

    def __init__(self, fetch: Callable[[Path, Progress], None], root: Path, ready: Callable[[], None]) -> None:
        self._fetch, self._root, self._ready = fetch, root, ready
        self._lock = threading.Lock()
        self.state: DataState | None = None  # None before the first start and after the last success

    def start(self) -> None:
        """Begin, or go on where an earlier try stopped; nothing happens while one is under way."""
        with self._lock:
            if self.state and self.state.state == "downloading":
                return
            self.state = DataState("downloading", message="The download starts.")
        threading.Thread(target=self._run, name="download", daemon=True).start()

    def _run(self) -> None:
        try:
            self._fetch(self._root, self._progress)
            self.state = replace(self.state or DataState("downloading"), message="The images are being placed on the map.")
            self._ready()
            self.state = None
        except ExplorerError as error:
            self.state = DataState("failed", message=str(error))
        except Exception:
            LOG.exception("The download stopped.")
            self.state = DataState("failed", message="The download stopped for a reason that the log tells. Try again.")

    def _progress(self, done: int, total: int) -> None:
        self.state = DataState("downloading", done, total, f"{done >> 20} of {total >> 20} MB")


def _opened() -> None:
    resources.refresh()
    if name := resources.default_name():
        resources.service(name)


@lru_cache(maxsize=1)
def download() -> Download:
    """The download of this process."""
    return Download(fetch_cifar10, resources.settings().home / "data", _opened)


def current() -> DataState:
    """The data set's state now."""
    under_way = download().state
    if under_way:
        return under_way
    if dataset := resources.dataset():
        return DataState("ready", message="The images are at hand.", skipped=dataset.skipped)
    if problem := resources.data_problem():
        return DataState("failed" if resources.settings().data is None else "unusable", message=problem)
    return DataState("absent", message="The images are not on this machine; reconstructions stand in for them.")


def state(request: Request) -> Response:
    """GET /api/data: {state: ready|downloading|absent|failed|unusable, done, total, message, skipped: [file and reason], locked}.

    `locked`: why whoever asks may not start the download, or null.
    """
    return _said(request, 200)


def start(request: Request) -> Response:
    """POST /api/data/download: begin the download of CIFAR-10, or go on with it; answers the state (202)."""
    guards.require_same_origin(request.headers)
    roles.require(roles.person_of(request).in_charge, roles.DOWNLOAD)
    if resources.settings().data is not None:
        raise Refusal(409, "Own data", "EXPLORER_DATA names a folder of your own images, so CIFAR-10 is not needed.")
    if current().state != "ready":
        download().start()
    return _said(request, 202)


def _said(request: Request, status: int) -> Response:
    now = current()
    locked = None if roles.person_of(request).in_charge else translated(roles.DOWNLOAD, language(request))
    said = {
        **asdict(now),
        "message": translated(now.message, language(request)),
        "skipped": list(map(without_places, now.skipped)),
        "locked": locked,
    }
    return fresh(said, status)
