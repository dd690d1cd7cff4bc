"""Training runs on the disk: the queue, the lock, and folders in every state of damage."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from model import files, locks
from model.checkpoint import CARD
from model.config import RunConfig, Settings
from model.errors import ConfigError, RunError, UnknownRunError
from model.presets import PRESETS
from model.runs import actions
from model.runs.actions import RunState
from model.runs.folder import CARD as CARD_OF_RUNS
from tests.web import ROOT

SECONDS = 120
TRAINER = """
import signal, sys, time
from pathlib import Path
from model.runs.actions import RunState, hold, report
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
with hold(folder):
    report(folder, RunState(sys.argv[2]), epoch=1, step=3, steps=9, images_per_second=float("inf"), seconds_left=12.5)
    try:
        print("holding", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        report(folder, RunState.STOPPED, epoch=1)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(None, tmp_path)


def made(settings: Settings, title: str = "My run", preset: str | None = None) -> str:
    return actions.create(settings, RunConfig(), title, preset)


@contextmanager
def training(settings: Settings, name: str, state: str = "running") -> Iterator[subprocess.Popen[str]]:
    """A process that holds the run as its trainer does."""
    command = [sys.executable, "-c", TRAINER, str(settings.runs / name), state]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "holding\n"
            yield process
        finally:
            process.kill()


def eventually(settings: Settings, name: str, state: RunState) -> actions.Run:
    until = time.monotonic() + SECONDS
    while (found := actions.run(settings, name)).state is not state:
        assert time.monotonic() < until, f"{name} is {found.state}, not {state}"
        time.sleep(0.05)
    return found


def test_a_new_run_waits_in_the_queue_and_keeps_its_configuration(settings: Settings) -> None:
    config = PRESETS["default"].config
    config = replace(config, training=replace(config.training, epochs=7))
    name = actions.create(settings, config, "  My   first run! ", "default")
    found = actions.run(settings, name)
    assert (name, found.title["en"], found.state, found.place) == ("my-first-run", "My first run!", RunState.QUEUED, 1)
    assert RunConfig.from_dict(found.config) == config
    assert (found.epoch, found.epochs, found.history, found.preset, found.has_model) == (0, 7, [], "default", False)
    assert [path.name for path in settings.runs.iterdir() if path.is_dir()] == [name]


def test_names_are_unique_among_runs_and_models(settings: Settings) -> None:
    (settings.models / "again-2").mkdir(parents=True)
    assert [made(settings, "Again") for _ in range(3)] == ["again", "again-3", "again-4"]
    assert made(settings, "default") == "default-2"  # a model of that name ships


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("세 개의 숫자", "run"),
        ("../../etc/passwd", "etc-passwd"),
        ("Ünï", "n"),
        ("x" * 80, "x" * 48),
        ("β-VAE 2", "vae-2"),
    ],
)
def test_any_title_gives_a_name_for_an_address(settings: Settings, title: str, name: str) -> None:
    assert made(settings, title) == name
    assert actions.run(settings, name).title["ko"] == title


def test_a_title_without_a_letter_of_an_address_takes_the_name_of_its_preset(settings: Settings) -> None:
    title = PRESETS["latent-64"].title
    assert made(settings, title["ko"], "latent-64") == "64"
    assert made(settings, "숫자", "latent-64") == "latent-64-2"
    assert actions.run(settings, "64").title == title  # a preset's own title is known in both languages


@pytest.mark.parametrize("title", ["", "   ", "x" * 81, "a\x00b"])
def test_a_title_that_cannot_be_shown_is_refused(settings: Settings, title: str) -> None:
    with pytest.raises(ConfigError, match="title"):
        made(settings, title)
    assert actions.runs(settings) == []


def test_the_queue_is_first_come_first_served_and_the_list_newest_first(settings: Settings) -> None:
    names = [made(settings, title) for title in ("a", "b", "c")]
    assert [(run.name, run.place) for run in actions.runs(settings)] == [("c", 3), ("b", 2), ("a", 1)]
    actions.stop(settings, "a")
    assert {run.name: run.place for run in actions.runs(settings)} == {"a": None, "b": 1, "c": 2}
    actions.resume(settings, "a")
    assert {run.name: run.place for run in actions.runs(settings)} == {"a": 3, "b": 1, "c": 2}
    assert names == ["a", "b", "c"]


def test_a_live_run_reports_and_stops_when_asked(settings: Settings) -> None:
    name = made(settings)
    with training(settings, name) as process:
        found = actions.run(settings, name)
        assert (found.state, found.epoch, found.step, found.steps, found.seconds_left) == (
            RunState.RUNNING,
            1,
            3,
            9,
            12.5,
        )
        assert found.images_per_second is None  # infinity is no number that a page could show
        actions.stop(settings, name)
        assert process.wait(SECONDS) == 0
    assert actions.run(settings, name).state is RunState.STOPPED


def test_a_killed_run_is_interrupted_at_once_and_can_go_on(settings: Settings) -> None:
    name = made(settings)
    with training(settings, name) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
    assert actions.run(settings, name).state is RunState.INTERRUPTED
    assert actions.run(settings, name).seconds_left is None
    actions.resume(settings, name)
    assert actions.run(settings, name).state is RunState.QUEUED


def test_a_run_stopped_before_it_could_say_so_is_stopped_not_interrupted(settings: Settings) -> None:
    name = made(settings)
    with training(settings, name) as process:
        process.send_signal(signal.SIGSTOP)  # as if busy
        actions.stop(settings, name)
        assert actions.run(settings, name).stopping
        process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
    assert actions.run(settings, name).state is RunState.STOPPED
    with training(settings, name):
        assert not actions.run(settings, name).stopping


def test_only_one_process_holds_a_run(settings: Settings) -> None:
    name = made(settings)
    folder = settings.runs / name
    with training(settings, name):
        assert actions.is_alive(folder)
        with pytest.raises(RunError, match=rf"'{name}' is being trained by another process"), actions.hold(folder):
            pass
        for refused in (actions.delete, actions.resume):
            with pytest.raises(RunError, match=name):
                refused(settings, name)
    assert not actions.is_alive(folder)
    with actions.hold(folder):
        assert actions.is_alive(folder)


def test_a_lock_can_be_taken_for_a_child(settings: Settings) -> None:
    folder = settings.runs / made(settings)
    handle = locks.take(folder / actions.LOCK)
    assert handle is not None
    command = [sys.executable, "-c", TRAINER, str(folder), "running"]
    environment = {**os.environ, locks.INHERITED: str(handle)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, pass_fds=[handle], stdout=subprocess.PIPE, text=True
    ) as process:
        locks.sign(handle, process.pid)
        os.close(handle)
        assert actions.is_alive(folder)  # from its very start
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        assert locks.holder(folder / actions.LOCK) == process.pid
        process.kill()
    assert not actions.is_alive(folder)
    assert locks.holder(folder / actions.LOCK) is None


def test_looking_at_a_lock_never_keeps_a_trainer_from_it(settings: Settings) -> None:
    folder = settings.runs / made(settings)
    watcher = (
        "import sys\nfrom pathlib import Path\nfrom model import locks\nwhile True: locks.is_held(Path(sys.argv[1]))"
    )
    with subprocess.Popen([sys.executable, "-c", watcher, str(folder / actions.LOCK)], cwd=ROOT) as process:
        try:
            for _ in range(200):
                with actions.hold(folder):
                    pass
        finally:
            process.kill()


def test_stop_refuses_what_has_ended(settings: Settings) -> None:
    name = made(settings)
    actions.report(settings.runs / name, RunState.FINISHED)
    with pytest.raises(RunError, match="is finished; only one that runs or waits can be stopped"):
        actions.stop(settings, name)
    with pytest.raises(RunError, match="is finished; only a stopped, failed or interrupted one can go on"):
        actions.resume(settings, name)


def test_a_run_that_is_measured_is_left_to_end(settings: Settings) -> None:
    name = made(settings)
    with training(settings, name, "measuring") as process:
        with pytest.raises(RunError, match="is being measured"):
            actions.stop(settings, name)
        assert process.poll() is None


def test_rename_reaches_the_model_and_keeps_the_name(settings: Settings) -> None:
    name = made(settings)
    (settings.models / name).mkdir(parents=True)
    (settings.models / name / CARD).write_text(
        json.dumps({"title": {"en": "old", "ko": "old"}, "metrics": {"test_mse": 0.1}})
    )
    actions.rename(settings, name, "새 이름")
    assert actions.run(settings, name).title == {"en": "새 이름", "ko": "새 이름"}
    assert actions.run(settings, name).has_model
    assert json.loads((settings.models / name / CARD).read_text()) == {
        "title": {"en": "새 이름", "ko": "새 이름"},
        "metrics": {"test_mse": 0.1},
    }
    assert CARD == CARD_OF_RUNS


def test_delete_takes_run_and_model_and_nothing_else(settings: Settings) -> None:
    name, other = made(settings), made(settings, "Other")
    for kept in (name, other):
        (settings.models / kept).mkdir(parents=True)
    actions.delete(settings, name)
    assert [path.name for path in (*settings.runs.iterdir(), *settings.models.iterdir()) if path.is_dir()] == [
        other,
        other,
    ]


@pytest.mark.parametrize("name", ["none", "..", ".", "", "a/b", "my-run\n", "default", "x" * 300])
def test_an_unknown_name_is_refused_with_the_known_ones(settings: Settings, name: str) -> None:
    made(settings)
    for action in (actions.run, actions.stop, actions.resume, actions.delete):
        with pytest.raises(UnknownRunError, match="Known are: my-run"):
            action(settings, name)


WRECKS = [
    b"",
    b"{",
    b'{"config": {"net',
    b"[]",
    b"null",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"config": 3, "history": 4, "about": []}',
    b'{"state": "dancing"}',
]


@pytest.mark.parametrize("wreck", WRECKS, ids=range(len(WRECKS)))
def test_a_run_whose_record_is_damaged_is_listed_as_failed_and_can_be_deleted(settings: Settings, wreck: bytes) -> None:
    name, other = made(settings), made(settings, "Other")
    (settings.runs / name / "run.json").write_bytes(wreck)
    found = actions.run(settings, name)
    assert (found.state, found.title["en"]) == (RunState.FAILED, name)
    assert "run.json is missing or damaged. Delete it" in found.message
    with pytest.raises(RunError, match="damaged"):
        actions.resume(settings, name)
    actions.delete(settings, name)
    assert [run.name for run in actions.runs(settings)] == [other]


@pytest.mark.parametrize("wreck", WRECKS, ids=range(len(WRECKS)))
def test_a_run_whose_status_is_damaged_can_go_on(settings: Settings, wreck: bytes) -> None:
    name = made(settings)
    (settings.runs / name / "status.json").write_bytes(wreck)
    found = actions.run(settings, name)
    assert found.state is RunState.FAILED
    assert "status.json is damaged. Resume goes on" in found.message
    actions.resume(settings, name)
    assert actions.run(settings, name).state is RunState.QUEUED


def test_values_of_the_wrong_kind_are_as_if_absent(settings: Settings) -> None:
    name = made(settings)
    odd = {
        "state": "finished",
        "message": ["x"],
        "epoch": "many",
        "step": None,
        "images_per_second": True,
        "seconds": [],
        "seconds_left": {},
    }
    (settings.runs / name / "status.json").write_text(json.dumps(odd))
    record = json.loads((settings.runs / name / "run.json").read_text())
    record |= {"history": [1, {"epoch": 1}], "epoch": 1e400, "about": {"title": "text", "preset": 3, "created": "now"}}
    (settings.runs / name / "run.json").write_text(json.dumps(record))
    found = actions.run(settings, name)
    assert (found.state, found.epoch, found.step, found.preset, found.history) == (
        RunState.FINISHED,
        0,
        0,
        None,
        [{"epoch": 1}],
    )
    assert found.created > 0


def test_half_made_and_strange_folders_are_no_obstacle(settings: Settings) -> None:
    name = made(settings)
    for strange in ("empty", ".new-half", "with space", "file"):
        (settings.runs / strange).mkdir() if strange != "file" else (settings.runs / strange).write_text("x")
    assert {run.name: run.state for run in actions.runs(settings)} == {name: RunState.QUEUED, "empty": RunState.FAILED}


def test_without_a_folder_of_runs_there_are_none(settings: Settings) -> None:
    assert actions.runs(settings) == []


def shell(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EXPLORER_HOME": str(settings.home)}
    return subprocess.run(
        [sys.executable, "-m", "model.runs", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def test_the_shell_can_do_what_the_page_can(settings: Settings) -> None:
    assert "no run" in shell(settings, "list").stdout
    name = made(settings)
    assert f"{name:32} queued (place 1)" in shell(settings, "list").stdout
    assert shell(settings, "stop", name).returncode == 0
    assert actions.run(settings, name).state is RunState.STOPPED
    assert "python -m model.train --name my-run --resume" in shell(settings, "resume", name).stdout
    assert shell(settings, "rename", name, "Another").returncode == 0
    assert "Another" in shell(settings, "list").stdout
    assert shell(settings, "delete", name).returncode == 0
    refused = shell(settings, "delete", name)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("error: There is no run 'my-run'.")


def test_listing_runs_needs_no_torch() -> None:
    code = "import sys, model.runs; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=SECONDS).returncode == 0


def test_a_run_has_its_last_words_on_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    name = actions.create(settings, RunConfig(), "Full")
    folder = settings.runs / name

    def no_room(path: Path, write: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "write_atomically", no_room)
    actions.report(folder, RunState.FAILED, "No space left on device", epoch=3, epochs=9)
    found = actions.run(settings, name)
    assert (found.state, found.message) == (RunState.FAILED, "No space left on device")
    with pytest.raises(OSError, match="No space"):
        actions.report(folder, RunState.FAILED, "x" * 5000)
    assert actions.run(settings, name).message == "No space left on device"
