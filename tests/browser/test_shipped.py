"""The journey of a first visitor, with the default model and the real pictures, where these are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.web import Server, running


@pytest.fixture(scope="module")
def museum(real_pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app as it ships, with the real pictures."""
    with running(tmp_path_factory.mktemp("museum-home"), real_pictures) as started:
        yield started


def test_a_first_visitor_clicks_a_photograph_and_drags_away_from_it(visit: Visit, museum: Server) -> None:
    explorer = visit(museum, profile={"viewport": {"width": 1440, "height": 900}})
    assert explorer.query["model"] == "default"
    assert explorer.query["from"] == str(explorer.model.card["start"]) != "0"
    index = explorer.click_sample()
    explorer.settle(model="default", **{"from": str(index)})
    model, sample = explorer.model, explorer.model.sample(index)
    assert len(model.points) == 10_000
    assert explorer.shown_original().tolist() == model.original(index).tolist()
    expect(explorer.page.get_by_test_id("error")).to_have_text(
        strings("en")["pair.error"].format(error=f"{sample['mse']:.4f}")
    )
    explorer.wait_for_picture(model.decode(sample["latent"]))
    camera, picture, (x, y) = explorer.camera, explorer.picture, explorer.probe_place()
    explorer.page.mouse.move(x, y)
    explorer.page.mouse.down()
    toward = explorer.project(model.points.mean(0))[0, :2]  # into the cloud, where every step shows
    for share in (0.2, 0.4, 0.6, 0.8):
        explorer.page.mouse.move(x + share * (toward[0] - x), y + share * (toward[1] - y), steps=3)
        picture = explorer.wait_for_another_picture(picture)
    explorer.page.mouse.up()
    explorer.settle_here()
    explorer.wait_for_picture(model.decode(explorer.latent))
    assert explorer.camera == camera
    expect(explorer.tiles()).to_have_count(12)
    expect(explorer.page.get_by_test_id("panel-data")).to_be_hidden()
