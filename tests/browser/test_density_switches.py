"""The switches below the meter: the probe stays among the data, and the cloud shows where these are dense."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage, distances
from tests.web import Server


def to_the_corner(explorer: ExplorerPage) -> None:
    for axis in range(3):
        explorer.slider(axis).focus()
        explorer.page.keyboard.press("End")
    explorer.settle_here()


def clearance(explorer: ExplorerPage) -> float:
    """How far the probe is from its 12th neighbour, beside what is usual among the samples."""
    points = explorer.model.points.astype(float)
    usual = np.median(np.sort(distances(points[::50], points), axis=1)[:, 12])
    return float(np.sort(distances(explorer.position[None], points), axis=1)[0, 11] / usual)


def test_a_hand_that_leaves_the_cloud_finds_the_probe_among_the_data(visit: Visit, server: Server) -> None:
    explorer = visit(server, lang="en")
    to_the_corner(explorer)
    away = clearance(explorer)
    assert away > 4  # it follows the hand into empty space
    explorer.page.get_by_test_id("snap").check()
    explorer.settle_here()
    assert clearance(explorer) < away / 2  # at once, without another move
    to_the_corner(explorer)
    assert clearance(explorer) < away / 2
    explorer.page.get_by_test_id("button-mean").click()
    explorer.settle_here()
    middle = explorer.position
    explorer.page.get_by_test_id("stage").focus()
    explorer.page.keyboard.press("ArrowLeft")
    low, high = np.asarray(explorer.model.card["ranges"])[0]
    expect(explorer.page.get_by_test_id("snap")).to_be_checked()
    explorer.settle_here()
    np.testing.assert_allclose(explorer.position - middle, [-(high - low) / 50, 0, 0], atol=1e-5)  # there it is free


INKED = """() => {
    const canvas = document.querySelector(".mx-overlay");
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(0, 0, copy.width, copy.height);
    return data.reduce((count, value, at) => count + (at % 4 === 3 && value > 0), 0);
}"""


def test_the_cloud_shows_where_the_data_are_dense(visit: Visit, server: Server) -> None:
    explorer = visit(server, model="mnist", lang="en")
    explorer.neighbours_drawn()
    before = explorer.page.evaluate(INKED)
    explorer.page.get_by_test_id("contours").check()
    explorer.page.wait_for_function(f"(before) => ({INKED})() > 5 * before", arg=before)
    explorer.page.get_by_test_id("contours").uncheck()
    explorer.page.wait_for_function(f"(before) => ({INKED})() < 2 * before", arg=before)
    explorer.open(model="five", lang="en")
    expect(explorer.page.get_by_test_id("snap")).to_be_visible()
    expect(explorer.page.get_by_test_id("contours")).to_have_count(0)
