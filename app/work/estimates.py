"""What a training will cost, asked before it begins: `python -m model.estimate` in a process of its own, because
PyTorch stays out of the pages.

The work queue makes them, one at a time; who asks again takes back what they asked before.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, fields
from typing import Any

from app.access.clients import Client
from app.resources import settings
from app.state import kept
from app.work.process import Outcome, Work
from app.work.work_queue import Asking, BusyError, WorkQueue, work_queue
from model import background
from model.data.catalogue import OWN
from model.messages import Message

COMMAND = background.command("model.estimate", "--config", "-")
POLL = 0.1  # seconds between two looks at whether an answer is there
SECONDS_MOST = 120.0  # a measurement takes about five; one that takes this long on a busy machine is given up
ANSWERS_MOST = 256
# Seconds. Memory comes free, other trainings end and a crash may have been an accident: these are measured again soon.
KEPT, KEPT_UNSURE = 600.0, 15.0
FORMS = "forms"  # the address of those who have none
ATTENTION = 15.0  # seconds: the form asks every second, and a form that is gone does not


@dataclass(frozen=True)
class Estimate:
    """What `python -m model.estimate` says of a configuration. Numbers are None where there is a refusal or a problem
    that kept them from being measured.

    `refusal` is a sentence: this training cannot run, for the `reason` "memory", "batch", "network", "data" or
    "configuration". `problem` is a sentence too: nothing is known, but the training may be tried.
    """

    encoder_parameters: int | None = None
    decoder_parameters: int | None = None
    code: tuple[int, int] | None = None  # numbers per image before and after the encoder
    images: int | None = None  # training images, the share taken
    memory_bytes: int | None = None
    memory_available: int | None = None
    images_per_second: float | None = None
    seconds_per_epoch: float | None = None
    seconds: float | None = None  # of the whole training
    busy: bool = False  # another training is running here: the times are those beside it
    device: str | None = None
    refusal: str | None = None
    reason: str | None = None
    problem: str | None = None

    @classmethod
    def parse(cls, text: str) -> Estimate:
        """The estimate that the module printed as JSON; fields that it has besides are left out. Raises ValueError."""
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError("The estimate is no JSON object.")
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        if cause := Message.read(values.get("cause")):
            known["refusal"] = cause
        if known.get("code"):
            known["code"] = tuple(known["code"])
        return cls(**known)


class Estimator:
    """Lets the work queue measure one question of each asker."""

    def __init__(self, command: Sequence[str] = COMMAND, queue: WorkQueue | None = None) -> None:
        self._command, self._queue = tuple(command), queue or WorkQueue()
        self._lock = threading.RLock()  # an answer that is there already is remembered at once, within the asking
        self._asked: dict[str, tuple[str, Asking]] = {}  # by asker: the one question of each
        self._answers: OrderedDict[str, tuple[float, Estimate]] = OrderedDict()  # with the time until which they hold

    def ask(
        self, config: Mapping[str, Any], dataset: str, asker: str = "", client: Client | None = None
    ) -> Estimate | None:
        """The estimate of a configuration as `RunConfig.to_dict` writes it, or None while it is being measured: ask
        again soon.

        `asker` is whoever's form it is; a question takes the place of the one that the same asker put before, and is
        given up where it is not asked again. `client` is whose share of the queue it takes. An old answer is given
        until a new one is there.
        """
        question = json.dumps([dataset, config], sort_keys=True)
        with self._lock:
            until, answer = self._answers.get(question, (0.0, None))
            if time.monotonic() < until:
                self._withdraw(asker)
                return answer
            try:
                self._put(question, self._work(config, dataset), asker, client or Client(asker, FORMS))
            except BusyError:
                return answer or Estimate(problem=Message("estimate.waiting"))
            return answer

    async def measured(
        self, config: Mapping[str, Any], dataset: str, asker: str, client: Client | None = None
    ) -> Estimate:
        """The same, once it is known, without a thread that waits for it; a `problem` where it takes too long."""
        end = time.monotonic() + 2 * SECONDS_MOST  # others may be measured first
        while (answer := self.ask(config, dataset, asker, client)) is None:
            if time.monotonic() > end:
                return Estimate(problem=_too_slow())
            await asyncio.sleep(POLL)
        return answer

    def _put(self, question: str, work: Work, asker: str, client: Client) -> None:
        """Ask the queue, unless this asker waits for that very question already. Raises BusyError."""
        until = time.monotonic() + ATTENTION
        put, asking = self._asked.get(asker, ("", None))
        if asking is not None and put == question and asking.renew(until):
            return
        self._withdraw(asker)
        self._asked = {one: asked for one, asked in self._asked.items() if not asked[1].is_over}
        asking = self._queue.ask(("estimate", question), work, client, until)
        self._asked[asker] = question, asking
        asking.result.add_done_callback(lambda result: self._remember(question, result))

    def _work(self, config: Mapping[str, Any], dataset: str) -> Work:
        own = settings().data
        where = (("--data", str(own)) if own else ()) if dataset == OWN else ("--dataset", dataset)
        return Work("estimate", (*self._command, *where), json.dumps(config).encode, SECONDS_MOST)

    def _withdraw(self, asker: str) -> None:
        _, asking = self._asked.pop(asker, ("", None))
        if asking is not None:
            asking.leave()

    def _remember(self, question: str, result: Future[Outcome]) -> None:
        with self._lock:
            self._asked = {asker: asked for asker, asked in self._asked.items() if asked[0] != question}
            if isinstance(result.exception(), BusyError):  # it gave way to others, and is put again when asked again
                return
            answer = _answer(result)
            unsure = answer.busy or answer.problem or answer.refusal
            until = time.monotonic() + (KEPT_UNSURE if unsure else KEPT)
            self._answers[question] = until, answer
            self._answers.move_to_end(question)
            while len(self._answers) > ANSWERS_MOST:
                self._answers.popitem(last=False)


def _answer(result: Future[Outcome]) -> Estimate:
    """What the module said, or why it said nothing."""
    if error := result.exception():
        return Estimate(problem=Message("estimate.failed", reason=error))
    outcome = result.result()
    if outcome.status is None:
        return Estimate(problem=_too_slow())
    return _read(outcome.out.decode(errors="replace"), outcome.errors, outcome.status)


def _too_slow() -> Message:
    return Message("estimate.slow", seconds=SECONDS_MOST)


def _read(out: str, errors: str, status: int) -> Estimate:
    try:
        return Estimate.parse(out)
    except (ValueError, TypeError):
        return Estimate(problem=Message("estimate.failed", reason=_end(errors, status)))


def _end(errors: str, status: int) -> Message:
    """How the process ended."""
    if status < 0:
        return Message("estimate.signal", signal=-status)
    last = next((line.strip() for line in reversed(errors.splitlines()) if line.strip()), "")
    return Message("estimate.status", status=status, words=last or Message("training.wordless"))


@kept
def _estimator() -> Estimator:
    where = settings()
    return Estimator((*COMMAND, "--home", str(where.home)), work_queue())


def ask(config: Mapping[str, Any], dataset: str, asker: str = "", client: Client | None = None) -> Estimate | None:
    """As `Estimator.ask`, of the one estimator of this server."""
    return _estimator().ask(config, dataset, asker, client)


async def measured(config: Mapping[str, Any], dataset: str, asker: str, client: Client | None = None) -> Estimate:
    """As `Estimator.measured`, of the one estimator of this server."""
    return await _estimator().measured(config, dataset, asker, client)
