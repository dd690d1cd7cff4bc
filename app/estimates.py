"""What a training will cost, asked before it begins: `python -m model.estimate` in a process of its own, because PyTorch stays out of the pages.

One measurement at a time for the whole server, at a low priority; who asks again takes back what they asked before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.resources import settings

ROOT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "model.estimate", "--background", "--config", "-")
SECONDS_MOST = 120.0  # a measurement takes about five; one that takes this long on a busy machine is given up
ANSWERS_MOST = 256
KEPT, KEPT_UNSURE = 600.0, 15.0  # seconds; memory comes free, other trainings end and a crash may have been an accident: these are measured again soon
POLL = 0.1


@dataclass(frozen=True)
class Estimate:
    """What `python -m model.estimate` says of a configuration. Numbers are None where there is a refusal or a problem that kept them from being measured.

    `refusal` is a sentence: this training cannot run, for the `reason` "memory", "batch", "network", "data" or "configuration".
    `problem` is a sentence too: nothing is known, but the training may be tried.
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
        if known.get("code"):
            known["code"] = tuple(known["code"])
        return cls(**known)


class Estimator:
    """Measures one question after another in a thread that ends when none is left."""

    def __init__(self, command: Sequence[str] = COMMAND, environment: Mapping[str, str] | None = None) -> None:
        self._command, self._environment = tuple(command), environment
        self._lock = threading.Lock()
        self._questions: OrderedDict[str, str] = OrderedDict()  # by asker: the one question of each, the longest waiting first
        self._answers: OrderedDict[str, tuple[float, Estimate]] = OrderedDict()  # with the time until which they hold
        self._works = False

    def ask(self, config: Mapping[str, Any], asker: str = "") -> Estimate | None:
        """The estimate of a configuration as `RunConfig.to_dict` writes it, or None while it is being measured: ask again soon.

        `asker` is whoever's form it is; a question takes the place of the one that the same asker put before. An old answer is given
        until a new one is there.
        """
        question = json.dumps(config, sort_keys=True)
        with self._lock:
            until, answer = self._answers.get(question, (0.0, None))
            if time.monotonic() < until:
                self._questions.pop(asker, None)
                return answer
            if self._questions.get(asker) != question:
                self._questions.pop(asker, None)
                self._questions[asker] = question
            if not self._works:
                self._works = True
                threading.Thread(target=self._work, name="estimates", daemon=True).start()
            return answer

    def _work(self) -> None:
        while (question := self._next()) is not None:
            try:
                answer = self._measure(question)
            except Exception as error:  # the thread must not die with a question open: its asker would wait for ever
                answer = Estimate(problem=f"How long this training takes could not be measured ({error}).")
            if answer is not None:
                self._remember(question, answer)

    def _next(self) -> str | None:
        with self._lock:
            question = next(iter(self._questions.values()), None)
            self._works = question is not None
            return question

    def _remember(self, question: str, answer: Estimate) -> None:
        unsure = answer.busy or answer.problem or answer.refusal
        until = time.monotonic() + (KEPT_UNSURE if unsure else KEPT)
        with self._lock:
            self._questions = OrderedDict((asker, open_) for asker, open_ in self._questions.items() if open_ != question)
            self._answers[question] = until, answer
            self._answers.move_to_end(question)
            while len(self._answers) > ANSWERS_MOST:
                self._answers.popitem(last=False)

    def _wanted(self, question: str) -> bool:
        with self._lock:
            return question in self._questions.values()

    def _measure(self, question: str) -> Estimate | None:
        """The answer of the module, or None if nobody wants it any more."""
        pipe = subprocess.PIPE
        with subprocess.Popen(self._command, cwd=ROOT, env=self._environment, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
            end, said = time.monotonic() + SECONDS_MOST, question
            try:
                while True:
                    try:
                        out, errors = process.communicate(said, timeout=POLL)
                        return _read(out, errors, process.returncode)
                    except subprocess.TimeoutExpired:
                        said = ""  # communicate goes on where it was
                    if not self._wanted(question):
                        return None
                    if time.monotonic() > end:
                        return Estimate(problem=_too_slow())
            finally:
                process.kill()


def _too_slow() -> str:
    return f"How long this training takes could not be measured within {SECONDS_MOST:.0f} seconds: the machine is busy."


def _read(out: str, errors: str, status: int) -> Estimate:
    try:
        return Estimate.parse(out)
    except (ValueError, TypeError):
        last = next((line for line in reversed(errors.splitlines()) if line.strip()), "it said nothing")
        how = f"ended by signal {-status}" if status < 0 else f"status {status}: {last.strip()}"
        return Estimate(problem=f"How long this training takes could not be measured ({how}).")


@lru_cache(maxsize=1)
def _estimator() -> Estimator:
    where = settings()
    command = (*COMMAND, "--home", str(where.home), *(("--data", str(where.data)) if where.data else ()))
    return Estimator(command)


def ask(config: Mapping[str, Any], asker: str = "") -> Estimate | None:
    """As `Estimator.ask`, of the one estimator of this server."""
    return _estimator().ask(config, asker)


def wait(config: Mapping[str, Any], asker: str) -> Estimate:
    """The same, once it is known; a `problem` where it takes too long."""
    end = time.monotonic() + 2 * SECONDS_MOST  # others may be measured first
    while (answer := ask(config, asker)) is None:
        if time.monotonic() > end:
            return Estimate(problem=_too_slow())
        time.sleep(POLL)
    return answer
