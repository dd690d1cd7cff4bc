"""What is hidden, stale or out of range does not pretend to be there."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage, Place
from tests.browser.test_panels import error_of, upload
from tests.web import Server

EN = strings("en")
# Whether the overlay has a ring of 4 pixels around each place.
RINGED = """(places) => {
    const canvas = document.querySelector(".mx-overlay"), box = canvas.getBoundingClientRect(),
      scale = canvas.width / box.width;
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const drawn = (x, y) =>
      data[4 * (Math.round((y - box.top) * scale) * canvas.width + Math.round((x - box.left) * scale)) + 3] > 0;
    const turn = Array.from({ length: 16 }, (_, at) => [Math.cos(at * Math.PI / 8), Math.sin(at * Math.PI / 8)]);
    return places.map(([x, y]) => turn.every(([dx, dy]) => [3.5, 4, 4.5].some((radius) => drawn(x + radius * dx,
      y + radius * dy))));
}"""
EDGE = """(element) => {
    const style = getComputedStyle(element);
    return [style.outlineStyle, parseFloat(style.outlineWidth), style.outlineColor];
}"""


def test_surprise_takes_samples_of_shown_classes_only_and_says_when_there_are_none(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, labels = explorer.page, explorer.model.labels
    page.get_by_test_id("legend-1").dblclick()
    for share in (0, 0.3, 0.6, 0.999):
        page.evaluate("(share) => { Math.random = () => share; }", share)
        page.get_by_test_id("button-surprise").click()
        shown = np.flatnonzero(labels == 1)
        wanted = shown[int(share * len(shown))]
        expect(explorer.caption).to_contain_text(f"#{wanted}")
    page.get_by_test_id("legend-1").click()
    page.get_by_test_id("button-surprise").click()
    expect(page.get_by_test_id("notice-hidden")).to_have_text(EN["notice.hidden"])
    expect(explorer.caption).to_contain_text(f"#{wanted}")


def test_hidden_neighbours_have_no_rings(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", k=50)
    index = explorer.click_sample()
    explorer.settle(**{"from": str(index)})
    near = explorer.model.nearest(explorer.latent, 50, without=index)
    expect(explorer.tiles().last).to_have_attribute("title", re.compile(rf"sample {near[-1]}\b"))
    places = explorer.project(explorer.model.points[near])[:, :2].tolist()
    labels = explorer.model.labels[near]
    assert all(explorer.page.evaluate(RINGED, places))
    hidden = labels[-1]
    explorer.page.get_by_test_id(f"legend-{hidden}").click()
    ringed = np.array(explorer.page.evaluate(RINGED, places))
    assert ringed[labels != hidden].all()
    assert not ringed[labels == hidden].all()


def test_the_k_box_shows_the_k_in_force(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    box = explorer.page.locator(".mx-k-number")
    for typed, shown in (("51", "50"), ("0", "1"), ("-3", "1"), ("7", "7")):
        box.fill(typed)
        expect(box).to_have_value(shown)
        expect(explorer.tiles()).to_have_count(int(shown))
    box.fill("2.6")
    box.press("Enter")
    expect(box).to_have_value("3")
    expect(explorer.tiles()).to_have_count(3)


def test_the_hover_card_follows_the_camera_under_a_resting_mouse(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, card = explorer.page, explorer.page.get_by_test_id("hover")
    index, (x, y) = explorer.lonely_sample(clear=20)
    page.mouse.move(x, y)
    expect(card).to_have_attribute("data-index", str(index))
    before = explorer.query.get("cam", "")
    page.mouse.wheel(0, -400)
    explorer.settle_camera(before)
    expect_card_of_what_is_below(explorer, (x, y))
    before = explorer.query["cam"]
    explorer.stage.focus()
    for _ in range(3):
        page.keyboard.press("d")
    explorer.settle_camera(before)
    assert expect_card_of_what_is_below(explorer, (x, y)) != index


def expect_card_of_what_is_below(explorer: ExplorerPage, place: Place) -> int:
    """The card shows a sample within a click's reach, or none where there is none. The sample, or -1."""
    card = explorer.page.get_by_test_id("hover")
    gaps = np.linalg.norm(explorer.project(explorer.model.points)[:, :2] - place, axis=1)
    if card.is_hidden():
        assert gaps.min() > 13
        return -1
    index = int(card.get_attribute("data-index"))
    assert gaps[index] < 15
    return index


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_white_picture_has_an_edge(visit: Visit, gallery: Server, scheme: str) -> None:
    explorer = visit(gallery, profile={"color_scheme": scheme}, model="flat", lang="en")
    white = io.BytesIO()
    Image.new("RGB", (64, 64), "white" if scheme == "light" else (14, 17, 23)).save(white, "PNG")
    upload(explorer, "white.png", white.getvalue())
    expect(error_of(explorer)).to_be_visible()
    ground = "rgb(255, 255, 255)" if scheme == "light" else None
    for part in (
        explorer.decoded,
        explorer.page.locator(".mx-frame"),
        *explorer.page.locator(".mx-landing-picture").all(),
    ):
        style, width, colour = part.evaluate(EDGE)
        assert style == "solid"
        assert width >= 1
        assert colour != ground


def test_no_tip_covers_the_help_that_is_read(visit: Visit, gallery: Server) -> None:
    explorer: ExplorerPage = visit(gallery, model="flat", lang="en")
    page = explorer.page
    button = page.locator(".st-key-help").get_by_role("button")
    button.hover()
    page.wait_for_timeout(1000)  # a tip comes after a moment
    tip = page.get_by_test_id("stTooltipContent")
    expect(tip).to_be_hidden()
    button.click()
    expect(page.get_by_test_id("stPopoverBody")).to_contain_text("autoencoder")
    expect(tip).to_be_hidden()
