"""A teacher and a student in two browser profiles, before one server that listens to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access import roles
from app.routes import classroom
from app.text import strings
from app.text.errors import translated
from model.config import NetworkConfig, RunConfig, Settings, TrainingConfig
from model.data.catalogue import CATALOGUE
from model.runs import actions
from tests.browser.watch import Watch
from tests.test_roles import CODE, everywhere
from tests.web import Server, running

SAID = strings("en")
DESKTOP = {"width": 1280, "height": 800}
LOCKED = ("run-resume", "run-rename", "run-delete")
Enter = Callable[..., Page]


@pytest.fixture
def school(tmp_path: Path, synthetic_dataset_folder: Path) -> Iterator[Server]:
    """Two trainings that the shell began and stopped; students may train one at a time."""
    settings = Settings(None, tmp_path)
    config = RunConfig(NetworkConfig(encoder_widths=(8,), decoder_widths=(16,)), training=TrainingConfig(epochs=3))
    for title in ("The lesson's", "Another"):
        actions.stop(settings, actions.create(settings, config, title))
    with running(tmp_path, synthetic_dataset_folder, everywhere, EXPLORER_PASSCODE=CODE) as server:
        yield server


@pytest.fixture
def enter(chromium: Browser, watch: Watch) -> Iterator[Enter]:
    """`enter(server, path)` opens the Train page in a profile of its own."""
    contexts = []

    def open_page(server: Server, path: str, **profile: Any) -> Page:
        contexts.append(chromium.new_context(**{"viewport": DESKTOP, "locale": "en-US", **profile}))
        page = contexts[-1].new_page()
        watch.over(page)
        page.goto(server.url + path)
        expect(page.get_by_test_id("trainings")).to_have_attribute("data-ready", "true")
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page) -> None:
    page.get_by_test_id("class-lock").click()
    page.get_by_test_id("class-passcode").fill(CODE)
    page.get_by_test_id("class-enter").click()
    expect(page.get_by_test_id("class-leave")).to_be_visible()
    expect(page.get_by_test_id("trainings")).to_have_attribute("data-ready", "true")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_student_sees_what_is_locked_and_why(school: Server, enter: Enter, language: str) -> None:
    page = enter(school, f"/train?run=another&lang={language}")
    sentence = translated(roles.OTHERS, language)
    for name in LOCKED:
        expect(page.get_by_test_id(name)).to_be_disabled()
        expect(page.get_by_test_id(name)).to_have_attribute("title", sentence)
    expect(page.get_by_test_id("run-locked")).to_have_text(sentence)
    expect(page.get_by_test_id("run-copy")).to_be_enabled()
    expect(page.get_by_test_id("class-says")).to_have_text(strings(language)["class.one"])
    expect(page.get_by_test_id("class-used")).to_contain_text("200")


def test_the_teacher_signs_in_steers_everything_and_signs_out(school: Server, enter: Enter, watch: Watch) -> None:
    watch.allow("status of 403")  # the wrong passcode
    teacher, student = (enter(school, "/train?run=another&lang=en") for _ in range(2))
    teacher.get_by_test_id("class-lock").click()
    teacher.get_by_test_id("class-passcode").fill("guess")
    teacher.get_by_test_id("class-passcode").press("Enter")
    expect(teacher.get_by_test_id("class-refused")).to_contain_text("That is not the passcode.")
    teacher.keyboard.press("Escape")
    expect(teacher.get_by_test_id("class-dialog")).to_have_count(0)
    sign_in(teacher)
    expect(teacher.get_by_test_id("run-title")).to_have_text("Another")  # the page comes back to where it was
    teacher.get_by_test_id("run-rename").click()
    teacher.get_by_test_id("run-new-title").fill("Renamed")
    teacher.get_by_test_id("run-rename-save").click()
    for page in (teacher, student):
        expect(page.get_by_test_id("run-title")).to_have_text("Renamed")
    expect(student.get_by_test_id("run-delete")).to_be_disabled()
    teacher.get_by_test_id("class-leave").click()
    expect(teacher.get_by_test_id("class-lock")).to_be_visible()
    expect(teacher.get_by_test_id("run-delete")).to_be_disabled()


def test_trainings_by_students_are_switched_off_while_they_look(school: Server, enter: Enter) -> None:
    teacher, student = (enter(school, "/train?run=another&lang=ko") for _ in range(2))
    sign_in(teacher)
    teacher.get_by_test_id("class-students-off").click()
    expect(teacher.get_by_test_id("class-students-off")).to_have_attribute("aria-checked", "true")
    sentence = translated(classroom.OFF, "ko")
    expect(student.get_by_test_id("class-says")).to_have_text(sentence)
    student.get_by_role("button", name=strings("ko")["train.new"]).click()
    expect(student.get_by_role("dialog")).to_contain_text(sentence)
    teacher.get_by_role("button", name=strings("ko")["train.new"]).click()
    expect(teacher.get_by_role("dialog").get_by_label(strings("ko")["form.name"], exact=True)).to_be_visible()


def test_a_student_finds_and_steers_their_own_training(school: Server, enter: Enter) -> None:
    student, other = (enter(school, "/train?lang=en") for _ in range(2))
    body = {"title": "My own", "config": RunConfig(training=TrainingConfig(epochs=10_000, batch_size=20)).to_dict()}
    assert student.request.post(f"{school.url}/api/runs", data=body).status == 201
    mine, theirs = (page.get_by_test_id("run").filter(has_text="My own") for page in (student, other))
    expect(mine).to_contain_text("yours")
    expect(theirs).not_to_contain_text("yours")
    mine.click()
    theirs.click()
    expect(student.get_by_test_id("run-stop")).to_be_enabled()
    expect(other.get_by_test_id("run-stop")).to_be_disabled()
    student.get_by_test_id("run-stop").click()
    expect(student.get_by_test_id("run-delete")).to_be_enabled(
        timeout=240_000
    )  # a trainer gives way to everything else
    student.get_by_test_id("run-delete").click()
    student.get_by_test_id("run-delete-yes").click()
    expect(theirs).to_have_count(0)


def test_the_dialog_fits_on_a_phone(school: Server, enter: Enter) -> None:
    phone = enter(
        school, "/train?run=another&lang=ko", viewport={"width": 320, "height": 640}, is_mobile=True, has_touch=True
    )
    phone.get_by_test_id("class-lock").tap()
    box = phone.get_by_test_id("class-dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    expect(phone.get_by_test_id("class-passcode")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_download_is_locked_for_students_on_both_pages(tmp_path: Path, enter: Enter, language: str) -> None:
    sentence = translated(roles.DOWNLOAD, language)
    with running(tmp_path, None, everywhere, EXPLORER_PASSCODE=CODE) as server:
        page = enter(server, f"/train?lang={language}")
        page.get_by_role("button", name=strings(language)["train.new"]).click()
        said = strings(language)["data.download"].format(title=CATALOGUE["cifar10"].title[language])
        button = page.get_by_role("dialog").get_by_role("button", name=said)
        expect(button).to_be_disabled()
        expect(page.get_by_role("dialog")).to_contain_text(sentence)
        page.goto(f"{server.url}/?lang={language}")
        expect(page.get_by_test_id("data-download")).to_be_disabled()
        expect(page.get_by_test_id("data-download")).to_have_attribute("title", sentence)
        expect(page.locator(".mx-note").filter(has_text=sentence)).to_be_visible()
        page.close()  # before the server does
