"""A real Chromium, and what a page is made to remember for the measurements."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from playwright.sync_api import Browser, FloatRect, Locator, Page, ViewportSize, sync_playwright

FLAGS = [
    "--use-angle=swiftshader",  # WebGL without a GPU
    "--enable-unsafe-swiftshader",
    "--no-sandbox",  # as root
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
# what Chromium does by itself where it finds no GPU, but not where WebGL is forced as above
SOFTWARE_COMPOSITING = "--disable-gpu-compositing"
WINDOW: ViewportSize = {"width": 1440, "height": 900}
READY = '.mx-root[data-ready="true"]'
WAIT = 60_000  # milliseconds

# Each position sent and each picture received on the decoder's WebSocket; ours listens before the page does.
SOCKET_HOOK = """
window.benchmarkTrips = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    if (this.url.endsWith("/decode")) this.addEventListener("message", () =>
      window.benchmarkTrips.push(performance.now() - this.sentAt));
  }
  send(data) { this.sentAt = performance.now(); super.send(data); }
};
"""


def executable() -> str | None:
    """The Chromium of the system, or None, which is Playwright's own."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A headless browser with software WebGL and further `flags`, of its own profile, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, script: str = "") -> Iterator[Page]:
    """An empty page with an empty cache; `script` runs before those of any document."""
    context = browser.new_context(viewport=WINDOW, locale="en-US")
    try:
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        yield page
    finally:
        context.close()


def box(part: Locator) -> FloatRect:
    """Where `part` lies in the window. Raises RuntimeError if it is not shown."""
    found = part.bounding_box()
    if found is None:
        raise RuntimeError(f"{part} is not shown.")
    return found


def percentiles(values: Any) -> tuple[float, float]:
    """Median and 95th percentile; infinite for no values, so that nothing measured never reaches a target."""
    if not len(values):
        return float("inf"), float("inf")
    p50, p95 = np.percentile(np.asarray(values, float), (50, 95))
    return float(p50), float(p95)
