"""A real server of the app in a process of its own, and a small client for it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from websockets.sync.client import ClientConnection, connect

from app.state import renew

ROOT = Path(__file__).parent.parent
START_SECONDS = 90
PATIENCE = 300  # seconds for an answer: what is made in the background gives way to everything else


@dataclass(frozen=True)
class Reply:
    """What came back: status, headers, body."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """A running server at `url` (no slash at the end), its process, and the file that its log goes to."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    home: Path
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Reply:
        """GET; header names are written with _ for -."""
        return self.send(Request(self.url + path, headers=_dashed(headers)))

    def post(self, path: str, data: bytes = b"", **headers: str) -> Reply:
        """POST `data` as it is."""
        given = {"Content-Type": "application/octet-stream", **_dashed(headers)}
        return self.send(Request(self.url + path, data=data, headers=given, method="POST"))

    def send(self, request: Request) -> Reply:
        """The answer, whatever its status."""
        try:
            with urlopen(request, timeout=PATIENCE) as reply:
                return Reply(reply.status, reply.headers, reply.read())
        except HTTPError as error:
            with error:
                return Reply(error.code, error.headers, error.read())

    def cookie(self) -> str:
        """A new browser's cookie, as its Cookie header."""
        given = self.get("/", Accept="text/html").headers.get_all("Set-Cookie", ())
        return "; ".join(each.partition(";")[0] for each in given)

    @contextmanager
    def half_uploads(
        self, path: str, browsers: int = 4, each: int = 2, sent: bytes = b"half", missing: int = 5000
    ) -> Iterator[list[HTTPConnection]]:
        """Pictures that never arrive whole, sent by several browsers: one may hold two places, all of them six."""
        held = []
        with ExitStack() as stack:
            for cookie in [self.cookie() for _ in range(browsers)]:
                for _ in range(each):
                    slow = stack.enter_context(closing(HTTPConnection(self.url.removeprefix("http://"), timeout=60)))
                    slow.putrequest("POST", path)
                    slow.putheader("Cookie", cookie)
                    slow.putheader("Content-Length", str(len(sent) + missing))
                    slow.endheaders(sent)
                    held.append(slow)
            time.sleep(0.5)  # until the server has found the model and holds them
            yield held

    def socket(self, model: str, **options: Any) -> ClientConnection:
        """A connection to the model's decoder."""
        return connect(
            f"{self.url.replace('http', 'ws', 1)}/api/models/{model}/decode",
            **{"compression": None, "open_timeout": 60, **options},
        )


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def served(port: int) -> list[str]:
    """The command that starts the app as people do."""
    return [sys.executable, "-m", "app", "--address", "127.0.0.1", "--port", str(port)]


def uvicorn(port: int) -> list[str]:
    """The command of one of the two ways to start it for development."""
    return [sys.executable, "-m", "uvicorn", "app.server:app", "--host", "127.0.0.1", "--port", str(port)]


def streamlit(port: int) -> list[str]:
    """The command of the other."""
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app/server.py",
        "--server.address",
        "127.0.0.1",
        "--server.port",
        str(port),
    ]


@contextmanager
def running(
    home: Path,
    data: Path | None = None,
    command: Any = served,
    port: int | None = None,
    log: Path | None = None,
    **more: str,
) -> Iterator[Server]:
    """The app, started from the root with EXPLORER_HOME `home` and, if given, EXPLORER_DATA `data`; stopped at the end.

    `log` is a file for what it says, by default in its home; `more` are further variables of its environment.
    """
    port, log = port or free_port(), log or home / "server.log"
    environment = {name: value for name, value in os.environ.items() if name != "EXPLORER_DATA"}
    environment |= (
        {"EXPLORER_HOME": str(home), "EXPLORER_DOWNLOAD": "off"} | ({"EXPLORER_DATA": str(data)} if data else {}) | more
    )
    with (
        log.open("wb") as file,
        subprocess.Popen(command(port), cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT) as process,
    ):
        server = Server(f"http://127.0.0.1:{port}", process, log, home)
        try:
            _wait(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(server: Server) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if server.get("/_stcore/health").status == 200:
                return
        except (URLError, OSError):
            if server.process.poll() is not None:
                break
        time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{server.log.read_text()}")


def forget() -> None:
    """Let this process read the settings, the data and the models anew."""
    renew()
