"""The first reaction of each lesson, and a dragging hand while a class works on the lesson of the manifold hypothesis.

For the first see reactions.py. For the second one client (load_client.py) drags at 10 positions a second, first alone,
then while five others, each a browser of its own, have all four methods fitted to 1,000 points of their own over and
over, as the page does. n is the number of moves, of round trips, or of fits. The same server answers all of them, one
after the other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np

from benchmarks.browser import SOFTWARE_COMPOSITING, chromium, percentiles
from benchmarks.load import drag
from benchmarks.load_client import cookie
from benchmarks.options import Options
from benchmarks.reactions import reactions
from benchmarks.report import Row, Target
from benchmarks.servers import Server, explorer, settle

TITLE = "lessons: their first reaction; a dragging hand while five people have the manifold's methods fitted"
PEOPLE = 5
RATE = 10  # positions a second
SAMPLES = 1000
TIMES = 3  # of the idle p95
METHODS = ("pca", "isomap", "lle", "autoencoder")


@dataclass
class Fits:
    """Seconds that each fit took, and how many were refused."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0


def measure(options: Options) -> list[Row]:
    """The rows of all lessons, then those of both runs and their ratio."""
    with explorer(options.home) as server:
        settle(server)
        with chromium(SOFTWARE_COMPOSITING) as browser:
            reacted = list(reactions(browser, server.url))
        drag(server, options, 1, RATE, 1.0)
        settle(server)
        idle = drag(server, options, 1, RATE, options.seconds).tally["trips"]
        with people(server) as fits:
            busy = drag(server, options, 1, RATE, options.seconds).tally["trips"]
    (idle50, idle95), (busy50, busy95) = percentiles(idle), percentiles(busy)
    return [
        *reacted,
        Row("round trip, nobody fits: p50", idle50, "ms", len(idle)),
        Row("round trip, nobody fits: p95", idle95, "ms", len(idle)),
        Row(f"round trip, {PEOPLE} people fit: p50", busy50, "ms", len(busy)),
        Row(f"round trip, {PEOPLE} people fit: p95", busy95, "ms", len(busy)),
        Row("times the idle p95", busy95 / idle95, "", len(busy), Target(TIMES)),
        Row("a fit, waiting for its turn included: p50", percentiles(fits.seconds)[0], "s", len(fits.seconds)),
        Row("fits refused", fits.refused, "", len(fits.seconds) + fits.refused, Target(0)),
    ]


@contextmanager
def people(server: Server) -> Iterator[Fits]:
    """Five who fit, and the fits that have ended when they stop."""
    fits, gone = Fits(), threading.Event()
    threads = [threading.Thread(target=_learn, args=(server.url, seed, fits, gone)) for seed in range(PEOPLE)]
    for thread in threads:
        thread.start()
    try:
        yield fits
    finally:
        gone.set()
        for thread in threads:
            thread.join()


def _learn(url: str, seed: int, fits: Fits, gone: threading.Event) -> None:
    rng, mine = np.random.default_rng(seed), cookie(url)
    while not gone.is_set():
        points = rng.normal(size=(SAMPLES, 3)).astype("<f4").tobytes()
        for method in METHODS:
            if not gone.is_set():
                _fit(Request(f"{url}/api/lessons/manifold?method={method}", points, {"Cookie": mine}), fits)


def _fit(request: Request, fits: Fits) -> None:
    start = time.perf_counter()
    try:
        with urlopen(request, timeout=120) as reply:
            reply.read()
    except HTTPError as refusal:
        refusal.close()
        fits.refused += 1
    else:
        fits.seconds.append(time.perf_counter() - start)
