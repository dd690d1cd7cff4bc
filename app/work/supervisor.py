"""Whoever starts the runs that wait: one at a time, each a process of its own that outlives this server."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.access import quotas
from model import locks
from model.config import Settings
from model.messages import Message
from model.runs import actions
from model.runs.actions import RunState

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "model.train")
PAUSE = 0.5  # seconds between two looks at the queue
OWN_LOCK = ".supervisor.lock"
LOG_FILE = "log.txt"
TAIL = 4096  # bytes of the log in which the last words of a process are looked for


@dataclass
class _Child:
    name: str
    process: subprocess.Popen[bytes]


WORDS_MOST = 300  # characters of the last line of a log


class Supervisor:
    """A thread that starts the oldest waiting run whenever none of this home is at work; of two servers of one home,
    only one does.
    """

    def __init__(self, settings: Settings, command: Sequence[str] = COMMAND) -> None:
        self._settings, self._command = settings, tuple(command)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._lock: int | None = None
        self._child: _Child | None = None
        self._trouble = ""

    def start(self) -> None:
        """Begin to look at the queue."""
        self._thread.start()

    def stop(self) -> None:
        """Start nothing more. What is being trained goes on, and the next server finds it."""
        self._end.set()
        self._thread.join()

    def look(self) -> None:
        """Note the end of the last run, and start the next one if there is room. Raises OSError."""
        self._reap()
        if self._child or not self._in_charge():
            return
        listed = actions.runs(self._settings)
        if any(actions.is_alive(self._settings.runs / run.name) for run in listed):
            return
        if first := next((run for run in listed if run.place == 1), None):
            self._begin(first)

    def _watch(self) -> None:
        while not self._end.is_set():
            try:
                self.look()
                self._trouble = ""
            except Exception as error:  # a full disk now is no reason not to look again
                if str(error) != self._trouble:
                    LOG.warning("No training can be started: %s", error)
                self._trouble = str(error)
            self._end.wait(PAUSE)
        if self._lock is not None:
            os.close(self._lock)

    def _in_charge(self) -> bool:
        if self._lock is None:
            self._settings.runs.mkdir(parents=True, exist_ok=True)
            self._lock = locks.take(self._settings.runs / OWN_LOCK)
            if self._lock is not None:
                actions.sweep(self._settings)
                quotas.trim_caches(self._settings)
        return self._lock is not None

    def _begin(self, run: actions.Run) -> None:
        quotas.trim_caches(self._settings)  # the training needs the room more than what can be made again
        actions.begin(self._settings, run.name, partial(self._start, run.name))

    def _start(self, name: str, handle: int) -> None:
        """A process for the run, to which its lock is handed on. Raises OSError."""
        with (self._settings.runs / name / LOG_FILE).open("ab") as log:
            process = subprocess.Popen(
                [*self._command, "--name", name, "--resume", "--background"],
                cwd=ROOT,
                env=self._environment(handle),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[handle],
            )
        locks.sign(handle, process.pid)
        self._child = _Child(name, process)

    def _environment(self, handle: int) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if name != "EXPLORER_DATA"}
        given |= {"EXPLORER_HOME": str(self._settings.home.resolve()), locks.INHERITED: str(handle)}
        return given | ({"EXPLORER_DATA": str(self._settings.data.resolve())} if self._settings.data else {})

    def _reap(self) -> None:
        """Give a run whose process ended without a word its last words; one that was killed is interrupted, and its
        folder says so already.
        """
        if self._child is None or (status := self._child.process.poll()) is None:
            return
        name, self._child = self._child.name, None
        folder = self._settings.runs / name
        if status <= 0 or not folder.is_dir():
            return
        run = actions.run(self._settings, name)
        if run.state is RunState.INTERRUPTED:
            message = Message("training.ended", words=_last_words(folder / LOG_FILE))
            actions.report(folder, RunState.FAILED, message, epoch=run.epoch, epochs=run.epochs)


def _last_words(log: Path) -> str:
    """The last line of a log, as far as a page should show it."""
    try:
        lines = log.read_bytes()[-TAIL:].decode("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return last[:WORDS_MOST].rstrip(".") or Message("training.wordless")
