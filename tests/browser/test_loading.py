"""The page while it comes over a slow line, and when a part of it does not come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.text import strings
from tests.browser.conftest import DESKTOP, PATIENCE, Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.watch import Watch
from tests.web import Server

STREAMLIT = "**/static/js/index.*.js"
PLOTLY = "**/explorer/plotly.min.js*"
SCENE = "**/explore/scene.js"
LANGUAGES = ("en", "ko")
INTERACTIVE = "() => performance.getEntriesByName('mx-interactive').length === 1"
BEGIN_LATE = """async () => {
    const { scene } = JSON.parse(document.getElementById("mx-start").textContent);
    const { begin } = await import(new URL(scene.modules + "scene.js", location.origin).href);
    begin(document.getElementById("mx-early"), scene);
}"""
IN_STREAMLIT = "document.querySelector('[data-testid=stApp]')?.contains(document.querySelector('.mx-root'))"


class Gate:
    """Holds back what a page asks for at one address."""

    def __init__(self, page: Page, address: str) -> None:
        self._held: list[Route] = []
        self._open = False
        page.route(address, self._pass)

    def _pass(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append(route)

    def open(self) -> None:
        self._open = True
        for route in self._held:
            route.continue_()


@pytest.fixture
def fresh(chromium: Browser, watch: Watch) -> Iterator[Any]:
    """`fresh(locale)` is an empty page of a browser that has seen nothing yet."""
    profiles = []

    def make(locale: str = "en-US") -> Page:
        profiles.append(chromium.new_context(viewport=DESKTOP, locale=locale))
        page = profiles[-1].new_page()
        page.set_default_timeout(PATIENCE * 2)
        watch.over(page)
        return page

    yield make
    for profile in profiles:
        profile.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_while_it_loads_the_page_says_what_and_how_far_and_a_picture_comes_first(
    fresh: Any, gallery: Server, language: str
) -> None:
    said, page = strings(language), fresh()
    plotly = Gate(page, PLOTLY)
    page.goto(f"{gallery.url}/?model=flat&lang={language}", wait_until="commit")
    loading = page.get_by_test_id("loading")
    expect(loading).to_contain_text(said["loading.library"])
    page.wait_for_selector("[data-testid=decoded][data-painted=true]")
    expect(loading).to_be_visible()
    expect(loading).to_contain_text("kB")
    assert 0 < float(loading.locator("progress").evaluate("(bar) => bar.value")) < 1
    plotly.open()
    expect(loading).to_be_hidden()
    page.wait_for_function(INTERACTIVE)


def before_streamlit(page: Page, gallery: Server) -> tuple[Gate, ExplorerPage]:
    """The scene in use while Streamlit's client is held back; the gate lets that client in."""
    streamlit = Gate(page, STREAMLIT)
    page.goto(f"{gallery.url}/?model=flat&lang=en", wait_until="commit")
    page.wait_for_function(INTERACTIVE)
    page.wait_for_selector("[data-testid=decoded][data-painted=true]")
    return streamlit, ExplorerPage(page, gallery)


def test_the_cloud_can_be_used_before_streamlits_client_is_there_and_stays_as_it_is_left(
    fresh: Any, gallery: Server
) -> None:
    page = fresh()
    streamlit, explorer = before_streamlit(page, gallery)
    assert page.get_by_test_id("stApp").count() == 0
    index = explorer.click_sample()
    x, y = explorer.empty_place()
    explorer.drag((x, y), (x + 120, y + 40))
    camera = explorer.camera
    page.evaluate("window.plotBefore = document.querySelector('[data-testid=plot]')")
    streamlit.open()
    explorer.ready()
    assert page.evaluate(IN_STREAMLIT)
    assert page.evaluate("window.plotBefore === document.querySelector('[data-testid=plot]')")
    assert explorer.camera == camera
    expect(explorer.caption).to_contain_text(f"#{index}")
    expect(page.get_by_test_id("loading")).to_have_count(0)


def test_where_streamlits_client_comes_first_the_scene_begins_there_and_only_there(
    visit: Visit, gallery: Server
) -> None:
    """Both import the same module, and which of them the browser answers first is its own business."""
    page = visit(gallery, model="flat", lang="en").page
    page.evaluate(BEGIN_LATE)
    expect(page.locator(".mx-root")).to_have_count(1)
    assert page.evaluate(IN_STREAMLIT)


def test_a_hand_that_holds_the_probe_keeps_it_when_streamlits_client_arrives(fresh: Any, gallery: Server) -> None:
    page = fresh()
    streamlit, explorer = before_streamlit(page, gallery)
    (x, y), before = explorer.probe_place(), explorer.position
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=4)
    streamlit.open()
    page.wait_for_selector("[data-testid=stMainMenu]")
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    )
    page.mouse.move(x + 60, y, steps=4)
    assert explorer.probe_place()[0] == pytest.approx(x + 60, abs=2)
    page.mouse.up()
    explorer.ready()
    assert page.evaluate(IN_STREAMLIT)
    assert explorer.position.tolist() != before.tolist()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_library_that_does_not_come_is_said_and_can_be_asked_for_again(
    fresh: Any, gallery: Server, watch: Watch, language: str
) -> None:
    watch.allow(r"net::ERR_|LibraryError|did not arrive|could not be loaded")
    said, page = strings(language), fresh()
    page.route(PLOTLY, lambda route: route.abort())
    page.goto(f"{gallery.url}/?model=flat&lang={language}", wait_until="commit")
    notice = page.get_by_test_id("notice-failed")
    expect(notice).to_contain_text(said["notice.library"])
    expect(page.get_by_test_id("loading")).to_have_count(0)
    page.unroute(PLOTLY)
    notice.get_by_role("button", name=said["notice.again"]).click()
    page.wait_for_function(INTERACTIVE)
    expect(notice).to_be_hidden()


@pytest.mark.parametrize(("path", "address"), [("/", SCENE), ("/", STREAMLIT), ("/train", STREAMLIT)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_script_that_does_not_come_is_said_with_a_way_to_try_again(
    fresh: Any, gallery: Server, watch: Watch, path: str, address: str, language: str
) -> None:
    watch.allow(r"net::ERR_|Failed to fetch dynamically imported module")
    said, page = strings(language), fresh()
    plotly = Gate(page, PLOTLY)  # or else the scene would be there before the script is missed
    page.route(address, lambda route: route.abort())
    page.goto(f"{gallery.url}{path}?lang={language}", wait_until="commit")
    if path == "/" and address == STREAMLIT:
        plotly.open()
        page.wait_for_function(INTERACTIVE)  # the scene needs no Streamlit
        return
    loading = page.get_by_test_id("loading")
    expect(loading).to_contain_text(said["loading.failed"])
    page.unroute(address)
    plotly.open()
    loading.get_by_role("button", name=said["loading.again"]).click()
    page.wait_for_selector(".mx-root[data-ready=true]")
