"""Changes to runs by several people at once: no stop is lost, nothing deleted comes back, no clock decides, nothing is
left lying about.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from app.work.supervisor import Supervisor
from model import locks
from model.config import RunConfig, Settings
from model.errors import RunError, UnknownRunError
from model.runs import actions, lock
from model.runs.actions import RunState
from model.runs.lock import LOCK, STOP
from tests.web import ROOT

SECONDS = 60
DEAF = """
import os, signal, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as an import that swallows the interrupt
name, folder = sys.argv[sys.argv.index("--name") + 1], Path(os.environ["EXPLORER_HOME"]) / "runs"
(folder / name / "begun").touch()
while not (folder / "go").exists():
    time.sleep(0.02)
from model.runs.folder import RunState, report
from model.runs.lock import hold
signal.signal(signal.SIGINT, signal.default_int_handler)
with hold(folder / name) as request:
    report(folder / name, RunState.RUNNING)
    try:
        time.sleep(600)
    except KeyboardInterrupt:
        assert request.made
        report(folder / name, RunState.STOPPED)
"""
WAITS = """
import sys, time
from pathlib import Path
import signal
from model.runs.folder import RunState, report
from model.runs.lock import hold
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
with hold(folder) as request:
    report(folder, RunState.RUNNING)
    try:
        print("holding", flush=True)
        time.sleep(600)
    except KeyboardInterrupt:
        report(folder, RunState.STOPPED)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(None, tmp_path)


def made(settings: Settings, title: str = "My run") -> str:
    return actions.create(settings, RunConfig(), title)


def until(condition: Callable[[], object], what: str = "it") -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"{what} never came true"
        time.sleep(0.01)


def reap(supervisor: Supervisor) -> None:
    """A server leaves its child to the system; this process stays."""
    if supervisor._child:
        supervisor._child.process.wait(SECONDS)


def test_a_stop_in_the_moment_of_the_start_is_kept_until_the_trainer_can_hear_it(settings: Settings) -> None:
    name = made(settings)
    supervisor = Supervisor(settings, (sys.executable, "-c", DEAF))
    supervisor.look()
    until(lambda: (settings.runs / name / "begun").exists())
    actions.stop(settings, name)
    assert actions.run(settings, name).stopping
    (settings.runs / "go").touch()
    until(lambda: not actions.is_alive(settings.runs / name), "the end of the run")
    assert actions.run(settings, name).state is RunState.STOPPED
    reap(supervisor)


def test_runs_that_are_stopped_one_after_another_all_stop(settings: Settings) -> None:
    """While one is stopped, the supervisor takes the next from the queue: a stop that finds it waiting must not be
    overwritten.
    """
    names = [made(settings, f"run {number}") for number in range(12)]
    (settings.runs / "go").touch()
    supervisor, end = Supervisor(settings, (sys.executable, "-c", DEAF)), threading.Event()

    def supervise() -> None:
        while not end.is_set():
            supervisor.look()

    watching = threading.Thread(target=supervise)
    watching.start()
    try:
        for name in names:
            actions.stop(settings, name)
            assert actions.run(settings, name).stopping or actions.run(settings, name).state is RunState.STOPPED
        for name in names:
            until(lambda name=name: actions.run(settings, name).state is RunState.STOPPED, name)
    finally:
        end.set()
        watching.join(SECONDS)
        reap(supervisor)
    assert not any(actions.is_alive(settings.runs / name) for name in names)


def test_a_run_that_was_stopped_while_the_supervisor_looked_is_not_begun(settings: Settings) -> None:
    name = made(settings)
    found = actions.run(settings, name)
    actions.stop(settings, name)
    Supervisor(settings, ("/no-such-program",))._begin(found)
    assert actions.run(settings, name).state is RunState.STOPPED


@pytest.mark.parametrize("ahead", [86_400, -86_400])
def test_a_stop_is_seen_whatever_the_clocks_say(settings: Settings, ahead: int) -> None:
    name = made(settings)
    folder = settings.runs / name
    with subprocess.Popen(
        [sys.executable, "-c", WAITS, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        (folder / STOP).touch()
        os.utime(folder / STOP, (time.time() + ahead, time.time() + ahead))
        with suppress(RunError):  # the trainer may see the file before we ask
            actions.stop(settings, name)
        assert process.wait(SECONDS) == 0
    assert actions.run(settings, name).state is RunState.STOPPED


def test_a_stop_meant_for_an_earlier_process_does_not_stop_the_next(settings: Settings) -> None:
    folder = settings.runs / made(settings)
    (folder / STOP).touch()
    with lock.hold(folder) as request:
        assert not request.made


def test_nothing_deleted_comes_back_when_it_is_renamed_meanwhile(settings: Settings) -> None:
    for number in range(40):
        name = made(settings, f"ghost {number}")
        start = threading.Barrier(2)

        def rename(name: str = name, start: threading.Barrier = start) -> None:
            start.wait()
            for _ in range(20):
                try:
                    actions.rename(settings, name, "Renamed")
                except UnknownRunError:
                    return

        renaming = threading.Thread(target=rename)
        renaming.start()
        start.wait()
        actions.delete(settings, name)
        renaming.join(SECONDS)
        assert not (settings.runs / name).exists()
    assert actions.runs(settings) == []


def test_a_file_is_never_written_into_a_run_that_is_gone(settings: Settings) -> None:
    with pytest.raises(FileNotFoundError):
        actions.report(settings.runs / "gone", RunState.STOPPED)
    assert not (settings.runs / "gone").exists()


def test_a_limit_holds_however_many_ask_at_once(settings: Settings) -> None:
    def no_more_than_three(listed: list[actions.Run]) -> None:
        if len(listed) >= 3:
            raise RunError("enough")

    refused: list[str] = []

    def ask(number: int) -> None:
        try:
            actions.create(settings, RunConfig(), f"run {number}", admit=no_more_than_three)
        except RunError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len(actions.runs(settings)) == 3
    assert refused == ["enough"] * 9


def test_a_limit_holds_for_runs_that_are_resumed(settings: Settings) -> None:
    name = made(settings)
    actions.stop(settings, name)

    def nobody(listed: list[actions.Run]) -> None:
        raise RunError("full")

    with pytest.raises(RunError, match="full"):
        actions.resume(settings, name, admit=nobody)
    assert actions.run(settings, name).state is RunState.STOPPED


def test_what_killed_processes_left_is_swept_when_a_server_starts(settings: Settings) -> None:
    name = made(settings)
    (settings.models / ".deleted-b" / "x").mkdir(parents=True)
    for left in (".new-a", ".deleted-c"):
        (settings.runs / left / "x").mkdir(parents=True)
        (settings.runs / left / "x" / "state.safetensors").write_bytes(b"x" * 1000)
    actions.stop(settings, name)
    Supervisor(settings, ("false",)).look()
    assert [path.name for path in settings.runs.iterdir() if path.is_dir()] == [name]
    assert list(settings.models.iterdir()) == []


def test_a_new_process_sweeps_what_the_one_before_was_writing(settings: Settings) -> None:
    folder = settings.runs / made(settings)
    (folder / "film").mkdir()
    for left in (".state.safetensors-x1y2z3", "film/.00007.npz-abcdef"):
        (folder / left).write_bytes(b"half")
    with lock.hold(folder):
        assert {path.name for path in folder.rglob("*")} == {"film", "run.json", "status.json", LOCK}


ODD = [
    {"config": {"network": ["a list"]}, "about": {"title": {"en": "x"}}},
    {"config": {"network": {"latent_dim": 10**400}}, "about": {"created": 10**400}, "epoch": 10**400},
    {"config": {"network": {"latent_dim": 3}, "training": {"epochs": 10**300}}, "epoch": 10**300},
    {
        "config": {"network": {"latent_dim": "three"}},
        "history": [{"epoch": 10**400}, {"epoch": [1]}, {"epoch": {"a": 1}}],
    },
    {"config": {"network": {"latent_dim": {"a": []}}}},
    {"config": {"network": {}, "training": {}}, "about": {"title": {"en": "\ud800", "ko": ["x"]}, "preset": "\udfff"}},
    {"config": [{"network": {}}], "history": {"a": 1}, "about": [[]]},
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_whatever_stands_in_a_record_the_list_can_be_sent(settings: Settings, odd: object) -> None:
    name = made(settings)
    (settings.runs / name / "run.json").write_text(json.dumps(odd))
    (settings.runs / name / "status.json").write_text(
        json.dumps(
            {
                "state": "stopped",
                "epoch": 10**400,
                "epochs": -5,
                "step": 10**300,
                "queued_at": 10**400,
                "message": "\ud800",
            }
        )
    )
    (found,) = actions.runs(settings)
    said = json.dumps({**vars(found), "dim": found.latent_dim}, allow_nan=False, ensure_ascii=False).encode()
    assert len(said) < 2000


def test_a_lock_with_an_endless_number_in_it_has_no_holder(settings: Settings) -> None:
    folder = settings.runs / made(settings)
    with lock.hold(folder):
        (folder / LOCK).write_text("9" * 5000)
        assert locks.holder(folder / LOCK) is None


def test_a_change_that_never_ends_does_not_hang_the_others(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    name = made(settings)
    monkeypatch.setattr(lock, "CHANGE_SECONDS", 0.3)
    with lock.changing(settings.runs), pytest.raises(RunError, match="Try again"):
        actions.stop(settings, name)
