"""What the server exports is what the page shows: the same points, by Python and by the page's own modules, on the same
pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from model import view
from model.film.camera import Camera, Lens, box_labels, home, proportions, ticks
from tests.browser.conftest import Visit
from tests.browser.mounting import bare_page
from tests.web import Server

SIZES = ((878, 720), (390, 464), (1600, 500))
LIMITS = ([[-4, 4]] * 3, [[0, 100], [0, 1], [0, 1]], [[-3.2, 5.1], [-0.2, 0.4], [2, 9]], [[0, 1], [0, 1], [0, 3]])
CAMERAS = (None, (-1.5, 0.9, 0.8, 0.1, 0, -0.12, 0, 0, 1), (0.4, -1.9, -0.6, 0, 0.2, 0.1, 0, 0, 1))
AXES = ("z1", "z2", "z3")
CLOSE = 0.5  # pixels
POSE = """(camera) => camera && Object.fromEntries(["eye", "center", "up"].map((part, n) => {
    const [x, y, z] = camera.slice(3 * n, 3 * n + 3);
    return [part, { x, y, z }];
}))"""
BY_THE_PAGE = f"""async ([limits, width, height, points, camera, axes, room]) => {{
    const files = ["box", "orbit", "lens", "axes", "raster"];
    const modules = files.map((file) => import(new URL(`/explorer/view/${{file}}.js`, location.origin).href));
    const [{{ home, proportions }}, {{ zoomed }}, {{ Lens }}, {{ axesOf, ticks }}, {{ discRadius }}] =
        await Promise.all(modules);
    const first = zoomed(home(limits, width, height), room);
    const lens = new Lens().aim(({POSE})(camera) ?? first, limits, width, height);
    const {{ x, y, z }} = proportions(limits);
    const places = points.map((point) => lens.place(point));
    return {{
        proportions: [x, y, z],
        home: [first.eye, first.center, first.up].flatMap(({{ x, y, z }}) => [x, y, z]),
        places,
        back: places.map((place) => lens.point(...place)),
        labels: axesOf(lens, limits, axes, 1).labels.map(({{ text, x, y }}) => [text.replace("\u2212", "-"), x, y]),
        ticks: limits.map(([low, high]) => ticks(low, high)),
        disc: discRadius(width, height, lens.distance, 2000),
    }};
}}"""
# A view in a box of that size, first of other points within other limits; it is then asked where it shows its points,
# from each camera.
MOUNTED = f"""async ([painter, limits, [width, height], points, cameras]) => {{
    const at = (file) => import(new URL(`/explorer/${{file}}`, location.origin).href);
    const [{{ View }}, {{ PlotlyPainter }}, {{ renderer }}, {{ loadPlotly }}] = await Promise.all([
        "view/view.js", "view/plotly_painter.js", "view/plotly_figure.js", "core/plotly.js"].map(at));
    const box = document.createElement("div");
    Object.assign(box.style, {{ position: "absolute", width: `${{width}}px`, height: `${{height}}px` }});
    document.body.append(box);
    const library = loadPlotly({{ address: "/explorer/plotly.min.js", packed: 1, plain: 1 }});
    const labels = new Uint8Array(points.length);
    const options = {{ points: new Float32Array(3 * labels.length), labels, limits: [[-7, 9], [0, 1], [2, 3]] }};
    if (painter === "plotly") options.painter = new PlotlyPainter(library, renderer());
    const view = new View(box, options);
    await view.ready;
    const changed = async (before) => {{
        while (String(view.place(points[0])) === before) await new Promise(requestAnimationFrame);
        for (let same = 0, last = ""; same < 5; await new Promise(requestAnimationFrame)) {{
            const now = String(view.place(points[0]));
            same = now === last ? same + 1 : 0;
            last = now;
        }}
    }};
    const first = String(view.place(points[0]));
    view.setPoints(Float32Array.from(points.flat()));
    view.setLimits(limits);
    view.reset();
    await changed(first);
    const told = [];
    for (const camera of cameras) {{
        const before = String(view.place(points[0]));
        view.camera.set(({POSE})(camera));
        if (camera) await changed(before);
        const {{ eye, center, up }} = view.pose;
        const pose = [eye, center, up].flatMap(({{ x, y, z }}) => [x, y, z]);
        told.push({{ pose, places: points.map((point) => view.place(point)) }});
    }}
    view.dispose();
    box.remove();
    return told;
}}"""


@pytest.fixture
def page(visit: Visit, gallery: Server) -> Page:
    return bare_page(visit, gallery)


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_the_exported_film_and_the_page_reckon_alike(page: Page, limits: list[list[float]]) -> None:
    box = np.array(limits, float)
    points = np.random.default_rng(0).uniform(box[:, 0], box[:, 1], (50, 3))
    for size in SIZES:
        for camera in CAMERAS:
            asked = [limits, *size, points.tolist(), camera and list(camera), list(AXES), view.LABEL_ROOM]
            told: dict[str, Any] = page.evaluate(BY_THE_PAGE, asked)
            seen = Camera.of(camera) if camera else home(box, *size).zoomed(view.LABEL_ROOM)
            lens = Lens(seen, box, *size)
            np.testing.assert_allclose(told["proportions"], proportions(box), rtol=1e-9)
            np.testing.assert_allclose(told["places"], np.stack(lens.place(points), axis=1), rtol=1e-7, atol=1e-6)
            np.testing.assert_allclose(told["back"], points, atol=1e-6)
            np.testing.assert_allclose(told["disc"], view.disc_radius(*size, lens.distance, 2000), rtol=1e-9)
            assert told["ticks"] == [ticks(low, high) for low, high in limits]
            if camera is None:
                np.testing.assert_allclose(told["home"], [*seen.eye, *seen.center, *seen.up], rtol=1e-9)
            labels = [[label.text.replace("\u2212", "-"), label.x, label.y] for label in box_labels(lens, AXES, 1)]
            assert [label[0] for label in told["labels"]] == [label[0] for label in labels]
            np.testing.assert_allclose(
                [label[1:] for label in told["labels"]], [label[1:] for label in labels], rtol=1e-6, atol=1e-4
            )


@pytest.mark.parametrize("painter", ["canvas", "plotly"])
@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_both_painters_put_every_point_on_the_pixel_of_the_exported_film(
    page: Page, painter: str, limits: list[list[float]]
) -> None:
    box = np.array(limits, float)
    points = np.random.default_rng(0).uniform(box[:, 0], box[:, 1], (50, 3))
    for size in SIZES:
        told = page.evaluate(MOUNTED, [painter, limits, size, points.tolist(), CAMERAS])
        for camera, (pose, places) in zip(CAMERAS, (each.values() for each in told), strict=True):
            room = view.LABEL_ROOM if painter == "canvas" else 1
            seen = Camera.of(camera) if camera else home(box, *size).zoomed(room)
            np.testing.assert_allclose(pose, [*seen.eye, *seen.center, *seen.up], atol=1e-9)
            x, y, _ = Lens(seen, box, *size).place(points)
            np.testing.assert_allclose(np.array(places)[:, :2], np.stack([x, y], axis=1), atol=CLOSE, rtol=0)


def test_the_page_has_the_numbers_of_the_export(page: Page) -> None:
    told = page.evaluate(
        "async () => ({ ...(await import(new URL('/explorer/shared/view.js', location.origin).href)) })"
    )
    assert {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items() if name != "HOME"
    } == {name: value for name, value in view.numbers().items() if name != "HOME"}
