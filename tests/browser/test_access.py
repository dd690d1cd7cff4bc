"""The page without a mouse, without sight of it, and in the reader's own colours."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from app.text import strings
from tests.browser.conftest import Enter, Visit
from tests.browser.test_panels import error_of, upload, wide_picture
from tests.browser.watch import Watch
from tests.web import Server

EN = strings("en")
PHONE = {"width": 390, "height": 844}
GRAVE = ("serious", "critical")
# axe leaves these out unless they are asked for
RULES = {rule: {"enabled": True} for rule in ("label-content-name-mismatch", "target-size")}
RESTING = "[data-testid=stApp][data-test-script-state=notRunning]"
STALE = "[data-stale=true]"  # dimmed by Streamlit: an unfinished run has not drawn it yet
UNMARKED = """async () => {
    const kinds = "button, a[href], input:not([type=file]), select, summary, [tabindex='0']";
    document.head.append(Object.assign(document.createElement("style"), { textContent:
      "* { transition: none !important; }" }));
    const marks = ({ outlineStyle, outlineColor, boxShadow, borderColor }) => [outlineStyle, outlineColor, boxShadow,
      borderColor];
    const above = (each, levels) => (levels ? [each, ...above(each.parentElement, levels - 1)] : [each]);
    const look = (each) => JSON.stringify(above(each, 6).map((one) => marks(getComputedStyle(one))));
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const unmarked = [];
    for (const each of document.querySelectorAll(kinds)) {
        if (!each.checkVisibility({ visibilityProperty: true }) || each.disabled ||
          each.closest("[aria-hidden=true]")) continue;
        document.activeElement.blur();
        await drawn();
        const before = look(each);
        each.focus();
        await drawn();
        if (look(each) === before) unmarked.push(each.outerHTML.slice(0, 120));
    }
    return unmarked;
}"""
PRESS_FIVE_TIMES = """(stage) => {
    for (let at = 0; at < 5; at += 1) stage.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles:
      true, cancelable: true }));
}"""
LISTEN = """(region) => {
    window.heard = [];
    new MutationObserver(() => window.heard.push(region.textContent)).observe(region, { childList: true, characterData:
      true, subtree: true });
}"""
everywhere = pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("ko", "light"), ("ko", "dark")]
)


def offences(page: Page) -> list[tuple[str, str, list[str]]]:
    """What axe finds serious or critical on the page as it stands."""
    expect(page.locator(RESTING)).to_have_count(1)
    expect(page.locator(STALE)).to_have_count(0)
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": RULES}).response["violations"]
    return [
        (each["id"], each["impact"], [node["html"][:160] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in GRAVE
    ]


@everywhere
def test_axe_finds_nothing_grave_on_explore_in_any_state(
    visit: Visit, school: Server, language: str, scheme: str
) -> None:
    held: list[Route] = []

    def dressed(page: Page) -> None:
        page.emulate_media(color_scheme=scheme)
        page.route("**/nearest?**", lambda route: held.append(route))

    explorer, said = visit(school, model="flat", lang=language, prepare=dressed), strings(language)
    page = explorer.page
    assert explorer.root.get_attribute("data-theme") == scheme
    assert offences(page) == []  # while the neighbours are looked for
    for route in held:
        route.continue_()
    page.unroute("**/nearest?**")  # which would continue what is held still
    expect(explorer.tiles().last).to_be_enabled()
    page.get_by_test_id("legend-1").click()
    assert offences(page) == []
    page.get_by_role("button", name=said["header.help"]).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert offences(page) == []
    page.keyboard.press("Escape")
    upload(explorer, "mine.png", wide_picture())
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    assert offences(page) == []
    page.get_by_role("button", name=said["upload.camera"]).click()
    expect(page.get_by_role("button", name=said["upload.camera.shoot"])).to_be_enabled()
    assert offences(page) == []
    page.set_viewport_size(PHONE)
    assert offences(page) == []


@everywhere
def test_axe_finds_nothing_grave_in_explore_s_panels(
    visit: Visit, gallery: Server, watch: Watch, language: str, scheme: str
) -> None:
    watch.allow("/models/wreck/")  # its weights were cut short, which its row says
    said = strings(language)
    explorer = visit(gallery, model="flat", lang=language, prepare=lambda page: page.emulate_media(color_scheme=scheme))
    page = explorer.page
    for fold in page.locator("summary:visible").all():
        fold.click()
    expect(page.get_by_test_id("reduction-table").get_by_role("row").nth(1)).to_be_visible()
    assert offences(page) == []
    for tool in ("pictures", "walk", "compare"):
        page.get_by_role("button", name=said[f"scene.{tool}"], exact=True).click()
        assert (tool, offences(page)) == (tool, [])


@everywhere
def test_axe_finds_nothing_grave_on_train_in_any_state(
    enter: Enter, school: Server, language: str, scheme: str
) -> None:
    page, said = enter(school, f"/train?lang={language}&run=shapes", color_scheme=scheme), strings(language)
    expect(page.get_by_test_id("film-stage")).to_have_attribute("data-ready", "true")
    for fold in page.locator("summary:visible").all():
        fold.click()
    assert offences(page) == []
    page.get_by_test_id("run-delete").click()
    assert offences(page) == []
    page.get_by_test_id("run-cancel").click()
    page.get_by_test_id("run-rename").click()
    assert offences(page) == []
    page.set_viewport_size(PHONE)
    assert offences(page) == []
    page.get_by_role("button", name=said["train.new"]).click()
    expect(page.get_by_role("dialog").get_by_label(said["form.name"], exact=True)).to_be_visible()
    assert offences(page) == []
    for name in ("objective", "training", "data"):
        page.get_by_role("tab", name=said[f"form.tab.{name}"]).click()
        assert offences(page) == []


def test_wherever_the_keyboard_is_it_can_be_seen(visit: Visit, enter: Enter, school: Server) -> None:
    explorer = visit(school, model="flat", lang="en")
    expect(explorer.tiles().last).to_be_enabled()
    for page in (explorer.page, enter(school)):
        page.keyboard.press("Tab")
        assert page.evaluate(UNMARKED) == []
        link = page.get_by_role("link", name=EN["header.train"])
        link.focus()
        assert link.evaluate(
            "(each) => [getComputedStyle(each).outlineStyle, parseFloat(getComputedStyle(each).outlineWidth)]"
        ) == ["solid", 2]


def test_a_reader_hears_where_the_probe_came_to_rest_and_nothing_on_the_way(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    said = explorer.page.get_by_test_id("said")
    expect(explorer.tiles().last).to_be_enabled()
    expect(said).to_have_text(re.compile(r"sample \d+"))  # on which it begins
    assert said.get_attribute("aria-live") == "polite"
    said.evaluate(LISTEN)
    explorer.stage.focus()
    explorer.stage.evaluate(PRESS_FIVE_TIMES)
    expect(said).to_have_text(re.compile(r"^Probe at"))
    nearest = explorer.model.nearest(explorer.latent, 1)[0]
    name = explorer.model.card["classes"][explorer.model.labels[nearest]]
    place = ", ".join(f"z{axis + 1} {value:.2f}" for axis, value in enumerate(explorer.position))
    assert explorer.page.evaluate("window.heard.length") == 1
    heard = said.inner_text()
    assert place in heard
    assert name in heard
    assert any(EN[f"gauge.{where}"] in heard for where in ("on", "edge", "off"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_reader_s_own_colours_dots_gauge_votes_and_axes_stay(visit: Visit, gallery: Server, scheme: str) -> None:
    explorer = visit(gallery, profile={"forced_colors": "active", "color_scheme": scheme}, model="flat", lang="en")
    page = explorer.page
    expect(explorer.tiles().last).to_be_enabled()
    dots = [pixels(dot) for dot in page.locator(".mx-legend .mx-dot").all()]
    middles = np.array([dot[len(dot) // 2, len(dot) // 2] for dot in dots])
    assert (middles.max(1) - middles.min(1) > 40).all()  # coloured
    assert len(np.unique(middles, axis=0)) == len(dots)
    for place in (".mx-gauge-bar", ".mx-vote-bar", ".mx-slider input"):
        assert colours(page.locator(place).first) > 1, place
    ground = page.evaluate("getComputedStyle(document.querySelector('.mx-root')).backgroundColor")
    ink = page.evaluate("document.querySelector('[data-testid=plot]').layout.scene.xaxis.color")
    assert abs(brightness(ground) - brightness(ink)) > 120


def pixels(place: Locator) -> np.ndarray:
    """What is painted there, (h, w, 3)."""
    return np.asarray(Image.open(io.BytesIO(place.screenshot())).convert("RGB")).astype(int)


def colours(place: Locator) -> int:
    """How many clearly different colours a row through its middle has, besides the ground's."""
    row = pixels(place)
    return len(np.unique(row[len(row) // 2] // 64, axis=0))


def brightness(colour: Any) -> float:
    """Of a CSS colour, 0 to 255."""
    hexed = re.fullmatch(r"#([0-9a-f]{6})", colour)
    parts = (
        [int(hexed[1][at : at + 2], 16) for at in (0, 2, 4)]
        if hexed
        else [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]
    )
    return float(np.mean(parts))
