"""The strips of the latent axes: pictures along each, a place that one goes to, names that stay; class means."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.web import Server

STEPS = 7


def opened(explorer: ExplorerPage) -> Locator:
    explorer.page.get_by_test_id("axes").locator("summary").click()
    rows = explorer.page.get_by_test_id("axis-row")
    explorer.page.wait_for_function("""() => {
        const pictures = [...document.querySelectorAll("[data-testid=axis-tile] img")];
        return pictures.length && pictures.every((picture) => picture.src.startsWith("data:"));
    }""")
    return rows


def picture_of(tile: Locator) -> NDArray[np.uint8]:
    source = tile.locator("img").get_attribute("src") or ""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))).convert("RGB"))


def test_each_strip_takes_one_number_through_its_range_and_a_click_goes_there(visit: Visit, server: Server) -> None:
    explorer = visit(server, model="beta-vae", lang="en")
    rows, model = opened(explorer), explorer.model
    expect(rows).to_have_count(10)
    assert rows.get_by_test_id("axis-unused").count() == 6  # 4 of 10 are active, says the card
    latent = np.asarray(model.sample(model.card["start"])["latent"])
    low, high = np.asarray(model.card["latent_ranges"])[4]
    for at in (0, STEPS - 1):
        wanted = latent.copy()
        wanted[4] = low + (high - low) * at / (STEPS - 1)
        difference = picture_of(rows.nth(4).get_by_test_id("axis-tile").nth(at)).astype(int) - model.decode(wanted)
        assert np.abs(difference).max() <= 1, at
    rows.nth(4).get_by_test_id("axis-tile").last.click()
    explorer.wait_for_picture(model.decode(wanted))
    explorer.settle(z="*", **{"from": str(model.card["start"])})
    explorer.page.reload()
    explorer.ready().wait_for_picture(model.decode(wanted))  # the link carries what the view does not show


def test_a_name_stays_with_the_model_and_only_a_variational_one_draws_from_its_prior(
    visit: Visit, server: Server
) -> None:
    explorer = visit(server, model="mnist-beta-vae", lang="en")
    name = opened(explorer).first.get_by_role("textbox")
    name.fill("how round")
    name.press("Tab")
    before = explorer.picture
    explorer.page.get_by_test_id("axes-prior").click()
    explorer.wait_for_another_picture(before)
    explorer.page.reload()
    again = opened(explorer.ready()).first.get_by_role("textbox")
    expect(again).to_have_value("how round")
    explorer.open(model="mnist", lang="en")
    expect(opened(explorer).first.get_by_role("textbox")).to_have_value("")
    expect(explorer.page.get_by_test_id("axes-prior")).to_have_count(0)


def test_the_probe_goes_where_the_arithmetic_of_class_means_leads(visit: Visit, server: Server) -> None:
    explorer = visit(server, model="beta-vae", lang="en")
    opened(explorer)
    model = explorer.model
    latent, means = np.asarray(model.sample(model.card["start"])["latent"]), np.asarray(model.card["class_means"])
    explorer.page.get_by_test_id("arithmetic-minus").select_option("0")
    explorer.page.get_by_test_id("arithmetic-plus").select_option("8")
    explorer.page.get_by_test_id("arithmetic-go").click()
    explorer.wait_for_picture(model.decode(latent - means[0] + means[8]))


def test_a_sheet_is_decoded_on_a_plane_through_the_probe_and_can_be_clicked_into(visit: Visit, server: Server) -> None:
    explorer = visit(server, model="beta-vae", lang="en")
    explorer.page.get_by_test_id("sheet").locator("summary").click()
    tiles = explorer.page.get_by_test_id("sheet-tile")
    expect(tiles).to_have_count(STEPS * STEPS)
    expect(tiles.last.locator("img")).to_have_attribute("src", re.compile("^data:"))
    model = explorer.model
    sample = model.sample(model.card["start"])
    place, ranges = np.asarray(sample["position"]), np.asarray(model.card["ranges"])
    size = ranges[:, 1] - ranges[:, 0]
    for at, (right, up) in {0: (0.5, 6.5), 6: (6.5, 6.5), 45: (3.5, 0.5)}.items():
        there = place.copy()
        there[:2] = ranges[:2, 0] + size[:2] * np.array([right, up]) / STEPS
        difference = picture_of(tiles.nth(at)).astype(int) - model.decode(model.latent_at(there, sample))
        assert np.abs(difference).max() <= 1, at
    tiles.nth(45).click()
    explorer.wait_for_picture(model.decode(model.latent_at(there, sample)))
    before = tiles.first.locator("img").get_attribute("src")
    explorer.page.get_by_test_id("sheet-extent").select_option("0.1")
    expect(tiles.first.locator("img")).not_to_have_attribute("src", str(before))
    explorer.page.get_by_test_id("sheet-across").select_option("1")
    expect(explorer.page.get_by_test_id("sheet")).to_contain_text("Choose two different axes.")
