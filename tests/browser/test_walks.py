"""Walks on the Explore page: made of stops, seen as pictures, gone along, dragged and saved."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Download, expect

from tests.browser import scripts
from tests.browser.conftest import AMID, Visit
from tests.browser.explorer import MOMENT, MOMENTS, ExplorerPage
from tests.browser.test_panels import encoded, upload, wide_picture
from tests.browser.watch import Watch
from tests.web import Server

STRIP = "() => document.querySelector('[data-testid=walk-strip]').src"
OTHER_STRIP = "(before) => document.querySelector('[data-testid=walk-strip]').src !== before"


def strip(explorer: ExplorerPage) -> str:
    return explorer.page.evaluate(STRIP)


def open_walk(explorer: ExplorerPage, steps: int = 12) -> None:
    """Open the walk and wait for the pictures of the one that it begins with: from the probe to a class mean."""
    page = explorer.page
    page.get_by_test_id("button-walk").click()
    expect(page.get_by_test_id("walk-stop")).to_have_count(2)
    expect(page.get_by_test_id("walk-strip")).to_be_visible()
    before = strip(explorer)
    page.get_by_test_id("walk-steps").select_option(str(steps))
    page.wait_for_function(OTHER_STRIP, arg=before)


def saved(explorer: ExplorerPage, name: str) -> tuple[str, bytes]:
    with explorer.page.expect_download() as waiting:
        explorer.page.get_by_test_id(f"walk-{name}").click()
    download: Download = waiting.value
    return download.suggested_filename, Path(download.path()).read_bytes()


def table(explorer: ExplorerPage) -> tuple[list[str], np.ndarray[Any, Any]]:
    """The columns of the CSV and its latents (steps, d)."""
    name, content = saved(explorer, "csv")
    assert name.endswith("-walk.csv")
    rows = list(csv.reader(io.StringIO(content.decode())))
    first = rows[0].index("z1")
    return [row[1] for row in rows[1:]], np.array([[float(value) for value in row[first:]] for row in rows[1:]])


def test_a_walk_between_two_samples_shows_and_saves_each_step(gallery: Server, visit: Visit) -> None:
    explorer = visit(gallery, **AMID)
    page = explorer.page
    open_walk(explorer)
    first = int(explorer.caption.inner_text().split("#")[1])
    explorer.resized()
    second = explorer.click_sample()
    before = strip(explorer)
    page.get_by_test_id("walk-here").last.click()
    page.wait_for_function(OTHER_STRIP, arg=before)
    expect(page.get_by_test_id("walk-stop")).to_contain_text([f"#{first}", f"#{second}"])
    assert page.get_by_test_id("walk-strip").evaluate("(image) => [image.naturalWidth, image.naturalHeight]") == [
        384,
        32,
    ]
    expect(page.get_by_test_id("walk-meter").get_by_role("listitem")).to_have_count(12)
    fade = np.array(page.get_by_test_id("walk-fade").evaluate(scripts.IMAGE_PIXELS), np.uint8).reshape(32, 32, 4)
    assert np.array_equal(fade[..., :3], explorer.model.original(first))
    stops, latents = table(explorer)
    assert stops == ["A", *[""] * 10, "B"]
    assert np.allclose(latents[0], explorer.model.sample(first)["latent"])
    assert np.allclose(latents[-1], explorer.model.sample(second)["latent"])
    name, content = saved(explorer, "png")
    assert name == f"{explorer.model.name}-walk.png"
    assert Image.open(io.BytesIO(content)).size == (12 * 128, 256)


def test_the_probe_goes_along_a_walk_and_a_hand_ends_that(gallery: Server, visit: Visit) -> None:
    explorer = visit(gallery, **AMID)
    page = explorer.page
    open_walk(explorer)
    _, latents = table(explorer)
    play = page.get_by_test_id("walk-play")
    play.click()
    expect(play).to_have_attribute("aria-label", "Play")  # it has arrived
    assert np.allclose(explorer.position, latents[-1], atol=1e-4)
    assert page.get_by_test_id("walk-place").input_value() == "11"
    play.click()
    expect(play).to_have_attribute("aria-label", "Pause")
    page.get_by_test_id("button-mean").click()
    expect(play).to_have_attribute("aria-label", "Play")
    explorer.settle_here()


@pytest.mark.parametrize("model", ["flat", "deep"])
def test_a_picture_of_the_strip_takes_the_probe_there_by_mouse_and_key(
    gallery: Server, visit: Visit, model: str
) -> None:
    explorer = visit(gallery, model=model, **AMID)
    page = explorer.page
    open_walk(explorer)
    _, latents = table(explorer)
    place, box = page.get_by_test_id("walk-place"), page.get_by_test_id("walk-strip").bounding_box()
    assert box
    before = explorer.picture
    place.click(position={"x": box["width"] * 8.5 / 12, "y": box["height"] / 2})
    assert place.input_value() == "8"
    explorer.wait_for_another_picture(before)
    explorer.wait_for_picture(explorer.model.decode(latents[8]))
    page.keyboard.press("ArrowLeft")
    explorer.wait_for_picture(explorer.model.decode(latents[7]))


def test_a_stop_that_is_dragged_changes_the_walk(gallery: Server, visit: Visit) -> None:
    explorer = visit(gallery, **AMID)
    open_walk(explorer)
    explorer.resized()
    _, before = table(explorer)
    seen, camera = strip(explorer), explorer.camera
    x, y, _ = explorer.project(before[-1])[0].tolist()
    explorer.drag((x, y), (x - 30, y + 40))
    explorer.page.wait_for_function(OTHER_STRIP, arg=seen)
    expect(explorer.page.get_by_test_id("walk-stop").last).to_contain_text("a place")
    for _ in range(MOMENTS):  # the last place is asked for when the walks to those before have come
        _, after = table(explorer)
        moved = explorer.project(after[-1])[0]
        if np.allclose(moved[:2], [x - 30, y + 40], atol=3):
            break
        explorer.page.wait_for_timeout(MOMENT)
    else:
        pytest.fail(f"the walk ends at {moved[:2]}, the hand at {x - 30, y + 40}")
    assert np.allclose(after[0], before[0])
    assert explorer.camera == camera


def test_a_stop_that_has_no_way_yet_is_still_gone_to(gallery: Server, visit: Visit, watch: Watch) -> None:
    watch.allow("503")
    explorer = visit(gallery, **AMID)
    page = explorer.page
    open_walk(explorer)
    page.route("**/walk", lambda route: route.fulfill(status=503, json={"title": "Busy", "detail": "Too many."}))
    page.get_by_test_id("walk-class").select_option("1")
    expect(page.get_by_test_id("walk-note")).to_contain_text("Too many.")
    page.get_by_test_id("walk-go").last.click()
    labels, points = explorer.model.labels, explorer.model.points
    assert np.allclose(explorer.position, points[labels == 1].mean(0), atol=1e-4)
    page.get_by_test_id("walk-remove").first.click()
    page.get_by_test_id("walk-go").first.click()  # B was the second of the old way
    assert page.get_by_test_id("walk-place").input_value() == "11"
    page.get_by_test_id("walk-play").click()
    expect(page.get_by_test_id("walk-play")).to_have_attribute("aria-label", "Pause")


def test_a_walk_is_kept_while_the_language_changes_and_goes_when_it_is_closed(gallery: Server, visit: Visit) -> None:
    explorer = visit(gallery, **AMID)
    page = explorer.page
    button = page.get_by_test_id("button-walk")
    expect(button).to_have_attribute("aria-expanded", "false")
    open_walk(explorer)
    page.get_by_test_id("walk-class").select_option("1")
    expect(page.get_by_test_id("walk-stop")).to_have_count(3)
    page.get_by_test_id("walk-straight").check(force=True)
    button.click()
    expect(page.get_by_test_id("walk")).to_be_hidden()
    button.click()
    expect(page.get_by_test_id("walk-stop")).to_have_count(3)
    expect(page.get_by_test_id("walk-straight")).to_be_checked()
    expect(page.get_by_test_id("walk-spherical")).to_have_count(0)
    for _ in range(3):
        page.get_by_test_id("walk-remove").first.click()
    expect(page.get_by_test_id("walk-note")).to_contain_text("two stops")
    expect(page.get_by_test_id("walk-play")).to_be_disabled()


def choose_kind(explorer: ExplorerPage, kind: str) -> None:
    before = strip(explorer)
    explorer.page.get_by_test_id(f"walk-{kind}").check()
    explorer.page.wait_for_function(OTHER_STRIP, arg=before)


def radii(explorer: ExplorerPage, latents: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How far each step stands from the first stop, on the screen."""
    middle = explorer.project(explorer.position)[0, :2]
    return np.linalg.norm(explorer.project(latents)[:, :2] - middle, axis=1)


def test_an_orbit_is_a_circle_around_a_stop_that_faces_the_viewer(gallery: Server, visit: Visit) -> None:
    explorer = visit(gallery, **AMID)
    page = explorer.page
    open_walk(explorer)
    explorer.resized()
    choose_kind(explorer, "orbit")
    stops, latents = table(explorer)
    assert set(stops) == {""}
    assert np.allclose(latents[0], latents[-1])
    small = radii(explorer, latents)
    assert small.max() < 1.02 * small.min()
    before = strip(explorer)
    page.get_by_test_id("walk-radius").fill("30")
    page.wait_for_function(OTHER_STRIP, arg=before)
    assert np.allclose(radii(explorer, table(explorer)[1]), 2 * small, rtol=0.03)
    before = strip(explorer)
    page.get_by_test_id("walk-from").select_option("1")
    page.wait_for_function(OTHER_STRIP, arg=before)
    page.get_by_test_id("walk-play").click()
    expect(page.get_by_test_id("walk-play")).to_have_attribute("aria-label", "Pause")


def test_a_random_walk_is_known_by_its_number_and_needs_one_stop_only(gallery: Server, visit: Visit) -> None:
    explorer = visit(gallery, model="deep", **AMID)
    page = explorer.page
    open_walk(explorer)
    choose_kind(explorer, "random")
    before = strip(explorer)
    _, first = table(explorer)
    page.get_by_test_id("walk-seed").fill("2")
    page.wait_for_function(OTHER_STRIP, arg=before)
    assert not np.allclose(table(explorer)[1], first)
    page.get_by_test_id("walk-seed").fill("1")
    page.wait_for_function("(before) => document.querySelector('[data-testid=walk-strip]').src === before", arg=before)
    page.get_by_test_id("walk-remove").last.click()
    expect(page.get_by_test_id("walk-note")).to_be_hidden()
    assert np.allclose(table(explorer)[1], first)
    page.get_by_test_id("walk-seed").fill("-3")
    page.get_by_test_id("walk-seed").blur()
    expect(page.get_by_test_id("walk-seed")).to_have_value("1")
    page.get_by_test_id("walk-straight").check()
    expect(page.get_by_test_id("walk-note")).to_contain_text("two stops")
    expect(page.get_by_test_id("walk-seed")).to_be_hidden()


def test_an_uploaded_picture_is_a_stop_by_its_name(gallery: Server, visit: Visit) -> None:
    explorer = visit(gallery, **AMID)
    page = explorer.page
    open_walk(explorer)
    add = page.get_by_test_id("walk-upload")
    expect(add).to_be_hidden()
    picture = wide_picture()
    upload(explorer, "our cat.png", picture)
    expect(add).to_have_text("+ our cat.png")
    page.get_by_test_id("button-mean").click()
    before = strip(explorer)
    add.click()
    page.wait_for_function(OTHER_STRIP, arg=before)
    expect(page.get_by_test_id("walk-stop").last).to_contain_text("our cat.png")
    stops, latents = table(explorer)
    assert stops[-1] == "C"
    assert np.allclose(latents[-1], encoded(explorer, picture)["latent"], atol=1e-4)
