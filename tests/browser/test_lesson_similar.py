"""The lesson on similar samples: a blind test, judged, then scored by the class."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import expect
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from tests.browser.conftest import Learn
from tests.browser.lessons import LessonPage
from tests.browser.test_access import offences
from tests.browser.watch import Watch
from tests.web import Server

DIGITS = Path(__file__).resolve().parents[2] / "assets" / "models" / "digits" / "latents.npz"
PATIENCE = 60_000


def score(lesson: LessonPage, row: str) -> int:
    """The share of the same class in percent, as the table says it."""
    return int(re.search(r"(\d+) %", lesson.part(f"score-{row}").inner_text())[1])


def reference(vectors: np.ndarray, labels: np.ndarray) -> float:
    """The mean share of the six nearest that are of a sample's class, in percent, over all samples."""
    near = NearestNeighbors(n_neighbors=7).fit(vectors).kneighbors(return_distance=False, n_neighbors=6)
    return 100 * float((labels[near] == labels[:, None]).mean())


def test_five_blind_judgements_end_with_the_score_of_both_ways(learn: Learn, server: Server) -> None:
    lesson = learn(server, "similar")
    for number in range(5):
        expect(lesson.part("said")).to_contain_text(f"Round {number + 1} of 5")
        before = lesson.part("row-A").locator("img").first.get_attribute("src")
        lesson.part("fits-A" if number % 2 else "fits-B").click()
        if number < 4:
            expect(lesson.part("row-A").locator("img").first).not_to_have_attribute("src", before)
            expect(lesson.part("row-A")).not_to_contain_text("by ")
    expect(lesson.part("scores")).to_be_visible(timeout=PATIENCE)
    expect(lesson.part("row-A")).to_contain_text("by ")
    chosen = [int(lesson.part(f"score-{row}").locator("td").first.inner_text()) for row in ("latent", "pixel")]
    assert sum(chosen) == 5
    assert offences(lesson.page) == []


def test_the_scores_are_those_of_scikit_learn_on_the_same_digits(learn: Learn, server: Server) -> None:
    lesson = learn(server, "similar")
    lesson.answer("latent")
    lesson.show_me()
    expect(lesson.part("scores")).to_be_visible(timeout=PATIENCE)
    with np.load(DIGITS) as arrays:
        latents, labels = arrays["latents"], arrays["labels"]
    pixels = load_digits().data
    assert abs(score(lesson, "latent") - reference(latents, labels)) < 12
    assert abs(score(lesson, "pixel") - reference(pixels, load_digits().target)) < 12
    assert abs(score(lesson, "chance") - 10) < 2
    apart = score(lesson, "pixel") - score(lesson, "latent")
    right, wrong = ("pixel", "alike") if apart >= 5 else ("alike", "pixel")
    lesson.answer_right_and_wrong(right, wrong)


def test_a_lost_answer_leaves_the_round_to_be_judged_again(learn: Learn, server: Server, watch: Watch) -> None:
    watch.allow("503")
    lesson = learn(server, "similar")
    expect(lesson.part("said")).to_contain_text("Round 1 of 5")
    lesson.page.route("**/nearest?*", lambda route: route.fulfill(status=503))
    lesson.part("fits-A").click()
    expect(lesson.part("said")).to_have_text(lesson.said["similar.lost"])
    lesson.page.unroute("**/nearest?*")
    lesson.part("fits-A").click()
    expect(lesson.part("said")).to_contain_text("Round 2 of 5")
