"""The scene worked with the keyboard alone."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.scripts import CAMERA
from tests.web import Server

EN = strings("en")
PRESS = (
    "(stage, init) => stage.dispatchEvent(new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true }))"
)


def test_keys_move_the_probe_along_the_three_axes_and_buttons_go_to_mean_and_surprise(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    explorer.stage.focus()
    keys = {
        "ArrowRight": (0, 1),
        "ArrowLeft": (0, -1),
        "ArrowUp": (1, 1),
        "ArrowDown": (1, -1),
        "PageUp": (2, 1),
        "PageDown": (2, -1),
    }
    explorer.page.keyboard.press("Home")
    expect(explorer.caption).to_have_text(EN["pair.mean.title"])
    np.testing.assert_allclose(explorer.position, explorer.model.card["mean"], atol=1e-5)
    for key, (axis, sign) in keys.items():
        before = explorer.position
        explorer.page.keyboard.press(key)
        assert np.sign(np.round(explorer.position - before, 6)).tolist() == [
            sign * float(other == axis) for other in range(3)
        ], key
    coarse = step_of(explorer, "ArrowRight")
    assert 0 < step_of(explorer, "Shift+ArrowRight") < coarse / 2
    explorer.wait_for_picture(explorer.model.decode(explorer.position))
    explorer.page.get_by_test_id("button-mean").click()
    expect(explorer.caption).to_have_text(EN["pair.mean.title"])
    explorer.page.evaluate("Math.random = () => 0.5")
    explorer.page.get_by_test_id("button-surprise").click()
    explorer.settle(**{"from": str(len(explorer.model.points) // 2)})


def test_keys_turn_and_zoom_the_scene_with_letters_of_any_alphabet_and_leave_the_probe(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    explorer.stage.focus()
    position = explorer.position.tolist()
    right, up = turn_of(explorer, {"key": "d", "code": "KeyD"}), turn_of(explorer, {"key": "w", "code": "KeyW"})
    assert abs(right[0]) > 0.1
    assert abs(up[1]) > 0.1
    np.testing.assert_allclose(turn_of(explorer, {"key": "ㅁ", "code": "KeyA"}), -right, atol=1e-6)
    np.testing.assert_allclose(turn_of(explorer, {"key": "S", "code": "KeyS"}), -up, atol=1e-6)
    before = reach(explorer)
    turn_of(explorer, {"key": "+", "code": "Equal"})
    assert reach(explorer) < 0.95 * before
    turn_of(explorer, {"key": "-", "code": "Minus"})
    np.testing.assert_allclose(reach(explorer), before, atol=1e-6)
    assert explorer.position.tolist() == position


def turn_of(explorer: ExplorerPage, key: dict[str, str]) -> np.ndarray:
    """By which angles around and up one press turns the camera; the key is told by name and place, as each keyboard
    tells it.
    """
    before = angles(explorer)
    camera = explorer.camera
    explorer.stage.evaluate(PRESS, key)
    explorer.page.wait_for_function(f"(before) => JSON.stringify({CAMERA}) !== JSON.stringify(before)", arg=camera)
    return angles(explorer) - before


def sight(explorer: ExplorerPage) -> np.ndarray:
    """From what the camera looks at to its eye, (3,)."""
    return np.array([explorer.camera["eye"][axis] - explorer.camera["center"][axis] for axis in "xyz"])


def reach(explorer: ExplorerPage) -> float:
    return float(np.linalg.norm(sight(explorer)))


def angles(explorer: ExplorerPage) -> np.ndarray:
    """Of the camera, around and up."""
    x, y, z = sight(explorer)
    return np.array([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))])


def step_of(explorer: ExplorerPage, key: str) -> float:
    """How far one press of `key` moves the probe along the first axis."""
    before = explorer.position[0]
    explorer.page.keyboard.press(key)
    return float(explorer.position[0] - before)
