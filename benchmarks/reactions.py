"""The first reaction of each lesson: from the hand's input to the frame that shows the first change of the figure.

A real browser, pages drawn by its own software, opens a lesson, waits until all that it asks for has come, and moves
one control a few times, by a key or a press. The page remembers when the input happened and when the first change of
what the control is for (text, elements, pictures or strokes on a canvas) has been painted; where that takes the
server, its answer is in the time. A line of progress in the figure counts as a reaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from benchmarks.browser import READY, WAIT, percentiles, window
from benchmarks.report import Row, Target

MOVES = 5
MOST = 300  # milliseconds
PAUSE = 500  # milliseconds between two moves, so that the answer to one is not taken for that to the next
KEYS = "End", "Home"  # in turn: as far as a slider goes

# Strokes on a canvas are no mutation: the pen tells of them itself.
PEN_HOOK = """
for (const name of ["putImageData", "drawImage", "fill", "stroke", "fillRect", "clearRect"]) {
  const own = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...given) {
    window.benchmarkDrawn?.(this.canvas);
    return own.apply(this, given);
  };
}
"""

# The task after the frame after the change: by then the frame has been painted.
LISTEN = """([shown, wait]) => {
  const parts = [...document.querySelectorAll(shown)];
  if (!parts.length) throw new Error(`There is no ${shown}.`);
  let input = null, changed = false;
  const began = ({ timeStamp }) => { input ??= timeStamp; };
  for (const type of ["keydown", "pointerup"]) addEventListener(type, began, { capture: true, once: true });
  window.benchmarkReaction = new Promise((tell, fail) => {
    const change = async () => {
      if (input === null || changed) return;
      changed = true;
      const pictures = parts.flatMap((part) => [...part.querySelectorAll("img[src]")]);
      await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
      requestAnimationFrame(() => setTimeout(() => tell(performance.now() - input)));
    };
    window.benchmarkDrawn = (canvas) => { if (parts.some((part) => part.contains(canvas))) change(); };
    const options = { subtree: true, childList: true, attributes: true, characterData: true };
    for (const part of parts) new MutationObserver(change).observe(part, options);
    setTimeout(() => fail(new Error(`Nothing of ${shown} has changed.`)), wait);
  });
}"""


@dataclass(frozen=True)
class Control:
    """What a hand moves, `words` for it, and what of the figure is `shown` by it, as selectors: a slider (by `KEYS`),
    or buttons, of which each move takes another.
    """

    words: str
    moved: str
    shown: str
    slider: bool = False


CONTROLS = {
    "manifold": Control("another manifold", "[data-testid^=shape-][aria-pressed=false]", "[data-testid=cloud]"),
    "purpose": Control("d", "[data-testid=slider-d]", ".mx-chart-plot", slider=True),
    "curse": Control("the dimension", "[data-testid=slider-d]", ".mx-chart-plot", slider=True),
    "features": Control("a latent", ".mx-map [data-testid=slider-0]", "[data-testid=decoded]", slider=True),
    "similar": Control("a judgement", "[data-testid=fits-A]", ".mx-similar-strip, [data-testid=said]"),
    "methods": Control("another method", "[data-testid^=method-][aria-pressed=false]", "[data-testid=cloud]"),
    "autoencoder": Control(
        "another picture", ".mx-pick[aria-pressed=false]", ".mx-network, .mx-layer-values, .mx-errors"
    ),
    "denoising": Control("the strength", "[data-testid=slider-strength]", "[data-testid=brush]", slider=True),
    "disentangling": Control("a latent", "[data-testid=axis-slider]", ".mx-axis-strip img", slider=True),
    "exercise": Control("another step", ".mx-exercise-link:not([aria-current])", "[data-testid=exercise]"),
}


def reactions(browser: Browser, url: str) -> Iterator[Row]:
    """The median reaction of each lesson of the app at `url`."""
    for lesson, control in CONTROLS.items():
        with window(browser, PEN_HOOK) as page:
            page.goto(f"{url}/learn?lesson={lesson}&lang=en")
            page.wait_for_selector(READY)
            took = [_moved(page, control, turn) for turn in range(MOVES)]
        yield Row(f"first reaction, {lesson}, {control.words}: p50", percentiles(took)[0], "ms", MOVES, Target(MOST))


def _moved(page: Page, control: Control, turn: int) -> float:
    """Milliseconds of one move, begun when nothing is on its way any more."""
    found = page.locator(f"{control.moved}:enabled")
    found.first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(PAUSE)
    page.evaluate(LISTEN, [control.shown, WAIT])
    if control.slider:
        found.first.press(KEYS[turn % len(KEYS)])
    else:
        found.nth(turn % found.count()).click()
    return float(page.evaluate("window.benchmarkReaction"))
