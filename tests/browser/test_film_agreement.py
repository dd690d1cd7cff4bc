"""What the server exports is what the page shows: the same points, by Python and by the page's own modules, on the same
pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from model.film import drawing
from model.film.camera import Camera, Lens, box_labels, home, proportions, ticks
from tests.browser.conftest import Visit
from tests.web import Server

SIZES = ((878, 720), (390, 464), (1600, 500))
LIMITS = ([[-4, 4]] * 3, [[0, 100], [0, 1], [0, 1]], [[-3.2, 5.1], [-0.2, 0.4], [2, 9]], [[0, 1], [0, 1], [0, 3]])
AXES = ("z1", "z2", "z3")
BY_THE_PAGE = """async ([limits, width, height, points, camera, axes]) => {
    const at = (file) => new URL(`/explorer/${file}`, location.origin).href;
    const [{ home, proportions }, { zoomed }, { Lens }, { boxOf, ticks }, { discRadius }] = await Promise.all(
        ["view/box.js", "view/orbit.js", "view/lens.js", "view/frame.js", "train/stage.js"].map((file) => import(at(file))));
    const first = zoomed(home(limits, width, height), 1.15);
    const given = camera && Object.fromEntries(["eye", "center", "up"].map((part, n) => {
        const [x, y, z] = camera.slice(3 * n, 3 * n + 3);
        return [part, { x, y, z }];
    }));
    const lens = new Lens().aim(given ?? first, limits, width, height);
    const { x, y, z } = proportions(limits);
    return {
        proportions: [x, y, z],
        home: [first.eye, first.center, first.up].flatMap(({ x, y, z }) => [x, y, z]),
        places: points.map((point) => lens.place(point)),
        labels: boxOf(lens, limits, axes, 1).labels.map(({ text, x, y }) => [text.replace("\u2212", "-"), x, y]),
        ticks: limits.map(([low, high]) => ticks(low, high)),
        disc: discRadius(width, height, lens.distance, 2000),
    };
}"""


def by_the_page(
    page: Page, limits: Any, size: tuple[int, int], points: Any, camera: tuple[float, ...] | None = None
) -> dict[str, Any]:
    return page.evaluate(BY_THE_PAGE, [limits, *size, points, camera and list(camera), list(AXES)])


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_the_exported_film_and_the_page_put_every_point_on_the_same_pixel(
    visit: Visit, gallery: Server, limits: list[list[float]]
) -> None:
    page, box = visit(gallery, model="flat", lang="en").page, np.array(limits, float)
    points = np.random.default_rng(0).uniform(box[:, 0], box[:, 1], (50, 3))
    for size in SIZES:
        for camera in (None, (-1.5, 0.9, 0.8, 0.1, 0, -0.12, 0, 0, 1)):
            told = by_the_page(page, limits, size, points.tolist(), camera)
            seen = Camera.of(camera) if camera else home(box, *size).zoomed(drawing.FILM_ROOM)
            lens = Lens(seen, box, *size)
            np.testing.assert_allclose(told["proportions"], proportions(box), rtol=1e-9)
            np.testing.assert_allclose(told["places"], np.stack(lens.place(points), axis=1), rtol=1e-7, atol=1e-6)
            np.testing.assert_allclose(told["disc"], drawing.disc_radius(*size, lens.distance, 2000), rtol=1e-9)
            assert told["ticks"] == [ticks(low, high) for low, high in limits]
            if camera is None:
                np.testing.assert_allclose(told["home"], [*seen.eye, *seen.center, *seen.up], rtol=1e-9)
            labels = [[label.text.replace("\u2212", "-"), label.x, label.y] for label in box_labels(lens, AXES, 1)]
            assert [label[0] for label in told["labels"]] == [label[0] for label in labels]
            np.testing.assert_allclose(
                [label[1:] for label in told["labels"]], [label[1:] for label in labels], rtol=1e-6, atol=1e-4
            )


def test_the_page_has_the_numbers_of_the_export(visit: Visit, gallery: Server) -> None:
    page = visit(gallery, model="flat", lang="en").page
    told = page.evaluate(
        "async () => ({ ...(await import(new URL('/explorer/shared/drawing.js', location.origin).href)) })"
    )
    assert {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items() if name != "HOME"
    } == {name: value for name, value in drawing.numbers().items() if name != "HOME"}
