"""A lesson of the Learn page, as a learner uses it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from app.text import lesson_strings, strings

COMPUTED = 120_000  # ms: some answers are checked by fits in the work queue, or by forty questions to the server


@dataclass(frozen=True)
class LessonPage:
    """The page with the lesson `name` on it."""

    page: Page
    name: str
    language: str = "en"

    @property
    def said(self) -> dict[str, str]:
        """The page's strings."""
        return strings(self.language) | lesson_strings(self.language)

    @property
    def verdict(self) -> Locator:
        """What is said of the answer."""
        return self.page.get_by_test_id("verdict")

    def part(self, name: str) -> Locator:
        """A part by its test id."""
        return self.page.get_by_test_id(name)

    def answer(self, choice: str) -> None:
        """Choose one of the answers."""
        self.part(f"choice-{choice}").check()

    def show_me(self) -> None:
        """Let the page do what the question asks for."""
        self.part("demonstrate").click()

    def slide(self, name: str, value: float) -> None:
        """Move a slider there, as a hand would."""
        self.part(f"slider-{name}").fill(str(value))

    def answer_right_and_wrong(self, right: str, wrong: str) -> None:
        """Answer wrong, then right; each is checked against what happens."""
        for choice, first in ((wrong, "learn.wrong"), (right, "learn.right")):
            self.answer(choice)
            expect(self.verdict).to_be_empty()
            self.show_me()
            expect(self.verdict).to_contain_text(self.said[first], timeout=COMPUTED)
        expect(self.part(f"lesson-{self.name}")).to_have_attribute("data-right", "true")
