"""What is measured once for each model, one model at a time: by what samples are sorted and selected, and where the
training data are dense.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app import resources
from app.replies import Asset, Refusal, cached
from app.state import kept
from model.messages import Message
from model.space.contours import PERCENTILE
from model.space.latent_map import VIEW
from model.space.service import ExplorerService

Make = Callable[[ExplorerService, str], Asset]

KEPT_MOST = 16  # 120 kB each
WAITING_MOST = 4  # models, each of which stays in memory meanwhile
SOON = 10  # seconds


async def measures(request: Request) -> Response:
    """GET /api/models/NAME/measures: float32 (3, n), little-endian: of each sample the mean squared error, NaN without
    the data; the share of held-out images that lie in denser places, 0 to 100; the share of its 10 nearest samples that
    are of another class, 0 to 1.

    Whoever waits while they are measured holds no thread; 503 while too many models wait.
    """
    service = await run_in_threadpool(resources.service, request.path_params["name"])
    return await _answer(request, service, "measures", _measured)


async def contours(request: Request) -> Response:
    """GET /api/models/NAME/contours: {percentile, slices: [[lines [[x, y, z]]]]}: closed lines around the places that
    are denser than all but the last of the held-out images, slice by slice along the third axis; 400 where d is not 3,
    503 as for the measures.
    """
    service = await run_in_threadpool(resources.service, request.path_params["name"])
    if service.latent_dim != VIEW:
        raise Refusal(400, "Not three numbers", Message("latent.contours", dim=service.latent_dim))
    return await _answer(request, service, "contours", _lines)


async def _answer(request: Request, service: ExplorerService, what: str, make: Make) -> Response:
    found = _measuring().asset(service, what, make)
    asset = await asyncio.shield(asyncio.wrap_future(found))  # who leaves takes it from nobody
    return cached(request, asset.tag, lambda: asset, request.query_params.get("v") == service.version)


class Measuring:
    """What was measured of the last models that were asked for. All who ask for the same share its measuring, and one
    thread does all of it: it takes no more than one core from the hands.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "measures")
        self._found: OrderedDict[str, Future[Asset]] = OrderedDict()

    def asset(self, service: ExplorerService, what: str, make: Make) -> Future[Asset]:
        """What `make` measures of this model, soon. Raises Refusal (503)."""
        tag = f"{service.version}-{what}"
        with self._lock:
            known = self._found.get(tag)
            if known is None or (known.done() and known.exception()):
                known = self._found[tag] = self._begun(service, tag, make)
            self._found.move_to_end(tag)
            while len(self._found) > KEPT_MOST:
                self._found.popitem(last=False)
            return known

    def _begun(self, service: ExplorerService, tag: str, make: Make) -> Future[Asset]:
        if sum(not found.done() for found in self._found.values()) >= WAITING_MOST:
            raise Refusal(503, "Busy", Message("request.measuring"), SOON)
        return self._thread.submit(make, service, tag)


def _measured(service: ExplorerService, tag: str) -> Asset:
    return Asset.pack(service.measures().astype("<f4").tobytes(), "application/octet-stream", tag)


def _lines(service: ExplorerService, tag: str) -> Asset:
    slices = [[line.round(4).tolist() for line in lines] for lines in service.contours()]
    body = json.dumps({"percentile": PERCENTILE, "slices": slices}, allow_nan=False).encode()
    return Asset.pack(body, "application/json", tag)


@kept
def _measuring() -> Measuring:
    return Measuring()
