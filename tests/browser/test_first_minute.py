"""The first minute of somebody who has never been here: three steps, words where the eye looks, and a hand that finds
what it expects.
"""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.scripts import CAMERA, TWO_FRAMES
from tests.browser.test_touch import PHONE, Fingers
from tests.web import Server

STEPS = ("drag", "pick", "upload")
SIZES = ((1440, 900), (1024, 768), (390, 844), (683, 384))
FORBIDDEN = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
)
KEPT = "localStorage.getItem('manifold-explorer.first-steps')"
CATCHES = """(card) => {
    const { left, top, width, height } = card.getBoundingClientRect();
    return card.contains(document.elementFromPoint(left + width / 3, top + height / 2));
}"""
HIDDEN_WORDS = """(buttons) => buttons.filter((each) =>
    !each.innerText.trim() || !each.querySelector("span").checkVisibility()).length"""
DESCRIBED = """(words) => [...document.querySelectorAll('[data-testid^=about]')].some((each) =>
    each.checkVisibility() && each.textContent.includes(words))"""


def step(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"guide-{name}")


def guide(page: Page) -> Locator:
    return page.get_by_test_id("guide")


def a_picture() -> dict[str, Any]:
    body = io.BytesIO()
    Image.new("RGB", (40, 40), "teal").save(body, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": body.getvalue()}


def again(page: Page) -> None:
    """Ask Help for the first steps."""
    page.locator(".st-key-help").get_by_role("button").click()
    page.locator(".st-key-guide_again").get_by_role("button").click()


def test_three_steps_go_as_they_are_done_once_per_browser_and_help_brings_them_back(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en", newcomer=True)
    page = explorer.page
    for name in STEPS:
        expect(step(page, name)).to_be_visible()
    assert not guide(page).evaluate(CATCHES), "the hand goes through the card"
    x, y = explorer.probe_place()
    explorer.drag((x, y), (x + 30, y - 20))
    expect(step(page, "drag")).to_be_hidden()
    expect(step(page, "pick")).to_be_visible()
    explorer.click_sample()
    expect(step(page, "pick")).to_be_hidden()
    page.reload()
    explorer.ready()
    expect(step(page, "upload")).to_be_visible()
    expect(step(page, "drag")).to_be_hidden()
    page.get_by_test_id("upload-file").set_input_files(a_picture())
    expect(guide(page)).to_be_hidden()
    assert set(json.loads(page.evaluate(KEPT))) == set(STEPS)
    page.reload()
    explorer.ready()
    page.evaluate(TWO_FRAMES)
    expect(guide(page)).to_be_hidden()
    again(page)
    for name in STEPS:
        expect(step(page, name)).to_be_visible()


def test_what_a_link_opens_is_no_step_of_the_visitor(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", newcomer=True, p="0.1,0.1,0.1", **{"from": "3"})
    explorer.settle(p="*")
    assert explorer.page.evaluate(KEPT) is None
    expect(step(explorer.page, "drag")).to_be_visible()


def test_keys_take_the_steps_and_close_them(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="ko", newcomer=True)
    page = explorer.page
    explorer.stage.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("guide-told")).to_contain_text(strings("ko")["guide.drag"])
    expect(step(page, "drag")).to_be_hidden()
    page.get_by_test_id("guide-close").focus()
    page.keyboard.press("Escape")
    expect(guide(page)).to_be_hidden()
    expect(explorer.stage).to_be_focused()
    page.reload()
    explorer.ready()
    page.evaluate(TWO_FRAMES)
    expect(guide(page)).to_be_hidden()


def test_a_browser_that_keeps_nothing_still_shows_and_closes_them(visit: Visit, gallery: Server) -> None:
    explorer = visit(
        gallery, model="flat", lang="en", newcomer=True, prepare=lambda page: page.add_init_script(FORBIDDEN)
    )
    page = explorer.page
    expect(guide(page)).to_be_visible()
    page.get_by_test_id("guide-close").click()
    expect(guide(page)).to_be_hidden()
    explorer.click_sample()
    expect(guide(page)).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_steps_lie_neither_around_the_probe_nor_over_the_buttons(
    visit: Visit, gallery: Server, width: int, height: int
) -> None:
    explorer = visit(
        gallery, model="flat", lang="ko", newcomer=True, profile={"viewport": {"width": width, "height": height}}
    )
    page = explorer.page
    card = guide(page).bounding_box()
    for x, y in [explorer.probe_place(), *corners(page.locator(".mx-toolbar").bounding_box())]:
        assert not within(card, x, y), "the card stands in the way"
    explorer.drag(explorer.probe_place(), (card["x"] + card["width"] / 2, card["y"] + card["height"] / 2))
    explorer.settle(p="*")
    if within(card, *explorer.probe_place()):  # the hand could go there: the cloud's box does not reach everywhere
        page.wait_for_function(
            "(x) => document.querySelector('.mx-guide').getBoundingClientRect().x !== x", arg=card["x"]
        ) if width > 700 else None
        assert not within(guide(page).bounding_box(), *explorer.probe_place())


def corners(box: dict[str, float]) -> list[tuple[float, float]]:
    return [
        (box["x"] + across * box["width"], box["y"] + down * box["height"])
        for across in (0, 0.5, 1)
        for down in (0, 0.5, 1)
    ]


def within(box: dict[str, float], x: float, y: float) -> bool:
    return box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [390, 1024, 1280, 1440])
def test_buttons_have_words_and_the_model_its_description_on_every_screen(
    visit: Visit, gallery: Server, width: int, language: str
) -> None:
    explorer = visit(gallery, model="flat", lang=language, profile={"viewport": {"width": width, "height": 800}})
    page, said = explorer.page, strings(language)
    assert page.locator(".mx-toolbar button").evaluate_all(HIDDEN_WORDS) == 0
    assert page.evaluate(DESCRIBED, explorer.model.card["description"][language])
    expect(page.get_by_test_id("about-blur")).to_have_text(
        said["about.blur"].format(d=3, whole="3,072", width=32, height=32)
    )


def test_more_than_three_numbers_say_how_much_of_them_the_view_shows(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="deep", lang="en")
    share = explorer.model.card["view_share"]
    assert 0.3 < share < 1
    expect(explorer.page.get_by_test_id("view-share")).to_contain_text(f"{share:.0%}".replace("%", " %"))
    expect(explorer.page.get_by_test_id("about-blur")).to_contain_text("5 numbers instead of 3,072")


def middle_of(stage: Locator) -> tuple[float, float]:
    box = stage.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def way(camera: dict[str, dict[str, float]]) -> np.ndarray:
    """From what the camera looks at to the eye."""
    return np.array([camera["eye"][axis] - camera["center"][axis] for axis in "xyz"])


@pytest.mark.parametrize("how", ["button", "double click", "key"])
def test_the_probe_comes_into_the_middle_and_the_camera_then_turns_about_it(
    visit: Visit, gallery: Server, how: str
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, before = explorer.page, explorer.camera
    if how == "button":
        page.get_by_test_id("button-centre").click()
    elif how == "key":
        explorer.stage.focus()
        page.keyboard.press("c")
    else:
        page.mouse.dblclick(*explorer.probe_place())
    page.wait_for_function(f"(before) => {CAMERA}.center.x !== before", arg=before["center"]["x"])
    page.evaluate(TWO_FRAMES)
    np.testing.assert_allclose(explorer.probe_place(), middle_of(explorer.stage), atol=1.5)
    np.testing.assert_allclose(way(explorer.camera), way(before), atol=1e-9)
    explorer.turn()
    np.testing.assert_allclose(explorer.probe_place(), middle_of(explorer.stage), atol=1.5)


def test_the_wheel_zooms_at_the_mouse(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    x, y = explorer.probe_place()
    before = explorer.camera
    explorer.page.mouse.move(x, y)
    explorer.page.mouse.wheel(0, -500)
    explorer.page.wait_for_function(f"(before) => {CAMERA}.eye.x !== before", arg=before["eye"]["x"])
    explorer.page.evaluate(TWO_FRAMES)
    assert np.linalg.norm(way(explorer.camera)) < 0.6 * np.linalg.norm(way(before))
    np.testing.assert_allclose(explorer.probe_place(), (x, y), atol=1.5)


def test_two_fingers_slide_and_zoom_together(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, profile=PHONE, model="flat", lang="en")
    glass: CDPSession = explorer.page.context.new_cdp_session(explorer.page)
    fingers, before, position = Fingers(glass), explorer.camera, explorer.position
    start = middle(explorer)
    x, y = middle_of(explorer.stage)
    fingers.are_at((x - 50, y))
    fingers.are_at((x - 50, y), (x + 50, y))
    for n in range(1, 6):
        fingers.are_at((x - 50 + 6 * n, y + 8 * n), (x + 50 + 6 * n, y + 8 * n))
    explorer.page.wait_for_function(f"(before) => {CAMERA}.center.x !== before", arg=before["center"]["x"])
    fingers.lift()
    explorer.settle(cam="*")
    np.testing.assert_allclose(middle(explorer) - start, (30, 40), atol=3)
    np.testing.assert_allclose(np.linalg.norm(way(explorer.camera)), np.linalg.norm(way(before)), rtol=0.01)
    assert explorer.position.tolist() == position.tolist()
    glass.detach()


def middle(explorer: ExplorerPage) -> np.ndarray:
    """Where the camera's first centre stands on the screen: what lies there goes with the fingers."""
    low, high = np.array(explorer.model.card["ranges"]).T
    spans = high - low
    sides = np.maximum(spans / spans.max(), 0.7)
    sides = sides * 1.15 / np.cbrt(sides.prod())
    return explorer.project((low + high) / 2 + np.array([0, 0, -0.17]) * spans / sides)[0, :2]
