"""The form of a new training, as a person fills it in."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from app.text import strings

LONG = 240_000  # ms: a trainer gives way to everything else on the machine
SAID = strings("en")


def fill(page: Page, label: str, value: str, nth: int = 0) -> None:
    """Type into a field of the form, without a look at what comes of it."""
    field = page.get_by_role("dialog").get_by_label(label, exact=True).nth(nth)
    field.fill(value)
    field.press("Tab")


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=SAID[f"form.tab.{name}"]).click()


def open_form(page: Page) -> None:
    page.get_by_role("button", name=SAID["train.new"]).click()
    expect(page.get_by_role("dialog").get_by_label(SAID["form.name"], exact=True)).to_be_visible()


def start_tiny(page: Page, title: str, epochs: int) -> None:
    """Fill the form and start."""
    open_form(page)
    fill(page, SAID["form.name"], title)
    fill(page, SAID["form.widths"], "8", 0)
    fill(page, SAID["form.widths"], "16", 1)
    tab(page, "training")
    fill(page, SAID["form.epochs"], str(epochs))
    fill(page, SAID["form.batch_size"], "20")
    start = page.get_by_role("button", name=SAID["form.start"])
    expect(page.get_by_role("dialog")).to_contain_text("3,072 → 8 → 3 → 16 → 3,072")
    expect(start).to_be_enabled(timeout=LONG)
    start.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("run-title")).to_have_text(title)
