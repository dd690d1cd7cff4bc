"""The decoded picture with the sample's detail: the original, changed by what the decoder changes and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from app.text import strings
from tests.browser import scripts
from tests.browser.conftest import AMID, Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.test_panels import encoded, error_of, upload, wide_picture
from tests.web import Server, running

EN = strings("en")
ARITHMETIC = """async ([original, decodedThere, decodedHere]) => {
    const { residual, addResidual, drawResidual } = await import("/explorer/explore/detail.js");
    const { CHANNELS } = await import("/explorer/core/pixels.js");
    const rgb = (pixel) => Uint8Array.from({ length: CHANNELS }, (_, at) => pixel[at % 3]);
    const rgba = (pixel) => Uint8ClampedArray.from({ length: CHANNELS / 3 * 4 }, (_, at) => [...pixel, 255][at % 4]);
    const detail = residual(rgba(original), rgba(decodedThere));
    const [sum, grey] = [rgba([0, 0, 0]), rgba([0, 0, 0])];
    addResidual(rgb(decodedHere), detail, sum);
    drawResidual(detail, grey);
    const ends = (array, width) => [Array.from(array.slice(0, width)), Array.from(array.slice(-width))];
    return { detail: ends(detail, 3), sum: ends(sum, 4), grey: ends(grey, 4), kind: detail.constructor.name };
}"""


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app as it ships, with no pictures at hand."""
    with running(tmp_path_factory.mktemp("away-home")) as started:
        yield started


def switch(page: Page) -> Locator:
    return page.get_by_test_id("detail-on")


def note(page: Page) -> Locator:
    return page.get_by_test_id("detail-note")


def with_detail(here: NDArray[Any], original: NDArray[Any], there: NDArray[Any]) -> NDArray[np.uint8]:
    return np.clip(here.astype(int) + original.astype(int) - there.astype(int), 0, 255).astype(np.uint8)


def residual_of(explorer: ExplorerPage) -> NDArray[np.uint8]:
    drawn = explorer.page.get_by_test_id("residual").evaluate(scripts.PIXELS)
    return np.array(drawn, np.uint8).reshape(32, 32, 4)[..., :3]


@pytest.mark.parametrize(
    ("pixels", "detail", "total", "grey"),
    [
        (([9, 200, 0], [9, 100, 255], [40, 50, 60]), [0, 100, -255], [40, 150, 0], [128, 228, 0]),
        (([255, 0, 10], [0, 255, 10], [1, 254, 77]), [255, -255, 0], [255, 0, 77], [255, 0, 128]),
    ],
)
def test_the_detail_is_added_channel_by_channel_and_cut_to_what_a_pixel_can_be(
    visit: Visit, gallery: Server, pixels: Any, detail: list[int], total: list[int], grey: list[int]
) -> None:
    found = visit(gallery, model="flat", lang="en").page.evaluate(ARITHMETIC, list(pixels))
    assert found == {
        "detail": [detail] * 2,
        "sum": [[*total, 255]] * 2,
        "grey": [[*grey, 255]] * 2,
        "kind": "Int16Array",
    }


def test_on_the_sample_it_is_the_original_and_it_changes_by_what_the_decoder_changes(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en", **AMID)
    page, model = explorer.page, explorer.model
    original, there = model.original(0), model.decode(model.sample(0)["latent"])
    title = page.locator(".mx-decoded figcaption")
    explorer.wait_for_picture(there)
    expect(title).to_have_text(EN["pair.decoded"])
    switch(page).click()
    explorer.wait_for_picture(original)
    expect(title).to_have_text(EN["detail.title"])
    expect(note(page)).to_have_text(EN["detail.note"].format(d=3))
    expect(page.get_by_test_id("difference")).to_have_text(EN["pair.difference"].format(error="0.0000"))
    grey = with_detail(np.full_like(there, 128), original, there)
    assert np.abs(residual_of(explorer).astype(int) - grey).max() <= 1
    for _ in range(5):
        explorer.slider(0).press("ArrowRight")
    explorer.settle_here()
    here = model.decode(explorer.latent)
    assert np.abs(here.astype(int) - there).max() > 10
    explorer.wait_for_picture(with_detail(here, original, there))
    index = explorer.click_sample()
    explorer.wait_for_picture(model.original(index))
    page.get_by_test_id("detail-off").click()
    explorer.wait_for_picture(model.decode(explorer.latent))
    expect(page.get_by_test_id("residual")).to_be_hidden()
    switch(page).click()
    page.reload()
    explorer.ready()
    expect(page.get_by_test_id("detail-off")).to_have_attribute("aria-pressed", "true")


def test_an_uploaded_picture_has_its_detail_and_the_mean_has_none(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, picture = explorer.page, wide_picture()
    upload(explorer, "mine.png", picture)
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    explorer.wait_for_picture(explorer.model.decode(encoded(explorer, picture)["latent"]))
    switch(page).click()
    explorer.wait_for_picture(explorer.shown_original())
    page.get_by_test_id("button-mean").click()
    explorer.wait_for_picture(explorer.model.decode(np.array(explorer.model.card["mean"])))
    expect(switch(page)).to_have_attribute("aria-pressed", "false")
    expect(switch(page)).to_have_attribute("title", EN["detail.none.mean"])
    switch(page).click(force=True)
    expect(note(page)).to_have_text(EN["detail.none.mean"])
    expect(page.get_by_test_id("detail-off")).to_have_attribute("aria-pressed", "true")


def test_without_the_originals_a_finer_models_reconstruction_stands_in(visit: Visit, away: Server) -> None:
    explorer = visit(away, model="default", lang="en", **AMID)
    page = explorer.page
    assert explorer.model.card["finer"] == {"name": "latent-64", "latent_dim": 64}
    switch(page).click()
    finer = away.get("/api/models/latent-64/samples/0").json["latent"]
    with away.socket("latent-64") as socket:
        socket.send(np.asarray(finer, "<f4").tobytes())
        wanted = np.frombuffer(socket.recv(), np.uint8).reshape(32, 32, 3)
    explorer.wait_for_picture(wanted)
    expect(note(page)).to_have_text(EN["detail.note.finer"].format(d=3, finer=64))


def test_where_no_model_knows_more_the_button_says_why(visit: Visit, away: Server) -> None:
    explorer = visit(away, model="latent-64", lang="en")
    expect(switch(explorer.page)).to_have_attribute("title", EN["detail.none.images"])
    expect(switch(explorer.page)).to_have_attribute("aria-disabled", "true")
