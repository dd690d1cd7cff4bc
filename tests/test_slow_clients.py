"""What one connection may hold: deadlines of headers, bodies and silence, and a refusal that arrives."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.web import Server, running

MODEL = "/api/models/tiny"
PATIENT = 120  # seconds for something to happen on a busy machine
QUICK = """
import sys
from app.perimeter import serving
from app.perimeter.connections import Limits
serving.PING_SECONDS = 3
serving.IDLE_SECONDS = 1
limits = Limits(connections=40, per_address=30, header_seconds=3, patience=3, check_seconds=0.25, farewell_seconds=2,
  rate=2048)
sys.exit(serving.serve("127.0.0.1", int(sys.argv[1]), limits))
"""


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path) -> Iterator[Server]:
    """The app with every deadline cut down to a few seconds."""
    home = tmp_path_factory.mktemp("impatient")
    shutil.copytree(tiny_model_folder, home / "models" / "tiny")
    with running(home, command=lambda port: [sys.executable, "-c", QUICK, str(port)]) as started:
        started.get(f"{MODEL}/samples/0")
        started.get("/api/models/default/nearest?z=0,0,0&k=1&space=pixel")  # the model that is loaded at the start
        yield started


def opened(server: Server) -> socket.socket:
    """A bare connection."""
    where = urlsplit(server.url)
    return socket.create_connection((where.hostname, where.port), timeout=PATIENT)


def heard(raw: socket.socket) -> bytes:
    """All that the server says until it hangs up."""
    parts = []
    try:
        while part := raw.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "sent", [b"", b"GET /api/models HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "], ids=["silent", "half a header"]
)
def test_a_header_that_does_not_come_is_not_waited_for(impatient: Server, sent: bytes) -> None:
    with opened(impatient) as raw:
        raw.sendall(sent)
        answer = heard(raw)
    assert answer == b"" if not sent else status_of(answer) == 408


def test_a_header_that_trickles_is_not_waited_for(impatient: Server) -> None:
    with opened(impatient) as raw:
        raw.sendall(b"GET /api/models HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        raw.settimeout(0.2)
        answer, until = b"", time.monotonic() + PATIENT
        while not answer and time.monotonic() < until:
            raw.sendall(b"X: y\r\n")
            try:
                answer = raw.recv(65536)
            except TimeoutError:
                continue
    assert status_of(answer) == 408


def test_a_body_at_a_few_bytes_a_second_gives_its_place_back(impatient: Server) -> None:
    with opened(impatient) as raw:
        raw.sendall(f"POST {MODEL}/encode HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\nhalf".encode())
        raw.settimeout(0.2)
        answer, until = b"", time.monotonic() + PATIENT
        while not answer and time.monotonic() < until:
            raw.sendall(b"x")
            try:
                answer = raw.recv(65536)
            except TimeoutError:
                continue
    assert status_of(answer) == 408
    assert b"application/json" in answer


def test_a_slow_but_steady_upload_arrives(impatient: Server, synthetic_dataset_folder: Path) -> None:
    picture = next(synthetic_dataset_folder.rglob("*.png")).read_bytes()
    padded = picture + bytes(50_000 - len(picture))
    with opened(impatient) as raw:
        raw.sendall(
            f"POST {MODEL}/encode HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Length: {len(padded)}\r\nConnection: close\r\n\r\n".encode()
        )
        for start in range(0, len(padded), 1000):
            raw.sendall(padded[start : start + 1000])
            time.sleep(0.1)  # above the least rate, for longer than its patience
        assert status_of(heard(raw)) == 200


def test_a_connection_between_two_requests_is_not_kept_for_ever(impatient: Server) -> None:
    with opened(impatient) as raw:
        raw.sendall(b"GET /api/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert status_of(heard(raw)) == 200  # `heard` ends when the server hangs up


def test_who_does_not_read_the_answer_is_cut_off(impatient: Server) -> None:
    with opened(impatient) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.sendall(b"GET /explorer/plotly.min.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert raw.recv(1) == b"H"  # and nothing more of it
        until = time.monotonic() + PATIENT
        while _connections(impatient, raw) and time.monotonic() < until:
            time.sleep(0.2)
        assert not _connections(impatient, raw)


def _connections(server: Server, raw: socket.socket) -> bool:
    """Whether the server still has its end of `raw`."""
    return any(
        each.raddr and each.raddr.port == raw.getsockname()[1]
        for each in psutil.Process(server.process.pid).net_connections()
    )


def test_a_silent_socket_is_closed_and_an_idle_tab_stays(impatient: Server) -> None:
    handshake = f"GET {MODEL}/decode HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    with impatient.socket("tiny") as tab, opened(impatient) as raw:
        raw.sendall((handshake + key).encode())
        assert status_of(heard(raw)) == 101  # and then its pings are not answered
        tab.send(bytes(12))
        assert len(tab.recv(PATIENT)) == 32 * 32 * 3


def test_a_header_of_300_mb_is_refused_early_and_takes_no_memory(impatient: Server) -> None:
    process, answer = psutil.Process(impatient.process.pid), b""
    before = process.memory_info().rss
    with opened(impatient) as raw:
        raw.sendall(b"GET /api/models HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
        most = before
        try:
            for _ in range(300):
                raw.sendall(b"x" * (1 << 20))
                most = max(most, process.memory_info().rss)
        except ConnectionError:
            pass
        answer = heard(raw)
    assert status_of(answer) == 431
    assert most - before < 100 << 20  # models may be loading meanwhile


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        ("GET /api/models HTTP/1.1\r\n" + "X: y\r\n" * 200 + "Host: 127.0.0.1\r\n\r\n", 431),
        (f"GET /api/models?x={'y' * 20_000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 414),
        (f"GET /api/models HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {'y' * 40_000}\r\n\r\n", 431),
    ],
    ids=["lines", "address", "cookie"],
)
def test_headers_out_of_all_proportion_are_refused(impatient: Server, request_head: str, status: int) -> None:
    with opened(impatient) as raw:
        raw.sendall(request_head.encode())
        assert status_of(heard(raw)) == status


def test_chunks_that_are_mostly_headers_are_refused(impatient: Server) -> None:
    with opened(impatient) as raw:
        raw.sendall(
            f"POST {MODEL}/encode HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Transfer-Encoding: chunked\r\n\r\n1;a={'y' * 30_000}".encode()
        )
        try:
            for _ in range(64):
                raw.sendall(b"y" * 65536)
        except ConnectionError:
            pass
        assert status_of(heard(raw)) == 400


def test_an_upload_of_80_mb_is_told_that_it_is_too_large(impatient: Server) -> None:
    reply = impatient.post(f"{MODEL}/encode", bytes(80 << 20))
    assert reply.status == 413
    assert "MB" in reply.json["detail"]


def test_a_body_without_end_is_not_dropped_for_ever(impatient: Server) -> None:
    with opened(impatient) as raw:
        raw.sendall(f"POST {MODEL}/encode HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {10 << 30}\r\n\r\n".encode())
        sent = 0
        with pytest.raises(ConnectionError):  # noqa: PT012 - it may be any of them that finds the connection gone
            while sent < 1 << 30:
                sent += raw.send(bytes(1 << 20))
        assert sent < 512 << 20


def test_one_address_cannot_take_every_connection(impatient: Server) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(opened(impatient)) for _ in range(35)]
        answers = [heard(raw) for raw in silent]
        assert sum(answer.startswith(b"HTTP/1.1 503 ") for answer in answers) >= 5
        assert sum(answer == b"" for answer in answers) >= 25
    assert impatient.get("/api/models").status == 200


def test_the_limits_fit_the_files_that_a_process_may_open(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    from app.perimeter import serving

    monkeypatch.setattr(resource, "getrlimit", lambda _: (50, 50))
    assert serving.fitting(proxy=False).connections < 50
    assert serving.fitting(proxy=True).per_address == serving.fitting(proxy=True).connections


def test_a_port_that_is_taken_ends_the_start_with_a_reason(impatient: Server, tmp_path: Path) -> None:
    import subprocess

    taken = str(urlsplit(impatient.url).port)
    command = [sys.executable, "-m", "app", "--address", "127.0.0.1", "--port", taken]
    ended = subprocess.run(
        command, env={**os.environ, "EXPLORER_HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert "address already in use" in ended.stdout + ended.stderr
