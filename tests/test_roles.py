"""A teacher and students before one server that serves others: who may do what, and how a teacher becomes one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest

from app import resources
from app.access import passcode, roles
from app.access.clients import Client
from app.access.passcode import Passcode, Tries
from app.access.roles import Person, Role
from app.access.rules import Rules
from app.replies import Refusal
from app.routes import classroom
from app.text.errors import translated
from model.config import NetworkConfig, RunConfig, Settings, TrainingConfig
from model.runs import actions
from model.runs.folder import RunState
from tests.web import ROOT, Reply, Server, running

CODE = "blue whale 7"
CONFIG = RunConfig(
    NetworkConfig(encoder_widths=(8,), decoder_widths=(16,)), training=TrainingConfig(epochs=2, batch_size=20)
)


def everywhere(port: int) -> list[str]:
    return [sys.executable, "-m", "app", "--address", "0.0.0.0", "--port", str(port)]


def streamlit_everywhere(port: int) -> list[str]:
    options = ["--server.address", "0.0.0.0", "--server.port", str(port)]
    return [sys.executable, "-m", "streamlit", "run", "app/server.py", *options]


@dataclass
class Browser:
    """A browser profile: it keeps the cookies that it is given."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)

    def take(self, reply: Reply) -> Reply:
        for header in reply.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return reply

    def headers(self, **more: str) -> dict[str, str]:
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**({"Cookie": said} if said else {}), **more}

    def get(self, path: str, **more: str) -> Reply:
        return self.take(self.server.get(path, **self.headers(**more)))

    def post(self, path: str, value: Any = None, **more: str) -> Reply:
        return self.take(self.server.post(path, json.dumps(value or {}).encode(), **self.headers(**more)))

    def sign_in(self, code: str = CODE) -> Reply:
        return self.post("/api/class/sign-in", {"passcode": code})

    @property
    def standing(self) -> dict[str, Any]:
        return self.get("/api/class").json


def browser(server: Server) -> Browser:
    """One that has opened the page, and so has a cookie."""
    opened = Browser(server)
    opened.get("/", Accept="text/html")
    assert opened.cookies
    return opened


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, synthetic_dataset_folder: Path) -> Iterator[Server]:
    """A server that listens to everybody, with a passcode and with pictures to train on."""
    home = tmp_path_factory.mktemp("school")
    with running(home, synthetic_dataset_folder, everywhere, EXPLORER_PASSCODE=CODE) as server:
        yield server


@pytest.fixture(autouse=True)
def empty(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "school" not in request.fixturenames:
        return
    home = Settings(None, request.getfixturevalue("school").home)
    for run in actions.runs(home):
        if run.state in (RunState.QUEUED, RunState.RUNNING):
            actions.stop(home, run.name)
    end = time.monotonic() + 300
    while any(actions.is_alive(home.runs / run.name) for run in actions.runs(home)):
        assert time.monotonic() < end
        time.sleep(0.1)
    for run in actions.runs(home):
        actions.delete(home, run.name)
    (home.home / "rules.json").unlink(missing_ok=True)


def made(server: Server, title: str, asker: Browser | None = None) -> str:
    """A run that has ended, begun by this browser or from the shell."""
    home = Settings(None, server.home)
    owner = None
    if asker:
        begun = asker.post("/api/runs", {"title": title, "config": CONFIG.to_dict()})
        assert begun.status == 201, begun.body
        return begun.json["name"]
    name = actions.create(home, CONFIG, title, owner=owner)
    actions.stop(home, name)
    return name


def refused(reply: Reply, status: int, sentence: str) -> None:
    assert (reply.status, sentence in reply.json["detail"]) == (status, True), reply.body


def test_a_student_may_look_at_everything_and_change_nothing_that_others_made(school: Server) -> None:
    student, name = browser(school), made(school, "From the shell")
    assert student.standing["role"] == "student"
    (listed,) = student.get("/api/runs").json
    assert (listed["locked"], listed["yours"]) == (True, False)
    assert "owner" not in listed
    for action in ("stop", "resume", "rename", "delete"):
        refused(student.post(f"/api/runs/{name}/{action}", {"title": "x"}), 403, roles.OTHERS)
        korean = student.post(f"/api/runs/{name}/{action}", {"title": "x"}, Accept_Language="ko")
        assert korean.json["detail"] == translated(roles.OTHERS, "ko") != roles.OTHERS
    refused(student.post("/api/datasets/cifar10/download"), 403, roles.DOWNLOAD)
    refused(student.post("/api/class/rules", {"students": "free"}), 403, roles.LIMITS)
    assert (
        student.get("/api/datasets/cifar10").json["locked"] == student.standing["locked"]["download"] == roles.DOWNLOAD
    )
    assert student.get(f"/api/runs/{name}").status == student.get("/api/models").status == 200


def test_a_student_steers_their_own_training_and_another_student_does_not(school: Server) -> None:
    one, other = browser(school), browser(school)
    name = made(school, "Mine", one)
    assert [run["yours"] for run in one.get("/api/runs").json] == [True]
    assert [run["yours"] for run in other.get("/api/runs").json] == [False]
    refused(other.post(f"/api/runs/{name}/stop"), 403, roles.OTHERS)
    assert one.post(f"/api/runs/{name}/rename", {"title": "Still mine"}).status == 200
    assert one.post(f"/api/runs/{name}/stop").status in (200, 409)  # it may have ended by itself
    kept = (school.home / "runs" / name / "run.json").read_text()
    assert not any(value.split(".")[0] in kept for value in one.cookies.values())
    end = time.monotonic() + 300
    while one.get(f"/api/runs/{name}").json["state"] in ("running", "measuring", "queued"):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert one.post(f"/api/runs/{name}/delete").status == 200


def test_the_passcode_makes_a_teacher_who_may_do_everything(school: Server) -> None:
    teacher, name = browser(school), made(school, "From the shell")
    refused(teacher.sign_in("wrong"), 403, "That is not the passcode.")
    assert teacher.standing["role"] == "student"
    signed_in = teacher.sign_in()
    assert signed_in.json["role"] == teacher.standing["role"] == "teacher"
    cookie = next(header for header in signed_in.headers.get_all("Set-Cookie") if header.startswith(roles.COOKIE))
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert teacher.post(f"/api/runs/{name}/rename", {"title": "Another"}).json["locked"] is False
    assert teacher.post("/api/class/rules", {"students": "off"}).json["rules"]["students"] == "off"
    assert teacher.post(f"/api/runs/{name}/delete").status == 200
    kept = dict(teacher.cookies)
    assert teacher.post("/api/class/sign-out").status == 200
    teacher.cookies = kept  # as a page that was opened before
    assert teacher.standing["role"] == "student"


def test_a_cookie_is_worth_nothing_in_another_browser_or_with_a_changed_letter(school: Server) -> None:
    teacher, thief = browser(school), browser(school)
    teacher.sign_in()
    thief.cookies[roles.COOKIE] = teacher.cookies[roles.COOKIE]
    assert thief.standing["role"] == "student"
    for changed in ("", "x", teacher.cookies[roles.COOKIE][:-1] + "z", "9" * 5000, "é"):
        teacher.cookies[roles.COOKIE] = changed.encode("ascii", "ignore").decode()
        assert teacher.standing["role"] == "student"


def test_five_tries_a_minute_and_then_a_sentence_with_the_time_to_wait(school: Server) -> None:
    guesser, other = browser(school), browser(school)
    for _ in range(passcode.TRIES):
        assert guesser.sign_in("guess").status == 403
    late = guesser.sign_in(CODE)
    refused(late, 429, "too many tries")
    assert 0 < int(late.headers["Retry-After"]) <= 60
    assert other.sign_in().status == 200  # another browser at the same address


@pytest.mark.parametrize("body", [[], {}, {"passcode": None}, {"passcode": ["x"]}, {"passcode": "\ud800"}])
def test_whatever_is_sent_as_a_passcode_gets_a_sentence(school: Server, body: Any) -> None:
    assert browser(school).post("/api/class/sign-in", body).status in (400, 403)


def test_the_teacher_decides_whether_students_train(school: Server) -> None:
    teacher, student = browser(school), browser(school)
    teacher.sign_in()
    teacher.post("/api/class/rules", {"students": "off"})
    wish = {"title": "Mine", "config": CONFIG.to_dict()}
    sentence = student.standing["locked"]["train"]
    assert "switched off" in sentence
    refused(student.post("/api/runs", wish), 403, sentence)
    teacher.post("/api/class/rules", {"students": "one"})
    long = RunConfig.from_dict(CONFIG.to_dict() | {"training": {"epochs": 10_000, "batch_size": 20}})
    assert student.post("/api/runs", {"title": "First", "config": long.to_dict()}).status == 201
    refused(
        student.post("/api/runs", wish), 409, "Your training 'First' is under way; each student may have one at a time"
    )
    teacher.post("/api/class/rules", {"students": "free"})
    assert student.post("/api/runs", wish).status == 201
    assert teacher.post("/api/runs", wish).status == 201


def test_rules_outlive_the_server_and_nonsense_is_refused(school: Server) -> None:
    teacher = browser(school)
    teacher.sign_in()
    for nonsense in (
        {"students": "sometimes"},
        {"runs": -1},
        {"runs": "many"},
        {"runs": True},
        {"gigabytes": 1e99},
        {"evil": 1},
        {"students": ["off"]},
    ):
        assert teacher.post("/api/class/rules", nonsense).status == 400
    assert teacher.post("/api/class/rules", {"students": "free", "runs": 7}).status == 200
    assert Rules.read(school.home) == Rules("free", 7)


def test_a_training_beyond_those_that_are_kept_is_refused_with_what_to_do(school: Server) -> None:
    teacher = browser(school)
    teacher.sign_in()
    name = made(school, "Old")
    (school.home / "runs" / name / "film.bin").write_bytes(bytes(3_000_000))
    teacher.post("/api/class/rules", {"runs": 1})
    wish = {"title": "New", "config": CONFIG.to_dict()}
    refused(teacher.post("/api/runs", wish), 507, "1 trainings are kept here, and there is room for 1. Delete one")
    end = time.monotonic() + 60
    while not (used := teacher.standing["used"])["runs"]:  # it is counted every few seconds
        assert time.monotonic() < end
        time.sleep(0.1)
    assert (used["runs"], used["runs_most"]) == (1, 1)
    assert 3_000_000 <= used["bytes"] < used["bytes_most"]
    teacher.post("/api/class/rules", {"runs": 200, "runs_each": 0})
    assert teacher.post(f"/api/runs/{name}/delete").status == 200
    assert teacher.standing["used"]["runs"] == 0
    refused(browser(school).post("/api/runs", wish), 409, "each student may keep 0")


@pytest.mark.parametrize("command", [everywhere, streamlit_everywhere])
def test_a_passcode_is_made_and_printed_once_where_a_server_serves_others(tmp_path: Path, command: Any) -> None:
    with running(tmp_path, command=command, EXPLORER_PASSCODE="") as server:
        end = time.monotonic() + 60
        while "passcode" not in server.log.read_text():
            assert time.monotonic() < end, server.log.read_text()
            time.sleep(0.1)
        (line,) = [line for line in server.log.read_text().splitlines() if "passcode" in line]
        code = line.split()[2]
        teacher = browser(server)
        assert teacher.standing["role"] == "student"
        assert teacher.sign_in(code.replace("-", " ").upper()).status == 200
        assert teacher.standing["role"] == "teacher"


def test_alone_at_the_machine_everybody_is_in_charge(server: Server) -> None:
    anybody = browser(server)
    standing = anybody.standing
    assert (standing["role"], set(standing["locked"].values())) == ("all", {None})
    refused(anybody.sign_in(), 409, "Nobody has to sign in here")
    assert "passcode" not in server.log.read_text()


def test_a_proxy_before_a_local_server_means_others(tmp_path: Path) -> None:
    with running(tmp_path, EXPLORER_PROXY="1") as server:
        assert browser(server).standing["role"] == "student"


def test_the_passcode_that_is_set_is_compared_as_it_is_and_the_made_one_as_people_type() -> None:
    assert Passcode("Blue whale", made=False).fits(" Blue whale ")
    assert not Passcode("Blue whale", made=False).fits("blue whale")
    assert Passcode("7kqm-4t9x", made=True).fits("7KQM4T9X")
    assert not Passcode("7kqm-4t9x", made=True).fits("7kqm-4t9")
    assert Passcode("비밀", made=False).fits("비밀")  # however the keyboard puts the letters together
    assert not Passcode("비밀", made=False).fits("\ud800")


def test_tries_are_counted_for_each_browser_and_each_address() -> None:
    tries = Tries()
    assert [tries.wait(Client("a", "1.2.3.4"), now) for now in (0, 1, 2, 3, 4)] == [0] * 5
    assert tries.wait(Client("a", "1.2.3.4"), 10) == 50
    assert tries.wait(Client("b", "1.2.3.4"), 10) == 0
    assert tries.wait(Client("a", "1.2.3.4"), 61) == 0
    crowd = Tries()
    assert (
        sum(crowd.wait(Client(str(number), "1.2.3.4"), 0.5) == 0 for number in range(100)) == passcode.TRIES_OF_ADDRESS
    )
    assert crowd.wait(Client("other", "5.6.7.8"), 0.5) == 0
    crowd.wait(Client("x", "9.9.9.9"), 100)
    assert len(crowd.times) == 2  # what is old is forgotten


def test_the_shell_stays_all_powerful(school: Server) -> None:
    name = made(school, "Anybody's")
    command = [sys.executable, "-m", "model.runs", "delete", name]
    assert (
        subprocess.run(command, cwd=ROOT, env={**os.environ, "EXPLORER_HOME": str(school.home)}, check=False).returncode
        == 0
    )


def test_one_person_with_many_cookies_leaves_places_in_the_queue_and_on_the_shelf_to_other_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Settings(None, tmp_path)
    monkeypatch.setattr(resources, "settings", lambda: home)
    here, elsewhere, teacher = (
        Person(role, "new", origin)
        for role, origin in ((Role.STUDENT, "here"), (Role.STUDENT, "elsewhere"), (Role.TEACHER, "here"))
    )
    most = int(classroom.OF_ONE_ADDRESS * classroom.QUEUE_MOST)
    for at in range(most):
        classroom.admit(here, actions.runs(home))
        actions.create(home, CONFIG, f"Run {at}", owner=str(at), origin="here")
    with pytest.raises(Refusal, match=f"{most} trainings are waiting already"):
        classroom.admit(here, actions.runs(home))
    for person in (elsewhere, teacher):
        classroom.admit(person, actions.runs(home))
    Rules(runs=30).keep(tmp_path)
    for run in actions.runs(home)[20:]:
        actions.delete(home, run.name)
    with pytest.raises(Refusal, match="20 trainings are kept here"):
        classroom.admit(here, actions.runs(home))
    classroom.admit(elsewhere, actions.runs(home))
