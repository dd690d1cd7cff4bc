"""The lesson on disentangling: strips that follow a slider, and an overlap that is measured."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from model.space.service import ExplorerService
from tests.browser.conftest import Learn
from tests.browser.test_access import offences
from tests.web import Server

MODELS = Path(__file__).resolve().parents[2] / "assets" / "models"
PAIR = ["mnist", "mnist-beta-vae"]


def overlap(model: str) -> float:
    """The mean |cos| between the changes of the decoder's picture along two axes, over 60 samples."""
    service = ExplorerService(MODELS / model, None)
    latents = service.latent_map.latents
    low, high = np.quantile(latents, [0.01, 0.99], axis=0)
    step = np.diag((high - low) / 12)
    above, below = np.triu_indices(latents.shape[1], 1)
    found = []
    for latent in latents[:: len(latents) // 60]:
        change = (service.decode(latent + step).astype(float) - service.decode(latent - step)).reshape(len(step), -1)
        change /= np.linalg.norm(change, axis=1, keepdims=True)
        found.append(np.abs(change @ change.T)[above, below].mean())
    return float(np.mean(found))


@pytest.mark.parametrize("pair", ["digits", "photos"])
def test_a_slider_draws_the_strips_of_the_other_axes_anew(learn: Learn, server: Server, pair: str) -> None:
    lesson = learn(server, "disentangling")
    lesson.part(f"pair-{pair}").click()
    models = PAIR if pair == "digits" else ["default", "beta-vae"]
    expect(lesson.part(f"strips-{models[1]}").get_by_test_id("axis-row")).to_have_count(3 if pair == "digits" else 4)
    for model in models:
        rows = lesson.part(f"strips-{model}").get_by_test_id("axis-row")
        other = rows.nth(1).locator("img").first
        expect(other).to_have_attribute("src", re.compile("^data:"))
        before = other.get_attribute("src")
        for _ in range(12):
            rows.nth(0).get_by_test_id("axis-slider").press("ArrowLeft")
        expect(other).not_to_have_attribute("src", before)


def test_what_stands_above_the_strips_is_the_correlation_of_the_latents(learn: Learn, server: Server) -> None:
    lesson = learn(server, "disentangling")
    for model in PAIR:
        with np.load(MODELS / model / "latents.npz") as arrays:
            correlation = np.corrcoef(arrays["latents"].T)
        mean = np.abs(correlation[np.triu_indices(3, 1)]).mean()
        part = lesson.part(f"strips-{model}")
        expect(part).to_contain_text("Mean absolute correlation")
        said = float(re.search(r"axes: ([\d.]+\d)", part.inner_text())[1])
        assert abs(said - mean) < 0.01


def test_the_question_is_answered_by_the_overlap_that_is_measured(learn: Learn, server: Server) -> None:
    lesson = learn(server, "disentangling")
    lesson.answer_right_and_wrong("beta", "plain")
    said = lesson.part("said").inner_text()
    plain, beta = map(float, re.findall(r"(0\.\d+)", said))
    assert abs(plain - overlap("mnist")) < 0.08
    assert abs(beta - overlap("mnist-beta-vae")) < 0.08
    assert offences(lesson.page) == []
