"""The Learn page stands still while it loads: nothing that a learner may be looking at moves away."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from benchmarks.reactions import CONTROLS
from tests.browser.conftest import Learn
from tests.web import Server

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
SLOW = 60_000  # ms for what a lesson has computed, where the machine is busy
MOST = 0.05  # of the layout shift scores: half of what counts as good (https://web.dev/articles/cls)

# What has moved within our component since the page began; Streamlit's own parts are not ours.
SHIFTS = """() => new Promise((tell) => {
  const found = [];
  const within = ({ node }) => node?.parentElement?.closest(".mx-learn");
  const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
  new PerformanceObserver((list) => found.push(...list.getEntries().filter(
    ({ hadRecentInput, sources }) => !hadRecentInput && sources.some(within)))).observe(
    { type: "layout-shift", buffered: true });
  setTimeout(() => tell(found.map(({ value, sources }) => ({ value, moved: sources.filter(within).map(
    (source) => [source.node.className, place(source.previousRect), place(source.currentRect)]) }))), 200);
})"""


@pytest.mark.parametrize("name", CONTROLS)
def test_a_lesson_stands_still_while_it_loads(learn: Learn, server: Server, name: str) -> None:
    page = learn(server, name, language="ko", viewport=PHONE).page
    stands_still(page)
    page.set_viewport_size(DESKTOP)
    page.goto(f"{server.url}/learn?lesson={name}&lang=en")
    expect(page.get_by_test_id("learn")).to_have_attribute("data-ready", "true")
    stands_still(page)


def stands_still(page: Page) -> None:
    """The shifts of the page that is open, once all that it asks for has come, add up to next to nothing."""
    page.wait_for_load_state("networkidle", timeout=SLOW)
    shifts: list[dict[str, Any]] = page.evaluate(SHIFTS)
    assert sum(shift["value"] for shift in shifts) < MOST, shifts
