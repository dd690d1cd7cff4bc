"""Names of latent axes that are kept with a model: for whose weights, by whom, and whatever lies in the file."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.perimeter.throttle import RULES
from app.routes import axes
from app.text.errors import translated
from model.checkpoint import CARD, read_card
from model.config import SHIPPED_MODELS, RunConfig, Settings
from model.errors import ConfigError, LatentError, UnknownModelError
from model.runs import actions
from model.space import axis_names
from tests.test_roles import CODE, CONFIG, Browser, browser, everywhere, refused
from tests.web import Server, running

SHIPPED = "mnist-beta-vae"


@pytest.fixture
def settings(tmp_path: Path, tiny_model_folder: Path) -> Settings:
    """A home with a training "mine" and its model."""
    found = Settings(None, tmp_path)
    name = actions.create(found, RunConfig(), "Mine")
    actions.stop(found, name)
    shutil.copytree(tiny_model_folder, found.models / name)
    return found


def card_of(settings: Settings, name: str) -> dict[str, Any]:
    made_here = settings.models / name
    return read_card(made_here if made_here.is_dir() else SHIPPED_MODELS / name)


def given(settings: Settings, name: str, axis: Any, text: str) -> list[str]:
    return axis_names.give(settings, name, card_of(settings, name)["weights_sha256"][:12], axis, text)


def names(settings: Settings, name: str) -> list[str]:
    return axis_names.names_of(settings, name, card_of(settings, name))


def test_a_name_stands_on_its_axis_until_it_is_taken_away(settings: Settings) -> None:
    assert names(settings, "mine") == ["", "", ""]
    assert given(settings, "mine", 1, "  밝기 ") == ["", "밝기", ""]
    assert given(settings, "mine", 2, "x" * 40) == names(settings, "mine") == ["", "밝기", "x" * 40]
    assert given(settings, "mine", 1, " ") == names(settings, "mine") == ["", "", "x" * 40]


def test_a_shipped_model_stays_as_it_is_and_its_names_lie_in_the_home(settings: Settings) -> None:
    before = sorted(path.name for path in (SHIPPED_MODELS / SHIPPED).iterdir())
    given(settings, SHIPPED, 0, "slant")
    assert names(settings, SHIPPED) == ["slant", "", ""]
    assert names(settings, "mine") == ["", "", ""]
    assert sorted(path.name for path in (SHIPPED_MODELS / SHIPPED).iterdir()) == before
    assert (settings.home / "axes" / f"{SHIPPED}.json").is_file()


def test_no_name_goes_over_to_other_weights(settings: Settings) -> None:
    given(settings, "mine", 0, "size")
    seen = card_of(settings, "mine")["weights_sha256"]
    path = settings.models / "mine" / CARD
    path.write_text(json.dumps({**json.loads(path.read_text()), "weights_sha256": "f" * 64}))
    assert names(settings, "mine") == ["", "", ""]
    for older in (seen, seen[:12], ""):
        with pytest.raises(UnknownModelError, match="trained anew"):
            axis_names.give(settings, "mine", older, 0, "size")
    assert given(settings, "mine", 2, "colour") == ["", "", "colour"]


@pytest.mark.parametrize("text", ["x" * 41, "two\nlines", "a\tb", "\x1b[31m", "‮abc", "\ud800", "a\x00"])
def test_a_name_is_one_short_visible_line(settings: Settings, text: str) -> None:
    with pytest.raises(ConfigError, match="at most 40 visible characters"):
        given(settings, "mine", 0, text)
    assert names(settings, "mine") == ["", "", ""]


@pytest.mark.parametrize("axis", [-1, 3, 10**30, True, None, "0", 0.0, [0]])
def test_only_axes_that_there_are_can_be_named(settings: Settings, axis: Any) -> None:
    with pytest.raises(LatentError, match="from 0 to 2"):
        given(settings, "mine", axis, "size")


@pytest.mark.parametrize(
    ("wreck", "left"),
    [
        (b"", [""] * 3),
        (b"\xff\xfe", [""] * 3),
        (b"[1, 2]", [""] * 3),
        (b"[" * 50_000, [""] * 3),
        (b'{"weights_sha256": "%s", "names": {"0": "a"}}', [""] * 3),
        (b'{"weights_sha256": ["%s"], "names": ["a"]}', [""] * 3),
        (b'{"weights_sha256": "%s", "names": ["a"]}', ["a", "", ""]),
        (b'{"weights_sha256": "%s", "names": ["a", 7, ["b"], "c", "d"]}', ["a", "", ""]),
        (b'{"weights_sha256": "%s", "names": ["two\\nlines", "b", "\\ud800"]}', ["", "b", "?"]),
        (b'{"weights_sha256": "%s", "names": ["a"], "more": "' + b"x" * 70_000 + b'"}', [""] * 3),
    ],
)
def test_whatever_lies_in_the_file_what_fits_is_shown_and_a_new_name_is_kept(
    settings: Settings, wreck: bytes, left: list[str]
) -> None:
    digest = card_of(settings, "mine")["weights_sha256"].encode()
    (settings.models / "mine" / axis_names.FILE).write_bytes(wreck.replace(b"%s", digest))
    assert names(settings, "mine") == left
    assert given(settings, "mine", 1, "size") == names(settings, "mine") == [left[0], "size", left[2]]


def test_something_else_than_a_file_there_is_passed_over(settings: Settings) -> None:
    for place in ("fifo", "folder"):
        path = settings.models / "mine" / axis_names.FILE
        os.mkfifo(path) if place == "fifo" else path.mkdir()
        assert names(settings, "mine") == ["", "", ""]
        path.unlink() if place == "fifo" else path.rmdir()


def test_names_go_with_the_training_and_do_not_bring_it_back(settings: Settings) -> None:
    given(settings, "mine", 0, "size")
    actions.rename(settings, "mine", "Another title")
    assert names(settings, "mine") == ["size", "", ""]
    weights = card_of(settings, "mine")["weights_sha256"]
    actions.delete(settings, "mine")
    with pytest.raises(UnknownModelError):
        axis_names.give(settings, "mine", weights, 0, "size")
    assert not (settings.models / "mine").exists()


# Over HTTP


@pytest.fixture(scope="module")
def school(
    tmp_path_factory: pytest.TempPathFactory, synthetic_dataset_folder: Path, tiny_model_folder: Path
) -> Iterator[Server]:
    """A server that listens to everybody, with a passcode and a model "tiny" that nobody has trained here."""
    home = tmp_path_factory.mktemp("school")
    shutil.copytree(tiny_model_folder, home / "models" / "tiny")
    with running(home, synthetic_dataset_folder, everywhere, EXPLORER_PASSCODE=CODE) as server:
        yield server


def told(asker: Browser, name: str) -> dict[str, Any]:
    return asker.get(f"/api/models/{name}").json["axis_names"]


def name_axis(asker: Browser, name: str, axis: Any, text: Any, **headers: str) -> Any:
    weights = asker.get(f"/api/models/{name}").json["weights_sha256"][:12]
    return asker.post(f"/api/models/{name}/axes", {"weights": weights, "axis": axis, "name": text}, **headers)


@pytest.mark.parametrize("model", [SHIPPED, "tiny"])
def test_the_teacher_names_an_axis_and_a_student_sees_it_but_cannot_change_it(school: Server, model: str) -> None:
    teacher, student = browser(school), browser(school)
    teacher.sign_in()
    assert told(teacher, model) == {"names": ["", "", ""], "editable": True}
    assert name_axis(teacher, model, 1, "slant").json == {"names": ["", "slant", ""]}
    assert told(student, model) == {"names": ["", "slant", ""], "editable": False}
    refused(name_axis(student, model, 1, "mine"), 403, axes.NAMES)
    assert name_axis(student, model, 1, "", Accept_Language="ko").json["detail"] == translated(axes.NAMES, "ko")
    name_axis(teacher, model, 1, "")
    assert told(student, model)["names"] == ["", "", ""]


def test_a_student_names_the_axes_of_their_own_training_for_everyone(school: Server, tiny_model_folder: Path) -> None:
    student, other, home = browser(school), browser(school), Settings(None, school.home)
    begun = student.post("/api/runs", {"title": "Own", "config": CONFIG.to_dict()})
    assert begun.status == 201, begun.body
    student.post("/api/runs/own/stop")
    end = time.monotonic() + 300
    while student.get("/api/runs/own").json["live"]:
        assert time.monotonic() < end
        time.sleep(0.1)
    if not (home.models / "own" / CARD).is_file():  # it was stopped before it had one
        shutil.copytree(tiny_model_folder, home.models / "own", dirs_exist_ok=True)
    assert told(student, "own")["editable"]
    assert name_axis(student, "own", 0, "size").status == 200
    assert told(other, "own") == {"names": ["size", "", ""], "editable": False}
    refused(name_axis(other, "own", 0, "mine"), 403, axes.NAMES)


def test_other_sites_large_bodies_and_nonsense_get_a_sentence(school: Server) -> None:
    teacher = browser(school)
    teacher.sign_in()
    path = "/api/models/tiny/axes"
    assert name_axis(teacher, "tiny", 0, "x", Origin="https://evil.example").status == 403
    assert teacher.post(path, {"weights": "a" * 8, "axis": 0, "name": "x" * 5000}).status == 413
    for body in ([], {}, {"weights": 1, "axis": 0, "name": "x"}, {"weights": "a", "axis": 0, "name": ["x"]}):
        assert teacher.post(path, body).status == 400
    refused(name_axis(teacher, "tiny", 0, "two\nlines"), 400, "one line")
    refused(name_axis(teacher, "tiny", 3, "x"), 400, "from 0 to 2")
    refused(teacher.post(path, {"weights": "a" * 12, "axis": 0, "name": "x"}), 404, "trained anew")
    assert teacher.post("/api/models/nowhere/axes", {"weights": "a", "axis": 0, "name": "x"}).status == 404
    assert told(teacher, "tiny")["names"] == ["", "", ""]


def test_where_nothing_can_be_written_a_sentence_says_why(school: Server) -> None:
    teacher, place = browser(school), school.home / "models" / "tiny" / axis_names.FILE
    teacher.sign_in()
    place.unlink(missing_ok=True)
    place.mkdir()
    try:
        answer = name_axis(teacher, "tiny", 0, "x")
        refused(answer, 507, "cannot be kept with the model")
        assert str(school.home) not in answer.json["detail"]
        assert told(teacher, "tiny")["names"] == ["", "", ""]
    finally:
        place.rmdir()


def test_a_full_disk_loses_no_name(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    given(settings, "mine", 0, "size")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        given(settings, "mine", 1, "colour")
    assert names(settings, "mine") == ["size", "", ""]


def test_names_have_a_limit_of_their_own() -> None:
    scope = {"method": "POST", "path": "/api/models/tiny/axes", "query_string": b""}
    assert next(rule.limit for rule in RULES if rule.fits(scope)) == "names"
