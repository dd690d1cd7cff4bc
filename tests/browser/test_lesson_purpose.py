"""What it is for, on the page: a picture at every d, its question, another picture, and CIFAR-10 without its images."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Learn
from tests.browser.test_access import offences
from tests.web import Server

SLOW = 60_000  # ms for PCA's fit where the machine is busy


def test_three_numbers_of_the_autoencoder_keep_more_than_three_of_pca(learn: Learn, server: Server) -> None:
    lesson = learn(server, "purpose")
    expect(lesson.part("tile-pca-128")).to_be_visible(timeout=SLOW)
    lesson.answer_right_and_wrong("autoencoder", "pca")
    expect(lesson.part("tile-pca-3")).to_have_attribute("aria-pressed", "true")
    expect(lesson.part("said")).to_contain_text("256 : 1")
    assert offences(lesson.page) == []


def test_another_picture_is_kept_by_both(learn: Learn, server: Server) -> None:
    lesson = learn(server, "purpose")
    tile = lesson.part("tile-pca-3").locator("img")
    expect(tile).to_be_visible(timeout=SLOW)
    before = tile.get_attribute("src"), lesson.part("original").get_attribute("src")
    lesson.part("next").click()
    expect(lesson.part("tile-pca-3").locator("img")).not_to_have_attribute("src", before[0])
    expect(lesson.part("original")).not_to_have_attribute("src", before[1])


def test_without_the_images_of_cifar_10_the_models_show_what_they_keep(learn: Learn, server: Server) -> None:
    lesson = learn(server, "purpose", language="ko")
    lesson.part("set-cifar10").click()
    for d in (3, 10, 32, 64):
        expect(lesson.part(f"tile-autoencoder-{d}")).to_be_visible(timeout=SLOW)
    lesson.part("tile-autoencoder-64").click()
    expect(lesson.part("said")).to_contain_text(lesson.said["purpose.absent"])
    expect(lesson.part("said")).to_contain_text("12 : 1")
