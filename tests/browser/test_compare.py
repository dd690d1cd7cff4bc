"""Two models side by side: cameras linked, a sample or an upload followed in both, aligned or as they are."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from app.text import strings
from tests.browser.conftest import AMID, Visit
from tests.browser.explorer import ExplorerPage
from tests.browser.scripts import TWO_FRAMES
from tests.browser.test_access import offences
from tests.browser.test_page import TOO_WIDE
from tests.browser.test_panels import upload, wide_picture
from tests.browser.test_small import LEAST, UNREACHED, resize
from tests.web import Server

EN = strings("en")
CLOUD = "() => document.querySelector('[data-testid=compare-stage] .mx-cloud')?.toDataURL()"


def part(explorer: ExplorerPage, name: str) -> Locator:
    return explorer.page.get_by_test_id(name)


def opened(explorer: ExplorerPage, name: str) -> ExplorerPage:
    """With the second model beside the first, and what the probe stands on followed."""
    expect(part(explorer, "compare-model")).to_have_value(name)
    expect(part(explorer, "compare-theirs-picture")).to_be_visible()
    explorer.resized()
    return explorer


def compared(explorer: ExplorerPage, name: str) -> ExplorerPage:
    part(explorer, "button-compare").click()
    part(explorer, "compare-model").select_option(name)
    return opened(explorer, name)


def cloud(page: Page) -> str:
    """The right cloud as it is drawn."""
    page.evaluate(TWO_FRAMES)
    return page.evaluate(CLOUD)


def middle(stage: Locator) -> tuple[float, float]:
    box = stage.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(explorer: ExplorerPage, start: tuple[float, float], across: float, down: float) -> None:
    x, y = start
    explorer.drag(start, (x + across, y + down))


def picked(explorer: ExplorerPage) -> int:
    """Click the right cloud where a sample stands, and wait until the probe is there; its number."""
    page, stage = explorer.page, part(explorer, "compare-stage")
    x, y = middle(stage)
    before = explorer.caption.inner_text()
    for step in range(30):
        page.mouse.move(x + 7 * (step % 6) - 20, y + 9 * (step // 6) - 20)
        if stage.get_by_test_id("hover").is_visible():
            index = int(stage.get_by_test_id("hover").get_attribute("data-index"))
            if f"#{index}" not in before:
                page.mouse.down()
                page.mouse.up()
                return index
    raise AssertionError("No sample lies around the middle of the right cloud.")


def sample(server: Server, model: str, index: int) -> dict:
    return server.get(f"/api/models/{model}/samples/{index}").json


def test_both_clouds_turn_together_whichever_is_turned(visit: Visit, server: Server) -> None:
    explorer = compared(visit(server, model="default", lang="en", **AMID), "label-guided")
    page, seen, eye = explorer.page, cloud(explorer.page), explorer.camera["eye"]
    explorer.turn()
    assert explorer.camera["eye"] != eye
    turned = cloud(page)
    assert turned != seen
    eye = explorer.camera["eye"]
    box = part(explorer, "compare-stage").bounding_box()
    drag(explorer, (box["x"] + 30, box["y"] + 30), 60, 20)
    page.evaluate(TWO_FRAMES)
    assert explorer.camera["eye"] != eye
    assert cloud(page) != turned


def test_a_sample_is_followed_in_both_and_a_click_on_either_side_goes_there(visit: Visit, server: Server) -> None:
    explorer = compared(visit(server, model="mnist", lang="en", **{"from": "7"}), "mnist-beta-vae")
    theirs = part(explorer, "compare-theirs")
    for goes in (lambda: 7, explorer.click_sample, lambda: picked(explorer)):
        index = goes()
        expect(part(explorer, "compare-ours")).to_contain_text(EN["compare.ours.sample"].format(index=index))
        expect(theirs).to_contain_text(EN["compare.theirs.sample"])
        expect(part(explorer, "compare-theirs-picture")).to_have_attribute(
            "src",
            f"{server.url}/api/models/mnist-beta-vae/reconstructions/{index}.png?v="
            + server.get("/api/models/mnist-beta-vae").json["version"],
        )
        place = [float(part) for part in theirs.get_attribute("data-position").split(",")]
        np.testing.assert_allclose(place, sample(server, "mnist-beta-vae", index)["position"], rtol=1e-6)
        expect(explorer.caption).to_contain_text(f"#{index}")


def test_both_errors_stand_below_a_sample_and_an_upload(visit: Visit, gallery: Server) -> None:
    explorer = compared(visit(gallery, model="flat", lang="en", **AMID), "deep")
    ours, theirs = part(explorer, "compare-ours-error"), part(explorer, "compare-theirs-error")
    for line, model in ((ours, "flat"), (theirs, "deep")):
        expect(line).to_contain_text(f"{sample(gallery, model, 0)['mse']:.4f}")
    upload(explorer, "mine.png", wide_picture())
    expect(part(explorer, "compare-theirs")).to_contain_text(EN["compare.theirs.upload"])
    expect(ours).to_have_text(EN["pair.error"].format(error=part(explorer, "upload-error").inner_text()))
    expect(theirs).to_contain_text("error 0.")
    assert ours.inner_text() != theirs.inner_text()


def test_away_from_samples_the_other_model_encodes_what_is_decoded(visit: Visit, gallery: Server) -> None:
    explorer = compared(visit(gallery, model="flat", lang="en", **AMID), "deep")
    x, y = explorer.probe_place()
    explorer.drag((x, y), (x + 25, y - 20))
    explorer.settle_here()
    theirs = part(explorer, "compare-theirs")
    expect(theirs).to_contain_text(EN["compare.theirs.decoded"])
    expect(part(explorer, "compare-ours")).to_contain_text(EN["compare.ours.decoded"])
    placed = gallery.post("/api/models/deep/place", explorer.settled_picture().tobytes()).json
    explorer.page.wait_for_function(
        """([there]) => document.querySelector("[data-testid=compare-theirs]").dataset.position.split(",")
            .every((value, axis) => Math.abs(value - there[axis]) < 1e-4)""",
        arg=[placed["position"]],
    )
    expect(part(explorer, "compare-theirs-error")).to_contain_text(f"{placed['mse']:.4f}")


def test_clouds_of_three_numbers_are_aligned_or_stay_as_they_are(visit: Visit, server: Server) -> None:
    explorer = compared(visit(server, model="default", lang="en", **AMID), "absolute-error")
    said = server.get("/api/models/absolute-error/alignment?to=default").json["disparity"]
    expect(part(explorer, "disparity")).to_have_text(EN["compare.disparity"].format(disparity=f"{said:.3f}"))
    aligned = cloud(explorer.page)
    part(explorer, "compare-aligned").uncheck()
    assert cloud(explorer.page) != aligned
    part(explorer, "compare-aligned").check()
    assert cloud(explorer.page) == aligned
    part(explorer, "compare-model").select_option("beta-vae")
    expect(part(explorer, "disparity")).to_contain_text("of the 10 numbers")
    expect(part(explorer, "compare-aligned")).to_be_hidden()


def test_a_class_that_is_hidden_is_hidden_in_both(visit: Visit, server: Server) -> None:
    explorer = compared(visit(server, model="default", lang="en", **AMID), "absolute-error")
    seen = cloud(explorer.page)
    part(explorer, "legend-3").click()
    assert cloud(explorer.page) != seen
    assert not explorer.visible_classes()[3]
    part(explorer, "legend-3").click()
    assert cloud(explorer.page) == seen


def test_a_link_opens_the_comparison_and_closing_leaves_the_page_as_it_was(visit: Visit, server: Server) -> None:
    explorer = visit(server, model="default", lang="en", compare="absolute-error", **AMID)
    opened(explorer, "absolute-error").settle(compare="absolute-error")
    eye, width = explorer.camera["eye"], explorer.stage.bounding_box()["width"]
    part(explorer, "compare-close").click()
    explorer.settle(compare="")
    explorer.resized()
    assert explorer.stage.bounding_box()["width"] > 1.9 * width
    assert np.linalg.norm(list(explorer.camera["eye"].values())) < np.linalg.norm(list(eye.values()))
    expect(part(explorer, "compare-stage")).to_have_count(0)
    expect(part(explorer, "button-compare")).to_be_focused()
    assert explorer.page.locator("canvas.mx-cloud").count() == 0


def test_the_second_model_stays_in_another_language_and_changes_places_with_the_first(
    visit: Visit, server: Server
) -> None:
    explorer = visit(server, model="mnist", lang="en", compare="mnist-beta-vae")
    opened(explorer, "mnist-beta-vae")
    explorer.page.get_by_test_id("every").locator("summary").click()
    expect(part(explorer, "every-row")).to_have_count(2)
    explorer.page.locator('[class*="st-key-model_"] [role=combobox], [class*="st-key-model_"] input').first.click()
    explorer.page.get_by_role("option").nth(1).click()
    explorer.page.wait_for_url("**model=mnist-beta-vae**")
    explorer.ready()
    opened(explorer, "mnist").settle(compare="mnist")


@pytest.mark.parametrize("name", ["mnist", "nobody"])
def test_a_model_of_other_images_is_not_compared_with(visit: Visit, server: Server, name: str) -> None:
    explorer = visit(server, model="default", lang="en", compare=name)
    expect(part(explorer, "compare-note")).to_have_text(EN["compare.gone"].format(name=name))
    options = part(explorer, "compare-model").locator("option").evaluate_all("(all) => all.map(({ value }) => value)")
    assert "absolute-error" in options
    assert not {"default", "mnist", "fashion-mnist"} & set(options)


def test_where_there_is_no_second_model_one_sentence_says_so(visit: Visit, server: Server) -> None:
    explorer = visit(server, model="digits", lang="en")
    part(explorer, "button-compare").click()
    expect(part(explorer, "compare-note")).to_have_text(EN["compare.none"])


def test_on_a_phone_the_clouds_stand_one_above_the_other(visit: Visit, server: Server) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    explorer = visit(server, model="default", lang="en", compare="absolute-error", profile=phone)
    opened(explorer, "absolute-error")
    left, right = explorer.stage.bounding_box(), part(explorer, "compare-stage").bounding_box()
    assert right["y"] >= left["y"] + left["height"]
    assert right["width"] == left["width"]
    assert explorer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [(683, 384), (320, 568)])
def test_on_a_small_screen_every_control_is_in_reach_and_the_clouds_keep_their_height(
    visit: Visit, gallery: Server, size: tuple[int, int]
) -> None:
    explorer = opened(visit(gallery, model="flat", lang="ko", compare="deep", **AMID), "deep")
    resize(explorer.page, size)
    assert explorer.page.evaluate(TOO_WIDE) == []
    assert explorer.page.evaluate(UNREACHED) == []
    for stage in ("stage", "compare-stage"):
        assert LEAST <= part(explorer, stage).bounding_box()["height"] <= size[1]


def test_axe_finds_nothing_grave_in_the_comparison(visit: Visit, gallery: Server) -> None:
    explorer = opened(visit(gallery, model="flat", lang="en", compare="deep", **AMID), "deep")
    assert offences(explorer.page) == []
