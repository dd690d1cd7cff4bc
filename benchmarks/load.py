"""Many dragging hands at once: replies a second, round trip, errors.

1, 30, 100 and 200 clients (load_client.py, in a process of its own on the same machine) send 10 positions a second each
to the decoder of the app as `make run` starts it; one client also sends 60 a second, as a hand that never rests. n is
the number of round trips. A position is dropped, as in the page, when it is due while the last is still unanswered. The
share of a core is the server's alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.browser import percentiles
from benchmarks.options import Options
from benchmarks.report import Row, Target
from benchmarks.servers import ROOT, Server, explorer, settle

TITLE = "load: dragging clients on one server, positions to pictures over WebSockets"
WARM_SECONDS = 1.0
P50 = {1: Target(3)}
P95 = {1: Target(10), 100: Target(25), 200: Target(60)}
RATE = 10  # positions a second, of the targets
RUNS = ((1, RATE), (1, 60), (30, RATE), (100, RATE), (200, RATE))


@dataclass(frozen=True)
class Load:
    """What `clients` saw (load_client.Tally as JSON) and the seconds of processor time that the server spent
    on them.
    """

    clients: int
    rate: float
    tally: dict[str, Any]
    processor: float

    @property
    def name(self) -> str:
        """As a row begins."""
        return f"{self.clients} client{'s' * (self.clients > 1)} at {self.rate:g}/s"


def measure(options: Options) -> list[Row]:
    """The rows of all runs."""
    with explorer(options.home) as server:
        drag(server, options, clients=1, rate=60, seconds=WARM_SECONDS)
        settle(server)
        return [row for clients, rate in RUNS for row in _rows(drag(server, options, clients, rate, options.seconds))]


def drag(server: Server, options: Options, clients: int, rate: float, seconds: float) -> Load:
    """The load of `clients` that drag for `seconds`. Raises CalledProcessError if the client itself fails."""
    url = f"{server.url.replace('http', 'ws', 1)}/api/models/{options.model}/decode"
    arguments = {"--dim": options.latent_dim, "--clients": clients, "--seconds": seconds, "--rate": rate}
    command = [
        sys.executable,
        "-m",
        "benchmarks.load_client",
        url,
        *(str(word) for pair in arguments.items() for word in pair),
    ]
    before = _processor(server)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True, timeout=seconds + 120)
    return Load(clients, rate, json.loads(done.stdout), _processor(server) - before)


def _processor(server: Server) -> float:
    times = psutil.Process(server.pid).cpu_times()
    return times.user + times.system


def _rows(load: Load) -> list[Row]:
    tally, name = load.tally, load.name
    n, dropped = len(tally["trips"]), tally["dropped"]
    p50, p95 = percentiles(tally["trips"])
    judged = load.rate == RATE
    return [
        Row(f"{name}: replies", n / tally["seconds"], "1/s", n),
        Row(f"{name}: round trip p50", p50, "ms", n, P50.get(load.clients) if judged else None),
        Row(f"{name}: round trip p95", p95, "ms", n, P95.get(load.clients) if judged else None),
        Row(f"{name}: errors", len(tally["errors"]), "", n, Target(0)),
        Row(f"{name}: positions dropped", dropped, "", n + dropped),
        Row(f"{name}: share of a core", load.processor / tally["seconds"], "", 1),
    ]
