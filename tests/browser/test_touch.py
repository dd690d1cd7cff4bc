"""The page under fingers, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.conftest import AMID, Visit
from tests.browser.explorer import ExplorerPage, Place
from tests.browser.scripts import CAMERA
from tests.web import Server

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
SCROLLED = "[window.scrollY, document.querySelector('[data-testid=stMain]').scrollTop]"


class Fingers:
    """Fingers on the glass of one page, as the browser gets them from a touch screen."""

    def __init__(self, glass: CDPSession) -> None:
        self._glass = glass

    def are_at(self, *places: Place) -> None:
        """Put down, move or, with fewer places than before, lift fingers."""
        self._send("touchMove" if self._down else "touchStart", places)
        self._down = True

    _down = False

    def lift(self) -> None:
        self._send("touchEnd", ())
        self._down = False

    def _send(self, kind: str, places: tuple[Place, ...]) -> None:
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
        self._glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture
def phone(visit: Visit, gallery: Server) -> ExplorerPage:
    return visit(gallery, profile=PHONE, model="flat", lang="en", **AMID)


@pytest.fixture
def fingers(phone: ExplorerPage) -> Iterator[Fingers]:
    glass = phone.page.context.new_cdp_session(phone.page)
    yield Fingers(glass)
    glass.detach()


def test_one_finger_drags_the_probe_while_pictures_follow_and_the_page_stays(
    phone: ExplorerPage, fingers: Fingers
) -> None:
    (x, y), camera, picture, scrolled = phone.probe_place(), phone.camera, phone.picture, phone.page.evaluate(SCROLLED)
    fingers.are_at((x + 8, y + 8))
    for step in range(1, 5):
        fingers.are_at((x + 8 + 9 * step, y + 8 - 9 * step))
        picture = phone.wait_for_another_picture(picture)
    np.testing.assert_allclose(phone.probe_place(), (x + 36, y - 36), atol=2)
    fingers.lift()
    phone.settle_here()
    phone.wait_for_picture(phone.model.decode(phone.position))
    assert phone.camera == camera
    assert phone.page.evaluate(SCROLLED) == scrolled


def test_beside_the_probe_one_finger_rotates_two_zoom_and_a_tap_picks(phone: ExplorerPage, fingers: Fingers) -> None:
    position, camera = phone.position, phone.camera
    x, y = phone.empty_place()
    fingers.are_at((x, y))
    for step in range(1, 6):
        fingers.are_at((x + 15 * step, y + 6 * step))
    fingers.lift()
    phone.settle(cam="*")
    turned = phone.camera
    assert turned["eye"] != camera["eye"]
    assert phone.position.tolist() == position.tolist()
    fingers.are_at((100, y))
    fingers.are_at((100, y), (200, y))
    for step in range(1, 6):
        fingers.are_at((100 - 8 * step, y), (200 + 8 * step, y))
    phone.page.wait_for_function(f"(before) => {CAMERA}.eye.x !== before", arg=turned["eye"]["x"])
    fingers.lift()
    assert distance_of(phone.camera) < distance_of(turned)
    phone.settle()
    index, place = phone.lonely_sample()
    phone.page.touchscreen.tap(*place)
    expect(phone.caption).to_contain_text(f"#{index}")


def distance_of(camera: dict[str, dict[str, float]]) -> float:
    """From the eye to the middle of what it looks at."""
    return float(np.linalg.norm([camera["eye"][axis] - camera["center"][axis] for axis in "xyz"]))


def test_a_finger_on_the_panels_scrolls_the_page_and_the_decoded_picture_stays_in_sight(
    phone: ExplorerPage, fingers: Fingers
) -> None:
    phone.page.get_by_test_id("slider-2").scroll_into_view_if_needed()
    scrolled, position = phone.page.evaluate(SCROLLED), phone.position
    box = phone.page.get_by_test_id("density").bounding_box()
    x, y = box["x"] + 60, box["y"] + 5
    for step in range(12):
        fingers.are_at((x, y - 12 * step))
    fingers.lift()
    phone.page.wait_for_function(f"(before) => JSON.stringify({SCROLLED}) !== JSON.stringify(before)", arg=scrolled)
    assert phone.position.tolist() == position.tolist()
    phone.page.get_by_test_id("upload").scroll_into_view_if_needed()
    expect(phone.decoded).to_be_in_viewport()


def test_the_rim_of_a_phone_leaves_room_for_the_names_of_the_axes(phone: ExplorerPage) -> None:
    corners = np.stack(np.meshgrid(*phone.model.card["ranges"]), axis=-1).reshape(-1, 3)
    across = phone.project(corners)[:, 0]
    assert across.min() > 40  # pixels: the numbers of an axis and its name
    assert across.max() < 390 - 40
