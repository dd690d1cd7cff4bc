"""One hostile client beside a well-behaved one: the round trip of a drag at 10 positions a second, and the page's other
answers meanwhile.

hostile_client.py does one thing of hostile_kinds.py as hard as it can, from a process of its own on the same machine,
which takes its share of the two cores; the first rows are the same drag with nobody else. n is the number of round
trips, or of answers. All addresses are 127.0.0.1.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks.browser import percentiles
from benchmarks.hostile_kinds import KINDS
from benchmarks.load_client import cookie
from benchmarks.options import Options
from benchmarks.report import Row, Target
from benchmarks.servers import ROOT, Server, explorer, settle

TITLE = "hostile: a drag at 10 positions a second beside one hostile client"
SECONDS_MOST = 10.0
AHEAD = 2.0  # seconds that the hostile client has before the drag begins, to start and to build up
PAUSE = 0.2  # seconds between two of the page's other answers
P95, SLOWEST = Target(40), Target(2)
ANSWERS = (
    "/",
    "/_stcore/health",
    "/api/models",
    "/api/models/{model}",
    "/api/models/{model}/labels",
    "/api/models/{model}/samples/7",
    "/api/models/{model}/reconstructions/7.png",
    "/api/models/{model}/nearest?z={zeros}&k=12",
    "/api/runs",
)
NAMES = {
    "films": "films, from 47 connections",
    "exports": "exports, all formats of all models",
    "estimates": "estimates, a form that changes all the time",
    "floods": "64 latents at a time to the largest model, 16 sockets",
    "sheets": "sheets of 64 reconstructions, 16 at once",
    "neighbours": "nearest samples in all three spaces, 16 at once",
    "noise": "nearest samples of noise, 16 at once",
    "walks": "the longest walks along the manifold, 16 at once",
    "walkfilms": "films of the longest walks, 16 at once",
    "reductions": "reductions, of all models by six methods",
    "fits": "the lesson's largest fits, 4 at once",
    "compare": "alignments and placings of all models, 16 at once",
    "passes": "pictures through the largest network, 16 at once",
    "strips": "strips of all axes, 16 sockets",
    "frames": "frames of a film, 16 at once",
    "measures": "measures and contours of all models, 16 at once",
    "cards": "cards, points and lists of all models, 16 at once",
    "files": "the pages, their scripts and Plotly, 16 at once",
    "reruns": "Streamlit reruns, 16 pages",
    "uploads": "uploads of a byte a second, 16 at once",
    "refused": "refused WebSockets, 16 at once",
    "idle": "60 idle sockets and 60 half requests",
    "crowdfilms": "films and exports, a new cookie for each",
    "crowdfloods": "64 latents at a time to the largest model, 48 cookies",
    "crowdsheets": "sheets and nearest samples in pixels, 48 cookies",
    "crowdfiles": "pages, scripts and lists, 48 cookies",
    "crowdslow": "pictures and questions of a byte a second, 48 cookies",
}


def measure(options: Options) -> list[Row]:
    """The rows of the drag alone, then beside each kind of hostile client."""
    seconds = min(options.seconds, SECONDS_MOST)
    with explorer(options.home) as server:
        settle(server)
        rows = _rows("nobody else", *_beside(None, server, options, seconds), judged=False)
        for kind in KINDS:
            rows += _rows(NAMES[kind], *_beside(kind, server, options, seconds))
            settle(server)
        return rows


def _beside(kind: str | None, server: Server, options: Options, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds of the round trips, seconds of the other answers."""
    with _hostile(kind, server, seconds + 2 * AHEAD), _asking(server, options) as answers:
        url = f"{server.url.replace('http', 'ws', 1)}/api/models/{options.model}/decode"
        arguments = ("--dim", options.latent_dim, "--clients", 1, "--seconds", seconds, "--rate", 10)
        command = [sys.executable, "-m", "benchmarks.load_client", url, *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True, timeout=seconds + 120)
    tally = json.loads(done.stdout)
    if tally["errors"]:
        raise RuntimeError(f"The drag failed beside {kind}: {tally['errors'][0]}")
    return tally["trips"], answers


@contextmanager
def _hostile(kind: str | None, server: Server, seconds: float) -> Iterator[None]:
    if kind is None:
        yield
        return
    command = [sys.executable, "-m", "benchmarks.hostile_client", kind, server.url, "--seconds", str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            time.sleep(AHEAD)
            yield
        finally:
            process.kill()


@contextmanager
def _asking(server: Server, options: Options) -> Iterator[list[float]]:
    """The seconds of the page's other answers, asked for one after the other by another browser."""
    end, seen = threading.Event(), list[float]()
    zeros = ",".join(["0"] * options.latent_dim)
    paths = [path.format(model=options.model, zeros=zeros) for path in ANSWERS]
    mine = {"Cookie": cookie(server.url)}

    def ask() -> None:
        while not end.is_set():
            for path in paths:
                began = time.perf_counter()
                try:
                    with urlopen(Request(server.url + path, headers=mine), timeout=60) as reply:
                        reply.read()
                except HTTPError as error:
                    error.close()
                    seen.append(float("inf"))  # a refusal is no answer
                else:
                    seen.append(time.perf_counter() - began)
                end.wait(PAUSE)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield seen
    finally:
        end.set()
        thread.join()


def _rows(name: str, trips: list[float], answers: list[float], judged: bool = True) -> list[Row]:
    p50, p95 = percentiles(trips)
    n = len(trips)
    return [
        Row(f"{name}: round trip p50", p50, "ms", n),
        Row(f"{name}: round trip p95", p95, "ms", n, P95 if judged else None),
        Row(f"{name}: the slowest other answer", max(answers), "s", len(answers), SLOWEST if judged else None),
    ]
