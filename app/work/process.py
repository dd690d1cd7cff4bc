"""A piece of work as a process of its own: what it runs, and how it ended."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).resolve().parents[2]
POLL = 0.1  # seconds between two looks at whether somebody still waits


@dataclass(frozen=True)
class Work:
    """A command, what it reads on standard input, and the seconds after which it is given up. `kind` names a row of
    `limits.SHARES`.
    """

    kind: str
    command: tuple[str, ...]
    given: Callable[[], bytes] = bytes  # called when its turn comes
    seconds: float = 300.0
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Outcome:
    """How the process ended: `status` is None for one that was given up; `out` is its answer, `errors` what it said
    besides.
    """

    status: int | None
    out: bytes = b""
    errors: str = ""


def run(work: Work, is_wanted: Callable[[], bool]) -> Outcome | None:
    """How the process ended, or None if nobody wants to know any more: then it is killed. Raises OSError where it
    cannot be started.
    """
    pipe = subprocess.PIPE
    # `communicate` sends nothing more of its input once it has timed out, and a film's is large
    with TemporaryFile() as order:
        order.write(work.given())
        order.seek(0)
        with subprocess.Popen(
            work.command, cwd=ROOT, env=work.environment, stdin=order, stdout=pipe, stderr=pipe
        ) as process:
            return _awaited(work, process, is_wanted)


def _awaited(work: Work, process: subprocess.Popen[bytes], is_wanted: Callable[[], bool]) -> Outcome | None:
    end = time.monotonic() + work.seconds
    try:
        while True:
            with suppress(subprocess.TimeoutExpired):
                out, errors = process.communicate(timeout=POLL)
                return Outcome(process.returncode, out, errors.decode(errors="replace"))
            if not is_wanted():
                return None
            if time.monotonic() > end:
                return Outcome(None)
    finally:
        process.kill()
