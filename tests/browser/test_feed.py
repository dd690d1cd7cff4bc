"""One question about the nearest samples at a time, and one answer for all that show them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Request, expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.browser.scripts import TWO_FRAMES
from tests.web import Server

EN = strings("en")


class Questions:
    """Counts the questions to /nearest of one page: how many there were, and how many at most at the same time."""

    def __init__(self, page: Page) -> None:
        self.asked = self.most = 0
        self.flying: set[Request] = set()  # those that began before do not count
        page.on("request", self._begin)
        for event in ("requestfinished", "requestfailed"):
            page.on(event, self._end)

    def _begin(self, request: Request) -> None:
        if "/nearest?" in request.url:
            self.asked += 1
            self.flying.add(request)
            self.most = max(self.most, len(self.flying))

    def _end(self, request: Request) -> None:
        self.flying.discard(request)


def test_a_drag_asks_for_the_nearest_samples_once_at_a_time_and_ends_with_those_of_the_last_place(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="deep", lang="en")
    explorer.click_sample()
    explorer.settle()
    explorer.neighbours_drawn()
    questions, (x, y) = Questions(explorer.page), explorer.probe_place()
    explorer.page.mouse.move(x, y)
    explorer.page.mouse.down()
    for step in range(40):
        explorer.page.mouse.move(x + 2 * step, y - step)
    explorer.page.mouse.up()
    explorer.settle_here()
    wanted = explorer.model.nearest(explorer.latent, 12)
    expect(explorer.tiles().first).to_have_attribute("title", re.compile(rf"sample {wanted[0]}\b"))
    expect(explorer.tiles().last).to_have_attribute("title", re.compile(rf"sample {wanted[-1]}\b"))
    assert questions.asked >= 2
    assert questions.most == 1


def test_list_and_gauge_change_language_without_another_question(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    expect(explorer.tiles().last).to_be_enabled()
    explorer.settle()
    questions = Questions(explorer.page)
    explorer.page.locator("[class*=st-key-language]").get_by_role("combobox").click()
    explorer.page.get_by_role("option", name="한국어", exact=True).click()
    explorer.settle(lang="ko")
    expect(explorer.page.get_by_test_id("density")).to_have_text(re.compile("[가-힣]"))
    expect(explorer.tiles().last).to_have_attribute("title", re.compile("[가-힣]"))
    explorer.page.evaluate(TWO_FRAMES)
    assert questions.asked == 0
