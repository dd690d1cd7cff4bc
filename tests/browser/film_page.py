"""The film of the Train page, as a person sees and works it."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from app.text import strings

SAID = strings("en")


class FilmPage:
    """The film of one run, as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stage = page.get_by_test_id("film-stage")
        self.canvas = page.get_by_test_id("film-canvas")
        self.scrubber = page.get_by_test_id("film-scrubber")
        self.curve = page.get_by_test_id("film-curve")
        self.row = page.get_by_test_id("film-row")
        self.play = page.get_by_test_id("film-play")

    @property
    def position(self) -> float:
        return float(self.stage.get_attribute("data-position") or "nan")

    def rest(self, epoch: int) -> None:
        """Wait until the film stands at this epoch and everything in step with it."""
        expect(self.stage).to_have_attribute("data-epoch", str(epoch))
        expect(self.curve).to_have_attribute("data-epoch", f"{epoch:.2f}")
        expect(self.row).to_have_attribute("data-epoch", str(epoch))
        expect(self.page.get_by_test_id("film-epoch")).to_contain_text(
            SAID["film.epoch"].format(epoch=epoch) if epoch else SAID["film.untrained"]
        )

    def scrub(self, share: float) -> None:
        """Press in the scrubber's track."""
        box = self.scrubber.bounding_box()
        assert box
        self.page.mouse.click(box["x"] + 11 + share * (box["width"] - 22), box["y"] + box["height"] / 2)

    def look(self) -> np.ndarray:
        """What the stage shows, (h, w, 3)."""
        return pixels(self.canvas)

    def middle(self) -> tuple[float, float]:
        box = self.stage.bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pixels(shown: Locator) -> np.ndarray:
    """What is drawn there, (h, w, 3)."""
    return np.asarray(Image.open(io.BytesIO(shown.screenshot())).convert("RGB")).astype(int)


def blue(seen: np.ndarray) -> np.ndarray:
    """Where the first class is, near or far."""
    return seen[..., 2] - seen[..., 0] > 40


def orange(seen: np.ndarray) -> np.ndarray:
    """Where the second class is."""
    return seen[..., 0] - seen[..., 2] > 80


def changed(before: np.ndarray, after: np.ndarray) -> int:
    """How many pixels differ."""
    return int((np.abs(after - before).max(-1) > 30).sum())
