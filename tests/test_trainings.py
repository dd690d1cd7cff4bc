"""The run API against a real server and the real trainer: begin, queue, stop, go on, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model import locks
from model.config import NetworkConfig, RunConfig, Settings, TrainingConfig
from model.presets import PRESETS
from model.runs import actions
from model.runs.actions import LOCK
from tests.web import Reply, Server, running

SECONDS = 300  # a trainer gives way to everything else, and the machine may be busy


def config(epochs: int = 2, **training: Any) -> dict[str, Any]:
    network = NetworkConfig(encoder_widths=(8,), decoder_widths=(16,))
    return RunConfig(network, training=TrainingConfig(epochs=epochs, batch_size=20, **training)).to_dict()


def post(server: Server, path: str, value: Any = None, **headers: str) -> Reply:
    return server.post(f"/api/runs{path}", b"" if value is None else json.dumps(value).encode(), **headers)


def begin(server: Server, title: str, epochs: int = 2) -> str:
    reply = post(server, "", {"title": title, "config": config(epochs)})
    assert reply.status == 201, reply.body
    return reply.json["name"]


def run(server: Server, name: str) -> dict[str, Any]:
    return server.get(f"/api/runs/{name}").json


def wait(server: Server, name: str, state: str, epoch: int = 0) -> dict[str, Any]:
    """The run once it is in that state and has so many whole epochs behind it."""
    end = time.monotonic() + SECONDS
    while (found := run(server, name))["state"] != state or len(found["history"]) < epoch:
        assert time.monotonic() < end, f"{name} is {found}\n{log(server, name)}"
        time.sleep(0.1)
    return found


def log(server: Server, name: str) -> str:
    path = server.home / "runs" / name / "log.txt"
    return path.read_text() if path.exists() else "no log"


def refused(reply: Reply, status: int, word: str) -> None:
    assert reply.status == status, reply.body
    assert set(reply.json) - {"field"} == {"title", "detail", "id"}
    assert word in reply.json["detail"]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory, synthetic_dataset_folder: Path) -> Iterator[Server]:
    """A server with pictures to train on."""
    with running(tmp_path_factory.mktemp("workshop"), synthetic_dataset_folder) as server:
        yield server


@pytest.fixture(autouse=True)
def tidy(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves a run at work: the next one would wait behind it."""
    yield
    if "workshop" not in request.fixturenames:
        return
    home = request.getfixturevalue("workshop").home
    for folder in (home / "runs").glob("*"):
        if process := locks.holder(folder / LOCK):
            os.kill(process, signal.SIGKILL) if folder.is_dir() else None
    shutil.rmtree(home / "runs", ignore_errors=True)


def test_two_runs_are_trained_one_after_another_and_become_models(workshop: Server) -> None:
    first, second = begin(workshop, "First"), begin(workshop, "둘째")
    assert (first, second) == ("first", "run")
    listed = {each["name"]: each for each in workshop.get("/api/runs").json}
    assert listed[second]["state"] == "queued"
    assert listed[second]["title"]["ko"] == "둘째"
    assert "history" not in listed[first]
    done = wait(workshop, first, "finished")
    assert [entry["epoch"] for entry in done["history"]] == [1, 2]
    assert done["has_model"]
    assert RunConfig.from_dict(done["config"]).to_dict() == RunConfig.from_dict(config()).to_dict()
    wait(workshop, second, "finished")
    names = {model["name"]: model["title"]["ko"] for model in workshop.get("/api/models").json}
    assert (names[first], names[second]) == ("First", "둘째")
    assert workshop.get(f"/api/models/{first}/points").status == 200
    assert post(workshop, f"/{first}/rename", {"title": "뒤"}).json["title"] == {"en": "뒤", "ko": "뒤"}
    assert workshop.get(f"/api/models/{first}").json["title"]["en"] == "뒤"
    refused(post(workshop, f"/{first}/rename", {"title": " "}), 400, "1 to 80 characters")


def test_a_run_stops_goes_on_is_killed_goes_on_and_is_deleted(workshop: Server) -> None:
    name = begin(workshop, "Much happens", 10_000)
    told = wait(workshop, name, "running", epoch=2)
    assert told["epochs"] == 10_000
    assert told["images_per_second"] > 0
    assert told["seconds_left"] > 0
    refused(post(workshop, f"/{name}/delete"), 409, "being trained")
    assert post(workshop, f"/{name}/stop").status == 200
    stopped = wait(workshop, name, "stopped")
    assert stopped["has_model"]
    assert stopped["can_resume"]
    refused(post(workshop, f"/{name}/stop"), 409, "is stopped")
    assert post(workshop, f"/{name}/resume").json["state"] == "queued"
    further = wait(workshop, name, "running", epoch=len(stopped["history"]) + 1)
    assert further["history"][: len(stopped["history"])] == stopped["history"]
    process = locks.holder(workshop.home / "runs" / name / LOCK)
    assert process is not None
    os.kill(process, signal.SIGKILL)
    killed = wait(workshop, name, "interrupted")
    assert (killed["seconds_left"], killed["can_resume"]) == (None, True)
    assert post(workshop, f"/{name}/resume").status == 200
    wait(workshop, name, "running", epoch=len(killed["history"]) + 1)
    assert post(workshop, f"/{name}/stop").status == 200
    wait(workshop, name, "stopped")
    assert post(workshop, f"/{name}/delete").status == 200
    assert workshop.get(f"/api/runs/{name}").status == 404
    assert workshop.get(f"/api/models/{name}").status == 404


def test_a_waiting_run_leaves_the_queue_and_comes_back_at_its_end(workshop: Server) -> None:
    first, second = begin(workshop, "First", 10_000), begin(workshop, "Second")
    wait(workshop, first, "running")
    assert [run(workshop, first)[what] for what in ("live", "at_work")] == [True, True]
    assert [run(workshop, second)[what] for what in ("live", "at_work", "place")] == [True, False, 1]
    assert post(workshop, f"/{second}/stop").json["state"] == "stopped"
    assert not run(workshop, second)["live"]
    third = begin(workshop, "Third")
    assert post(workshop, f"/{second}/resume").json["place"] == 2
    assert run(workshop, third)["place"] == 1


def test_training_goes_on_while_the_server_restarts(tmp_path: Path, synthetic_dataset_folder: Path) -> None:
    with running(tmp_path, synthetic_dataset_folder) as server:
        name, waiting = begin(server, "Outlives", 10_000), begin(server, "Waits")
        before = len(wait(server, name, "running", epoch=1)["history"])
    process = locks.holder(tmp_path / "runs" / name / LOCK)
    assert process is not None
    with running(tmp_path, synthetic_dataset_folder) as server:
        wait(server, name, "running", epoch=before + 1)
        assert locks.holder(tmp_path / "runs" / name / LOCK) == process
        assert run(server, waiting)["state"] == "queued"
        assert post(server, f"/{name}/stop").status == 200
        wait(server, name, "stopped")
        wait(server, waiting, "finished")


def test_a_run_that_cannot_begin_says_why(workshop: Server) -> None:
    wanted = RunConfig.from_dict(config() | {"training": {"batch_size": 5000, "epochs": 1}})
    name = actions.create(
        Settings(None, workshop.home), wanted, "Too large a batch"
    )  # as if the images had been fewer since
    found = wait(workshop, name, "failed")
    assert "A step takes 5,000 images, but there are only" in found["message"]
    assert "Traceback" not in found["message"]


HUGE = {"network": {"encoder_widths": [8192] * 8, "decoder_widths": [8192] * 8}, "training": {"batch_size": 20}}
TOO_MUCH = [({"training": {"batch_size": 5000}}, "A step takes 5,000 images"), (HUGE, "This training needs about")]


@pytest.mark.parametrize(("asked", "word"), TOO_MUCH, ids=["batch", "memory"])
def test_what_the_form_refuses_the_api_refuses_too(workshop: Server, asked: dict[str, Any], word: str) -> None:
    refused(post(workshop, "", {"title": "Too much", "config": asked}), 400, word)
    assert workshop.get("/api/runs").json == []


GOOD = {"title": "x", "config": config()}
BAD: list[tuple[Any, int, str]] = [
    ([], 400, "must be a JSON object"),
    ("text", 400, "must be a JSON object"),
    ({}, 400, "title is missing"),
    ({"title": 3, "config": {}}, 400, "title is missing"),
    ({"title": "x"}, 400, "config is missing"),
    ({"title": "x", "config": [1]}, 400, "config is missing"),
    (GOOD | {"title": ""}, 400, "1 to 80 characters"),
    (GOOD | {"title": "x" * 81}, 400, "1 to 80 characters"),
    (GOOD | {"preset": "nobody"}, 400, "it must be one of"),
    (GOOD | {"preset": ["x"]}, 400, "it must be one of"),
    ({"title": "x", "config": {"network": {"latent_dim": 0}}}, 400, "latent_dim is 0; it must lie between"),
    ({"title": "x", "config": {"network": {"latent_dim": "3"}}}, 400, "latent_dim"),
    ({"title": "x", "config": {"network": []}}, 400, "NetworkConfig"),
    ({"title": "x", "config": {"network": {"evil": 1}}}, 400, "evil"),
    ({"title": "x", "config": {"evil": {}}}, 400, "evil"),
    ({"title": "x", "config": {"training": {"epochs": 1e9}}}, 400, "epochs"),
    ({"title": "x", "config": {"training": {"learning_rate": float("nan")}}}, 400, "learning_rate"),
    ({"title": "x", "config": {"objective": {"beta": 1}}}, 400, "variational"),
]


@pytest.mark.parametrize(("body", "status", "word"), BAD, ids=range(len(BAD)))
def test_a_body_that_cannot_be_a_run_gets_one_sentence(workshop: Server, body: Any, status: int, word: str) -> None:
    refused(post(workshop, "", body), status, word)
    assert workshop.get("/api/runs").json == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 60_000])
def test_a_body_that_is_no_json_gets_one_sentence(workshop: Server, body: bytes) -> None:
    refused(workshop.post("/api/runs", body), 400, "cannot be read as JSON")


def test_a_huge_body_is_refused_unread(workshop: Server) -> None:
    refused(workshop.post("/api/runs", b" " * 100_000), 413, "larger than 65536 bytes")


@pytest.mark.parametrize("path", ["", "/x/stop", "/x/resume", "/x/delete", "/x/rename"])
def test_pages_of_other_sites_cannot_steer_anything(workshop: Server, path: str) -> None:
    refused(post(workshop, path, GOOD, Origin="https://elsewhere.example"), 403, "only pages of this server")


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e%2fmodels", "a%00b", "x" * 200])
def test_an_unknown_run_is_said(workshop: Server, name: str) -> None:
    for reply in (
        workshop.get(f"/api/runs/{name}"),
        post(workshop, f"/{name}/stop"),
        post(workshop, f"/{name}/delete"),
        post(workshop, f"/{name}/rename", GOOD),
    ):
        assert reply.status in (400, 404, 405)  # Streamlit itself refuses paths that climb
        assert "Traceback" not in reply.body.decode()


def test_without_images_nothing_begins_and_the_reason_is_given(server: Server) -> None:
    refused(post(server, "", GOOD), 409, "nothing to train on")
    assert server.get("/api/runs").json == []


def test_the_presets_are_what_the_form_begins_with() -> None:
    assert all(
        RunConfig.from_dict(json.loads(json.dumps(preset.config.to_dict()))) == preset.config
        for preset in PRESETS.values()
    )


def test_a_damaged_run_does_not_hide_the_others(workshop: Server) -> None:
    for name, record in {
        "damaged": '{"config": {"netw',
        "whole": json.dumps({"config": config(), "epoch": 2, "history": [], "about": {}}),
    }.items():
        (workshop.home / "runs" / name).mkdir(parents=True)
        (workshop.home / "runs" / name / "run.json").write_text(record)
    time.sleep(0.5)
    assert {each["name"]: each["state"] for each in workshop.get("/api/runs").json} == {
        "whole": "interrupted",
        "damaged": "failed",
    }
    assert workshop.get("/api/runs/damaged").json["config"] == {}
    refused(post(workshop, "/damaged/resume"), 409, "damaged")
    assert post(workshop, "/damaged/delete").status == 200
