"""Health that means it: what answers is the thread pool and the decoder."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import numpy as np
import pytest

from app.routes.decoding import DecodeBatcher
from app.routes.health import answers
from tests.web import ROOT, Server

SOON = 0.3


@dataclass(eq=False)  # a service is known by identity
class Model:
    """Decodes once `free` is set."""

    free: threading.Event
    latent_dim: int = 3

    def decode(self, latents: np.ndarray) -> np.ndarray:
        self.free.wait()
        return np.zeros((len(latents), 32, 32, 3), np.uint8)


def asked(model: Any, seconds: float, threads_taken: threading.Event | None = None) -> None:
    """Ask for health in a loop of its own; with `threads_taken`, every thread of the pool waits for that event
    meanwhile.
    """

    async def ask() -> None:
        async with anyio.create_task_group() as others:
            if threads_taken:
                anyio.to_thread.current_default_thread_limiter().total_tokens = 1
                others.start_soon(anyio.to_thread.run_sync, threads_taken.wait)
                await anyio.sleep(0)
            try:
                await answers(lambda: model, DecodeBatcher(), seconds)
            finally:
                if threads_taken:
                    threads_taken.set()

    asyncio.run(ask())


def test_a_server_that_works_is_healthy(server: Server) -> None:
    reply = server.get("/api/health")
    assert reply.status == 200
    assert reply.json == {"status": "ok"}


def test_without_any_model_it_is_healthy_too() -> None:
    asked(None, 30)


def test_a_decoder_that_hangs_is_not_healthy() -> None:
    free = threading.Event()
    with pytest.raises(ExceptionGroup) as raised:
        asked(Model(free), SOON)
    assert raised.group_contains(TimeoutError)
    free.set()
    asked(Model(free), 30)


def test_a_pool_without_a_free_thread_is_not_healthy() -> None:
    free = threading.Event()
    free.set()
    with pytest.raises(ExceptionGroup) as raised:
        asked(Model(free), SOON, threads_taken=threading.Event())
    assert raised.group_contains(TimeoutError)


def test_the_container_asks_for_it() -> None:
    assert "/api/health" in (ROOT / "Dockerfile").read_text()


def test_the_lock_of_the_image_pins_what_the_requirements_name() -> None:
    wanted = {
        re.split("[;#]", line)[0].strip()
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line.strip()
    }
    locked = (ROOT / "requirements.lock").read_text()
    assert all(f"\n{requirement}" in f"\n{locked}" for requirement in wanted)
    assert locked.count("--hash=sha256:") > len(wanted)
