"""Real processes that are killed, and machines without room: nothing is lost, what is wrong is said, and it goes on by
itself.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import psutil
import pytest
import torch

from model.checkpoint import load_tensors
from model.config import Settings
from model.runs.actions import run
from model.runs.folder import RunState
from tests.fuzz.test_fuzz import SEED, SHARE
from tests.test_processes import CONFIG, command, trained
from tests.web import Server, running

LONG = pytest.mark.skipif(SHARE < 1, reason="A trainer gives way to all else, for minutes: `make fuzz` runs it.")
KILLS = max(3, int(30 * SHARE))
EPOCHS = 60 * KILLS
PATIENCE = 300  # seconds for one thing to come true: generous, because the machine may be busy
DESCRIPTORS = 50
TMPFS = 24  # MB: room for a model, not for many states


def until(condition: Callable[[], Any]) -> Any:
    """The first true value of `condition`."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(URLError, OSError):
            if found := condition():
                return found
        time.sleep(0.1)
    raise AssertionError(f"{condition} did not come true within {PATIENCE} seconds")


def trainers(home: Path) -> list[psutil.Process]:
    """The processes that train in this home."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if "model.train" in process.cmdline() and process.environ().get("EXPLORER_HOME") == str(home):
                found.append(process)
    return found


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes)


@pytest.fixture
def home(tmp_path: Path, tiny_model_folder: Path) -> Iterator[Path]:
    """A home with the model "tiny"; whatever trains in it is ended."""
    folder = tmp_path / "home"
    shutil.copytree(tiny_model_folder, folder / "models" / "tiny")
    yield folder
    kill(trainers(folder))


def begin(server: Server, epochs: int) -> str:
    config = {**CONFIG, "training": {**CONFIG["training"], "epochs": epochs}}
    reply = server.post("/api/runs", json.dumps({"title": "mine", "config": config}).encode())
    assert reply.status == 201, reply.body
    return str(reply.json["name"])


def state_of(server: Server, name: str) -> dict[str, Any]:
    reply = server.get(f"/api/runs/{name}")
    assert reply.status == 200, reply.body
    return dict(reply.json)


@LONG
def test_whatever_is_killed_and_whenever_nothing_is_lost(
    home: Path, tmp_path: Path, synthetic_dataset_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Server and trainer are killed at random moments; the run ends with the weights of one that nobody disturbed, to
    the bit.
    """
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    whole = tmp_path / "config.json"
    whole.write_text(json.dumps({**CONFIG, "training": {**CONFIG["training"], "epochs": EPOCHS}}))
    undisturbed = trained(tmp_path / "whole", command(synthetic_dataset_folder, "--config", str(whole)))
    chance, name = random.Random(SEED), ""
    for _ in range(KILLS):
        with running(home, synthetic_dataset_folder) as server:
            name = name or begin(server, EPOCHS)
            disturb(server, name, chance)
    with running(home, synthetic_dataset_folder) as server:
        until(lambda: ended(server, name))
        assert server.get("/api/models/tiny/samples/0").status == 200
    assert run(Settings(None, home), name).state == RunState.FINISHED
    disturbed = load_tensors(home / "runs" / name / "state.safetensors")
    assert undisturbed.keys() == disturbed.keys()
    for key, tensor in undisturbed.items():
        assert torch.equal(tensor, disturbed[key]), key
    assert not [path for path in (home / "runs").iterdir() if path.name.startswith((".new-", ".deleted-"))]


def disturb(server: Server, name: str, chance: random.Random) -> None:
    """Wait until the run goes on, then kill the server or the trainer at some moment."""
    until(lambda: settled(state_of(server, name)))
    if resumable(state_of(server, name)):
        assert server.post(f"/api/runs/{name}/resume").status == 200
    time.sleep(chance.uniform(0, 6))
    if chance.random() < 0.5:
        server.process.kill()
    else:
        kill(trainers(server.home))


def resumable(said: dict[str, Any]) -> bool:
    return said["state"] in ("interrupted", "failed", "stopped") and said["can_resume"]


def settled(said: dict[str, Any]) -> bool:
    return resumable(said) or said["state"] in ("running", "measuring", "finished")


def ended(server: Server, name: str) -> bool:
    """Whether the run is finished; one that was killed is resumed."""
    said = state_of(server, name)
    assert said["state"] != "failed" or said["can_resume"], said
    if resumable(said):
        assert server.post(f"/api/runs/{name}/resume").status == 200
    return bool(said["state"] == "finished")


@pytest.fixture
def mounted(tmp_path: Path, tiny_model_folder: Path) -> Iterator[Callable[[str], Path]]:
    """`mounted(options)` is a home on a small file system of its own; skipped where the machine does not let us mount
    one.
    """
    made: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / "small"
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={TMPFS}m", "tmpfs", str(folder)], capture_output=True
        )
        if done.returncode:
            pytest.skip(f"This machine mounts nothing for us: {done.stderr.decode().strip()}")
        made.append(folder)
        shutil.copytree(tiny_model_folder, folder / "models" / "tiny")
        if options:
            subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)
        return folder

    try:
        yield mount
    finally:
        for folder in made:
            kill(trainers(folder))
            subprocess.run(["umount", "-l", str(folder)], check=False)


@LONG
def test_on_a_full_disk_a_run_says_so_and_goes_on_when_there_is_room(
    mounted: Callable[[str], Path], tmp_path: Path, synthetic_dataset_folder: Path
) -> None:
    home = mounted("")
    with running(home, synthetic_dataset_folder, log=tmp_path / "server.log") as server:
        name = begin(server, 5_000)
        until(lambda: state_of(server, name)["epoch"] >= 2)
        fill(home / "filler")
        failed = until(lambda: (said := state_of(server, name))["state"] == "failed" and said)
        assert "space" in failed["message"], failed
        assert failed["can_resume"]
        assert server.get("/api/models/tiny/samples/0").status == 200
        (home / "filler").unlink()
        assert server.post(f"/api/runs/{name}/resume").status == 200
        until(lambda: state_of(server, name)["epoch"] > failed["epoch"])
        assert server.post(f"/api/runs/{name}/stop").status == 200
        until(lambda: state_of(server, name)["state"] == "stopped")
        assert "Traceback" not in server.log.read_text()


def fill(path: Path) -> None:
    """Take all the room that is left."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_in_a_home_that_cannot_be_written_all_can_be_explored_and_what_cannot_be_done_is_said(
    mounted: Callable[[str], Path], tmp_path: Path, synthetic_dataset_folder: Path
) -> None:
    home = mounted("ro")
    with running(home, synthetic_dataset_folder, log=tmp_path / "server.log") as server:
        assert server.get("/api/models/tiny/samples/0").status == 200
        with server.socket("tiny") as line:
            line.send(bytes(12))
            assert len(line.recv()) == 32 * 32 * 3
        assert server.get("/api/runs").json == []
        refused = server.post("/api/runs", json.dumps({"title": "mine", "config": CONFIG}).encode())
        assert refused.status == 507, refused.body
        assert "cannot be changed" in refused.json["detail"]
        assert str(home) not in refused.body.decode()
        assert "Traceback" not in server.log.read_text()


def test_a_server_out_of_file_descriptors_answers_again_when_they_are_free(
    home: Path, synthetic_dataset_folder: Path
) -> None:
    with running(home, synthetic_dataset_folder) as server:
        until(lambda: server.get("/api/models/tiny/samples/0").status == 200)
        process = psutil.Process(server.process.pid)
        resource.prlimit(
            process.pid, resource.RLIMIT_NOFILE, (max(DESCRIPTORS, process.num_fds() + 5), DESCRIPTORS * 100)
        )
        address = urlsplit(server.url)
        with ExitStack() as lines:
            for _ in range(DESCRIPTORS + 20):
                lines.enter_context(socket.create_connection((address.hostname, address.port)))
            time.sleep(1)
        until(lambda: server.get("/api/models/tiny/samples/1").status == 200)
        until(lambda: server.get("/_stcore/health").status == 200)
        assert os.path.getsize(server.log) < 1_000_000
