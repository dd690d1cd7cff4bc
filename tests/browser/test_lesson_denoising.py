"""The lesson on the denoising autoencoder: noise, brush, what is made of it, its question answered right and wrong."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Learn
from tests.browser.lessons import LessonPage
from tests.browser.test_access import offences
from tests.web import Server

METHODS = ("plain", "denoising", "pca")


def decibels(lesson: LessonPage, name: str) -> float:
    return float(lesson.part(f"psnr-{name}").inner_text().split()[0])


def ready(lesson: LessonPage) -> LessonPage:
    for name in METHODS:
        expect(lesson.part(f"psnr-{name}")).to_have_text(re.compile(r"^[\d.]+ dB \("))
    expect(lesson.part("manifold").locator("canvas").first).to_be_visible()
    return lesson


def test_of_two_with_as_many_numbers_the_one_that_has_seen_noise_is_nearer(learn: Learn, server: Server) -> None:
    lesson = ready(learn(server, "denoising"))
    lesson.answer_right_and_wrong("denoising", "pca")
    expect(lesson.part("slider-strength")).to_have_value("0.2")


def test_more_noise_costs_decibels_and_everything_follows(learn: Learn, server: Server) -> None:
    lesson = ready(learn(server, "denoising"))
    before = {name: decibels(lesson, name) for name in ("noisy", *METHODS)}
    drawing = lesson.part("manifold").locator("canvas").last
    arrow = drawing.evaluate("canvas => canvas.toDataURL()")
    lesson.slide("strength", 0.4)
    expect(lesson.part("psnr-pca")).not_to_contain_text(f"{before['pca']} dB")
    assert all(decibels(lesson, name) < before[name] for name in before)
    assert drawing.evaluate("canvas => canvas.toDataURL()") != arrow
    lesson.slide("strength", 0)
    expect(lesson.part("psnr-noisy")).to_have_text(lesson.said["denoising.same"])
    expect(lesson.part("psnr-denoising")).to_have_text(re.compile(r"^[\d.]+ dB$"))


def test_the_brush_rubs_out_by_mouse_and_by_keyboard_and_is_undone(learn: Learn, server: Server) -> None:
    lesson = ready(learn(server, "denoising"))
    lesson.slide("strength", 0)
    same = lesson.said["denoising.same"]
    expect(lesson.part("psnr-noisy")).to_have_text(same)
    lesson.part("brush").click(position={"x": 20, "y": 20})
    expect(lesson.part("psnr-noisy")).to_contain_text("dB")
    lesson.part("mend").click()
    expect(lesson.part("psnr-noisy")).to_have_text(same)
    lesson.part("brush").focus()
    for key in ("ArrowLeft", "ArrowUp", " "):
        lesson.page.keyboard.press(key)
    expect(lesson.part("psnr-noisy")).to_contain_text("dB")


def test_a_picture_of_one_s_own_is_spoilt_and_restored(learn: Learn, server: Server, tmp_path: Path) -> None:
    lesson = ready(learn(server, "denoising"))
    Image.new("RGB", (60, 60), (200, 40, 40)).save(tmp_path / "red.png")
    lesson.part("picture-file").set_input_files(tmp_path / "red.png")
    expect(lesson.part("picture-source")).to_have_text(lesson.said["learn.pictures.upload"])
    lesson.part("noise-masking").click()
    expect(lesson.part("noise-masking")).to_have_attribute("aria-pressed", "true")
    expect(lesson.part("psnr-denoising")).to_contain_text("+")


def test_axe_finds_nothing_grave(learn: Learn, server: Server) -> None:
    lesson = ready(learn(server, "denoising", language="ko", color_scheme="dark"))
    assert offences(lesson.page) == []
