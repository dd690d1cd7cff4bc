"""What stands for an uploaded picture and for the start: in the scene, in a link, and in another model."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.test_page import choose
from tests.browser.test_panels import ACCENT, encoded, error_of, upload, wide_picture
from tests.web import Server

EN, KO = strings("en"), strings("ko")
# How many pixels of a colour the overlay shows around a place, beyond the probe and its rings.
AROUND = """([x, y, colour]) => {
    const canvas = document.querySelector(".mx-overlay"), box = canvas.getBoundingClientRect(),
      scale = canvas.width / box.width;
    const { data } = canvas.getContext("2d").getImageData((x - box.left - 24) * scale, (y - box.top - 24) * scale,
      48 * scale, 48 * scale);
    const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
        const [dx, dy] = [(at / 4) % (48 * scale) - 24 * scale, Math.floor(at / 4 / (48 * scale)) - 24 * scale];
        count += Math.hypot(dx, dy) > 13 * scale && data[at + 3] === 255 && wanted.every((part, channel) =>
          data[at + channel] === part);
    }
    return count;
}"""


def far_away(explorer: ExplorerPage, picture: bytes) -> np.ndarray:
    """Upload `picture` to a model of five numbers and wait until its star stands; what is decoded there."""
    upload(explorer, "mine.png", picture)
    answer = encoded(explorer, picture)
    expect(error_of(explorer)).to_have_text(f"{answer['mse']:.4f}")
    explorer.wait_for_picture(explorer.model.decode(answer["latent"]))
    explorer.settle(z="*", p="", **{"from": ""})
    return explorer.picture


@pytest.mark.parametrize("moved", [False, True])
def test_the_link_of_an_upload_opens_the_same_picture_and_says_what_it_is(
    visit: Visit, gallery: Server, moved: bool
) -> None:
    explorer = visit(gallery, model="deep", lang="en")
    far_away(explorer, wide_picture())
    if moved:
        explorer.slider(2).press("ArrowRight")
        explorer.settle(p="*", z="*")
        explorer.settle_here()
    explorer.page.wait_for_function("() => !document.querySelector('.mx-upload-status').textContent")
    picture, query, position = explorer.settled_picture(), explorer.query, explorer.position
    opened = visit(gallery, profile={"locale": "en-US"}, **query)
    for page in (opened, ExplorerPage(explorer.page, gallery)):
        if page is not opened:
            page.page.reload()
            page.ready()
        expect(page.caption).to_have_text(EN["pair.upload.link"])
        np.testing.assert_allclose(page.position, position, atol=1e-3)
        page.page.wait_for_function("document.querySelector('.mx-empty').checkVisibility()")
        assert np.abs(page.settled_picture().astype(int) - picture).max() <= 1
        expect(page.page.get_by_test_id("mark-upload")).to_be_visible()
        page.settle()
        assert page.query == query


@pytest.mark.parametrize("z", ["AAAA", "AADAfwAAwH8AAMB_AADAfwAAwH8", "!!", "AAAAAAAA", "A" * 4000])
def test_a_latent_that_makes_no_sense_in_a_link_is_as_if_it_were_absent(visit: Visit, gallery: Server, z: str) -> None:
    explorer = visit(gallery, model="deep", lang="en", z=z)
    expect(explorer.caption).to_have_text(re.compile(r"#\d+"))
    explorer.settle(z="")


def test_an_upload_comes_along_into_another_model_and_the_probe_stands_on_its_star(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en", profile={"viewport": {"width": 1440, "height": 900}})
    picture = wide_picture()
    upload(explorer, "mine.png", picture)
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    explorer.settle(z="*")
    choose(explorer.page, "model", "Five numbers")
    expect(explorer.page.locator(".mx-axis")).to_have_text(["PC1", "PC2", "PC3"])
    explorer.ready().settle(model="deep", z="*", p="", **{"from": ""})
    answer = encoded(explorer, picture)
    expect(explorer.caption).to_have_text(EN["pair.upload"])
    np.testing.assert_allclose(explorer.position, answer["position"], atol=1e-4)
    explorer.wait_for_picture(explorer.model.decode(answer["latent"]))
    expect(error_of(explorer)).to_have_text(f"{answer['mse']:.4f}")


def test_the_star_of_an_upload_can_be_seen_while_the_probe_stands_on_it(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    upload(explorer, "mine.png", wide_picture())
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    explorer.settle(z="*")
    x, y = explorer.probe_place()
    assert explorer.page.evaluate(AROUND, [x, y, explorer.page.evaluate(ACCENT)]) > 40


@pytest.mark.parametrize(("lang", "said"), [("en", EN), ("ko", KO)])
def test_a_line_in_the_scene_says_what_its_marks_are(
    visit: Visit, gallery: Server, lang: str, said: dict[str, str]
) -> None:
    explorer = visit(gallery, model="flat", lang=lang)
    page = explorer.page
    marks = page.get_by_test_id("marks").locator("li:visible")
    expect(marks).to_have_text([said[f"marks.{name}"] for name in ("probe", "start", "nearest")])
    for mark in marks.all():
        assert mark.get_attribute("title")
    upload(explorer, "mine.png", wide_picture())
    expect(marks).to_have_text([said[f"marks.{name}"] for name in ("probe", "upload", "nearest", "trail")])
    explorer.click_sample()
    expect(marks).to_have_text([said[f"marks.{name}"] for name in ("probe", "start", "upload", "nearest", "trail")])
    star = explorer.project(np.array(encoded(explorer, wide_picture())["position"]))[0, :2].tolist()
    page.mouse.move(*star)
    expect(page.get_by_test_id("hover")).to_contain_text(said["marks.upload.help"])
