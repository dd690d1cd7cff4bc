"""When the server goes away and comes back: only our words of it, in the page's language, and nothing that a person
does is lost.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from app.text import strings
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.test_page import choose
from tests.browser.watch import Watch
from tests.web import free_port, running

# what the browser and Streamlit's own script say of a server that is away
AWAY = r"^console .*(net::ERR_|/static/js/|/(core|view|explore)/)"
TRIES = 9  # of Streamlit's client to find its server: it opened its dialog after six


class Tries:
    """Counts how often the page's Streamlit client has asked for its server in vain."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0
        page.on("requestfailed", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        self.count += url.endswith("/_stcore/health")

    def wait(self) -> None:
        """Until there have been enough of them for a dialog."""
        while self.count < TRIES:
            self.page.wait_for_event("requestfailed")


def test_streamlits_own_dialog_never_covers_the_notice_of_a_lost_server(
    desktop: BrowserContext, watch: Watch, tmp_path: Path, drawing_home: Path
) -> None:
    watch.allow(AWAY)
    home, port = tmp_path / "home", free_port()
    shutil.copytree(drawing_home / "models", home / "models")
    pages: list[tuple[Page, Tries, str]] = []
    with running(home, port=port) as server:
        for path, language, notice in (
            ("/?model=flat&", "en", "notice.offline"),
            ("/?model=flat&", "ko", "notice.offline"),
            ("/train?", "en", "run.offline"),
            ("/train?", "ko", "run.offline"),
        ):
            page = desktop.new_page()
            page.set_default_timeout(PATIENCE * 2)
            watch.over(page)
            page.goto(f"{server.url}{path}lang={language}")
            page.wait_for_selector(".mx-root[data-ready=true]")
            page.wait_for_selector("[data-testid=stMainMenu]")
            pages.append((page, Tries(page), strings(language)[notice]))
    for page, tries, notice in pages:
        tries.wait()
        expect(page.get_by_test_id("notice-offline")).to_have_text(notice)
        expect(page.get_by_test_id("stDialog")).to_have_count(0)
    with running(home, port=port):
        for page, _, _ in pages:
            expect(page.get_by_test_id("notice-offline")).to_be_hidden()
            expect(page.get_by_test_id("stDialog")).to_have_count(0)
            page.close()


def test_the_first_language_that_is_chosen_after_a_restart_counts(
    visit: Visit, watch: Watch, tmp_path: Path, drawing_home: Path
) -> None:
    watch.allow(AWAY)
    home, port = tmp_path / "home", free_port()
    shutil.copytree(drawing_home / "models", home / "models")
    with running(home, port=port) as first:
        page = visit(first, model="flat", lang="en").page
        page.wait_for_selector("[data-testid=stMainMenu]")
    expect(page.get_by_test_id("notice-offline")).to_be_visible()
    with running(home, port=port):
        expect(page.get_by_test_id("notice-offline")).to_be_hidden()
        choose(page, "language", "한국어")
        expect(page.get_by_test_id("stage")).to_have_attribute("aria-label", strings("ko")["scene.label"])
        choose(page, "language", "English")
        expect(page.get_by_test_id("stage")).to_have_attribute("aria-label", strings("en")["scene.label"])
