"""Whether the server can do its work: a question that passes through the thread pool and the decoder."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import anyio.to_thread
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from app import resources
from app.replies import Refusal, fresh
from app.routes import decoding
from model.errors import ExplorerError
from model.messages import Message
from model.space.service import ExplorerService

SECONDS = 8.0  # a busy server answers within them, a stuck one never


async def health(_: Request) -> Response:
    """GET /api/health: {status: "ok"}, or 503 where a thread, the default model or the decoder does not come to an
    answer in time.
    """
    try:
        await answers(_default_service, decoding.batcher(), SECONDS)
    except TimeoutError as error:
        raise Refusal(503, "Not healthy", Message("server.decoder", seconds=SECONDS)) from error
    except ExplorerError as error:
        raise Refusal(503, "Not healthy", error.message) from error
    return fresh({"status": "ok"})


async def answers(find: Callable[[], ExplorerService | None], batcher: decoding.DecodeBatcher, seconds: float) -> None:
    """Find a service in a thread of the pool, and decode one latent as the hand's loop does. Raises TimeoutError,
    ExplorerError.
    """
    with anyio.fail_after(seconds):
        service = await anyio.to_thread.run_sync(find, abandon_on_cancel=True)
        if service is not None:
            await batcher.decode(service.decode, np.zeros((1, service.latent_dim), np.float32))


def _default_service() -> ExplorerService | None:
    name = resources.default_name()
    return resources.service(name) if name else None
