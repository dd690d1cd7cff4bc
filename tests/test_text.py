"""The interface strings: both languages say the same, and the code and the files know the same keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.text import LANGUAGES, language_of, lesson_strings, strings
from model.presets import PRESETS

APP = Path(__file__).resolve().parents[1] / "app"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
HANGUL = re.compile("[가-힣]")
NOT_KEYS = {"scene.camera"}  # names in the code that only look like keys
NO_HANGUL_NEEDED = {"header.title"}  # the product's name
LITERAL = re.compile(r"""["']([a-z]+(?:\.[a-z_]+)+)["']""")
TEMPLATE = re.compile(r"`([a-z]+\.[a-z_.]*\$\{[^`]*)`")
DERIVED = re.compile(r"`\$\{key\}(\.[a-z]+)`")
FILES = (".js", ".css", ".json")


def read(language: str) -> dict[str, str]:
    """The file of one language, with nothing filled in from another."""
    return json.loads((APP / "text" / f"{language}.json").read_text(encoding="utf-8"))


ENGLISH = read("en")


def sources() -> Iterator[str]:
    """The text of every Python and JavaScript file of the app, without the lessons (test_lessons.py)."""
    for path in sorted(APP.rglob("*")):
        if path.suffix in (".py", ".js") and path.parent.name != "lessons":
            yield path.read_text(encoding="utf-8")


def literal_keys() -> set[str]:
    """String literals of the code that begin like a key."""
    spaces = {key.split(".")[0] for key in ENGLISH}
    found = {literal for source in sources() for literal in LITERAL.findall(source)}
    return {key for key in found - NOT_KEYS if key.split(".")[0] in spaces and not key.endswith(FILES)}


def templates() -> set[str]:
    """Patterns of the keys that the code puts together, such as `scene.${name}.help`."""
    found = {template for source in sources() for template in TEMPLATE.findall(source)}
    return {r".+".join(map(re.escape, re.split(r"\$\{[^}]*\}", template))) for template in found}


def endings() -> set[str]:
    """What the code hangs on a key that it already has: `${key}.help`."""
    return {ending for source in sources() for ending in DERIVED.findall(source)}


def test_the_files_are_the_languages_on_offer() -> None:
    assert {path.stem for path in (APP / "text").glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert set(read(language)) == set(ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_string_is_empty(language: str) -> None:
    assert [key for key, text in read(language).items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same_values(language: str) -> None:
    said = read(language)
    differing = [
        key for key, text in ENGLISH.items() if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(said[key]))
    ]
    assert differing == []


def test_korean_is_korean() -> None:
    english_left = [key for key, text in read("ko").items() if not HANGUL.search(text) and key not in NO_HANGUL_NEEDED]
    assert english_left == []


def test_every_key_in_the_code_has_a_string() -> None:
    assert sorted(literal_keys() - set(ENGLISH)) == []


def test_every_key_that_the_code_puts_together_has_a_string() -> None:
    assert [pattern for pattern in templates() if not any(re.fullmatch(pattern, key) for key in ENGLISH)] == []


def test_every_string_is_used() -> None:
    literal, patterns = literal_keys(), templates()
    derived = {key + ending for key in literal for ending in endings()}
    used = {
        key for key in ENGLISH if key in literal | derived or any(re.fullmatch(pattern, key) for pattern in patterns)
    }
    assert sorted(set(ENGLISH) - used) == []


@pytest.mark.parametrize(
    ("locale", "language"), [("ko-KR", "ko"), ("en-US", "en"), ("KO", "ko"), ("fr", "en"), ("", "en"), (None, "en")]
)
def test_a_locale_finds_its_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(KeyError, match=r"'xx'.*en, ko"):
        strings("xx")


@pytest.mark.parametrize("other", ["복원", "걸음", "되돌리기", "멈추기", "멈춤", "이끌기", "다시 그린", "데이터셋"])
def test_korean_has_one_word_for_each_thing(other: str) -> None:
    """재구성, 스텝, 시점 초기화, 중지, 유도, 데이터 세트: whoever meets a second word expects a second thing."""
    presets = (preset.title["ko"] + preset.description["ko"] for preset in PRESETS.values())
    shown = [*read("ko").values(), *lesson_strings("ko").values(), *presets]
    assert [text for text in shown if other in text] == []
