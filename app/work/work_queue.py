"""One queue for every answer that costs seconds of processor time: films, exports, estimates.

Each is a command that runs in a process of its own, behind everything else: the server's lock stays free for the hands,
memory returns when the process ends, and killing it is all that it takes to give it up. One runs at a time. Who asks
for the same thing shares one job; a job that nobody waits for any more is killed. Nothing here holds a thread of the
server: one thread watches the processes.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from starlette.requests import ClientDisconnect, Request

from app.perimeter.limits import SHARES, Key
from app.state import kept

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
WAITING_MOST = 12  # a film takes some ten seconds: who comes later would wait for minutes
OF_ONE_KIND = 2 / 3  # of these places: the rest is left to the other kinds, whatever many browsers ask of one
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


class BusyError(Exception):
    """There is no place in the queue: `own` tells that those who ask hold all that they may."""

    def __init__(self, own: bool) -> None:
        super().__init__("own" if own else "all")
        self.own = own


@dataclass(eq=False)
class _Job:
    key: Hashable
    work: Work
    client: Key  # who asked first: it counts among theirs
    result: Future[Outcome] = field(default_factory=Future)
    askings: set[Asking] = field(default_factory=set)

    def is_wanted(self) -> bool:
        """Whether somebody waits. Under the queue's lock."""
        now = time.monotonic()
        return any(asking.until is None or now < asking.until for asking in self.askings)


@dataclass(eq=False)
class Asking:
    """One who waits for a job: until `leave`, or, where there is an `until` (time.monotonic), no longer than that."""

    queue: WorkQueue
    job: _Job
    until: float | None = None

    @property
    def result(self) -> Future[Outcome]:
        """The job's outcome, shared by all who wait for it: never cancel it."""
        return self.job.result

    def leave(self) -> None:
        """Wait no longer."""
        self.queue.forget(self)


class WorkQueue:
    """Runs one piece of work at a time; between clients, whoever was served longest ago comes first."""

    def __init__(self, waiting_most: int = WAITING_MOST) -> None:
        self._most = waiting_most
        self._lock = threading.Lock()
        self._jobs: dict[Hashable, _Job] = {}  # in the order of their arrival
        self._running: _Job | None = None
        self._served: dict[Key, int] = {}  # of clients with jobs: when they were served, counted in jobs
        self._turns = 0
        self._works = False

    def ask(self, key: Hashable, work: Work, client: Key, until: float | None = None) -> Asking:
        """Wait for the work named `key` on behalf of `client`. Raises BusyError."""
        with self._lock:
            job = self._jobs.get(key) or self._joined(_Job(key, work, client))
            asking = Asking(self, job, until)
            job.askings.add(asking)
            if not self._works:
                self._works = True
                threading.Thread(target=self._watch, name="work queue", daemon=True).start()
            return asking

    def forget(self, asking: Asking) -> None:
        """See `Asking.leave`."""
        with self._lock:
            asking.job.askings.discard(asking)
            self._drop_unwanted()

    async def outcome(self, key: Hashable, work: Work, client: Key, request: Request) -> Outcome:
        """Wait as a coroutine. Raises BusyError, OSError where the command cannot be started, and ClientDisconnect when
        who asks has gone.
        """
        asking = self.ask(key, work, client)
        done: asyncio.Future[Outcome] = asyncio.wrap_future(asking.result)
        gone = asyncio.create_task(_disconnected(request))
        try:
            await asyncio.wait((done, gone), return_when=asyncio.FIRST_COMPLETED)
            if not done.done():
                raise ClientDisconnect
            return done.result()
        finally:
            gone.cancel()
            asking.leave()

    def _joined(self, job: _Job) -> _Job:
        self._drop_unwanted()
        if (
            sum(other.client == job.client and other.work.kind == job.work.kind for other in self._jobs.values())
            >= SHARES[job.work.kind]
        ):
            raise BusyError(own=True)
        waiting = [other.work.kind for other in self._jobs.values() if other is not self._running]
        alike = waiting.count(job.work.kind)  # the first of a kind always has a place: no other kind shuts it out
        if alike and (len(waiting) >= self._most or alike >= OF_ONE_KIND * self._most):
            raise BusyError(own=False)
        self._jobs[job.key] = job
        return job

    def _drop_unwanted(self) -> None:
        """Who asks from now on asks anew; whoever watches the one that runs finds it gone and kills it."""
        self._jobs = {key: job for key, job in self._jobs.items() if job.is_wanted()}

    def _is_wanted(self, job: _Job) -> bool:
        with self._lock:
            self._drop_unwanted()
            return self._jobs.get(job.key) is job

    def _watch(self) -> None:
        while (job := self._next()) is not None:
            try:
                outcome = self._run(job)
            except Exception as error:  # whatever it is, who waits must hear of it, and the thread must live
                job.result.set_exception(error)
            else:
                if outcome is not None:
                    job.result.set_result(outcome)

    def _next(self) -> _Job | None:
        with self._lock:
            self._running = None
            self._drop_unwanted()
            waiting = list(self._jobs.values())
            self._served = {
                client: turn for client, turn in self._served.items() if any(client == job.client for job in waiting)
            }
            self._works = bool(waiting)
            if not waiting:
                return None
            job = min(
                waiting, key=lambda waits: self._served.get(waits.client, 0)
            )  # the first of them, where several are equal
            self._turns += 1
            self._served[job.client] = self._turns
            self._running = job
            return job

    def _run(self, job: _Job) -> Outcome | None:
        """How the process ended, or None if nobody wants to know any more."""
        try:
            return self._watched(job)
        finally:
            with self._lock:
                if self._jobs.get(job.key) is job:
                    del self._jobs[job.key]

    def _watched(self, job: _Job) -> Outcome | None:
        pipe, work = subprocess.PIPE, job.work
        with (
            TemporaryFile() as order
        ):  # `communicate` sends nothing more of its input once it has timed out, and a film's is large
            order.write(work.given())
            order.seek(0)
            with subprocess.Popen(
                work.command, cwd=ROOT, env=work.environment, stdin=order, stdout=pipe, stderr=pipe
            ) as process:
                return self._awaited(job, process)

    def _awaited(self, job: _Job, process: subprocess.Popen[bytes]) -> Outcome | None:
        end = time.monotonic() + job.work.seconds
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    out, errors = process.communicate(timeout=POLL)
                    return Outcome(process.returncode, out, errors.decode(errors="replace"))
                if not self._is_wanted(job):
                    return None
                if time.monotonic() > end:
                    return Outcome(None)
        finally:
            process.kill()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


@kept
def work_queue() -> WorkQueue:
    """The one queue of this server."""
    return WorkQueue()
