"""Views of clouds, mounted in one call each: linked cameras, layers, gestures, and nothing left behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.mounting import bare_page
from tests.browser.scripts import TWO_FRAMES
from tests.web import Server

LIMITS = [[-2, 2]] * 3
POINTS = np.random.default_rng(0).uniform(-1.8, 1.8, (300, 3))
# Three boxes side by side, each with a view; the first two are made with one camera, the third is linked to them.
MOUNT = """async ([points, limits]) => {
    const at = (file) => import(new URL(`/explorer/view/${file}.js`, location.origin).href);
    const [{ View }, { Camera }, layers] = await Promise.all(["view", "camera", "layers"].map(at));
    const labels = Uint8Array.from(points, (_, index) => index % 3);
    const boxes = [0, 1, 2].map((place) => {
        const box = document.createElement("div");
        Object.assign(box.style, { position: "absolute", left: `${20 + 320 * place}px`, top: "20px" });
        Object.assign(box.style, { width: "300px", height: "260px" });
        document.body.append(box);
        return box;
    });
    window.before = boxes.map((box) => box.outerHTML);
    const camera = new Camera();
    const data = { points: Float32Array.from(points.flat()), labels, limits };
    const shared = { ...data, camera };
    window.views = [new View(boxes[0], shared), new View(boxes[1], shared), new View(boxes[2], data)];
    await Promise.all(views.map((view) => view.ready));
    Object.assign(window, { boxes, layers, picked: [], hovered: [], point: Array.from(points[0]) });
    views[0].addEventListener("pick", ({ detail }) => picked.push(detail.index));
    views[0].addEventListener("hover", ({ detail }) => hovered.push(detail.index));
}"""
SEEN = "views.map((view) => view.painter.surface.toDataURL())"
EYES = "views.map(({ pose: { eye } }) => [eye.x, eye.y, eye.z])"


@pytest.fixture
def page(visit: Visit, gallery: Server) -> Page:
    page = bare_page(visit, gallery)
    page.evaluate(MOUNT, [POINTS.tolist(), LIMITS])
    return page


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], button: Any = "left") -> None:
    page.mouse.move(*start)
    page.mouse.down(button=button)
    page.mouse.move(*end, steps=4)
    page.mouse.up(button=button)
    page.evaluate(TWO_FRAMES)


def test_views_that_share_a_camera_turn_together_until_they_are_parted(page: Page) -> None:
    before, eyes = page.evaluate(SEEN), page.evaluate(EYES)
    assert len(set(before)) == 1
    drag(page, (170, 40), (230, 60))
    after = page.evaluate(SEEN)
    assert after[0] == after[1] != before[0]
    assert after[2] == before[2], "the third has a camera of its own"
    page.evaluate("views[2].link(views[0])")
    page.evaluate(TWO_FRAMES)
    assert len(set(page.evaluate(SEEN))) == 1
    drag(page, (810, 40), (770, 60))
    turned = page.evaluate(EYES)
    assert turned[0] == turned[1] == turned[2] != eyes[0]
    assert len(set(page.evaluate(SEEN))) == 1
    page.evaluate("views[1].unlink()")
    drag(page, (810, 40), (770, 60))
    assert page.evaluate(EYES)[1] == turned[1]
    assert page.evaluate(EYES)[0] != turned[0]


def test_keys_and_wheel_move_the_camera_of_the_view_they_are_in(page: Page) -> None:
    home = page.evaluate(EYES)
    page.evaluate("boxes[2].focus()")
    page.keyboard.press("d")
    assert page.evaluate(EYES)[:2] == home[:2]
    assert page.evaluate(EYES)[2] != home[2]
    page.mouse.move(170, 150)
    page.mouse.wheel(0, -300)
    page.evaluate(TWO_FRAMES)
    near = page.evaluate(EYES)
    assert near[0] == near[1] != home[0]
    page.evaluate("views[0].reset()")
    np.testing.assert_allclose(page.evaluate(EYES)[:2], home[:2])


def test_a_click_picks_the_point_below_and_a_class_that_is_hidden_is_not_there(page: Page) -> None:
    places = np.array(page.evaluate("(points) => points.map((each) => views[0].place(each))", POINTS.tolist()))[:, :2]
    gaps = np.linalg.norm(places[:, None] - places[None], axis=-1) + 1e3 * np.eye(len(places))
    index = int(gaps.min(1).argmax())
    x, y = places[index] + 20
    page.mouse.click(x, y)
    assert page.evaluate("picked") == [index]
    page.mouse.move(x + 1, y)
    assert page.evaluate("hovered.at(-1)") == index
    page.evaluate("(label) => views[0].setShown([0, 1, 2].map((each) => each !== label))", index % 3)
    page.mouse.click(x, y)
    assert page.evaluate("picked.at(-1)") != index


def test_a_handle_is_dragged_in_the_plane_that_faces_the_eye_and_the_cloud_is_not_drawn_anew(page: Page) -> None:
    page.evaluate("""() => {
        Object.assign(window, { held: [], frames: 0 });
        const grip = { point: () => point, hold: (on) => held.push(on), moveTo: (to) => { window.point = to; } };
        window.handle = views[0].add(new layers.Handle(grip));
        views[0].addEventListener("frame", () => { window.frames += 1; });
    }""")
    x, y, depth = page.evaluate("views[0].place(point)")
    eyes = page.evaluate(EYES)
    drag(page, (x + 20, y + 20), (x + 50, y + 5))
    assert page.evaluate("held") == [True, False]
    np.testing.assert_allclose(page.evaluate("views[0].place(point)"), [x + 30, y - 15, depth], atol=1e-6)
    assert page.evaluate("frames") == 0
    assert page.evaluate(EYES) == eyes
    page.mouse.dblclick(x + 50, y + 5)
    page.evaluate(TWO_FRAMES)
    np.testing.assert_allclose(page.evaluate("views[0].place(point)")[:2], [150, 130], atol=1e-6)


def test_views_that_are_disposed_of_leave_nothing(page: Page) -> None:
    page.evaluate("views[0].add(new layers.Rings(() => [point]))")
    page.evaluate(TWO_FRAMES)
    assert page.locator("canvas").count() == 9  # three views: the cloud, what lies behind the probe, the layers
    drag(page, (170, 40), (230, 60))
    page.evaluate("views.forEach((view) => view.dispose())")
    assert page.locator("canvas").count() == 0
    assert page.evaluate("boxes.map((box) => box.outerHTML)") == page.evaluate("before")
    eyes, picked = page.evaluate(EYES), page.evaluate("picked.length")
    drag(page, (170, 40), (260, 90))
    page.mouse.click(170, 150)
    page.evaluate("boxes[0].style.width = '200px'")
    page.evaluate("boxes[0].dispatchEvent(new KeyboardEvent('keydown', { key: 'd', code: 'KeyD' }))")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate(EYES) == eyes
    assert page.evaluate("picked.length") == picked
    assert page.locator("canvas").count() == 0
