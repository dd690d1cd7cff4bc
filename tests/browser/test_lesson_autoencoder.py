"""The lesson on the autoencoder: layers chosen, pictures followed, its question answered right and wrong."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Learn
from tests.browser.test_access import offences
from tests.browser.watch import Watch
from tests.web import Server

PAINT = "canvas => canvas.toDataURL()"


def painted(canvas: Locator) -> str:
    return canvas.evaluate(PAINT)


def test_the_point_that_moves_away_takes_the_mean_along(learn: Learn, server: Server) -> None:
    lesson = learn(server, "autoencoder")
    lesson.answer_right_and_wrong("squared", "absolute")
    expect(lesson.part("best-squared")).to_contain_text("0.39")
    expect(lesson.part("best-absolute")).to_contain_text("0.30")


def test_a_point_moves_by_mouse_and_by_keyboard(learn: Learn, server: Server) -> None:
    lesson = learn(server, "autoencoder")
    point = lesson.part("point-4")
    expect(lesson.part("layer-10")).to_be_visible()
    expect(lesson.part("compared")).not_to_be_empty()
    lesson.page.wait_for_load_state("networkidle")
    point.hover()  # where it stands still
    box = point.bounding_box()
    assert box
    lesson.page.mouse.down()
    lesson.page.mouse.move(box["x"] + 100, box["y"])
    lesson.page.mouse.up()
    dragged = float(point.get_attribute("aria-valuenow") or 0)
    assert dragged > 0.6
    lesson.page.keyboard.press("ArrowRight")
    assert float(point.get_attribute("aria-valuenow") or 0) == round(dragged + 0.01, 2)


def test_a_picture_is_followed_through_the_layers_of_a_model(learn: Learn, server: Server) -> None:
    lesson = learn(server, "autoencoder")
    expect(lesson.part("layer-10")).to_be_visible()
    expect(lesson.part("latent-bars")).to_be_visible()
    lesson.part("layer-1").click()
    expect(lesson.part("layer-words")).to_contain_text("1,024 values")
    expect(lesson.part("compared")).to_contain_text("not on this machine")
    canvas = lesson.part("layer-values").locator("canvas")
    before = painted(canvas), painted(lesson.part("errors-default").locator("canvas").nth(1))
    lesson.part("picture-3").click()
    expect(lesson.part("picture-3")).to_have_attribute("aria-pressed", "true")
    lesson.page.wait_for_function("([before]) => document.querySelector('[data-testid=layer-values] canvas')"
                                  ".toDataURL() !== before", arg=[before[0]])  # fmt: skip
    assert painted(lesson.part("errors-default").locator("canvas").nth(1)) != before[1]
    lesson.part("model").select_option("digits")
    expect(lesson.part("compared")).to_contain_text("the test image itself")
    expect(lesson.page.locator("[data-testid^=errors-]")).to_have_count(1)


def test_a_picture_of_one_s_own_goes_the_same_way(learn: Learn, server: Server, watch: Watch, tmp_path: Path) -> None:
    watch.allow("status of 4")
    lesson = learn(server, "autoencoder")
    expect(lesson.part("layer-10")).to_be_visible()
    Image.new("RGB", (90, 60), (200, 40, 40)).save(tmp_path / "red.png")
    lesson.part("picture-file").set_input_files(tmp_path / "red.png")
    expect(lesson.part("compared")).to_contain_text("your picture")
    (tmp_path / "bad.png").write_text("no picture")
    lesson.part("picture-file").set_input_files(tmp_path / "bad.png")
    expect(lesson.part("picture-source")).to_contain_text("cannot")
    expect(lesson.part("compared")).to_contain_text("your picture")


def test_axe_finds_nothing_grave(learn: Learn, server: Server) -> None:
    lesson = learn(server, "autoencoder", language="ko", color_scheme="dark")
    expect(lesson.part("layer-10")).to_be_visible()
    assert offences(lesson.page) == []
