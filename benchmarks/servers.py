"""Servers in processes of their own, stopped whatever happens."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).parent.parent
START_SECONDS = 90
HERE = "127.0.0.1"
IDLE_PERCENT = 5  # of a core
PLAIN = ("--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none")


@dataclass(frozen=True)
class Server:
    """A running server: its address without a slash at the end, its process id, and how long it took to answer."""

    url: str
    pid: int
    seconds_to_healthy: float


def settle(server: Server) -> None:
    """Wait until what the server prepares in the background after its start is done."""
    process, until = psutil.Process(server.pid), time.perf_counter() + START_SECONDS
    while process.cpu_percent(interval=1.0) > IDLE_PERCENT and time.perf_counter() < until:
        pass


@contextmanager
def explorer(home: Path) -> Iterator[Server]:
    """The app as `make run` starts it, with what ships and the models in `home`, without a data set."""
    environment = {name: value for name, value in os.environ.items() if name != "EXPLORER_DATA"}
    with _running(["-m", "app", "--address", HERE, "--port"], (), environment | {"EXPLORER_HOME": str(home)}) as server:
        yield server


@contextmanager
def plain_streamlit(script: str, **environment: str) -> Iterator[Server]:
    """A page of the folder `benchmarks` under Streamlit's own settings."""
    start = ["-m", "streamlit", "run", f"benchmarks/{script}", "--server.address", HERE, "--server.port"]
    with _running(start, PLAIN, os.environ | environment) as server:
        yield server


@contextmanager
def _running(start: list[str], options: tuple[str, ...], environment: dict[str, str]) -> Iterator[Server]:
    """Python with the arguments `start`, the port and `options`."""
    port = _free_port()
    command = [sys.executable, *start, str(port), *options]
    began = time.perf_counter()
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT) as process,
    ):
        try:
            url = f"http://{HERE}:{port}"
            if not _healthy(url, process, began + START_SECONDS):
                log.seek(0)
                raise RuntimeError(f"{' '.join(command)} did not start:\n{log.read().decode(errors='replace')}")
            yield Server(url, process.pid, time.perf_counter() - began)
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End `process`, the hard way if it does not listen."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def _healthy(url: str, process: subprocess.Popen[bytes], until: float) -> bool:
    while time.perf_counter() < until and process.poll() is None:
        try:
            with urlopen(url + "/_stcore/health", timeout=5) as reply:
                return bool(reply.status == 200)
        except (URLError, OSError):
            time.sleep(0.02)
    return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
