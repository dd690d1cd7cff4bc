"""The Train page in a real browser: from the form to a film, a model and another browser's view of the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from app.text import strings
from model.config import Settings
from model.presets import PRESETS
from model.runs import actions
from model.runs.actions import RunState
from tests.browser.conftest import Enter
from tests.browser.training_form import LONG, SAID, fill, open_form, start_tiny, tab
from tests.browser.watch import Watch
from tests.web import Server, running

A_STOPPED_EPOCH_IS_FORGOTTEN = (
    r"status of 404 .*/api/films/runs/[^/]+/(points|rows)\?epochs="  # a frame can go between the list and the question
)
DRAWN = "() => document.querySelector('[data-testid=film-canvas]').toDataURL()"  # the cloud as it stands now
BLINKING = """() => document.getAnimations().filter(({ effect }) => effect.getTiming().iterations === Infinity)
  .filter(({ effect }) => effect.target.closest('[data-testid=trainings]')).length"""


@pytest.fixture
def studio(tmp_path: Path, synthetic_dataset_folder: Path) -> Iterator[Server]:
    """An app with pictures to train on and nothing trained yet; what it trains ends with it."""
    with running(tmp_path, synthetic_dataset_folder) as server:
        yield server
        for run in actions.runs(Settings(None, tmp_path)):
            if run.state in (RunState.RUNNING, RunState.QUEUED):
                actions.stop(Settings(None, tmp_path), run.name)


@pytest.fixture
def enter(enter: Enter, watch: Watch) -> Enter:
    watch.allow(A_STOPPED_EPOCH_IS_FORGOTTEN)
    return enter


def state(page: Page) -> Locator:
    return page.get_by_test_id("run-state")


def says(name: str) -> str:
    return SAID[f"run.state.{name}"]


def frames(page: Page) -> int:
    return int(page.get_by_test_id("film-stage").get_attribute("data-frames") or 0)


def wait_for_frames(page: Page, count: int) -> None:
    page.wait_for_function(
        f"() => Number(document.querySelector('[data-testid=film-stage]')?.dataset.frames ?? 0) >= {count}",
        timeout=LONG,
    )


def curve(page: Page) -> str:
    return page.get_by_test_id("film-curve").inner_html()


def test_a_form_that_is_filled_in_faster_than_it_answers_keeps_everything(studio: Server, enter: Enter) -> None:
    page = enter(studio)
    open_form(page)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible(
        timeout=LONG
    )  # that the batch is larger than these few pictures
    page.get_by_role("combobox", name=SAID["form.preset"]).click()
    page.get_by_role("option", name=PRESETS["latent-64"].title["en"]).click()
    fill(page, SAID["form.name"], "Sixty-four")
    expect(page.get_by_role("dialog")).to_contain_text("3,072 → 64")
    expect(page.get_by_role("dialog").get_by_label(SAID["form.name"], exact=True)).to_have_value("Sixty-four")
    for pause in (
        0,
        30,
        60,
        90,
        120,
        150,
        200,
        250,
        300,
        400,
    ):  # ms: into every part of the run that the first change begins
        fill(page, SAID["form.name"], f"After {pause} ms")
        fill(page, SAID["form.widths"], f"{100 + pause}", 0)
        page.wait_for_timeout(pause)
        fill(page, SAID["form.widths"], f"{16 + pause}", 1)
        expect(page.get_by_role("dialog")).to_contain_text(f"3,072 → {100 + pause} → 64 → {16 + pause} → 3,072")
        expect(page.get_by_role("dialog").get_by_label(SAID["form.name"], exact=True)).to_have_value(
            f"After {pause} ms"
        )
        expect(page.get_by_role("dialog").get_by_role("slider", name=SAID["form.depth"]).first).to_have_value("1")


def test_a_number_typed_just_before_the_start_counts(studio: Server, enter: Enter, watch: Watch) -> None:
    watch.allow(
        "Multiple different fragmentIds"
    )  # Streamlit's word for it, and the reason why the card asks for the configuration itself
    page = enter(studio)
    open_form(page)
    fill(page, SAID["form.widths"], "8", 0)
    fill(page, SAID["form.widths"], "16", 1)
    tab(page, "training")
    fill(page, SAID["form.batch_size"], "20")
    start = page.get_by_role("button", name=SAID["form.start"])
    expect(start).to_be_enabled(timeout=LONG)
    page.get_by_role("dialog").get_by_label(SAID["form.epochs"], exact=True).fill("7")
    start.click()
    expect(
        page.get_by_role("dialog").get_by_text(SAID["form.measuring"]).first
    ).to_be_visible()  # not what was measured before
    expect(start).to_be_enabled(timeout=LONG)
    start.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    (run,) = studio.get("/api/runs").json
    assert run["epochs"] == 7


def test_from_the_form_to_a_film_a_model_and_another_browser(studio: Server, enter: Enter) -> None:
    page = enter(studio)
    start_tiny(page, "Tiny <b>run</b>", 10_000)
    expect(state(page)).to_have_text(says("running"), timeout=LONG)
    wait_for_frames(page, 3)
    before, line, seen = page.evaluate(DRAWN), curve(page), frames(page)
    wait_for_frames(page, seen + 3)
    page.wait_for_function(f"(before) => ({DRAWN})() !== before", arg=before)  # the cloud moves
    expect(page.get_by_test_id("film-curve")).not_to_have_js_property(
        "innerHTML", line, timeout=LONG
    )  # the curve grows
    assert (
        page.evaluate(BLINKING) == 0
    )  # without a graphics card, whatever moves for ever takes the processor from the training
    expect(page.get_by_test_id("run-figures")).to_contain_text("images/s")
    expect(page.get_by_test_id("run-delete")).to_have_count(0)  # not while it is being trained

    name = parse_qs(urlsplit(page.url).query)["run"][0]
    assert name == "tiny-b-run-b"
    other = enter(studio, f"/train?run={name}&lang=ko")
    expect(state(other)).to_have_text(strings("ko")["run.state.running"])
    expect(other.get_by_test_id("run-title")).to_have_text("Tiny <b>run</b>")

    page.get_by_test_id("run-stop").click()
    for each, language in ((page, "en"), (other, "ko")):
        expect(state(each)).to_have_text(strings(language)["run.state.stopped"], timeout=LONG)
    page.reload()
    expect(state(page)).to_have_text(says("stopped"))
    wait_for_frames(page, seen + 3)
    stopped = frames(page)

    page.get_by_test_id("run-resume").click()
    expect(state(page)).to_have_text(says("running"), timeout=LONG)
    wait_for_frames(page, stopped + 1)
    page.get_by_test_id("run-stop").click()
    expect(state(page)).to_have_text(says("stopped"), timeout=LONG)

    scrub_to_the_beginning(page)
    rename(page, other)
    explore(page, studio, name)
    delete(other, name)


def scrub_to_the_beginning(page: Page) -> None:
    """The film goes back to the untrained network, and the picture with it."""
    stage, after = page.get_by_test_id("film-stage"), page.evaluate(DRAWN)
    page.get_by_test_id("film-scrubber").press("Home")
    expect(stage).to_have_attribute("data-epoch", "0")
    page.wait_for_function(f"(after) => ({DRAWN})() !== after", arg=after)


def rename(page: Page, other: Page) -> None:
    page.get_by_test_id("run-rename").click()
    page.get_by_test_id("run-new-title").fill("Renamed")
    page.get_by_test_id("run-rename-save").click()
    for each in (page, other):
        expect(each.get_by_test_id("run-title")).to_have_text("Renamed")


def explore(page: Page, server: Server, name: str) -> None:
    """The model is on offer at once, and the switch leads back."""
    page.get_by_test_id("run-explore").click()
    page.wait_for_selector(".mx-root[data-ready=true] [data-testid=stage]")
    assert parse_qs(urlsplit(page.url).query)["model"] == [name]
    expect(page.get_by_role("combobox", name=SAID["header.model"])).to_have_value("Renamed")
    page.get_by_role("link", name=SAID["header.train"]).click()
    expect(page.get_by_test_id("trainings")).to_have_attribute("data-ready", "true")
    expect(page.get_by_test_id("run-title")).to_have_text("Renamed")


def delete(page: Page, name: str) -> None:
    page.get_by_test_id("run-delete").click()
    page.get_by_test_id("run-cancel").click()
    expect(page.get_by_test_id("run").filter(has_text="Renamed")).to_have_count(1)
    page.get_by_test_id("run-delete").click()
    page.get_by_test_id("run-delete-yes").click()
    expect(page.get_by_test_id("run").filter(has_text="Renamed")).to_have_count(0)
    expect(page).not_to_have_url(re.compile(name))
