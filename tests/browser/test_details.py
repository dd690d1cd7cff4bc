"""Small promises of the page that are easily broken."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.web import Server

EN = strings("en")
FEW = 5  # samples


def test_a_link_copied_at_the_mean_opens_at_the_mean(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="deep", lang="en")
    explorer.stage.focus()
    explorer.page.keyboard.press("Home")
    explorer.settle(**{"p": "*", "from": ""})
    before = explorer.position
    explorer.page.reload()
    explorer.ready()
    expect(explorer.caption).to_have_text(EN["pair.mean.title"])
    np.testing.assert_allclose(explorer.position, before, atol=1e-3)


def test_a_link_from_the_mean_to_a_place_beside_the_view_opens_there(visit: Visit, gallery: Server) -> None:
    latent = np.array(gallery.get("/api/models/deep").json["mean"], "<f4") + np.array([0, 0.5, 0, -1, 2], "<f4")
    z = base64.urlsafe_b64encode(latent.tobytes()).decode().rstrip("=")
    explorer = visit(gallery, model="deep", lang="en", z=z, **{"from": "mean"})
    expect(explorer.caption).to_have_text(EN["pair.mean.title"])
    explorer.wait_for_picture(explorer.model.decode(latent.tolist()))
    explorer.settle(z="*", p="", **{"from": "mean"})


def test_k_keeps_to_a_data_set_of_few_samples(visit: Visit, gallery: Server) -> None:
    asked: list[str] = []

    def few(page: Page) -> None:
        """Pass the model off as one of five samples."""
        page.on("request", lambda request: asked.append(request.url) if "/nearest?" in request.url else None)
        page.route(
            re.compile("/api/models/flat$"), lambda route: route.fulfill(json={**route.fetch().json(), "n": FEW})
        )

    explorer = visit(gallery, model="flat", lang="en", prepare=few)
    expect(explorer.tiles()).to_have_count(FEW)
    expect(explorer.page.get_by_test_id("density")).to_have_text(re.compile(r"\d"))
    assert asked
    assert all(f"&k={FEW}&" in url for url in asked)


@pytest.mark.parametrize("code", [1007, 1008])
def test_a_server_that_refuses_is_quoted_and_asked_seldom(visit: Visit, gallery: Server, code: int) -> None:
    ends: list[WebSocketRoute] = []
    reason = "No such model here."

    def first_only(end: WebSocketRoute) -> None:
        """Let the first connection through, and refuse the others."""
        ends.append(end)
        if len(ends) > 1:
            end.close(code=code, reason=reason)
        else:
            end.connect_to_server()

    explorer = visit(
        gallery, model="flat", lang="en", prepare=lambda page: page.route_web_socket("**/decode", first_only)
    )
    notice = explorer.page.get_by_test_id("notice-offline")
    ends[0].close(code=code, reason=reason)
    expect(notice).to_have_text(EN["notice.refused"].format(reason=reason))
    before = len(ends)
    explorer.page.wait_for_timeout(2500)
    assert len(ends) <= before + 1
    expect(notice).to_be_visible()
