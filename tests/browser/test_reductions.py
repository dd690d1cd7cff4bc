"""Types of dimension reduction: the panel's clouds and table, the way to a sample, and computing what is missing."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.web import Server

EN = strings("en")


def opened(explorer: ExplorerPage) -> Locator:
    """The panel, open."""
    panel = explorer.page.get_by_test_id("reduction")
    panel.locator("summary").click()
    expect(panel.get_by_test_id("reduction-table")).to_be_visible()
    return panel


def drawing(panel: Locator) -> str:
    """What the small cloud's canvas shows, as an address of the picture."""
    panel.page.wait_for_timeout(300)
    return str(panel.get_by_test_id("reduction-canvas").evaluate("canvas => canvas.toDataURL()"))


def test_a_method_shows_its_cloud_and_a_click_on_a_point_takes_the_probe_there(
    visit: Visit, data_server: Server
) -> None:
    explorer = visit(data_server, model="digits", lang="en")
    panel = opened(explorer)
    cloud = panel.get_by_test_id("reduction-cloud")
    expect(cloud).to_have_attribute("data-method", "pca")
    before = drawing(panel)
    panel.get_by_test_id("reduction-umap").click()
    expect(cloud).to_have_attribute("data-method", "umap")
    expect(panel.get_by_test_id("reduction-words")).to_contain_text(EN["reduction.distorts.umap"])
    assert drawing(panel) != before
    cloud.scroll_into_view_if_needed()
    box, card = cloud.bounding_box(), panel.get_by_test_id("hover")
    spots = ((x, y) for y in range(60, int(box["height"]) - 40, 12) for x in range(80, int(box["width"]) - 60, 12))
    for x, y in spots:
        explorer.page.mouse.move(box["x"] + x, box["y"] + y)
        if card.is_visible():
            break
    index = card.get_attribute("data-index")
    explorer.page.mouse.down()
    explorer.page.mouse.up()
    expect(explorer.caption).to_contain_text(f"#{index}")


def test_what_is_missing_is_computed_with_progress_and_can_be_stopped(visit: Visit, data_server: Server) -> None:
    explorer = visit(data_server, model="tiny", lang="en")
    panel = opened(explorer)
    button, state = panel.get_by_test_id("reduction-compute"), panel.get_by_test_id("reduction-state")
    button.click()
    expect(button).to_have_text(EN["reduction.stop"])
    expect(state).to_have_text(re.compile(r"left\."))
    expect(panel.locator("progress")).to_be_visible()
    expect(panel.get_by_test_id("reduction-pca")).to_be_enabled(timeout=60_000)
    button.click()
    expect(button).to_have_text(EN["reduction.compute"])
    expect(panel.locator("progress")).to_be_hidden()
    panel.get_by_test_id("reduction-pca").click()
    expect(panel.get_by_test_id("reduction-cloud")).to_have_attribute("data-method", "pca")
    listed = json.loads(data_server.get("/api/models/tiny/reductions").body)
    assert any(method["facts"] is None for method in listed["methods"])
