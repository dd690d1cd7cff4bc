"""Where the probe was: undo and redo, bookmarks, and the file that holds both."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, expect

from app.text import strings
from tests.browser.conftest import AMID, Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.test_panels import error_of, upload, wide_picture
from tests.web import Server

EN = strings("en")
HISTORY = """async () => {
    const { Trail, PLACES_MOST } = await import("/explorer/explore/trail.js");
    const place = (x) => ({ kind: "mean", anchor: null, z: null, p: [x, 0, 0] });
    const told = [];
    const trail = new Trail();
    trail.addEventListener("change", () => told.push(trail.at));
    for (const x of [1, 2, 2.0001, 3]) trail.note(place(x));
    const back = [trail.step(-1).p[0], trail.step(-1).p[0], trail.step(-1)];
    const forward = trail.step(1).p[0];
    trail.note(place(9));
    const branch = trail.places.map(({ p }) => p[0]);
    const lost = trail.step(1);
    for (let x = 10; x < 10 + 2 * PLACES_MOST; x += 1) trail.note(place(x));
    const away = trail.recent([0, 5, 0]).length;
    return { back, forward, branch, lost, most: trail.places.length === PLACES_MOST, away, told: told.slice(0, 6) };
}"""
PLACE = {"kind": "sample", "anchor": 3, "z": None, "p": [0.1, 0.2, 0.3]}
BOOKMARK = {"name": "here", **PLACE, "latent": [0.1, 0.2, 0.3]}
FILE = {
    "format": "manifold-explorer-places",
    "version": 1,
    "model": "flat",
    "bookmarks": [BOOKMARK],
    "trail": [{**PLACE, "anchor": 5}],
}
DAMAGED = EN["bookmarks.file.damaged"]


def open_panel(page: Page) -> None:
    page.get_by_test_id("bookmarks").locator("summary").click()


def rows(page: Page) -> Locator:
    return page.get_by_test_id("bookmark")


def open_file(page: Page, content: bytes) -> None:
    page.get_by_test_id("bookmarks-file").set_input_files(
        {"name": "places.json", "mimeType": "application/json", "buffer": content}
    )


def go_to(explorer: ExplorerPage, nth: int) -> int:
    """Click a lonely sample and wait until the address says so."""
    index = explorer.click_sample(nth)
    explorer.settle(**{"from": str(index)})
    return index


def test_the_trail_is_a_browsers_history_of_places(visit: Visit, gallery: Server) -> None:
    assert visit(gallery, model="flat", lang="en").page.evaluate(HISTORY) == {
        "back": [2, 1, None],
        "forward": 2,
        "branch": [1, 2, 9],
        "lost": None,
        "most": True,
        "away": 0,
        "told": [0, 1, 2, 1, 0, 1],
    }


def test_undo_and_redo_take_the_probe_along_its_places_by_buttons_and_keys(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="deep", lang="en", **AMID)
    page, undo, redo = explorer.page, *(explorer.page.get_by_test_id(f"button-{name}") for name in ("undo", "redo"))
    explorer.settle()
    expect(undo).to_have_attribute("aria-disabled", "true")
    first = go_to(explorer, 0)
    explorer.slider(1).press("ArrowRight")
    explorer.settle_here()
    moved, picture = explorer.position, explorer.settled_picture()
    upload(explorer, "mine.png", wide_picture())
    expect(error_of(explorer)).to_have_text(re.compile(r"\d"))
    explorer.settle(z="*")
    uploaded = explorer.shown_original()
    undo.click()
    expect(explorer.caption).to_contain_text(f"#{first}")
    explorer.wait_for_picture(picture)
    np.testing.assert_allclose(explorer.position, moved, atol=1e-5)
    explorer.stage.focus()
    page.keyboard.press("Control+z")
    explorer.settle(p="", **{"from": str(first)})
    page.keyboard.press("Control+z")
    expect(explorer.caption).to_contain_text("#0")
    expect(undo).to_have_attribute("aria-disabled", "true")
    for key in ("Control+Shift+Z", "Control+y", "Control+y"):
        page.keyboard.press(key)
    expect(explorer.caption).to_have_text(EN["pair.upload"])  # the picture is still at hand
    assert explorer.shown_original().tolist() == uploaded.tolist()
    expect(redo).to_have_attribute("aria-disabled", "true")
    undo.click()
    expect(explorer.caption).to_contain_text(f"#{first}")
    page.get_by_test_id("button-mean").click()
    expect(redo).to_have_attribute("aria-disabled", "true")
    expect(explorer.caption).to_have_text(EN["pair.mean.title"])


def test_a_kept_place_has_name_and_picture_outlives_a_reload_and_can_be_gone_back_to(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="deep", lang="en", profile={}, **AMID)
    page, model = explorer.page, explorer.model
    open_panel(page)
    expect(page.get_by_test_id("bookmarks-said")).to_have_text(EN["bookmarks.none"])
    index = go_to(explorer, 0)
    page.get_by_test_id("bookmarks-keep").click()
    name = rows(page).locator("input")
    expect(name).to_have_value(f"{model.card['classes'][model.labels[index]]} · #{index}")
    name.fill("  my place ")
    name.press("Enter")
    explorer.slider(0).press("ArrowRight")
    explorer.settle_here()
    there, picture = explorer.position, explorer.settled_picture()
    page.get_by_test_id("bookmarks-keep").click()
    page.get_by_test_id("bookmarks-keep").click()
    expect(page.get_by_test_id("bookmarks-said")).to_have_text(EN["bookmarks.known"])
    go_to(explorer, 1)
    page.reload()
    explorer.ready()
    open_panel(page)
    expect(rows(page)).to_have_count(2)
    expect(rows(page).locator("input").first).to_have_value("my place")
    rows(page).nth(1).locator("img[src]").wait_for()
    thumbnail = (
        rows(page)
        .nth(1)
        .locator("img")
        .evaluate(
            "async (image) => { await image.decode();"
            " const pen = Object.assign(document.createElement('canvas'), { width: 32, height: 32 }).getContext('2d');"
            " pen.drawImage(image, 0, 0); return Array.from(pen.getImageData(0, 0, 32, 32).data); }"
        )
    )
    drawn = np.array(thumbnail).reshape(32, 32, 4)[..., :3]
    assert np.abs(drawn - picture.astype(int)).max() <= 1
    rows(page).nth(1).get_by_role("button").first.click()
    explorer.wait_for_picture(picture)
    np.testing.assert_allclose(explorer.position, there, atol=1e-4)
    expect(explorer.caption).to_contain_text(f"#{index}")
    rows(page).first.get_by_role("button").last.click()
    expect(rows(page)).to_have_count(1)


def test_bookmarks_and_trail_go_into_a_file_and_come_back_from_it(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", profile={}, **AMID)
    page = explorer.page
    explorer.settle()
    index = go_to(explorer, 0)
    open_panel(page)
    page.get_by_test_id("bookmarks-keep").click()
    with page.expect_download() as coming:
        page.get_by_test_id("bookmarks-save").click()
    content = Path(coming.value.path()).read_bytes()
    saved = json.loads(content)
    assert [place["anchor"] for place in saved["trail"]] == [0, index]
    assert b"data:" not in content
    other = visit(gallery, model="flat", lang="en", profile={}, **{"from": "1"})
    other.settle()
    open_panel(other.page)
    open_file(other.page, content)
    expect(rows(other.page)).to_have_count(1)
    open_file(other.page, content)
    expect(rows(other.page)).to_have_count(1)
    rows(other.page).get_by_role("button").first.click()
    expect(other.caption).to_contain_text(f"#{index}")
    other.settle(**{"from": str(index)})
    other.page.get_by_test_id("button-undo").click()
    expect(other.caption).to_contain_text("#1")
    other.page.get_by_test_id("button-undo").click()
    expect(other.caption).to_contain_text(f"#{index}")


NO_FILES = (
    (b"Dear diary", EN["bookmarks.file.other"]),
    (b"\xff\xfe\x00", EN["bookmarks.file.other"]),
    (b"[" * 100_000, EN["bookmarks.file.other"]),
    (b" " * (2**19 + 1), EN["bookmarks.file.other"]),
    ({"version": 2}, EN["bookmarks.file.other"]),
    ({"model": "deep"}, EN["bookmarks.file.model"].format(model="deep", own="flat")),
    ({"bookmarks": [{**BOOKMARK, "latent": [0.1, 0.2]}]}, DAMAGED),
    ({"bookmarks": [{**BOOKMARK, "anchor": 72}]}, DAMAGED),
    ({"bookmarks": [{**BOOKMARK, "anchor": -1}]}, DAMAGED),
    ({"bookmarks": [{**BOOKMARK, "kind": "mean"}]}, DAMAGED),
    ({"bookmarks": [{**BOOKMARK, "kind": "upload", "anchor": None}]}, DAMAGED),
    ({"bookmarks": [{**BOOKMARK, "name": " "}]}, DAMAGED),
    ({"bookmarks": [{**BOOKMARK, "name": "x" * 81}]}, DAMAGED),
    ({"bookmarks": [{**BOOKMARK, "p": [0, 0, 1e300]}]}, DAMAGED),
    ({"bookmarks": [{**BOOKMARK, "z": "123"}]}, DAMAGED),
    ({"bookmarks": [BOOKMARK] * 51}, DAMAGED),
    ({"bookmarks": [None]}, DAMAGED),
    ({"trail": {"length": 0}}, DAMAGED),
)


def test_a_file_that_is_none_gets_one_sentence_and_changes_nothing(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", profile={}, **AMID)
    page, said = explorer.page, explorer.page.get_by_test_id("bookmarks-said")
    explorer.settle()
    open_panel(page)
    for content, sentence in NO_FILES:
        open_file(page, content if isinstance(content, bytes) else json.dumps({**FILE, **content}).encode())
        expect(said).to_have_text(sentence)
        expect(rows(page)).to_have_count(0)
    expect(page.get_by_test_id("button-undo")).to_have_attribute("aria-disabled", "true")
    open_file(page, json.dumps(FILE).encode())
    expect(rows(page)).to_have_count(1)


def test_where_the_browser_stores_nothing_the_places_stay_for_this_page_and_it_says_so(
    visit: Visit, gallery: Server
) -> None:
    full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }"
    explorer = visit(gallery, model="flat", lang="en", profile={}, prepare=lambda page: page.add_init_script(full))
    open_panel(explorer.page)
    explorer.page.get_by_test_id("bookmarks-keep").click()
    expect(rows(explorer.page)).to_have_count(1)
    expect(explorer.page.get_by_test_id("bookmarks-said")).to_have_text(EN["bookmarks.not_kept"])
