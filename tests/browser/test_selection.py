"""Select samples: the order, the classes, the box, stepping by keyboard, and the table that is saved."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.test_page import choose
from tests.browser.test_trouble import NO_WEBGL
from tests.browser.watch import Watch
from tests.web import Server

PAGE = 24
TILES_ARE = """(wanted) => {
    const found = [...document.querySelectorAll("[data-testid=selection-tile]")];
    return String(found.map(({ title }) => /sample (\\d+)\\./.exec(title)?.[1])) === String(wanted);
}"""
CURRENT = "() => document.activeElement.title"
AMONG = """() => [...document.querySelectorAll("[data-testid=selection-tile]")].indexOf(document.activeElement)"""

STEP_AND_HIDE = """() => {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
    for (const entry of document.querySelectorAll(".mx-legend-item:not(.mx-legend-all)")) entry.click();
}"""


def measures(explorer: ExplorerPage) -> NDArray[np.float32]:
    body = explorer.server.get(f"/api/models/{explorer.model.name}/measures").body
    return np.frombuffer(body, "<f4").reshape(3, -1)


def largest_first(values: NDArray[np.float32], emptiness: NDArray[np.float32] | float = 0) -> NDArray[np.int64]:
    """Of equal values the one in the denser place first, and then the smaller number."""
    return np.lexsort((emptiness + np.zeros_like(values), -values))


def opened(explorer: ExplorerPage, share: int) -> ExplorerPage:
    """With the panel open and this share of all samples selected."""
    explorer.page.get_by_test_id("selection-open").click()
    expect(explorer.page.get_by_test_id("selection-count")).not_to_be_empty()
    explorer.page.get_by_test_id("selection-share").fill(str(share))
    return explorer


def expect_selected(explorer: ExplorerPage, samples: NDArray[np.int64]) -> None:
    """Wait until these are selected, in this order: their number, and the tiles of the first page."""
    expect(explorer.page.get_by_test_id("selection-count")).to_contain_text(f"{len(samples)} of ")
    explorer.page.wait_for_function(TILES_ARE, arg=samples[:PAGE].tolist())


def test_each_measure_sorts_from_its_largest_value_down_and_the_slider_cuts(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en"), 100)
    found = measures(explorer)
    for name, values in zip(("error", "density", "misfit"), found, strict=True):
        explorer.page.get_by_test_id("selection-by").select_option(name)
        expect_selected(explorer, largest_first(values, found[1]))
    explorer.page.get_by_test_id("selection-by").select_option("error")
    explorer.page.get_by_test_id("selection-share").fill("10")
    worst = largest_first(found[0])[:8]  # of 72, rounded up
    expect_selected(explorer, worst)
    expect(explorer.page.get_by_test_id("mean-error-selected")).to_have_text(f"{found[0][worst].mean():.4f}")
    expect(explorer.page.get_by_test_id("mean-error-all")).to_have_text(f"{found[0].mean():.4f}")


def contrasts(explorer: ExplorerPage) -> NDArray[np.float64]:
    """How much each sample's middle differs from the ground, 0 to 255; NaN where something else may be drawn on it."""
    places = explorer.project(explorer.model.points)[:, :2]
    seen = np.asarray(Image.open(io.BytesIO(explorer.page.screenshot())).convert("RGB")).astype(float)
    across, down = np.round(explorer.empty_place()).astype(int)
    gaps = np.linalg.norm(places[:, None] - places, axis=2) + 1e3 * np.eye(len(places))
    probe = explorer.project(explorer.position)[:, :2]
    alone = (gaps.min(1) > 14) & (np.linalg.norm(places - probe, axis=1) > 60)
    x, y = places.round().astype(int).T
    return np.where(alone, np.abs(seen[y, x] - seen[down, across]).max(1), np.nan)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_not_selected_pales_until_the_panel_is_closed(visit: Visit, gallery: Server, scheme: str) -> None:
    explorer = visit(gallery, profile={"color_scheme": scheme}, model="flat", lang="en")
    explorer.neighbours_drawn()
    before = contrasts(explorer)
    opened(explorer, 40)
    selected = np.isin(np.arange(72), largest_first(measures(explorer)[0])[:29])
    expect_selected(explorer, largest_first(measures(explorer)[0])[:29])
    share = contrasts(explorer) / before
    known = np.isfinite(share)
    assert (known & selected).sum() > 3
    assert (known & ~selected).sum() > 3
    assert share[known & selected].min() > 0.9
    assert share[known & ~selected].max() < 0.5
    explorer.page.get_by_test_id("selection-share").fill("100")
    expect(explorer.page.get_by_test_id("selection-count")).to_contain_text("72 of 72")
    assert np.nanmin(contrasts(explorer) / before) > 0.9
    explorer.page.get_by_test_id("selection-share").fill("5")
    explorer.page.get_by_test_id("selection-open").click()
    expect(explorer.page.get_by_test_id("selection-count")).to_be_hidden()
    np.testing.assert_allclose(contrasts(explorer), before, atol=3)


def colour_of(explorer: ExplorerPage) -> float:
    """How much colour there is in the cloud of a page without WebGL."""
    canvas = explorer.page.locator(".mx-cloud").first
    pixels = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("RGB")).astype(float)
    return float(np.sum(pixels.max(2) - pixels.min(2)))


def test_without_webgl_it_pales_too(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", prepare=lambda page: page.add_init_script(NO_WEBGL))
    explorer.neighbours_drawn()
    before = colour_of(explorer)
    opened(explorer, 10)
    expect_selected(explorer, largest_first(measures(explorer)[0])[:8])
    assert colour_of(explorer) < 0.6 * before
    explorer.page.get_by_test_id("selection-open").click()
    expect(explorer.page.get_by_test_id("selection-count")).to_be_hidden()
    np.testing.assert_allclose(colour_of(explorer), before, rtol=0.02)


def test_classes_that_the_legend_hides_are_not_selected(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en"), 100)
    order = largest_first(measures(explorer)[0])
    explorer.page.get_by_test_id("legend-1").click()
    expect_selected(explorer, order[explorer.model.labels[order] != 1])
    counts = explorer.page.get_by_test_id("selection-classes").locator(".mx-vote-number")
    expect(counts).to_have_text(["24", "0", "24"])
    explorer.page.get_by_test_id("legend-1").click()
    expect_selected(explorer, order)


def test_a_box_selects_what_is_seen_inside_until_it_is_removed(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en"), 5)
    order = largest_first(measures(explorer)[0])
    places = explorer.project(explorer.model.points)[:, :2]
    low, high = np.quantile(places, 0.2, axis=0).round(), np.quantile(places, 0.7, axis=0).round()
    camera = explorer.camera
    explorer.page.get_by_test_id("selection-box").click()
    explorer.drag((low[0], low[1]), (high[0], high[1]))
    expect(explorer.page.get_by_test_id("boxing")).to_have_count(0)
    seen = ((places >= low) & (places <= high)).all(1)
    assert 5 < seen.sum() < 60
    expect_selected(explorer, order[seen[order]])
    assert explorer.camera == camera
    expect(explorer.page.get_by_test_id("selection-share")).to_have_value("100")
    explorer.page.get_by_test_id("selection-unbox").click()
    expect_selected(explorer, order)


def test_the_box_works_by_keyboard_and_escape_or_a_click_leaves_all_as_it_was(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en"), 100)
    order = largest_first(measures(explorer)[0])
    draw, keyboard = explorer.page.get_by_test_id("selection-box"), explorer.page.keyboard
    draw.focus()
    keyboard.press("Enter")
    keyboard.press("ArrowLeft")  # the box comes
    keyboard.press("Escape")
    expect(explorer.page.get_by_test_id("boxing")).to_have_count(0)
    expect(draw).to_be_focused()
    expect_selected(explorer, order)
    keyboard.press("Enter")
    explorer.page.mouse.click(*explorer.empty_place())
    expect(explorer.page.get_by_test_id("boxing")).to_have_count(0)
    expect_selected(explorer, order)
    keyboard.press("Enter")
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp"):
        keyboard.press(key)
    frame = explorer.page.get_by_test_id("box").bounding_box()
    assert frame
    keyboard.press("Enter")
    low, size = np.array([frame["x"], frame["y"]]), np.array([frame["width"], frame["height"]])
    places = explorer.project(explorer.model.points)[:, :2]
    seen = ((places >= low) & (places <= low + size)).all(1)
    assert 0 < seen.sum() < 72
    expect_selected(explorer, order[seen[order]])


def test_a_box_that_the_system_cancels_can_be_drawn_again(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en"), 100)
    explorer.page.get_by_test_id("selection-box").click()
    boxing = explorer.page.get_by_test_id("boxing")
    mouse, (x, y) = explorer.page.mouse, explorer.empty_place()
    mouse.move(x, y)
    mouse.down()
    boxing.dispatch_event("pointercancel")
    mouse.move(x + 30, y + 30)
    mouse.up()
    expect(explorer.page.get_by_test_id("box")).to_be_hidden()
    expect(boxing).to_have_count(1)


def test_keys_step_through_all_pages_and_enter_goes_there(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en"), 100)
    order, keyboard = largest_first(measures(explorer)[0]), explorer.page.keyboard
    expect_selected(explorer, order)
    explorer.page.get_by_test_id("selection-tile").first.focus()
    for _ in range(PAGE + 1):
        keyboard.press("ArrowRight")
    explorer.page.wait_for_function(TILES_ARE, arg=order[PAGE : 2 * PAGE].tolist())
    explorer.page.wait_for_function(f"() => ({AMONG})() === 1")
    keyboard.press("Enter")
    expect(explorer.caption).to_contain_text(f"#{order[PAGE + 1]}")
    keyboard.press("End")
    explorer.page.wait_for_function(f"() => ({AMONG})() === {PAGE - 1}")
    assert f"sample {order[-1]}." in explorer.page.evaluate(CURRENT)
    keyboard.press("PageUp")
    explorer.page.wait_for_function(TILES_ARE, arg=order[PAGE : 2 * PAGE].tolist())
    keyboard.press("Home")
    explorer.page.wait_for_function(f"() => ({AMONG})() === 0")
    assert f"sample {order[0]}." in explorer.page.evaluate(CURRENT)


def test_a_step_to_another_page_that_empties_meanwhile_leaves_the_gallery_alive(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en"), 100)
    order = largest_first(measures(explorer)[0])
    expect_selected(explorer, order)
    explorer.page.get_by_test_id("selection-tile").first.focus()
    explorer.page.evaluate(STEP_AND_HIDE)
    expect(explorer.page.get_by_test_id("selection-tile")).to_have_count(0)
    for label in range(3):
        explorer.page.get_by_test_id(f"legend-{label}").click()
    expect_selected(explorer, order)
    assert explorer.page.evaluate(AMONG) == -1


def test_another_model_and_another_language_keep_the_panel_open(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en"), 100)
    explorer.page.get_by_test_id("selection-by").select_option("density")
    expect_selected(explorer, largest_first(measures(explorer)[1]))
    choose(explorer.page, "model", "Five numbers")
    explorer.settle(model="deep")
    expect_selected(explorer, largest_first(measures(explorer)[1]))
    choose(explorer.page, "language", "한국어")
    expect(explorer.page.get_by_test_id("selection-count")).to_contain_text("72개")
    expect(explorer.page.get_by_test_id("selection-by")).to_have_value("density")


def test_the_table_holds_the_selection_in_its_order(visit: Visit, gallery: Server, tmp_path: Path) -> None:
    explorer = opened(visit(gallery, model="deep", lang="en"), 20)
    found, model = measures(explorer), explorer.model
    wanted = largest_first(found[0])[:15]
    expect_selected(explorer, wanted)
    with explorer.page.expect_download() as download:
        explorer.page.get_by_test_id("selection-csv").click()
    assert download.value.suggested_filename == "deep-selection.csv"
    download.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="") as file:
        head, *lines = csv.reader(file)
    assert head == ["index", "class", "squared_error", "density_percentile", "misfit", "PC1", "PC2", "PC3"]
    assert [int(line[0]) for line in lines] == wanted.tolist()
    assert [line[1] for line in lines] == [model.card["classes"][label] for label in model.labels[wanted]]
    numbers = np.array([line[2:] for line in lines], float)
    np.testing.assert_allclose(numbers, np.c_[found[:, wanted].T, model.points[wanted]], rtol=1e-5, atol=1e-6)


def test_without_the_pictures_outliers_come_first_and_the_page_says_why(visit: Visit, server: Server) -> None:
    explorer = opened(visit(server, model="tiny", lang="en"), 100)
    expect_selected(explorer, largest_first(measures(explorer)[1]))
    expect(explorer.page.get_by_test_id("selection-no-errors")).to_be_visible()
    assert explorer.page.get_by_test_id("selection-by").locator("option[value=error]").is_disabled()


def test_a_failure_is_told_and_can_be_tried_again(visit: Visit, gallery: Server, watch: Watch) -> None:
    watch.allow("503")
    explorer = visit(gallery, model="flat", lang="en")
    explorer.page.route(
        "**/measures*", lambda route: route.fulfill(status=503, json={"title": "Busy", "detail": "Too many at once."})
    )
    explorer.page.get_by_test_id("selection-open").click()
    expect(explorer.page.get_by_test_id("selection-note")).to_contain_text("Too many at once.")
    explorer.page.unroute("**/measures*")
    explorer.page.get_by_test_id("selection-again").click()
    expect(explorer.page.get_by_test_id("selection-count")).to_contain_text("4 of 72")
