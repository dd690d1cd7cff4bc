"""From opening the page to a cloud that can be turned; from starting the server to its first answer.

The page marks the instant itself (`mx-interactive`, milliseconds since the navigation began). Three ways to open it:
cold, which is a fresh browser on a server that has only just answered for the first time; a fresh browser on a server
that has shown the page before (the target's case); and warm, the same browser again, its cache filled. The reference is
an empty Streamlit page (`empty_page.py`), to its first heading. Servers and browsers are started anew in each of the
rounds; n is the number of openings, the numbers are medians.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from playwright.sync_api import Page

from benchmarks.browser import READY, SOFTWARE_COMPOSITING, chromium, window
from benchmarks.options import Options
from benchmarks.report import Row, Target
from benchmarks.servers import explorer, plain_streamlit

TITLE = "start: server to healthy, page to interactive"
SECONDS_OF_A_ROUND = 5  # how many seconds of the given time count as one round
INTERACTIVE = "performance.getEntriesByName('mx-interactive').at(-1).startTime"
HEADING_HOOK = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("h1")) return;
  observer.disconnect();
  requestAnimationFrame(() => { window.benchmarkShown = performance.now(); });
}).observe(document, { childList: true, subtree: true });
"""
ROWS = {
    "server": ("server start to first answer", "s", None),
    "cold": ("page to interactive cloud, fresh browser, server just started", "s", None),
    "fresh": ("page to interactive cloud, fresh browser, warm server", "s", Target(4)),
    "warm": ("page to interactive cloud, warm browser, warm server", "s", None),
    "empty server": ("reference, empty Streamlit page: server start to first answer", "s", None),
    "empty cold": ("reference, empty Streamlit page: fresh browser, server just started", "s", None),
    "empty fresh": ("reference, empty Streamlit page: fresh browser, warm server", "s", None),
}


def measure(options: Options) -> list[Row]:
    """The medians of all rounds."""
    seen: dict[str, list[float]] = defaultdict(list)
    for _ in range(max(2, round(options.seconds / SECONDS_OF_A_ROUND))):
        _ours(options, seen)
        _reference(seen)
    return [Row(what, median(seen[key]), unit, len(seen[key]), target) for key, (what, unit, target) in ROWS.items()]


def _ours(options: Options, seen: dict[str, list[float]]) -> None:
    with explorer(options.home) as server:
        seen["server"].append(server.seconds_to_healthy)
        url = f"{server.url}/?model={options.model}"
        with chromium(SOFTWARE_COMPOSITING) as browser, window(browser) as page:
            seen["cold"].append(opened(page, url, READY, INTERACTIVE))
        with chromium(SOFTWARE_COMPOSITING) as browser, window(browser) as page:
            seen["fresh"].append(opened(page, url, READY, INTERACTIVE))
            seen["warm"].append(opened(page, url, READY, INTERACTIVE))


def _reference(seen: dict[str, list[float]]) -> None:
    with plain_streamlit("empty_page.py") as server:
        seen["empty server"].append(server.seconds_to_healthy)
        for key in ("empty cold", "empty fresh"):
            with chromium(SOFTWARE_COMPOSITING) as browser, window(browser, HEADING_HOOK) as page:
                seen[key].append(opened(page, server.url, "h1", "window.benchmarkShown"))


def opened(page: Page, url: str, sign: str, clock: str) -> float:
    """Seconds from the navigation to the instant that the script `clock` tells, once the selector `sign` is there."""
    page.goto("about:blank")
    page.goto(url, wait_until="commit")
    page.wait_for_selector(sign)
    page.wait_for_timeout(500)  # the first WebGL frames, and the reference's frame, are still to come
    return float(page.evaluate(clock)) / 1000
