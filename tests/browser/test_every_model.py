"""One picture in every model: a row for each model of the data set, its error, and a way there."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.test_panels import upload, wide_picture
from tests.web import Server

EN = strings("en")


def rows(explorer: ExplorerPage) -> Locator:
    return explorer.page.get_by_test_id("every-row")


def test_a_sample_and_an_upload_are_seen_through_every_model_of_the_data_set(visit: Visit, data_server: Server) -> None:
    explorer = visit(data_server, model="tiny", lang="en")
    explorer.page.get_by_test_id("every").locator("summary").click()
    alike = [
        model for model in data_server.get("/api/models").json if model["dataset"] == explorer.model.card["dataset"]
    ]
    expect(rows(explorer)).to_have_count(len(alike))
    assert len(alike) > 1
    index = explorer.model.card["start"]
    for model in alike:
        error = data_server.get(f"/api/models/{model['name']}/samples/{index}").json["mse"]
        row = rows(explorer).filter(has_text=model["title"]["en"]).filter(has_text=f"{error:.4f}")
        expect(row.first.locator("img")).to_be_visible()
    expect(explorer.page.get_by_test_id("every-note")).to_have_text("")
    upload(explorer, "mine.png", wide_picture())
    explorer.page.wait_for_function(
        "() => document.querySelector('[data-testid=upload-error]')?.textContent.length === 6"
    )
    own = explorer.page.get_by_test_id("upload-error").inner_text()
    expect(rows(explorer).and_(explorer.page.locator("[aria-current]"))).to_contain_text(own)
    explorer.page.get_by_test_id("button-mean").click()
    expect(explorer.page.get_by_test_id("every-note")).to_have_text(EN["every.none"])
    expect(rows(explorer)).to_have_count(0)


def test_a_link_leads_to_the_same_sample_in_another_model(visit: Visit, server: Server) -> None:
    explorer = visit(server, model="mnist", lang="en", **{"from": "7"})
    explorer.page.get_by_test_id("every").locator("summary").click()
    expect(rows(explorer)).to_have_count(2)
    rows(explorer).get_by_role("link").click()
    explorer.page.wait_for_url("**model=mnist-beta-vae**")
    explorer.ready().settle(model="mnist-beta-vae", **{"from": "7"})
