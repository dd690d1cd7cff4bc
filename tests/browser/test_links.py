"""Links for a class: made in the dialog, with parts hidden or locked; and the presenter view."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.text import lesson_strings, strings
from tests.browser.conftest import AMID, Learn, Visit
from tests.browser.test_access import offences
from tests.web import Server

SAID = strings("en")


def link_of(page: Page) -> dict[str, str]:
    """What the dialog's link says."""
    address = urlsplit(page.get_by_test_id("share-link").input_value())
    return {"path": address.path, **{name: values[0] for name, values in parse_qs(address.query).items()}}


def test_the_dialog_makes_a_link_to_the_view_with_parts_hidden_and_locked(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", **AMID)
    page = explorer.page
    page.get_by_test_id("share").click()
    page.get_by_test_id("share-dialog").locator("summary").click()
    expect(page.get_by_test_id("share-dialog")).not_to_contain_text("share.part")
    page.get_by_test_id("share-part-upload").select_option("hidden")
    page.get_by_test_id("share-part-sliders").select_option("locked")
    page.get_by_test_id("share-language").select_option("ko")
    assert {"path": "/", "model": "flat", "lang": "ko", "hide": "upload", "lock": "sliders"}.items() <= link_of(
        page
    ).items()
    code = page.locator(".mx-share-code")
    expect(code).to_have_js_property("complete", True)
    assert code.evaluate("(image) => image.naturalWidth") > 0
    assert offences(page) == []
    page.get_by_test_id("share-close").click()
    expect(page.get_by_test_id("share-dialog")).to_be_hidden()


def test_a_link_hides_and_locks_parts_and_keeps_doing_so(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", hide="upload,language", lock="sliders,models", **AMID)
    page = explorer.page
    for hidden in ("panel-upload", "language"):
        part = page.get_by_test_id(hidden) if hidden.startswith("panel") else page.locator(f".st-key-{hidden}")
        expect(part).to_be_hidden()
    expect(page.get_by_test_id("panel-sliders")).to_have_attribute("inert", "")
    expect(page.locator("[class*='st-key-model_']")).to_have_attribute("inert", "")
    expect(page.get_by_test_id("panel-gauge")).to_be_visible()
    explorer.click_sample()
    explorer.settle(model="flat")
    page.wait_for_function("() => location.search.includes('hide=upload,language&lock=sliders,models')")
    page.get_by_role("link", name=SAID["header.train"], exact=True).click()
    expect(page.get_by_test_id("trainings")).to_have_attribute("data-ready", "true")
    expect(page.locator(".st-key-language")).to_be_hidden()


def test_a_link_hides_what_the_toolbar_opens_even_where_it_says_to_open_it(visit: Visit, server: Server) -> None:
    parts = "trail,pictures,walk,compare,upload,axes,bookmarks,selection,every,reduction"
    explorer = visit(server, model="default", compare="absolute-error", pictures="1", hide=parts, **AMID)
    page = explorer.page
    explorer.settle(compare="", pictures="")
    for name in ("undo", "redo", "pictures", "walk", "compare", "upload"):
        expect(page.get_by_test_id(f"button-{name}")).to_be_hidden()
    for name in ("upload", "axes", "bookmarks", "selection", "every", "reduction"):
        expect(page.get_by_test_id(f"panel-{name}")).to_be_hidden()
    expect(page.get_by_test_id("button-mean")).to_be_visible()
    expect(page.get_by_test_id("compare-stage")).to_have_count(0)


def test_a_link_locks_what_the_toolbar_opens_and_leaves_it_as_the_link_says(visit: Visit, server: Server) -> None:
    parts = "trail,pictures,walk,compare"
    explorer = visit(server, model="default", compare="absolute-error", pictures="1", lock=parts, **AMID)
    page = explorer.page
    expect(page.locator(".mx-compare-choice")).to_have_attribute("inert", "")
    expect(page.get_by_test_id("compare-model")).to_have_value("absolute-error")
    expect(page.get_by_test_id("button-pictures")).to_have_attribute("aria-pressed", "true")
    for name in ("undo", "redo", "pictures", "walk", "compare"):
        expect(page.get_by_test_id(f"button-{name}")).to_have_attribute("inert", "")
    clicked = str(explorer.click_sample())
    explorer.settle(**{"from": clicked})
    page.keyboard.press("Control+z")
    explorer.settle(**{"from": clicked})
    page.get_by_test_id("share").click()
    page.get_by_test_id("share-dialog").locator("summary").click()
    expect(page.get_by_test_id("share-part-compare")).to_have_value("locked")


def test_a_link_begins_with_a_lesson(learn: Learn, server: Server) -> None:
    lesson = learn(server, "curse")
    page = lesson.page
    page.get_by_test_id("share").click()
    page.get_by_test_id("share-target").select_option("curse")
    page.get_by_test_id("share-present").check()
    link = link_of(page)
    assert link == {"path": "/learn", "lesson": "curse", "present": "1"}
    page.goto(page.get_by_test_id("share-link").input_value())
    expect(page.get_by_test_id("lesson-title")).to_have_text(lesson_strings("en")["curse.title"])
    expect(page.locator("html")).to_have_attribute("data-mx-presenting", "")


@pytest.mark.parametrize("path", ["/?hide=<script>,nothing&lock=;", "/learn?hide=%00&lock=all&present=yes"])
def test_a_link_that_names_nothing_hides_nothing(learn: Learn, server: Server, path: str) -> None:
    page = learn(server, "curse").page
    page.goto(server.url + path)
    expect(page.locator(".mx-root")).to_have_attribute("data-ready", "true")
    expect(page.locator("[inert]")).to_have_count(0)
    expect(page.get_by_test_id("share")).to_be_visible()


def test_the_presenter_view_has_larger_type_and_a_clicker_turns_the_bookmarks(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", **AMID)
    page = explorer.page
    size = "getComputedStyle(document.documentElement).fontSize"
    small = page.evaluate(size)
    page.get_by_test_id("bookmarks").locator("summary").click()
    page.get_by_test_id("bookmarks-keep").click()
    elsewhere = str(explorer.click_sample())
    explorer.settle(**{"from": elsewhere})
    page.get_by_test_id("bookmarks-keep").click()
    page.get_by_test_id("present").click()
    assert page.evaluate(size) != small
    expect(page.get_by_test_id("present")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("PageDown")
    page.wait_for_function(f"() => new URLSearchParams(location.search).get('from') === '{AMID['from']}'")
    page.keyboard.press("PageDown")
    page.wait_for_function(f"() => new URLSearchParams(location.search).get('from') === '{elsewhere}'")
    page.get_by_test_id("present").click()
    assert page.evaluate(size) == small
    assert re.search(r"present", page.url) is None
