"""Samples as pictures in the cloud: which are drawn, that they can be pointed at and clicked, and that filters hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser import scripts
from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.mounting import bare_page
from tests.web import Server

OFF_THE_POINT = 18  # pixels: farther than a point or the probe reaches, and still on a picture
CLEAR = 50  # pixels to the next sample
# How many pixels of a class's colour, as a frame has them, are on the canvas of the pictures.
FRAMED = """([red, green, blue]) => {
    const canvas = document.querySelector(".mx-backdrop");
    if (canvas.hidden) return 0;
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(0, 0, copy.width, copy.height);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
        found += data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255;
    }
    return found;
}"""
PALETTE = (63, 144, 218), (255, 169, 14), (189, 31, 1)
CHOSEN = """async ([points, limits, candidates, probe]) => {
    const at = (file) => import(new URL(`/explorer/${file}`, location.origin).href);
    const [{ uncluttered, PICTURES_MOST }, { Lens }, { home }] = await Promise.all(
        ["pictures/decluttering.js", "view/lens.js", "view/box.js"].map(at));
    const [width, height] = [900, 700];
    const lens = new Lens().aim(home(limits, width, height), limits, width, height);
    const sight = { lens, limits, width, height, points: Float32Array.from(points.flat()) };
    const chosen = uncluttered(sight, candidates, probe);
    const places = chosen.map(({ index }) => lens.place(points[index]));
    return { chosen, places, most: PICTURES_MOST };
}"""


def pictured(explorer: ExplorerPage, on: bool = True) -> ExplorerPage:
    """With pictures in the cloud, or without them again."""
    button = explorer.page.get_by_test_id("button-pictures")
    button.click()
    expect(button).to_have_attribute("aria-pressed", str(on).lower())
    return explorer


def expect_framed(page: Page, classes: set[int]) -> None:
    """Wait until pictures of these classes, and of no other, are in the cloud."""
    for label, colour in enumerate(PALETTE):
        page.wait_for_function(
            f"([colour, there]) => (({FRAMED})(colour) > 0) === there", arg=[colour, label in classes]
        )


def test_a_picture_is_pointed_at_and_clicked_on_all_of_it(visit: Visit, gallery: Server) -> None:
    sheets: list[str] = []
    explorer = visit(gallery, model="flat", lang="en")
    page = explorer.page
    page.on("request", lambda request: sheets.append(request.url) if "/sheet?" in request.url else None)
    index, (x, y) = explorer.lonely_sample(clear=CLEAR)
    explorer.click_sample()  # near the probe, a picture is as large as they get
    explorer.settle(**{"from": str(index), "p": ""})
    hover = page.get_by_test_id("hover")
    page.mouse.move(x + OFF_THE_POINT, y)
    expect(hover).to_be_hidden()
    before = len(sheets)
    pictured(explorer).settle(pictures="1")
    page.wait_for_function(f"(colour) => ({FRAMED})(colour) > 0", arg=PALETTE[explorer.model.labels[index]])
    page.mouse.move(x + OFF_THE_POINT + 1, y)
    expect(hover).to_have_attribute("data-index", str(index))
    explorer.stage.press("Shift+ArrowLeft")
    explorer.settle(**{"from": str(index), "p": "*"})
    page.mouse.click(x + OFF_THE_POINT + 1, y)
    explorer.settle(**{"from": str(index), "p": ""})
    assert len(sheets) - before <= 4, "some sheets hold all pictures"
    pictured(explorer, on=False).settle(pictures="")
    expect(page.locator(".mx-backdrop")).to_be_hidden()


def test_a_link_carries_the_pictures_and_hidden_classes_have_none(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", pictures="1")
    page = explorer.page
    expect(page.get_by_test_id("button-pictures")).to_have_attribute("aria-pressed", "true")
    expect_framed(page, {0, 1, 2})
    page.get_by_test_id("legend-1").click()
    expect_framed(page, {0, 2})
    page.get_by_test_id("legend-0").click(modifiers=["Shift"])
    expect_framed(page, {0})
    page.get_by_test_id("legend-all").click()
    expect_framed(page, {0, 1, 2})


def test_where_samples_are_selected_only_these_are_pictures(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", pictures="1")
    page = explorer.page
    expect_framed(page, {0, 1, 2})
    page.get_by_test_id("selection-open").click()
    page.get_by_test_id("selection-share").fill("1")  # one of 72
    expect(page.get_by_test_id("selection-count")).to_contain_text("1 of ")
    tile = page.get_by_test_id("selection-tile").first.get_attribute("title")
    chosen = next(i for i in range(len(explorer.model.labels)) if f"sample {i}." in tile)
    page.evaluate(scripts.TWO_FRAMES)
    shown = [page.evaluate(FRAMED, colour) > 0 for colour in PALETTE]
    assert [label for label, there in enumerate(shown) if there] in ([], [int(explorer.model.labels[chosen])])


def chosen_of(page: Page, points: Any, candidates: list[int], probe: list[float]) -> dict[str, Any]:
    return page.evaluate(CHOSEN, [points.tolist(), [[-1, 1]] * 3, candidates, probe])


def test_pictures_leave_room_for_each_other_and_the_nearest_come_first(visit: Visit, gallery: Server) -> None:
    page = bare_page(visit, gallery)
    points = np.random.default_rng(0).uniform(-1, 1, (4000, 3))
    found = chosen_of(page, points, list(range(0, 4000, 2)), [0.0, 0.0, 0.0])
    chosen, places = found["chosen"], np.array(found["places"])
    sizes = np.array([each["size"] for each in chosen])
    assert 40 < len(chosen) <= found["most"]
    assert all(each["index"] % 2 == 0 for each in chosen), "none but the candidates"
    assert (np.diff(sizes) <= 1e-6).all(), "the largest first"
    apart = np.abs(places[:, None, :2] - places[None, :, :2]).max(-1) / (0.5 * (sizes[:, None] + sizes[None]))
    assert apart[~np.eye(len(chosen), dtype=bool)].min() >= 0.85 - 1e-6
    depths = np.array([place[2] for place in places])
    far = points[[each["index"] for each in chosen]]
    beyond = depths > np.median(depths) * 1.5
    assert (np.linalg.norm(far[beyond], axis=1) < 1).all(), "far from the camera, only those near the probe"
