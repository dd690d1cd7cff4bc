"""The Learn page: one lesson at a time, its figure moved, its question answered right and wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.text import strings
from tests.browser.conftest import ROOMY, Learn
from tests.browser.test_access import PHONE, everywhere, offences
from tests.test_lessons import FILES
from tests.web import Server


def test_the_header_leads_to_the_lessons(learn: Learn, server: Server) -> None:
    lesson = learn(server, "curse")
    lesson.page.get_by_role("link", name=strings("en")["header.explore"], exact=True).click()
    expect(lesson.part("explorer")).to_have_attribute("data-ready", "true")
    lesson.page.get_by_role("link", name=strings("en")["header.learn"], exact=True).click()
    expect(lesson.part("lesson-title")).to_be_visible()


def test_a_lesson_s_address_opens_it_and_its_answer_stays(learn: Learn, server: Server) -> None:
    lesson = learn(server, "curse")
    lesson.answer("tens")
    assert "lesson=curse" in lesson.page.url
    lesson.page.reload()
    expect(lesson.part("choice-tens")).to_be_checked()
    expect(lesson.part("demonstrate")).to_be_visible()


def test_another_language_keeps_lesson_and_answer(learn: Learn, server: Server) -> None:
    korean = learn(server, "curse", language="ko")
    korean.answer("one")
    korean.show_me()
    expect(korean.verdict).to_contain_text(korean.said["learn.right"])
    expect(korean.part("lesson-title")).to_have_text(korean.said["curse.title"])


@everywhere
def test_axe_finds_nothing_grave_in_any_lesson(learn: Learn, server: Server, language: str, scheme: str) -> None:
    lesson = learn(server, FILES[0].stem, language=language, color_scheme=scheme)
    for name in (path.stem for path in FILES):
        lesson.page.set_viewport_size(ROOMY)
        lesson.page.goto(f"{server.url}/learn?lesson={name}&lang={language}")
        expect(lesson.part("learn")).to_have_attribute("data-ready", "true")
        choice = lesson.page.get_by_test_id(re.compile("^choice-")).first
        if choice.count():
            choice.check()
        for size in (ROOMY, PHONE):
            lesson.page.set_viewport_size(size)
            assert (name, offences(lesson.page)) == (name, [])


# The curse of dimensionality


def test_distances_become_alike_in_many_dimensions(learn: Learn, server: Server) -> None:
    lesson = learn(server, "curse")
    expect(lesson.part("said")).to_contain_text("d = 3")
    few = float(re.search(r"is ([\d.]+) times", lesson.part("said").inner_text())[1])
    lesson.answer_right_and_wrong("one", "several")
    expect(lesson.part("said")).to_contain_text("d = 1000")
    many = float(re.search(r"is ([\d.]+) times", lesson.part("said").inner_text())[1])
    assert many < 1.5 < 10 < few


@pytest.mark.parametrize("position", [4, 9])
def test_a_slider_draws_the_charts_anew(learn: Learn, server: Server, position: int) -> None:
    lesson = learn(server, "curse")
    expect(lesson.page.locator(".mx-chart .main-svg").first).to_be_visible()
    before = lesson.page.locator(".mx-chart").nth(1).inner_html()
    lesson.slide("d", position)
    assert lesson.page.locator(".mx-chart").nth(1).inner_html() != before
