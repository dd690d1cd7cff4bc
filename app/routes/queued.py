"""Answers that the work queue makes, over HTTP: refused at once where it is full."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Hashable

from starlette.requests import Request

from app.access.clients import client_of
from app.replies import Refusal
from app.work.process import Outcome, Work
from app.work.work_queue import BusyError, work_queue
from model import background
from model.messages import Message

LOG = logging.getLogger(__name__)
SOON, LATER, MUCH_LATER = 10, 30, 60  # seconds
DRAWING_MOST = 180  # seconds for a film


async def outcome(request: Request, key: Hashable, work: Work) -> Outcome:
    """The outcome of the work, shared by all who ask for the same `key`. Raises Refusal: 429 for a client that holds
    its share, 503 where all is full.
    """
    try:
        return await work_queue().outcome((work.kind, key), work, client_of(request), request)
    except BusyError as busy:
        raise _refusal(busy) from busy


def film(module: str, order: Callable[[], bytes]) -> Work:
    """A film that the module draws of what `order` says."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return Work("film", background.command(module), order, DRAWING_MOST, environment)


def film_of(outcome: Outcome) -> bytes:
    """The file. Raises Refusal."""
    if outcome.status is None:
        raise Refusal(503, "Too slow", Message("films.slow", seconds=DRAWING_MOST), MUCH_LATER)
    if outcome.status:
        LOG.warning("A film could not be drawn: %s", outcome.errors)
        raise Refusal(500, "Film failed", Message("films.undrawn"))
    return outcome.out


def cause(said: str) -> Message | None:
    """What a process that was given --cause said of its end; nobody but the log sees a traceback."""
    lines = {start: line for line in said.splitlines() if (start := line.partition(": ")[0]) in ("error", "cause")}
    try:
        told = Message.read(json.loads(lines["cause"].removeprefix("cause: ")))
    except (KeyError, ValueError):
        told = None
    sentence = lines.get("error", "").removeprefix("error: ")
    return told or (Message(sentence) if sentence else None)


def _refusal(busy: BusyError) -> Refusal:
    if busy.own:
        return Refusal(429, "Too many at once", Message("request.own_work"), SOON)
    return Refusal(503, "Busy", Message("request.all_work"), LATER)
