"""What a browser lets the page do: nothing that its policy does not name, and no frame on a foreign page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.text import strings
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.watch import Watch
from tests.web import Server, running

EN = strings("en")
TRIED = "script-src wasm-eval"  # by Streamlit's library for 64-bit numbers, which does without
BROKEN = """() => {
    window.broken = [];
    addEventListener("securitypolicyviolation", (event) =>
      window.broken.push(`${event.violatedDirective} ${event.blockedURI}`));
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A file server that writes no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server of another origin: its address and its folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["", "train"])
def test_the_pages_have_a_policy_and_break_it_nowhere(visit: Visit, gallery: Server, path: str) -> None:
    policy = gallery.get(f"/{path}").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    explorer = visit(gallery, prepare=lambda page: page.add_init_script(f"({BROKEN})()"))
    if path:
        explorer.page.get_by_role("link", name=EN["header.train"]).click()
        expect(explorer.page.locator(".mx-train")).to_be_visible()
    assert [each for each in explorer.page.evaluate("window.broken") if each != TRIED] == []


def test_a_script_that_somebody_writes_into_the_page_does_not_run(visit: Visit, gallery: Server, watch: Watch) -> None:
    watch.allow("Content Security Policy")
    page = visit(gallery).page
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.intruder = true";
        document.head.append(script);
    }""")
    assert page.evaluate("window.intruder") is None


def lesson(foreign: tuple[str, Path], server: Server) -> str:
    """The address of a page of another origin that shows the app in a frame."""
    address, folder = foreign
    frame = f'<iframe src="{server.url}/" width="1200" height="700"></iframe>'
    (folder / "lesson.html").write_text(f'<!doctype html><link rel="icon" href="data:,"><title>Lesson</title>{frame}')
    return f"{address}/lesson.html"


def test_a_foreign_page_cannot_show_the_app_in_a_frame(
    chromium: Browser, gallery: Server, foreign: tuple[str, Path]
) -> None:
    with chromium.new_page() as page:
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text, timeout=PATIENCE):
            page.goto(lesson(foreign, gallery))
        assert page.frame_locator("iframe").locator("#root").count() == 0


def test_a_page_that_the_settings_name_can(
    chromium: Browser, drawing_home: Path, synthetic_dataset_folder: Path, foreign: tuple[str, Path]
) -> None:
    with (
        running(drawing_home, synthetic_dataset_folder, EXPLORER_FRAMES=foreign[0]) as server,
        chromium.new_page() as page,
    ):
        watch = Watch()
        watch.over(page)
        page.goto(lesson(foreign, server))
        expect(page.frame_locator("iframe").locator(".mx-root[data-ready=true]")).to_be_visible()
        assert watch.problems == []
