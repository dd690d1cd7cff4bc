"""The Train page where runs are already: what is said of each, and the ways to and from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from app.text import strings
from model.config import NetworkConfig, RunConfig, Settings, TrainingConfig
from model.runs import actions
from model.runs.actions import RunState
from tests.browser.conftest import Enter
from tests.browser.training_form import SAID, fill, open_form
from tests.browser.watch import Watch
from tests.web import Server, running


def queued(settings: Settings, title: str, message: str = "") -> str:
    """A run that no supervisor would start: it has ended."""
    name = actions.create(
        settings,
        RunConfig(NetworkConfig(encoder_widths=(8,), decoder_widths=(16,)), training=TrainingConfig(epochs=3)),
        title,
    )
    actions.report(settings.runs / name, RunState.FAILED if message else RunState.STOPPED, message)
    return name


@pytest.fixture
def stocked(tmp_path: Path, synthetic_dataset_folder: Path) -> Iterator[Server]:
    """An app with one stopped run, one that failed, and one whose folder is damaged."""
    settings = Settings(None, tmp_path)
    queued(settings, "Stopped early")
    queued(settings, "Went wrong", "The loss became nan in epoch 2. Lower the learning rate (0.5).")
    (settings.runs / queued(settings, "Damaged") / "run.json").write_text('{"config": {"netw')
    with running(tmp_path, synthetic_dataset_folder) as server:
        yield server


def test_a_failed_run_says_why_and_what_to_do_and_can_begin_again_with_changes(stocked: Server, enter: Enter) -> None:
    page = enter(stocked, "/train?run=went-wrong&lang=en")
    expect(page.get_by_test_id("run-message")).to_have_text(
        "The loss became nan in epoch 2. Lower the learning rate (0.5)."
    )
    expect(page.get_by_test_id("run-says")).to_have_text(SAID["run.says.failed"])
    page.get_by_test_id("run-copy").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label(SAID["form.name"], exact=True)).to_have_value("Went wrong again")
    expect(dialog.get_by_label(SAID["form.widths"], exact=True).first).to_have_value("8")


def test_a_damaged_run_can_only_be_deleted(stocked: Server, enter: Enter) -> None:
    page = enter(stocked, "/train?run=damaged&lang=en")
    expect(page.get_by_test_id("run-message")).to_contain_text("missing or damaged")
    assert [button.get_attribute("data-testid") for button in page.locator(".mx-actions > *").all()] == ["run-delete"]


def test_choosing_a_run_goes_into_the_address_and_a_link_to_none_says_so(stocked: Server, enter: Enter) -> None:
    page = enter(stocked, "/train?run=nobody&lang=en")
    expect(page.get_by_test_id("notice-gone")).to_have_text(SAID["run.gone"].format(name="nobody"))
    page.get_by_test_id("run").filter(has_text="Stopped early").click()
    expect(page).to_have_url(re.compile(r"run=stopped-early&lang=en$"))
    expect(page.get_by_test_id("run-title")).to_have_text("Stopped early")


def test_the_language_stays_on_the_way_from_page_to_page(stocked: Server, enter: Enter) -> None:
    page, korean = enter(stocked, "/train?lang=ko"), strings("ko")
    page.get_by_role("link", name=korean["header.explore"]).click()
    page.wait_for_selector(".mx-root[data-ready=true] [data-testid=stage]")
    expect(page).to_have_url(re.compile("lang=ko"))
    page.get_by_role("link", name=korean["header.train"]).click()
    expect(page.get_by_role("button", name=korean["train.new"])).to_be_visible()
    expect(page.get_by_test_id("run-delete")).to_have_text(korean["run.delete"])


def test_a_form_that_was_closed_keeps_what_was_filled_in(stocked: Server, enter: Enter) -> None:
    page = enter(stocked)
    open_form(page)
    fill(page, SAID["form.name"], "Kept")
    fill(page, SAID["form.widths"], "no number")
    expect(page.get_by_role("dialog")).to_contain_text("encoder_widths is 'no number'; it must be whole numbers")
    expect(page.get_by_role("button", name=SAID["form.start"])).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    open_form(page)
    expect(page.get_by_role("dialog").get_by_label(SAID["form.name"], exact=True)).to_have_value("Kept")


def test_a_lost_connection_is_said_and_found_again(stocked: Server, enter: Enter, watch: Watch) -> None:
    watch.allow("Failed to load resource")
    page = enter(stocked)
    page.route("**/api/runs", lambda route: route.abort())
    expect(page.get_by_test_id("notice-offline")).to_be_visible()
    page.unroute("**/api/runs")
    expect(page.get_by_test_id("notice-offline")).to_have_count(0)


TABLET = {"viewport": {"width": 1024, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("profile", [TABLET, PHONE], ids=["tablet", "phone"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_header_fits(stocked: Server, enter: Enter, profile: dict[str, Any], language: str) -> None:
    page, said = enter(stocked, f"/train?lang={language}", **profile), strings(language)
    boxes = [page.get_by_role("link", name=said[f"header.{way}"]).bounding_box() for way in ("explore", "train")]
    boxes.append(page.get_by_role("button", name=said["train.new"]).bounding_box())
    assert all(
        box is not None and box["x"] >= 0 and box["x"] + box["width"] <= profile["viewport"]["width"] for box in boxes
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
