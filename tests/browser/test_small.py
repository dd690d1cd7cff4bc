"""The page on small and low screens: phones upright and sideways, and a laptop at 200 and 400 % zoom (WCAG 1.4.10)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.text import strings
from tests.browser.conftest import Enter, Visit
from tests.browser.scripts import TWO_FRAMES
from tests.browser.test_page import TOO_WIDE
from tests.browser.test_panels import error_of, upload, wide_picture
from tests.web import Server

EN = strings("en")
SIZES = [(683, 384), (667, 375), (320, 568), (320, 256)]
LAPTOP = (1366, 768)
LEAST = 170  # pixels of height from which a cloud can be turned and read
UNREACHED = """() => {
    const kinds = "button, a[href], input:not([type=file]), select, summary, [tabindex]";
    const name = (each) => (each.getAttribute("aria-label") || each.innerText || each.outerHTML).slice(0, 60);
    const wrong = (each) => {
        each.focus();
        const { left, top, width, height } = each.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        if (width * height === 0 || x < 0 || y < 0 || x > innerWidth ||
          y > innerHeight) return `is outside, at ${Math.round(x)}, ${Math.round(y)}`;
        const hit = document.elementFromPoint(x, y);
        const own = each.closest("label, [data-testid=stSelectbox]") ?? each;
        return own.contains(hit) ? "" : `is covered by ${hit?.outerHTML.slice(0, 80)}`;
    };
    return Array.from(document.querySelectorAll(kinds))
        .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled)
        .filter((each) =>
          each.matches("[data-testid=stMainBlockContainer] *, [data-testid=stMainMenu] *, [role=dialog] *"))
        .map((each) => [name(each), wrong(each)]).filter(([, problem]) => problem);
}"""


IN_SIGHT = """(each) => {
    const { left, top, right, bottom } = each.getBoundingClientRect();
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth && each.contains(hit);
}"""
languages = pytest.mark.parametrize("language", ["en", "ko"])


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(TWO_FRAMES)


def expect_room(page: Page, stage: str) -> None:
    """At every size nothing is wider than the window, each control can be brought into it uncovered, and the scene is
    large enough to use.
    """
    for size in SIZES:
        resize(page, size)
        assert page.evaluate(TOO_WIDE) == [], size
        assert page.evaluate(UNREACHED) == [], size
        assert LEAST <= page.get_by_test_id(stage).bounding_box()["height"] <= size[1]


def in_sight(page: Page, *places: str) -> None:
    """Wait until all of each of these is in the window, and nothing lies over its middle."""
    for place in places:
        page.wait_for_function(f"(place) => ({IN_SIGHT})(document.querySelector(place))", arg=place)


@languages
def test_every_control_of_explore_can_be_reached_on_a_small_screen(
    visit: Visit, gallery: Server, language: str
) -> None:
    explorer = visit(gallery, model="flat", lang=language)
    page = explorer.page
    expect(explorer.tiles().last).to_be_enabled()
    expect_room(page, "stage")
    for size in SIZES:
        resize(page, size)
        assert page.locator("[class*=st-key-model_]").bounding_box()["width"] > 120
    upload(explorer, "mine.png", wide_picture())
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    expect_room(page, "stage")
    page.get_by_test_id("button-walk").click()
    expect(page.get_by_test_id("walk-strip")).to_be_visible()
    page.get_by_test_id("walk-steps").select_option("12")
    expect(page.get_by_test_id("walk-place")).to_have_attribute("max", "11")
    expect_room(page, "stage")


@languages
def test_every_control_of_train_can_be_reached_on_a_small_screen(enter: Enter, school: Server, language: str) -> None:
    page = enter(school, f"/train?lang={language}")
    expect(page.get_by_test_id("film-stage")).to_have_attribute("data-ready", "true")
    for fold in page.locator("summary:visible").all():
        fold.click()
    expect_room(page, "film-stage")


def test_the_pinned_pictures_leave_most_of_a_phone_to_the_panels_and_low_screens_have_none(
    visit: Visit, gallery: Server
) -> None:
    page = visit(gallery, model="flat", lang="en").page
    for width, height in [(320, 568), (390, 844), *SIZES]:
        resize(page, (width, height))
        page.get_by_test_id("upload").scroll_into_view_if_needed()
        box = page.get_by_test_id("panel-pair").bounding_box()
        assert max(0, box["y"] + box["height"]) <= 0.4 * height, (width, height)


def test_the_camera_shows_its_picture_and_its_shutter_and_the_landing_keeps_pair_and_gauge_in_sight(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page = explorer.page
    resize(page, LAPTOP)
    page.get_by_role("button", name=EN["upload.camera"]).click()
    shutter = page.get_by_role("button", name=EN["upload.camera.shoot"])
    expect(shutter).to_be_enabled()
    in_sight(page, "[data-testid=camera]", ".mx-camera-frame", "[data-testid=camera] button")
    shutter.click()
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    in_sight(page, "[data-testid=pair]", "[data-testid=decoded]", "[data-testid=density]", ".mx-gauge-bar")


def test_the_camera_fits_every_small_screen(visit: Visit, gallery: Server) -> None:
    page = visit(gallery, model="flat", lang="en").page
    for size in SIZES:
        resize(page, size)
        page.get_by_role("button", name=EN["upload.camera"]).click()
        expect(page.get_by_role("button", name=EN["upload.camera.shoot"])).to_be_enabled()
        in_sight(page, "[data-testid=camera]")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name=EN["upload.camera"])).to_be_focused()
