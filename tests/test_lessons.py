"""The lessons' strings: both languages say the same, and each lesson and its strings know the same keys."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.text import LANGUAGES, lesson_strings

APP = Path(__file__).resolve().parents[1] / "app"
FILES = sorted((APP / "text" / "lessons").glob("*.json"))
PLACEHOLDER = re.compile(r"\{(\w+)\}")
HANGUL = re.compile("[가-힣]")
LISTED = {"short", "title"}
FRAME = LISTED | {"question", "task", "outcome", *(f"sentence.{number}" for number in (1, 2, 3))}


def words(path: Path) -> dict[str, dict[str, str]]:
    return json.loads(path.read_text(encoding="utf-8"))


def code(lesson: str) -> str:
    """The modules of a lesson: those whose name begins with its own."""
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((APP / "web" / "lessons").glob(f"{lesson}*.js"))
    )


def known_to(lesson: str) -> tuple[set[str], set[str]]:
    """Keys and beginnings of keys that the code of a lesson names, without the lesson's name."""
    source = code(lesson)
    keys = set(re.findall(rf"[\"'`]{lesson}\.([a-z0-9_.]+)[\"'`]", source))
    starts = set(re.findall(rf"`{lesson}\.([a-z0-9_.]*)\$\{{", source))
    if "export function open(" in source:  # it fills the page itself
        return keys | LISTED, starts
    symbols = re.findall(r'\["(\w+)", ["\'`]', source.partition("symbols")[2].partition("];")[0])
    choices = re.findall(r'"(\w+)"', source.partition("choices")[2].partition("];")[0])
    return keys | {f"symbol.{name}" for name in symbols} | {f"choice.{name}" for name in choices} | FRAME, starts


def test_the_page_lists_the_lessons_that_there_are() -> None:
    listed = re.search(r"LESSONS = \[(.*?)\]", (APP / "web" / "learn" / "contents.js").read_text("utf-8"), re.S)
    assert listed
    assert sorted(re.findall(r'"(\w+)"', listed[1])) == [path.stem for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_languages_say_the_same(path: Path) -> None:
    english, korean = (words(path)[language] for language in LANGUAGES)
    assert set(english) == set(korean)
    assert [key for key, text in [*english.items(), *korean.items()] if not text.strip()] == []
    assert [
        key for key in english if set(PLACEHOLDER.findall(english[key])) != set(PLACEHOLDER.findall(korean[key]))
    ] == []
    assert [key for key, text in korean.items() if not HANGUL.search(text)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_lesson_and_its_strings_know_the_same_keys(path: Path) -> None:
    keys, starts = known_to(path.stem)
    said = {key.removeprefix(f"{path.stem}.") for key in words(path)["en"]}
    assert sorted(keys - said) == []
    assert [key for key in sorted(said - keys) if not any(key.startswith(start) for start in starts)] == []


def test_the_page_gets_the_strings_of_every_lesson() -> None:
    assert {key.split(".")[0] for key in lesson_strings("ko")} == {path.stem for path in FILES}


@pytest.mark.parametrize("other", ["복원", "걸음", "되돌리기", "멈추기", "멈춤", "이끌기", "다시 그린"])
def test_korean_has_one_word_for_each_thing(other: str) -> None:
    assert [text for text in lesson_strings("ko").values() if other in text] == []
