"""The supervisor, with a trainer that only pretends: one run at a time, and a word for those that end without one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.work.supervisor import Supervisor
from model import locks
from model.config import RunConfig, Settings
from model.runs import actions
from model.runs.actions import RunState

SECONDS = 120
PRETEND = """
import os, sys, time
from pathlib import Path
from model.runs.actions import RunState, hold, report
name, home = sys.argv[sys.argv.index("--name") + 1], Path(os.environ["EXPLORER_HOME"])
assert sys.argv[1:2] + sys.argv[3:] == ["--name", "--resume", "--background"], sys.argv
with hold(home / "runs" / name):
    if name == "wreck":
        raise SystemExit("cannot go on: the moon is down")
    report(home / "runs" / name, RunState.RUNNING, data=os.environ.get("EXPLORER_DATA"))
    while not (home / "go").exists():
        time.sleep(0.01)
    report(home / "runs" / name, RunState.FINISHED)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(None, tmp_path)


@pytest.fixture
def supervise(settings: Settings) -> Iterator[Callable[[], Supervisor]]:
    """A supervisor of this home, as a server would start it."""
    started: list[Supervisor] = []

    def begin() -> Supervisor:
        supervisor = Supervisor(settings, (sys.executable, "-c", PRETEND))
        supervisor.start()
        started.append(supervisor)
        return supervisor

    yield begin
    (settings.home / "go").touch()
    for supervisor in started:
        supervisor.stop()
        if supervisor._child:
            supervisor._child.process.wait(SECONDS)  # a server leaves its child to the system; this process stays


def made(settings: Settings, title: str) -> str:
    return actions.create(settings, RunConfig(), title)


def states(settings: Settings) -> dict[str, RunState]:
    return {run.name: run.state for run in actions.runs(settings)}


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "It never came true."
        time.sleep(0.02)


def trainer(settings: Settings, name: str) -> int:
    """The process that trains a run, once it is there."""
    until(lambda: locks.holder(settings.runs / name / actions.LOCK))
    return locks.holder(settings.runs / name / actions.LOCK) or 0


def test_two_runs_are_trained_one_after_the_other(settings: Settings, supervise: Callable[[], Supervisor]) -> None:
    made(settings, "first")
    made(settings, "second")
    supervise()
    until(lambda: states(settings)["first"] is RunState.RUNNING)
    time.sleep(1.2)  # two looks at the queue
    assert (states(settings)["second"], actions.run(settings, "second").place) == (RunState.QUEUED, 1)
    (settings.home / "go").touch()
    until(lambda: set(states(settings).values()) == {RunState.FINISHED})


def test_a_run_outlives_the_server_and_the_next_server_waits_for_it(
    settings: Settings, supervise: Callable[[], Supervisor]
) -> None:
    made(settings, "first")
    made(settings, "second")
    before = supervise()
    until(lambda: states(settings)["first"] is RunState.RUNNING)
    process = trainer(settings, "first")
    assert os.getpgid(process) != os.getpgid(0)  # Ctrl-C in the server's terminal is not meant for it
    before.stop()
    supervise()
    time.sleep(1.2)
    assert states(settings) == {"first": RunState.RUNNING, "second": RunState.QUEUED}
    (settings.home / "go").touch()
    until(lambda: set(states(settings).values()) == {RunState.FINISHED})


def test_a_server_that_starts_a_trainer_is_not_taken_for_it(
    settings: Settings, supervise: Callable[[], Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int | None] = []
    start = subprocess.Popen

    def watched(*command: Any, **options: Any) -> Any:
        seen.append(locks.holder(settings.runs / "first" / actions.LOCK))
        return start(*command, **options)

    monkeypatch.setattr("app.work.supervisor.subprocess.Popen", watched)
    made(settings, "first")
    supervise()
    assert trainer(settings, "first") != os.getpid()
    assert seen == [None]  # a stop would interrupt the holder


def test_of_two_servers_of_one_home_one_starts_the_runs(
    settings: Settings, supervise: Callable[[], Supervisor]
) -> None:
    first, second = Supervisor(settings, ("false",)), Supervisor(settings, ("false",))
    first.look()
    made(settings, "only")
    second.look()
    assert states(settings)["only"] is RunState.QUEUED


def test_a_run_that_ends_without_a_word_is_failed_with_the_last_line_of_its_log(
    settings: Settings, supervise: Callable[[], Supervisor]
) -> None:
    made(settings, "wreck")
    made(settings, "after")
    supervise()
    until(lambda: states(settings)["wreck"] is RunState.FAILED)
    assert "cannot go on: the moon is down" in actions.run(settings, "wreck").message
    until(lambda: states(settings)["after"] is RunState.RUNNING)  # the queue goes on


def test_a_killed_run_is_interrupted_and_not_started_again_by_itself(
    settings: Settings, supervise: Callable[[], Supervisor]
) -> None:
    made(settings, "first")
    supervise()
    until(lambda: states(settings)["first"] is RunState.RUNNING)
    os.kill(trainer(settings, "first"), signal.SIGKILL)
    until(lambda: states(settings)["first"] is RunState.INTERRUPTED)
    time.sleep(1.2)
    assert states(settings)["first"] is RunState.INTERRUPTED


def test_a_trainer_that_cannot_be_started_is_said(settings: Settings) -> None:
    made(settings, "first")
    with pytest.raises(OSError, match="no-such-program"):
        Supervisor(settings, ("/no-such-program",)).look()
    assert "could not be started" in actions.run(settings, "first").message
    assert states(settings)["first"] is RunState.FAILED
