"""The hand's loop on the server: one WebSocket per browser, one decoder for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from app import resources
from app.access.clients import Client, client_of
from app.guards import same_origin
from app.perimeter.limits import pace
from app.state import kept
from app.work.batching import DecodeBatcher, Floats
from model.errors import ExplorerError
from model.messages import Message
from model.space.service import ExplorerService

LOG = logging.getLogger(__name__)
LATENTS_MOST = 64  # of one message
REASON_MOST = 123  # bytes, by RFC 6455
NOT_USABLE, NOT_ALLOWED, TOO_LARGE, FAILED = 1007, 1008, 1009, 1011


@kept
def _batchers() -> Callable[[asyncio.AbstractEventLoop], DecodeBatcher]:
    return lru_cache(maxsize=1)(lambda loop: DecodeBatcher())


def batcher() -> DecodeBatcher:
    """The one of the running event loop."""
    return _batchers()(asyncio.get_running_loop())


async def decode(websocket: WebSocket) -> None:
    """WS /api/models/NAME/decode: float32 (k, d), little-endian, k up to 64, in; uint8 (k, 32, 32, 3) out, in order.

    A bad message closes the connection: 1007 for a wrong length or a number that is not finite, 1008 for an unknown
    model, 1009 for too many latents; the reason says more. Pages of other hosts are refused before the handshake ends
    (403).
    """
    if not same_origin(websocket.headers):
        return await websocket.close(NOT_ALLOWED)
    await websocket.accept()
    try:
        service = await run_in_threadpool(resources.service, websocket.path_params["name"])
    except ExplorerError as error:
        return await _refuse(websocket, NOT_ALLOWED, str(error))
    await serve(websocket, service, batcher(), client_of(websocket))


async def serve(websocket: WebSocket, service: ExplorerService, batcher: DecodeBatcher, client: Client) -> None:
    """Answer message after message until the client leaves, sends a bad one, or the decoder fails (1011).

    Who sends more than a client may decode in a second is read later, and waits; nothing is lost.
    """
    try:
        await _answer(websocket, service, batcher, client)
    except WebSocketDisconnect:
        pass
    except Exception:
        LOG.exception("Decoding failed.")
        await _refuse(websocket, FAILED, Message("server.failed"))


async def _answer(websocket: WebSocket, service: ExplorerService, batcher: DecodeBatcher, client: Client) -> None:
    while (message := await websocket.receive())["type"] == "websocket.receive":
        try:
            latents = _latents(message.get("bytes"), service.latent_dim)
        except _BadMessage as bad:
            return await _refuse(websocket, bad.code, bad.reason)
        await pace("latents", client, len(latents))
        pixels = await batcher.decode(service.decode, latents, client.key, client.address)  # (k, 32, 32, 3)
        await websocket.send_bytes(pixels.tobytes())


class _BadMessage(Exception):  # noqa: N818 - private, and it is a message, not a failure of ours
    def __init__(self, code: int, reason: Message) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def _latents(data: bytes | None, dim: int) -> Floats:
    """The message as float32 (k, d). Raises _BadMessage."""
    if data is None:
        raise _BadMessage(NOT_USABLE, Message("socket.text"))
    if len(data) > LATENTS_MOST * 4 * dim:
        raise _BadMessage(TOO_LARGE, Message("socket.large", size=len(data), most=LATENTS_MOST, dim=dim))
    if not data or len(data) % (4 * dim):
        raise _BadMessage(NOT_USABLE, Message("socket.odd", size=len(data), dim=dim, each=4 * dim))
    # (k, d), a copy: torch warns of memory that is read-only
    latents = np.frombuffer(data, "<f4").reshape(-1, dim).astype(np.float32)
    if not np.isfinite(latents).all():
        raise _BadMessage(NOT_USABLE, Message("socket.infinite"))
    return latents


async def _refuse(websocket: WebSocket, code: int, reason: str) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        await websocket.close(code, reason.encode()[:REASON_MOST].decode(errors="ignore"))
