"""Input to paint of a dragged probe, beside the rerun of a plain Streamlit page that shows the same decoder's picture.

Ours: a mouse holds the probe in the scene with its 10,000 points and moves on at random instants, up to 16 ms after the
browser took the last move; the page itself remembers when the input happened and when the frame with its picture began
(app/web/core/timings.js). The round trip is taken in the page too, from the call that sends the position to the event
that brings the pixels, so a busy page counts. The reference: `reference_page.py`, three sliders and a picture. A mouse
drags a slider and lets go; from that moment to the frame with the new picture, by the same clock. Both pages are open
in one browser and take turns. n is the number of pictures.

The browser draws pages as it does on any computer without a GPU: by its own software, WebGL by SwiftShader. Both pages
are measured once more while as many other processes as there are cores do nothing but count, as a computer does that
has a training or a video call to run. A last number has SwiftShader draw the whole page too, which emulates a GPU pixel
by pixel on the CPU.
"""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from benchmarks.browser import READY, SOCKET_HOOK, SOFTWARE_COMPOSITING, box, chromium, percentiles, window
from benchmarks.options import Options
from benchmarks.report import Row, Target
from benchmarks.servers import explorer, plain_streamlit, settle

TITLE = "drag: from the hand to the picture, beside a Streamlit rerun"
ROUNDS = 4
RELEASES = 6  # in a round
EATERS = os.cpu_count() or 1
PERIODS = 2.1, 1.7  # seconds of the probe's swing to the side and up
REACH = 90, 60  # pixels of that swing

# The probe is the only thing on the overlay that is drawn in the accent's colour and opaque.
FIND_PROBE = """() => {
  const overlay = document.querySelector(".mx-overlay"), box = overlay.getBoundingClientRect(),
    scale = overlay.width / box.width;
  const copy = Object.assign(document.createElement("canvas"), { width: overlay.width, height: overlay.height });
  const pen = copy.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = getComputedStyle(overlay.closest(".mx-root")).getPropertyValue("--st-primary-color");
  pen.fillRect(0, 0, 1, 1);
  const accent = pen.getImageData(0, 0, 1, 1).data;
  pen.clearRect(0, 0, 1, 1);
  pen.drawImage(overlay, 0, 0);
  const { data } = pen.getImageData(0, 0, copy.width, copy.height);
  let n = 0, x = 0, y = 0;
  for (let at = 0; at < data.length; at += 4) {
    if ([0, 1, 2, 3].some((c) => data[at + c] !== accent[c])) continue;
    n += 1, x += (at / 4) % copy.width, y += Math.floor(at / 4 / copy.width);
  }
  return n ? [box.left + x / n / scale, box.top + y / n / scale] : null;
}"""

# The same three instants as in app/web/core/timings.js, for an <img> that a rerun replaces.
RERUN_HOOK = """
window.__mxTimings = [];
let input = null;
addEventListener("pointerup", (event) => { input = event.timeStamp; }, true);
document.addEventListener("load", ({ target }) => {
  if (input === null || target.tagName !== "IMG") return;
  const timing = { input, put: performance.now() };
  input = null;
  requestAnimationFrame(() => window.__mxTimings.push({ ...timing, paint: performance.now() }));
}, true);
"""


@dataclass
class Seen:
    """Milliseconds of each picture, and seconds of dragging."""

    paints: list[float] = field(default_factory=list)
    trips: list[float] = field(default_factory=list)
    reruns: list[float] = field(default_factory=list)
    seconds: float = 0.0


def measure(options: Options) -> list[Row]:
    """The rows of both pages and their ratio."""
    seen, busy, composited = Seen(), Seen(), Seen()
    with explorer(options.home) as ours:
        address = f"{ours.url}/?model={options.model}"
        with (
            plain_streamlit("reference_page.py", BENCHMARK_MODEL=str(options.folder)) as theirs,
            chromium(SOFTWARE_COMPOSITING) as browser,
            _reference(browser, theirs.url) as reference,
            _explorer(browser, address) as page,
        ):
            settle(ours)
            _in_turns(page, reference, options.seconds, seen)
            with eaters(EATERS):
                _in_turns(page, reference, options.seconds, busy)
        with chromium() as browser, _explorer(browser, address) as page:
            dragged(page, options.seconds / 2, composited, random.Random(ROUNDS))
    return _rows(seen, busy, composited)


@contextmanager
def _reference(browser: Browser, url: str) -> Iterator[Page]:
    with window(browser, RERUN_HOOK) as page:
        page.goto(url)
        page.wait_for_selector("img")
        yield page


@contextmanager
def _explorer(browser: Browser, url: str) -> Iterator[Page]:
    with window(browser, SOCKET_HOOK) as page:
        page.goto(url)
        page.wait_for_selector(READY)
        page.wait_for_timeout(1000)  # what the page asks for after it is ready is not the hand's business
        yield page


@contextmanager
def eaters(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`count` processes that take all the time they are given, ended at the end."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _in_turns(page: Page, reference: Page, seconds: float, seen: Seen) -> None:
    for turn in range(ROUNDS):
        dragged(page, seconds / ROUNDS, seen, random.Random(turn))
        _release(reference, seen, turn)


def dragged(page: Page, seconds: float, seen: Seen, rng: random.Random) -> None:
    """Drag the probe in a circle for so long, and add what is measured to `seen`."""
    page.bring_to_front()
    place = page.evaluate(FIND_PROBE)
    if place is None:
        raise RuntimeError("The probe is nowhere on the overlay.")
    page.mouse.move(*place)
    page.mouse.down()
    page.evaluate("window.__mxTimings = []; window.benchmarkTrips = []")
    start = time.perf_counter()
    while (now := time.perf_counter() - start) < seconds:
        page.mouse.move(
            *(
                x + reach * math.sin(2 * math.pi * now / period)
                for x, reach, period in zip(place, REACH, PERIODS, strict=True)
            )
        )
        time.sleep(rng.uniform(0, 0.016))
    seen.seconds += time.perf_counter() - start
    seen.paints += page.evaluate("window.__mxTimings.map(({ input, paint }) => paint - input)")
    seen.trips += page.evaluate("window.benchmarkTrips")
    page.mouse.move(*place)
    page.mouse.up()


def _release(page: Page, seen: Seen, turn: int) -> None:
    page.bring_to_front()
    track = box(page.get_by_test_id("stSlider").nth(turn % 3))
    y = box(page.get_by_role("slider").nth(turn % 3))["y"] + 8
    for step in range(RELEASES):
        page.evaluate("window.__mxTimings = []")
        ends = (0.3, 0.7) if step % 2 else (0.7, 0.3)
        start, stop = (track["x"] + end * track["width"] for end in ends)
        page.mouse.move(start, y)
        page.mouse.down()
        page.mouse.move(stop, y, steps=5)
        page.mouse.up()
        page.wait_for_function("window.__mxTimings.length")
        seen.reruns += page.evaluate("window.__mxTimings.map(({ input, paint }) => paint - input)")


def _rows(seen: Seen, busy: Seen, composited: Seen) -> list[Row]:
    (paint50, paint95), (trip50, trip95), (rerun50, rerun95) = (
        percentiles(v) for v in (seen.paints, seen.trips, seen.reruns)
    )
    n, trips, reruns = len(seen.paints), len(seen.trips), len(seen.reruns)
    busy50, busy95 = percentiles(busy.paints)
    there = f"{EATERS} processes eating the cores"
    return [
        Row("input to paint, probe dragged in the scene: p50", paint50, "ms", n, Target(33)),
        Row("input to paint, probe dragged in the scene: p95", paint95, "ms", n),
        Row("pictures while dragging", n / seen.seconds, "1/s", n),
        Row("round trip as the page sees it, its own drawing included: p50", trip50, "ms", trips),
        Row("round trip as the page sees it, its own drawing included: p95", trip95, "ms", trips),
        Row("reference, slider released to paint of the rerun: p50", rerun50, "ms", reruns),
        Row("reference, slider released to paint of the rerun: p95", rerun95, "ms", reruns),
        Row("times faster than the reference (p50)", rerun50 / paint50, "", n, Target(8, at_most=False)),
        Row(f"input to paint, probe dragged, {there}: p50", busy50, "ms", len(busy.paints), Target(40)),
        Row(f"input to paint, probe dragged, {there}: p95", busy95, "ms", len(busy.paints)),
        Row(f"reference, {there}: p50", percentiles(busy.reruns)[0], "ms", len(busy.reruns)),
        Row(
            "input to paint where SwiftShader draws the whole page: p50",
            percentiles(composited.paints)[0],
            "ms",
            len(composited.paints),
        ),
    ]
