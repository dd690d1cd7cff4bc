"""Frames a second while a hand turns the camera or drags the probe, with pictures in the cloud and without.

The model's cloud of 10,000 points in a browser without a GPU: pages drawn by its own software, WebGL by SwiftShader.
The mouse moves at random instants, up to 16 ms apart, for the same time in each of four states, which take turns. A
frame is an animation frame of the page; where it cannot keep up, it has fewer. n is the number of frames.
"""

from __future__ import annotations

import math
import random
import time

from playwright.sync_api import Page

from benchmarks.browser import READY, SOFTWARE_COMPOSITING, box, chromium, percentiles, window
from benchmarks.drag import FIND_PROBE, PERIODS, REACH
from benchmarks.options import Options
from benchmarks.report import Row, Target
from benchmarks.servers import explorer, settle

TITLE = "pictures: frames a second with pictures in the cloud and without"
ROUNDS = 3
HANDS = "camera turned", "probe dragged"
STATES = [(hand, on) for hand in HANDS for on in (True, False)]
SETTLED = 3000  # milliseconds for the pictures to come
SMOOTH = 30  # frames a second
BESIDE = 0.08, 0.12  # of the stage, from its corner: where no point is, and no card

COUNT_FRAMES = """() => {
  const counted = window.benchmarkFrames = [];
  const next = (now) => { if (window.benchmarkFrames === counted) { counted.push(now); requestAnimationFrame(next); } };
  requestAnimationFrame(next);
}"""
INTERVALS = """() => {
  const counted = window.benchmarkFrames;
  window.benchmarkFrames = null;
  return counted.slice(1).map((now, at) => now - counted[at]);
}"""


def measure(options: Options) -> list[Row]:
    """The rows of the four states, and how much slower pictures make each."""
    found: dict[tuple[str, bool], list[float]] = {state: [] for state in STATES}
    with explorer(options.home) as ours, chromium(SOFTWARE_COMPOSITING) as browser, window(browser) as page:
        page.goto(f"{ours.url}/?model={options.model}")
        page.wait_for_selector(READY)
        settle(ours)
        for turn in range(ROUNDS):
            for hand, on in STATES:
                _switch(page, on)
                start = _probe(page) if hand == "probe dragged" else _beside(page)
                found[hand, on] += _dragged(page, start, options.seconds / ROUNDS, random.Random(turn))
    return [row for hand in HANDS for row in _rows(hand, found[hand, True], found[hand, False])]


def _switch(page: Page, on: bool) -> None:
    button = page.get_by_test_id("button-pictures")
    if (button.get_attribute("aria-pressed") == "true") != on:
        button.click()
        page.wait_for_timeout(SETTLED)


def _probe(page: Page) -> list[float]:
    place: list[float] | None = page.evaluate(FIND_PROBE)
    if place is None:
        raise RuntimeError("The probe is nowhere on the overlay.")
    return place


def _beside(page: Page) -> list[float]:
    stage = box(page.get_by_test_id("stage"))
    return [stage["x"] + BESIDE[0] * stage["width"], stage["y"] + BESIDE[1] * stage["height"]]


def _dragged(page: Page, place: list[float], seconds: float, rng: random.Random) -> list[float]:
    """Milliseconds between the frames of a drag that ends where it began."""
    page.mouse.move(*place)
    page.mouse.down()
    page.mouse.move(place[0] + 8, place[1])
    page.evaluate(COUNT_FRAMES)
    start = time.perf_counter()
    while (now := time.perf_counter() - start) < seconds:
        swing = (reach * math.sin(2 * math.pi * now / period) for reach, period in zip(REACH, PERIODS, strict=True))
        page.mouse.move(*(x + step for x, step in zip(place, swing, strict=True)))
        time.sleep(rng.uniform(0, 0.016))
    intervals: list[float] = page.evaluate(INTERVALS)
    page.mouse.move(*place)
    page.mouse.up()
    return intervals


def _rows(hand: str, on: list[float], off: list[float]) -> list[Row]:
    (_, slow_on), (_, slow_off) = percentiles(on), percentiles(off)
    return [
        Row(f"{hand}, with pictures", _rate(on), "1/s", len(on), Target(SMOOTH, at_most=False)),
        Row(f"{hand}, without", _rate(off), "1/s", len(off)),
        Row(f"{hand}, with pictures: 95th percentile of a frame", slow_on, "ms", len(on)),
        Row(f"{hand}, without: 95th percentile of a frame", slow_off, "ms", len(off)),
    ]


def _rate(intervals: list[float]) -> float:
    return 1000 * len(intervals) / sum(intervals) if intervals else 0.0
