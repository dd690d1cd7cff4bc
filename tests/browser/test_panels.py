"""The panels beside the scene: sliders, nearest samples, and a picture of one's own."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, expect

from app.text import strings
from tests.browser.conftest import AMID, Visit
from tests.browser.explorer import ExplorerPage
from tests.conftest import draw
from tests.web import Server

EN = strings("en")
STAR = """([x, y]) => {
    const canvas = document.querySelector(".mx-overlay");
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    return Array.from(canvas.getContext("2d").getImageData((x - box.left) * scale, (y - box.top) * scale, 1,
      1).data.slice(0, 3));
}"""
ACCENT = "getComputedStyle(document.querySelector('.mx-root')).getPropertyValue('--st-primary-color')"
DROP = """async ([data, name]) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name, { type: "image/png" }));
    for (const type of ["dragover", "drop"]) {
        document.querySelector(".mx-stage").dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true,
          cancelable: true }));
    }
}"""


def wide_picture(kind: str = "circle", seed: int = 5) -> bytes:
    """A PNG, 96 x 64, that no sample equals."""
    square = Image.fromarray(draw(kind, np.random.default_rng(seed))).resize((64, 64))
    whole = Image.new("RGB", (96, 64), (250, 250, 40))
    whole.paste(square, (16, 0))
    written = io.BytesIO()
    whole.save(written, "PNG")
    return written.getvalue()


def as_file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "image/png", "buffer": content}


def upload(explorer: ExplorerPage, name: str, content: bytes) -> None:
    explorer.page.get_by_test_id("upload-file").set_input_files(as_file(name, content))


def error_of(explorer: ExplorerPage) -> Locator:
    return explorer.page.get_by_test_id("upload-error")


def encoded(explorer: ExplorerPage, content: bytes, crop: str = "") -> dict[str, Any]:
    """What the API says of a picture."""
    return explorer.server.post(f"/api/models/{explorer.model.name}/encode?k=12{crop}", content).json


def tile_indices(tiles: Locator) -> list[int]:
    """Which samples the tiles show, read from what they say on hover."""
    return [
        int(re.search(r"sample (\d+)", title)[1])
        for title in tiles.evaluate_all("(all) => all.map((tile) => tile.title)")
    ]


def test_a_slider_decodes_while_it_is_dragged_and_keys_take_it_by_steps_and_beyond_the_data(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en", **AMID)
    before, picture = explorer.position, explorer.picture
    explorer.neighbours_drawn()  # the gauge above the sliders has its words
    explorer.slider(1).scroll_into_view_if_needed()
    box = explorer.slider(1).bounding_box()
    low, high = (float(explorer.slider(1).get_attribute(end)) for end in ("min", "max"))
    thumb = box["x"] + 11 + (before[1] - low) / (high - low) * (box["width"] - 22)
    explorer.page.mouse.move(thumb, box["y"] + box["height"] / 2)
    explorer.page.mouse.down()
    for step in range(1, 5):
        explorer.page.mouse.move(thumb + 14 * step, box["y"] + box["height"] / 2)
        picture = explorer.wait_for_another_picture(picture)
    explorer.page.mouse.up()
    after = explorer.position
    assert after[1] > before[1]
    assert after[[0, 2]].tolist() == before[[0, 2]].tolist()
    explorer.wait_for_picture(explorer.model.decode(after))
    explorer.settle_here()
    explorer.page.keyboard.press("ArrowLeft")
    np.testing.assert_allclose(explorer.position - after, [0, (low - high) / 50, 0], atol=1e-5)
    gauge = explorer.page.get_by_test_id("density")
    explorer.page.get_by_test_id("button-mean").click()
    expect(gauge).to_contain_text(EN["gauge.on"])
    invented = explorer.page.get_by_test_id("invented")
    expect(invented).to_be_hidden()
    for axis in range(3):
        explorer.slider(axis).focus()
        explorer.page.keyboard.press("End")
    expect(gauge).to_contain_text(EN["gauge.off"])
    expect(invented).to_have_text(EN["pair.invented"])


def test_the_nearest_samples_follow_the_probe_and_k_and_a_click_goes_there(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, model = explorer.page, explorer.model
    index = explorer.click_sample()
    explorer.settle()
    expect_nearest(explorer, 12, without=index)
    page.get_by_test_id("nearest-k").focus()
    page.keyboard.press("End")
    expect_nearest(explorer, 50, without=index)
    explorer.settle(k="50")
    page.locator(".mx-k-number").fill("5")
    expect_nearest(explorer, 5, without=index)
    explorer.settle(k="5")
    goal = tile_indices(explorer.tiles())[3]
    explorer.tiles().nth(3).click()
    expect(explorer.caption).to_contain_text(f"#{goal}")
    np.testing.assert_allclose(explorer.position, model.points[goal], atol=1e-5)
    expect_nearest(explorer, 5, without=goal)
    about = page.get_by_test_id("nearest-of")
    expect(about).to_have_text(EN["nearest.of.sample"].format(index=goal))
    explorer.slider(0).press("ArrowRight")
    expect(about).to_have_text(EN["nearest.of.probe"])
    expect_nearest(explorer, 5)


def expect_nearest(explorer: ExplorerPage, k: int, without: int | None = None) -> None:
    """Wait for the k samples that the API names at the probe, each with its class, in pictures; the votes add
    up to k.
    """
    wanted = explorer.model.nearest(explorer.latent, k, without)
    expect(explorer.tiles()).to_have_count(k)
    expect(explorer.tiles().first).to_have_attribute("title", re.compile(rf"sample {wanted[0]}\b"))
    expect(explorer.tiles().last).to_have_attribute("title", re.compile(rf"sample {wanted[-1]}\b"))
    assert tile_indices(explorer.tiles()) == wanted
    classes, labels = explorer.model.card["classes"], explorer.model.labels
    expect(explorer.tiles().locator(".mx-tile-name")).to_have_text([classes[labels[index]] for index in wanted])
    numbers = explorer.page.get_by_test_id("nearest-votes").locator(".mx-vote-number")
    votes = [int(text) for text in numbers.all_inner_texts()]
    assert votes == np.bincount(labels[wanted], minlength=3).tolist()


def test_an_uploaded_picture_becomes_a_star_with_reconstruction_error_and_neighbours(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, picture = explorer.page, wide_picture()
    answer = encoded(explorer, picture)
    upload(explorer, "mine.png", picture)
    expect(error_of(explorer)).to_have_text(f"{answer['mse']:.4f}")
    np.testing.assert_allclose(explorer.position, answer["position"], atol=1e-4)
    explorer.wait_for_picture(explorer.model.decode(answer["latent"]))
    assert explorer.shown_original().tolist() == pixels_of(answer["picture"]).tolist()
    columns = page.locator(".mx-landing-columns .mx-tiles")
    for column, space in zip(columns.all(), ("latent", "pixel"), strict=True):
        assert tile_indices(column.get_by_test_id("nearest-tile")) == [
            neighbour["index"] for neighbour in answer["nearest"][space]
        ]
    expect(page.locator(".mx-landing-shared")).to_have_text(shared_in_words(answer["nearest"]["shared"]))
    explorer.click_sample()
    star = explorer.project(np.array(answer["position"]))[0, :2].tolist()
    assert "#" + "".join(f"{part:02x}" for part in page.evaluate(STAR, star)) == page.evaluate(ACCENT)


def shared_in_words(count: int) -> str:
    return EN["upload.shared" if count else "upload.shared.none"].format(shared=count, k=12)


def pixels_of(address: str) -> np.ndarray:
    """The picture in a data: address."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB"))


def test_moving_the_square_places_the_picture_anew(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, picture = explorer.page, wide_picture()
    upload(explorer, "mine.png", picture)
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    square = page.locator(".mx-crop-square")
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    explorer.drag((x, y), (x - 25, y))
    moved = square.bounding_box()
    assert moved["x"] < box["x"] - 15
    expect_landing_of(explorer, picture)
    corner = (moved["x"] + moved["width"] - 1, moved["y"] + moved["height"] - 1)
    explorer.drag(corner, (corner[0] - 40, corner[1] - 40))
    assert square.bounding_box()["width"] < moved["width"] - 20
    expect_landing_of(explorer, picture)
    before = error_of(explorer).inner_text()
    square.focus()
    page.keyboard.press("ArrowRight")
    expect(error_of(explorer)).not_to_have_text(before)
    expect_landing_of(explorer, picture)


def expect_landing_of(explorer: ExplorerPage, picture: bytes) -> None:
    """Wait for the result that the API gives for the square as it stands on the page."""
    left, top, width = explorer.page.locator(".mx-crop-square").evaluate(
        "({ style }) => [style.left, style.top, style.width].map(parseFloat)"
    )
    crop = f"&left={left / 100:.5f}&top={top / 100:.5f}&side={width / 100 * 96 / 64:.5f}"
    answer = encoded(explorer, picture, crop)
    expect(error_of(explorer)).to_have_text(f"{answer['mse']:.4f}")
    explorer.wait_for_picture(explorer.model.decode(answer["latent"]))


def test_what_is_no_picture_gets_one_sentence_and_the_earlier_result_stays(
    visit: Visit, gallery: Server, watch: Any
) -> None:
    watch.allow("status of 422")
    explorer = visit(gallery, model="flat", lang="en")
    upload(explorer, "mine.png", wide_picture())
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    explorer.settle()
    before, position = error_of(explorer).inner_text(), explorer.position
    problem = explorer.page.get_by_test_id("upload-problem")
    for name, content in (
        ("notes.png", b"Dear diary, this is no picture."),
        ("empty.png", b""),
        ("half.png", wide_picture()[:200]),
    ):
        upload(explorer, name, content)
        expect(problem).to_have_text(re.compile(r"^[A-Z][^\n]{10,200}\.$"))
        assert "Traceback" not in problem.inner_text()
        expect(error_of(explorer)).to_be_visible()
        expect(explorer.page.locator(".mx-crop-square")).to_be_visible()
        assert error_of(explorer).inner_text() == before
        assert explorer.position.tolist() == position.tolist()
        upload(explorer, "mine.png", wide_picture())
        expect(problem).to_be_empty()


def test_a_picture_may_be_dropped_on_the_scene_or_taken_with_the_camera_and_removed_again(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, picture = explorer.page, wide_picture("stripe", 9)
    page.evaluate(DROP, [base64.b64encode(picture).decode(), "dropped.png"])
    expect(error_of(explorer)).to_have_text(f"{encoded(explorer, picture)['mse']:.4f}")
    page.get_by_test_id("upload").get_by_role("button", name=EN["upload.remove"]).click()
    expect(error_of(explorer)).to_be_hidden()
    expect(explorer.caption).to_have_text(EN["pair.mean.title"])
    page.get_by_role("button", name=EN["upload.camera"]).click()
    page.get_by_role("button", name=EN["upload.camera.shoot"]).click()
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    expect(explorer.caption).to_have_text(EN["pair.upload"])
