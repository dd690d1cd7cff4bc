"""One queue for every answer that costs seconds of processor time: films, exports, estimates.

Each is a command that runs in a process of its own, behind everything else: the server's lock stays free for the hands,
memory returns when the process ends, and killing it is all that it takes to give it up. One runs at a time. Who asks
for the same thing shares one job; a job that nobody waits for any more is killed. Nothing here holds a thread of the
server: one thread watches the processes.

They wait in the order of `app/perimeter/turns.py`. Where more wait than there are places for, the last of that order is
refused, whether it has just come or waits already: so another address always finds a place, however many one person
fills from an address with cookies made for it, and so does a browser of that address that was there before. A browser
that comes after those cookies waits until each of them has had its turn, or has been refused.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import Counter
from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request

from app.access.clients import Client, now
from app.perimeter.limits import SHARES
from app.perimeter.turns import Turns
from app.state import kept
from app.work.process import Outcome, Work, run

WAITING_MOST = 12  # a film takes some ten seconds: who comes later would wait for minutes
OF_ONE_KIND = 2 / 3  # of these places: the rest is left to the other kinds, whatever many browsers ask of one


class BusyError(Exception):
    """There is no place in the queue, or none any more: `own` tells that those who ask hold all that they may."""

    def __init__(self, own: bool) -> None:
        super().__init__("own" if own else "all")
        self.own = own


@dataclass(eq=False)
class _Job:
    key: Hashable
    work: Work
    client: Client  # whose turn it takes: of those who ask for it, whoever was served longest ago
    asked: float = field(default_factory=now)
    result: Future[Outcome] = field(default_factory=Future)
    askings: dict[Asking, None] = field(default_factory=dict)

    @property
    def owner(self) -> Client:
        """Whose share of the queue it takes: who has asked for it the longest."""
        return next(iter(self.askings)).client

    def is_wanted(self) -> bool:
        """Whether somebody waits. Under the queue's lock."""
        moment = time.monotonic()
        return any(asking.until is None or moment < asking.until for asking in self.askings)


@dataclass(eq=False)
class Asking:
    """One who waits for a job: until `leave`, or, where there is an `until` (time.monotonic), no longer than that."""

    queue: WorkQueue
    job: _Job
    client: Client
    until: float | None = None

    @property
    def result(self) -> Future[Outcome]:
        """The job's outcome, shared by all who wait for it: never cancel it."""
        return self.job.result

    def leave(self) -> None:
        """Wait no longer."""
        self.queue.forget(self)

    @property
    def is_over(self) -> bool:
        """Whether its time is over."""
        return self.until is not None and self.until < time.monotonic()

    def renew(self, until: float) -> bool:
        """Wait on; False where the job has ended, or was given up when nobody waited."""
        return self.queue.renew(self, until)


class WorkQueue:
    """Runs one piece of work at a time, of those that wait in fair order."""

    def __init__(self, waiting_most: int = WAITING_MOST) -> None:
        self._most = waiting_most
        self._lock = threading.Lock()
        self._jobs: dict[Hashable, _Job] = {}  # in the order of their arrival
        self._running: _Job | None = None
        self._turns = Turns()
        self._works = False

    def ask(self, key: Hashable, work: Work, client: Client, until: float | None = None) -> Asking:
        """Wait for the work named `key` on behalf of `client`. Raises BusyError; so does the result of one that must
        give way to others later.
        """
        with self._lock:
            job, surplus = self._jobs.get(key), None
            if job is None:
                job = self._joined(_Job(key, work, client))
                surplus = self._surplus(job)
            asking = Asking(self, job, client, until)
            job.askings[asking] = None
            job.client = self._foremost(job)
            if surplus:
                del self._jobs[surplus.key]
            if not self._works:
                self._works = True
                threading.Thread(target=self._watch, name="work queue", daemon=True).start()
        if surplus is job:
            raise BusyError(own=False)
        if surplus:
            surplus.result.set_exception(BusyError(own=False))  # whoever hears of it may ask again at once
        return asking

    def forget(self, asking: Asking) -> None:
        """See `Asking.leave`."""
        with self._lock:
            job = asking.job
            job.askings.pop(asking, None)
            if job.askings and job.client == asking.client:
                job.client = self._foremost(job)
            self._drop_unwanted()

    def renew(self, asking: Asking, until: float) -> bool:
        """See `Asking.renew`."""
        with self._lock:
            asking.until = until
            return not asking.result.done() and self._jobs.get(asking.job.key) is asking.job

    async def outcome(self, key: Hashable, work: Work, client: Client, request: Request) -> Outcome:
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
        mine = [other for other in self._jobs.values() if other.owner.key == job.client.key]
        if sum(other.work.kind == job.work.kind for other in mine) >= SHARES[job.work.kind]:
            raise BusyError(own=True)
        self._jobs[job.key] = job
        return job

    def _foremost(self, job: _Job) -> Client:
        return min((asking.client for asking in job.askings), key=lambda one: self._turns.since(one, job.asked))

    def _surplus(self, newest: _Job) -> _Job | None:
        """The job for which there is no place, now that the newest is there."""
        waiting = self._turns.order(other for other in self._jobs.values() if other is not self._running)
        kinds = Counter(other.work.kind for other in waiting)
        if kinds[newest.work.kind] > math.ceil(OF_ONE_KIND * self._most):
            return next(other for other in reversed(waiting) if other.work.kind == newest.work.kind)
        if len(waiting) <= self._most:
            return None
        # the first of a kind always has a place: no other kind shuts it out
        return next((other for other in reversed(waiting) if kinds[other.work.kind] > 1), None)

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
            waiting = self._turns.order(self._jobs.values())
            self._works = bool(waiting)
            if not waiting:
                return None
            job = waiting[0]
            self._turns.note(job.client)
            self._running = job
            return job

    def _run(self, job: _Job) -> Outcome | None:
        """How the process ended, or None if nobody wants to know any more."""
        try:
            return run(job.work, lambda: self._is_wanted(job))
        finally:
            with self._lock:
                if self._jobs.get(job.key) is job:
                    del self._jobs[job.key]


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


@kept
def work_queue() -> WorkQueue:
    """The one queue of this server."""
    return WorkQueue()
