"""From the press on Compare to the first paint of the second model's cloud, beside the first.

The page marks the instant itself (`mx-compare`). First: a fresh browser, which has yet to fetch the modules, and a
server that has not loaded the second model. Again: the same page, closed and opened once more. The reference, in the
same browser, is the page's own first paint, from its navigation to a cloud that can be turned. Servers and browsers are
started anew in each of the rounds; n is the number of openings, the numbers are medians.

Then the probe is dragged as in `drag`, closed and open in turns, in one browser: what following costs the hand.
"""

from __future__ import annotations

import random
from collections import defaultdict
from statistics import median

from playwright.sync_api import Page

from benchmarks.browser import READY, SOCKET_HOOK, SOFTWARE_COMPOSITING, chromium, percentiles, window
from benchmarks.drag import ROUNDS, Seen, dragged
from benchmarks.options import Options
from benchmarks.report import Row, Target
from benchmarks.servers import explorer, settle
from benchmarks.start import INTERACTIVE, opened

TITLE = "compare: a second model beside the first"
SECONDS_OF_A_ROUND = 7  # how many seconds of the given time count as one round
BUTTON = '[data-testid="button-compare"]'
FOLLOWED = '[data-testid="compare-theirs-picture"]:not([hidden])'
# The paint comes with the frame after the drawing.
PRESS = """(button) => new Promise((done) => {
  performance.clearMarks("mx-compare");
  const start = performance.now();
  document.querySelector(button).click();
  const look = () => (performance.getEntriesByName("mx-compare").length
    ? requestAnimationFrame(() => done(performance.now() - start)) : requestAnimationFrame(look));
  look();
})"""


def measure(options: Options) -> list[Row]:
    """The medians of all rounds, and the drag with and without a second model."""
    seen: dict[str, list[float]] = defaultdict(list)
    for _ in range(max(2, round(options.seconds / SECONDS_OF_A_ROUND))):
        _round(options, seen)
    closed, beside = _drags(options)
    (closed50, closed95), (open50, open95) = (percentiles(each.paints) for each in (closed, beside))
    count = len(seen["first"])
    return [
        Row(
            "first paint of Compare, fresh browser, second model not loaded",
            median(seen["first"]),
            "s",
            count,
            Target(4),
        ),
        Row("first paint of Compare, opened again", median(seen["again"]), "s", count),
        Row("reference, same browser: first paint of the page", median(seen["page"]), "s", count),
        Row("input to paint, probe dragged, Compare closed: p50", closed50, "ms", len(closed.paints)),
        Row("input to paint, probe dragged, Compare closed: p95", closed95, "ms", len(closed.paints)),
        Row("input to paint, probe dragged, Compare open: p50", open50, "ms", len(beside.paints)),
        Row("input to paint, probe dragged, Compare open: p95", open95, "ms", len(beside.paints)),
    ]


def _round(options: Options, seen: dict[str, list[float]]) -> None:
    with (
        explorer(options.home) as server,
        chromium(SOFTWARE_COMPOSITING) as browser,
        window(browser) as page,
    ):
        seen["page"].append(opened(page, f"{server.url}/?model={options.model}", READY, INTERACTIVE))
        seen["first"].append(_press(page))
        page.wait_for_selector(FOLLOWED)
        page.click(BUTTON)
        seen["again"].append(_press(page))


def _press(page: Page) -> float:
    """Seconds until the second cloud is painted."""
    return float(page.evaluate(PRESS, BUTTON)) / 1000


def _drags(options: Options) -> tuple[Seen, Seen]:
    """With Compare closed, and open."""
    closed, beside = Seen(), Seen()
    with (
        explorer(options.home) as server,
        chromium(SOFTWARE_COMPOSITING) as browser,
        window(browser, SOCKET_HOOK) as page,
    ):
        opened(page, f"{server.url}/?model={options.model}", READY, INTERACTIVE)
        settle(server)
        for turn in range(ROUNDS):
            dragged(page, options.seconds / 2 / ROUNDS, closed, random.Random(turn))
            page.click(BUTTON)
            page.wait_for_selector(FOLLOWED)
            page.wait_for_timeout(500)
            dragged(page, options.seconds / 2 / ROUNDS, beside, random.Random(turn))
            page.click(BUTTON)
            page.wait_for_timeout(500)
    return closed, beside
