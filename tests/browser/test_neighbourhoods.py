"""What lies nearest in latent space, in pixels and in the 3-D view: lists, lines, links, pointing, files."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Locator, expect

from app.text import strings
from tests.browser.conftest import AMID, Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.test_panels import tile_indices, upload, wide_picture
from tests.web import Server

EN = strings("en")
# Whether something is drawn on the overlay at each of these places
DRAWN = """(spots) => {
    const canvas = document.querySelector(".mx-overlay");
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    const seen = ([x, y]) => pen.getImageData((x - box.left) * scale - 1, (y - box.top) * scale - 1, 3, 3).data
      .some((value, at) => at % 4 === 3 && value > 100);
    return spots.map(seen);
}"""
CORNER, POINTED = 5.5, 14  # pixels: of the square at a neighbour in pixels, of the ring around what is pointed at


def drawn(explorer: ExplorerPage, index: int, *offsets: tuple[float, float]) -> bool:
    """Whether the overlay has something at all these places beside a sample."""
    x, y = explorer.project(explorer.model.points[index])[0, :2]
    return all(explorer.page.evaluate(DRAWN, [[x + right, y + down] for right, down in offsets]))


def tiles(explorer: ExplorerPage, space: str) -> Locator:
    return explorer.page.get_by_test_id(f"nearest-{space}").get_by_test_id("nearest-tile")


def answer(explorer: ExplorerPage, index: int, **asked: Any) -> list[int]:
    """What the API says is nearest to a sample."""
    latent = ",".join(map(str, explorer.model.sample(index)["latent"]))
    query = "".join(f"&{name}={value}" for name, value in asked.items())
    found = explorer.server.get(f"/api/models/{explorer.model.name}/nearest?z={latent}&without={index}{query}").json
    return [neighbour["index"] for neighbour in found["neighbours"]]


def expect_tiles(explorer: ExplorerPage, space: str, wanted: list[int]) -> None:
    expect(tiles(explorer, space)).to_have_count(len(wanted))
    for at in (0, -1):
        expect(tiles(explorer, space).nth(at)).to_have_attribute("title", _names(wanted[at]))
    assert tile_indices(tiles(explorer, space)) == wanted


def _names(index: int) -> Any:
    return re.compile(rf"sample {index}\b")


def test_each_space_has_its_list_and_lines_and_the_link_brings_them_back(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="deep", lang="en", k=6, **AMID)
    page, index = explorer.page, 0
    expect_tiles(explorer, "latent", answer(explorer, index, k=6))
    expect(page.get_by_test_id("mark-nearest-pixel")).to_be_hidden()
    page.get_by_test_id("near-latent").focus()
    page.keyboard.press("ArrowRight")
    in_pixels = answer(explorer, index, k=6, space="pixel", original=index)
    expect_tiles(explorer, "pixel", in_pixels)
    expect(page.get_by_test_id("nearest-compared")).to_have_text(EN["nearest.compared.original"])
    expect(page.get_by_test_id("mark-nearest-pixel")).to_be_visible()
    expect(page.get_by_test_id("mark-nearest")).to_be_hidden()
    corners = [(right, down) for right in (-CORNER, CORNER) for down in (-CORNER, CORNER)]
    assert all(drawn(explorer, each, *corners) for each in in_pixels)
    page.get_by_test_id("near-all").check()
    page.get_by_test_id("near-metric").select_option("cosine")
    explorer.settle(near="all", metric="cosine", k="6")
    page.reload()
    explorer.ready()
    wanted = {
        space: answer(explorer, index, k=6, space=space, metric="cosine", **extra)
        for space, extra in (("latent", {}), ("view", {}), ("pixel", {"original": index}))
    }
    for space, indices in wanted.items():
        expect_tiles(explorer, space, indices)
    pixel, view = (len(set(wanted["latent"]) & set(wanted[space])) for space in ("pixel", "view"))
    said = EN["nearest.shared.all"].format(k=6, pixel=pixel, view=view)
    expect(page.get_by_test_id("nearest-shared")).to_have_text(said)


def test_a_three_dimensional_space_is_its_own_view(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", near="view", **AMID)
    page = explorer.page
    expect(page.get_by_test_id("near-view")).to_have_count(0)
    expect(page.get_by_test_id("near-latent")).to_be_checked()
    expect_tiles(explorer, "latent", answer(explorer, 0))


def test_pointing_at_a_tile_rings_its_sample_and_the_other_way_round(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", k=50, **AMID)
    page = explorer.page
    ring = [(POINTED * np.cos(turn), POINTED * np.sin(turn)) for turn in np.linspace(0, 6, 7)]
    tile = tiles(explorer, "latent").nth(3)
    expect(tile).to_be_enabled()
    index = tile_indices(tiles(explorer, "latent"))[3]
    tile.hover()
    assert drawn(explorer, index, *ring)
    page.mouse.move(5, 5)
    assert not drawn(explorer, index, *ring)
    tiles(explorer, "latent").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert drawn(explorer, index, *ring)
    lonely, place = explorer.lonely_sample()
    page.mouse.move(*place)
    expect(page.get_by_test_id("hover")).to_be_visible()
    under = int(page.get_by_test_id("hover").get_attribute("data-index"))
    shown = tile_indices(tiles(explorer, "latent"))
    expect(page.locator(".mx-nearest .mx-tile-hovered")).to_have_count(int(under in shown))
    assert lonely == under


def test_the_lists_are_saved_as_a_table(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="deep", lang="en", k=5, near="all", **AMID)
    save = explorer.page.get_by_test_id("near-save")
    expect(save).to_be_enabled()
    with explorer.page.expect_download() as download:
        save.click()
    assert download.value.suggested_filename == "deep-nearest-sample-0.csv"
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == list("12345") * 3
    for space in ("latent", "pixel", "view"):
        asked = {"original": 0} if space == "pixel" else {}
        named = [int(row["index"]) for row in rows if row["space"] == space]
        assert named == answer(explorer, 0, k=5, space=space, **asked)
    classes, labels = explorer.model.card["classes"], explorer.model.labels
    assert [row["class"] for row in rows] == [classes[labels[int(row["index"])]] for row in rows]


def test_of_an_uploaded_picture_its_own_pixels_are_compared(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="deep", lang="en", near="pixel")
    found = explorer.server.post("/api/models/deep/encode?k=12", wide_picture()).json
    upload(explorer, "mine.png", wide_picture())
    expect(explorer.page.get_by_test_id("nearest-compared")).to_have_text(EN["nearest.compared.given"])
    expect_tiles(explorer, "pixel", [neighbour["index"] for neighbour in found["nearest"]["pixel"]])
    explorer.slider(0).press("ArrowRight")
    expect(explorer.page.get_by_test_id("nearest-compared")).to_have_text(EN["nearest.compared.decoded"])
