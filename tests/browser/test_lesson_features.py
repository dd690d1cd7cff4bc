"""The lesson on the most important features: two clouds, moved, left, and asked for their neighbours."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect
from sklearn.neighbors import NearestNeighbors

from tests.browser.conftest import Learn
from tests.browser.lessons import LessonPage
from tests.browser.test_access import offences
from tests.browser.watch import Watch
from tests.web import Server

MODELS = Path(__file__).resolve().parents[2] / "assets" / "models"
PAINTED = "canvas => canvas.getContext('2d').getImageData(0, 0, 32, 32).data.join()"
BESIDE = ["mnist", "default"]


def side(lesson: LessonPage, model: str) -> Locator:
    """One of the two maps, its first picture drawn."""
    part = lesson.page.locator(f".mx-map[data-model={model}]")
    expect(part.get_by_test_id("decoded")).to_have_attribute("data-painted", "true")
    return part


def agreement(model: str) -> float:
    """The mean share of the 10 nearest that are of a sample's class, over 500 of the samples."""
    with np.load(MODELS / model / "latents.npz") as arrays:
        latents, labels = arrays["latents"], arrays["labels"]
    some = np.arange(0, len(labels), len(labels) // 500)
    near = NearestNeighbors(n_neighbors=11).fit(latents).kneighbors(latents[some], return_distance=False)[:, 1:]
    return float((labels[near] == labels[some][:, None]).mean())


@pytest.mark.parametrize("model", BESIDE)
def test_a_slider_moves_the_probe_and_draws_its_picture_anew(learn: Learn, server: Server, model: str) -> None:
    lesson = learn(server, "features")
    part = side(lesson, model)
    decoded = part.get_by_test_id("decoded")
    before = decoded.evaluate(PAINTED)
    slider = part.get_by_test_id("slider-0")
    for _ in range(8):
        slider.press("ArrowRight")
    expect(slider).not_to_have_attribute("aria-valuetext", "")
    lesson.page.wait_for_function(
        "([model, before]) => document.querySelector(`[data-model=${model}] [data-testid=decoded]`)"
        ".getContext('2d').getImageData(0, 0, 32, 32).data.join() !== before",
        arg=[model, before],
    )


def test_beyond_the_data_both_pictures_are_marked_as_invented(learn: Learn, server: Server) -> None:
    lesson = learn(server, "features")
    parts = [side(lesson, model) for model in BESIDE]
    for part in parts:
        expect(part.get_by_test_id("invented")).to_be_hidden()
    lesson.part("leave").click()
    for part in parts:
        expect(part.get_by_test_id("invented")).to_be_visible()
        expect(part.get_by_role("meter")).to_have_attribute("aria-valuenow", re.compile(r"^(9[89]|100)"))
    assert offences(lesson.page) == []
    lesson.part("home").click()
    for part in parts:
        expect(part.get_by_test_id("invented")).to_be_hidden()


def test_the_question_is_answered_by_the_neighbours_of_the_samples_that_were_visited(
    learn: Learn, server: Server
) -> None:
    lesson = learn(server, "features")
    for model in BESIDE:
        side(lesson, model)
    lesson.answer_right_and_wrong("digits", "both")
    digits, photos = map(int, re.findall(r"(\d+) %", lesson.part("said").inner_text()))
    assert abs(digits / 100 - agreement("mnist")) < 0.2
    assert abs(photos / 100 - agreement("default")) < 0.2


def test_a_cloud_that_cannot_be_loaded_is_named_and_not_visited(learn: Learn, server: Server, watch: Watch) -> None:
    watch.allow("503")
    lesson = learn(server, "features")
    for model in BESIDE:
        side(lesson, model)
    lesson.page.route("**/models/mnist/points*", lambda route: route.fulfill(status=503))
    lesson.page.reload()
    side(lesson, "default")
    expect(lesson.part("said")).to_contain_text(lesson.said["features.away"])
    lesson.answer("photos")
    lesson.show_me()
    expect(lesson.part("said")).to_contain_text("Photographs: 8 visited")
