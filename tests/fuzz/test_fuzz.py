"""Whatever a client sends: no answer of 500, no traceback, no path of the machine, and the server's memory stays where
it was.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from model.config import RunConfig
from tests.conftest import TINY
from tests.fuzz.corpus import Asked, configurations, frames, pictures, requests
from tests.web import ROOT, Reply, Server, running

SHARE = float(os.environ.get("FUZZ_SHARE", "0.1"))  # of the whole corpus
SEED = int(os.environ.get("FUZZ_SEED", "20261125"))
COUNTS = {"pictures": 1000, "frames": 1000, "requests": 1000, "configurations": 500}
GROWTH = 160e6  # bytes, that the server's memory may grow by in the second half: allocators keep a picture or two
FEW = 8  # requests with one cookie: the limits of one client are not what is tried here
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


def count(what: str) -> int:
    return max(10, int(COUNTS[what] * SHARE))


@pytest.fixture(scope="module")
def target(
    tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path, synthetic_dataset_folder: Path
) -> Iterator[Server]:
    """A server of its own: what is thrown at it is nobody else's business."""
    home = tmp_path_factory.mktemp("fuzzed-home")
    shutil.copytree(tiny_model_folder, home / "models" / "tiny")
    with running(home, synthetic_dataset_folder) as server:
        yield server
        assert server.get("/api/models/tiny/samples/0").status == 200
        assert "Traceback" not in server.log.read_text(errors="replace")


def fresh_cookie(server: Server) -> str:
    """The cookie of a browser that comes for the first time."""
    said = server.get("/", Accept="text/html").headers.get("Set-Cookie", "")
    return said.partition(";")[0]


def memory(server: Server) -> int:
    return psutil.Process(server.process.pid).memory_info().rss


def assert_sane(server: Server, status: int, body: bytes, asked: object) -> None:
    """A status below 500 (or 503, which names a time to come back), and nothing of the machine in the words."""
    assert status < 500 or status == 503, f"{status} for {asked!r:.600}: {body[:300]!r}"
    text = body.decode("utf-8", "replace")
    for secret in ("Traceback", "site-packages", str(ROOT), str(server.home), "/usr/lib/python"):
        assert secret not in text, f"{secret} in the answer to {asked!r:.600}: {text[:300]}"


def throw(server: Server, items: list[Any], each: Callable[[Any, str], None]) -> None:
    """`each(item, cookie)` for all items; the server's memory does not grow between the first half and the second."""
    cookie, half = "", 0
    for at, item in enumerate(items):
        if at % FEW == 0:
            cookie = fresh_cookie(server)
        if at == len(items) // 2:
            half = memory(server)
        each(item, cookie)
    assert memory(server) - half < GROWTH


def test_odd_pictures_get_sane_answers(target: Server) -> None:
    def each(data: bytes, cookie: str) -> None:
        reply = target.post("/api/models/tiny/encode", data, Cookie=cookie)
        assert_sane(target, reply.status, reply.body, data)
        assert reply.status in (200, 413, 422, 429), reply.body

    throw(target, list(pictures(SEED, count("pictures"))), each)


def test_odd_frames_are_answered_or_close_the_socket_with_a_reason(target: Server) -> None:
    def each(frame: bytes | str, cookie: str) -> None:
        with target.socket("tiny", additional_headers={"Cookie": cookie}) as line:
            line.send(frame)
            try:
                pixels, closed = line.recv(timeout=60), None
            except ConnectionClosed as error:
                pixels, closed = b"", error.rcvd
        if closed:
            assert closed.code in (1007, 1008, 1009), closed
            assert_sane(target, 0, closed.reason.encode(), frame)
        else:
            assert len(pixels) == len(frame) // 12 * 32 * 32 * 3 > 0

    throw(target, list(frames(SEED, count("frames"))), each)


def wire(server: Server, asked: Asked, cookie: str) -> Reply:
    """The answer to a request that an ordinary client would not send; status 0 where the server hangs up."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=90) as line:
        answer = b""
        try:
            line.sendall(asked.wire(address.netloc, cookie))
            while part := line.recv(65_536):
                answer += part
        except ConnectionError:
            pass
    found = STATUS.match(answer)
    return Reply(int(found[1]) if found else 0, {}, answer)  # type: ignore[arg-type]


def test_odd_requests_get_sane_answers(target: Server) -> None:
    def each(asked: Asked, cookie: str) -> None:
        reply = wire(target, asked, cookie)
        assert_sane(target, reply.status, reply.body if b"/static/" not in asked.target.encode() else b"", asked)

    throw(target, list(requests(SEED, count("requests"))), each)


def test_odd_configurations_are_refused_or_put_into_the_queue(target: Server) -> None:
    begun: list[str] = []

    def each(config: Any, cookie: str) -> None:
        reply = target.post("/api/runs", json.dumps({"title": "odd", "config": config}).encode(), Cookie=cookie)
        assert_sane(target, reply.status, reply.body, config)
        if reply.status == 201:
            begun.append(reply.json["name"])
            end_run(target, begun[-1], cookie)

    throw(target, list(configurations(SEED, count("configurations"), TINY.to_dict())), each)


def end_run(server: Server, name: str, cookie: str) -> None:
    """Stop what was begun; how far it had come is not what is tried here."""
    for act in ("stop", "delete"):
        reply = server.post(f"/api/runs/{name}/{act}", Cookie=cookie)
        assert reply.status in (200, 409, 429), reply.body


def test_damaged_records_of_runs_leave_the_list_readable(target: Server) -> None:
    """Somebody's run.json may hold anything: the others' runs are still listed, and the damaged one can be deleted."""
    runs = target.home / "runs"
    odd = list(
        configurations(
            SEED + 1, count("configurations"), {"config": RunConfig().to_dict(), "title": {"en": "x"}, "about": {}}
        )
    )
    for at, record in enumerate(odd):
        folder = runs / f"damaged-{at}"
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps(record))
        reply = target.get(f"/api/runs/damaged-{at}")
        assert_sane(target, reply.status, reply.body, record)
    reply = target.get("/api/runs")
    assert reply.status == 200
    assert_sane(target, reply.status, reply.body, "the list")
    for folder in runs.glob("damaged-*"):
        shutil.rmtree(folder)
