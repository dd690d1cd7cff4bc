"""Heavy answers over HTTP: made by the work queue, refused at once where it is full."""

from __future__ import annotations

from collections.abc import Hashable

from starlette.requests import Request

from app.access.clients import client_of
from app.replies import Refusal
from app.work.work_queue import BusyError, Outcome, Work, work_queue
from model.messages import Message

SOON, LATER = 10, 30  # seconds


async def made(request: Request, key: Hashable, work: Work) -> Outcome:
    """The outcome of the work, shared by all who ask for the same `key`. Raises Refusal: 429 for a client that holds
    its share, 503 where all is full.
    """
    try:
        return await work_queue().outcome((work.kind, key), work, client_of(request).key, request)
    except BusyError as busy:
        raise _refusal(busy) from busy


def _refusal(busy: BusyError) -> Refusal:
    if busy.own:
        return Refusal(429, "Too many at once", Message("request.own_work"), SOON)
    return Refusal(503, "Busy", Message("request.all_work"), LATER)
