"""The page as a whole: languages, models, links, widths and colours."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from app.text import strings
from tests.browser.conftest import Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.scripts import HAS_NOTICED, KEEP_NOTICES
from tests.browser.watch import Watch
from tests.web import Server

EN, KO = strings("en"), strings("ko")
HANGUL = re.compile("[가-힣]")
WIDTHS = (390, 1024, 1440)
TOO_WIDE = """() => [
    document.scrollingElement, ...document.querySelectorAll("[data-testid=stMain], .mx-root, .mx-side")]
    .filter((each) => each.scrollWidth > each.clientWidth).map((each) =>
      `${each.tagName}.${each.className} ${each.scrollWidth} > ${each.clientWidth}`)"""
UNEXPLAINED = """() => Array.from(document.querySelectorAll(".mx-root :is(button, input, select)"))
    .filter((each) => each.checkVisibility() && !each.closest("[title]"))
    .map((each) => each.outerHTML.slice(0, 120))"""
CONTRASTS = """() => {
    const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
      willReadFrequently: true });
    const over = (under, colour) => {
        pen.fillStyle = `rgb(${under})`; pen.fillRect(0, 0, 1, 1);
        pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
        return Array.from(pen.getImageData(0, 0, 1, 1).data.slice(0, 3));
    };
    const ground = (element) => {
        const above = element.parentElement ? ground(element.parentElement) : [255, 255, 255];
        return over(above, getComputedStyle(element).backgroundColor);
    };
    const light = (rgb) => {
        const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 :
          ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const found = [];
    for (const element of document.querySelectorAll("[data-testid=stApp] *")) {
        const own = Array.from(element.childNodes).filter((node) => node.nodeType === Node.TEXT_NODE).map((node) =>
          node.data.trim()).join(" ");
        const words = element.matches("input:not([type=range])") ? element.value : own;
        if (!words || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
          element.closest("style, script, [disabled]")) continue;
        if (getComputedStyle(element).fontFamily.includes("Material")) continue;  // an icon's name is not read
        const back = ground(element);
        const [a, b] = [light(over(back, getComputedStyle(element).color)), light(back)];
        found.push([words.slice(0, 40), Math.max(a, b) / Math.min(a, b)]);
    }
    return found;
}"""
AXIS_COLOURS = """() => ["xaxis", "yaxis", "zaxis"].map((axis) =>
    document.querySelector("[data-testid=plot]").layout.scene[axis].color)"""


def choose(page: Page, select: str, option: str) -> None:
    """Pick an option of one of the header's boxes with the mouse."""
    header_box(page, select).click()
    page.get_by_role("option", name=option, exact=True).click()


def header_box(page: Page, select: str) -> Locator:
    """The box "model" or "language" of the header."""
    return page.locator(f"[class*=st-key-{select}]").get_by_role("combobox")


def words_of(page: Page) -> str:
    """Everything that the scene and its panels say."""
    return page.locator(".mx-root").inner_text()


def test_the_language_switches_in_place_and_probe_camera_and_picture_stay(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page = explorer.page
    index = explorer.click_sample()
    explorer.turn()
    explorer.settle(**{"from": str(index)})
    position, camera, picture = explorer.position, explorer.camera, explorer.settled_picture()
    assert not HANGUL.search(words_of(page))
    choose(page, "language", "한국어")
    explorer.settle(lang="ko")
    for key in ("pair.decoded", "nearest.title", "upload.title", "upload.choose"):
        assert KO[key] in words_of(page)
    expect(page.get_by_test_id("button-surprise")).to_have_attribute("title", KO["scene.surprise.help"])
    expect(header_box(page, "model")).to_have_value("Three numbers 모델")
    expect(page.get_by_test_id("density")).to_have_text(HANGUL)
    assert explorer.position.tolist() == position.tolist()
    assert explorer.camera == camera
    explorer.wait_for_picture(picture)
    choose(page, "language", "English")
    explorer.settle(lang="en")
    assert not HANGUL.search(words_of(page))


def test_another_model_opens_at_the_same_sample_and_moves_by_its_own_three_directions(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en", profile={"viewport": {"width": 1440, "height": 900}})
    page = explorer.page
    index = explorer.click_sample()
    explorer.settle(**{"from": str(index)})
    choose(page, "model", "Five numbers")
    expect(page.locator(".mx-axis")).to_have_text(["PC1", "PC2", "PC3"])
    explorer.ready().settle(model="deep", **{"from": str(index)})
    model, sample = explorer.model, explorer.model.sample(index)
    assert len(sample["latent"]) == 5
    np.testing.assert_allclose(explorer.position, sample["position"], atol=1e-5)
    explorer.wait_for_picture(model.decode(sample["latent"]))
    expect(page.get_by_test_id("sliders")).to_contain_text("5 dimensions")
    x, y = explorer.probe_place()
    explorer.drag((x, y), (x + 40, y - 50))
    explorer.slider(0).focus()
    page.keyboard.press("ArrowRight")
    moved = model.decode(model.latent_at(explorer.position, sample))
    explorer.wait_for_picture(moved)
    middle = {
        "latent": model.card["mean"],
        "position": (np.array(model.card["mean"]) - model.card["center"]) @ np.array(model.card["basis"]),
    }
    assert np.abs(moved.astype(int) - model.decode(model.latent_at(explorer.position, middle))).max() > 8, (
        "the sample's rest must matter here"
    )
    choose(page, "model", "Three numbers")
    expect(page.locator(".mx-axis")).to_have_text(["z1", "z2", "z3"])
    explorer.ready().settle(model="flat", **{"from": str(index)})
    np.testing.assert_allclose(explorer.position, explorer.model.points[index], atol=1e-5)


def test_train_and_back_brings_the_view_that_was_left(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page = explorer.page
    explorer.click_sample(1)
    explorer.slider(1).press("ArrowRight")
    explorer.turn()
    page.get_by_test_id("legend-0").click()
    explorer.settle_here()
    left = explorer.position, explorer.camera, explorer.visible_classes(), explorer.query["from"]
    page.get_by_role("link", name=EN["header.train"], exact=True).click()
    expect(page.get_by_test_id("trainings")).to_have_attribute("data-ready", "true")
    page.get_by_role("link", name=EN["header.explore"], exact=True).click()
    explorer.ready()
    explorer.settle_here()
    assert explorer.query["model"] == "flat"
    assert np.allclose(explorer.position, left[0], atol=1e-3)
    assert (explorer.camera, explorer.visible_classes(), explorer.query["from"]) == left[1:]
    expect(page.get_by_test_id("legend-0")).to_have_attribute("aria-pressed", "false")


def test_a_copied_link_opens_the_same_view_elsewhere_and_after_a_reload(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="deep", lang="ko")
    entries = explorer.page.evaluate("history.length")
    index = explorer.click_sample()
    x, y = explorer.probe_place()
    explorer.drag((x, y), (x + 30, y + 45))
    explorer.page.get_by_test_id("nearest-k").focus()
    explorer.page.keyboard.press("Home")
    explorer.turn(-80, 30)
    explorer.settle(k="1")
    explorer.settle_here()
    query = explorer.query
    assert explorer.page.evaluate("history.length") == entries
    assert {"model": "deep", "lang": "ko", "k": "1", "from": str(index)}.items() <= query.items()
    for opened in (visit(gallery, profile={"locale": "en-US"}, **query), explorer):
        if opened is explorer:
            explorer.page.reload()
            explorer.ready()
        expect_view(opened, query)


def expect_view(explorer: ExplorerPage, query: dict[str, str]) -> None:
    """The page shows what a link said, and its own address says the same."""
    numbers = [float(number) for number in query["p"].split(",")]
    np.testing.assert_allclose(explorer.position, numbers, atol=1e-5)
    camera = [explorer.camera[part][axis] for part in ("eye", "center", "up") for axis in "xyz"]
    np.testing.assert_allclose(camera, [float(number) for number in query["cam"].split(",")], atol=1e-9)
    expect(explorer.caption).to_contain_text(f"#{query['from']}")
    expect(explorer.tiles()).to_have_count(int(query["k"]))
    expect(explorer.page.locator(".mx-axis").first).to_have_text("PC1")
    assert HANGUL.search(words_of(explorer.page))
    explorer.wait_for_picture(explorer.model.decode(explorer.latent))
    explorer.settle()
    assert explorer.query == query


def test_a_broken_link_opens_with_what_can_be_read_of_it(visit: Visit, gallery: Server, watch: Watch) -> None:
    watch.allow("status of 404.*99999999")
    query = {"model": "none such", "lang": "tlh", "k": "many", "p": "1,nan,x", "cam": "1,2", "from": "99999999"}
    explorer = visit(gallery, prepare=lambda page: page.add_init_script(KEEP_NOTICES), **query)
    explorer.settle(lang="en", k="")
    assert explorer.query["model"] in [model["name"] for model in gallery.get("/api/models").json]
    explorer.page.wait_for_function(HAS_NOTICED, arg="99999999")
    expect(explorer.tiles()).to_have_count(12)


def test_no_width_makes_the_page_scroll_sideways_and_every_control_says_what_it_does(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="deep", lang="en")
    for language, code in (("English", "en"), ("한국어", "ko")):
        choose(explorer.page, "language", language)
        explorer.settle(lang=code)
        for width in WIDTHS:
            explorer.page.set_viewport_size({"width": width, "height": 844})
            explorer.resized()
            assert explorer.page.evaluate(TOO_WIDE) == [], f"{width} pixels in {language}"
        assert explorer.page.evaluate(UNEXPLAINED) == []


@pytest.mark.parametrize(("scheme", "locale", "lang"), [("light", "fr-FR", "en"), ("dark", "ko-KR", "ko")])
def test_a_first_visit_follows_the_browser_s_language_and_colours_and_every_text_can_be_read(
    visit: Visit, gallery: Server, scheme: str, locale: str, lang: str
) -> None:
    explorer = visit(gallery, profile={"color_scheme": scheme, "locale": locale}, model="deep")
    explorer.settle(lang=lang)
    assert explorer.root.get_attribute("data-theme") == scheme
    explorer.page.get_by_test_id("legend-1").click()
    expect(explorer.tiles().last).to_be_enabled()
    found = explorer.page.evaluate(CONTRASTS)
    said = " ".join(text for text, _ in found)
    words = strings(lang)
    for expected in (
        words["header.title"],
        words["pair.decoded"],
        words["nearest.title"],
        words["upload.choose"],
        "circle",
        "PC1",
        "Five numbers",
    ):
        assert expected in said
    assert [(text, round(ratio, 2)) for text, ratio in found if ratio < 4.5] == []
    expect_ink(explorer, scheme)


def expect_ink(explorer: ExplorerPage, scheme: str) -> None:
    """Plotly writes its axes in the page's own text colour."""
    text = {"light": "#16181d", "dark": "#eceef2"}[scheme]
    assert explorer.page.evaluate(AXIS_COLOURS) == [text] * 3
