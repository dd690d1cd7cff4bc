"""Sentences are known by ids: every id that is raised stands in every table, with all that it fills in, and none
besides.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from app.text import LANGUAGES
from app.text.errors import templates, translated
from model import errors
from model.errors import ConfigError, ExplorerError
from model.messages import TABLE, Message, english
from model.training.feasibility import RefusedError
from tests.web import ROOT

HANGUL = re.compile("[가-힣]")
LATIN = re.compile("[A-Za-z]+")
SENTENCE = re.compile(r"[A-Za-z{].* .*[a-z0-9)}]\.", re.DOTALL)
TRANSLATIONS = [language for language in LANGUAGES if language != "en"]
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, ExplorerError)}
MODULES = sorted([*(ROOT / "model").rglob("*.py"), *(ROOT / "app").rglob("*.py")])
CHOSEN = {"download", "system"}  # groups of ids of which some are chosen by a variable
GRAMMAR = {"field", "half"}  # what a language may say without
# Sentences that stand in the code: what only the shell, a log or a programmer reads, by their first words.
ELSEWHERE = (
    "A model that was trained here",
    "Decoding failed",
    "Nothing can be kept in %s",
    "Serve Manifold Explorer",
    "Something could not be loaded",
    "The data set cannot be opened.",
    "The download stopped.",
    "The estimate is no JSON",
    "The export %s",
    "A message within",
    "The latent map could not be kept in %s",
    "The model in {str(folder)} cannot",
    "The models in {str(root)} cannot",
    "There is no run in {str(settings.runs)}",
    "This network is not variational",
    "Train an autoencoder",
    "Unknown language",
    "Whether each axis",
    "error: There is not enough memory for this data set",
    "{text} is no port",
)
IN_BOTH_LANGUAGES = {"model/presets.py"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of these names, with the place where it stands."""
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and name_of(node) in names:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def messages() -> list[tuple[str, ast.Call]]:
    """Every error and every message that is made with an id that stands there."""
    return [
        (where, call)
        for where, call in calls("Message", *ERRORS)
        if call.args and isinstance(call.args[0], ast.Constant)
    ]


def filled_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def literals(path: Path) -> Iterator[str]:
    """Every text of a module but the docstrings; what an f-string fills in put in braces."""
    nodes = list(ast.walk(tree(path)))
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if id(node) in parts | docstrings:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.JoinedStr):
            said = [
                part.value if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
                for part in node.values
            ]
            yield "".join(map(str, said))


def test_most_of_what_is_raised_is_found() -> None:
    assert len(messages()) > 200


@pytest.mark.parametrize(("where", "call"), messages(), ids=[where for where, _ in messages()])
def test_what_is_raised_stands_in_the_table_and_fills_it_in(where: str, call: ast.Call) -> None:
    id = call.args[0].value
    assert id in english()
    given = {keyword.arg for keyword in call.keywords} | ({"field"} if len(call.args) > 1 else set())
    assert given - {"field"} == filled_in(english()[id]) - {"field"}
    assert "field" in given or "field" not in filled_in(english()[id])


def test_no_error_is_raised_with_a_sentence() -> None:
    """One that is not known by an id is made from another error, or from what another program said."""
    made_from = {
        ast.unparse(call.args[0])
        for where, call in calls("Message", *ERRORS)
        if call.args and not isinstance(call.args[0], ast.Constant)
    }
    assert made_from == {
        "id",
        "error.detail",
        "found.refusal",
        "str(error)",
        "queued.cause(outcome.errors) or Message('export.failed')",
        "queued.cause(outcome.errors) or Message('reducing.failed')",
        "sentence",
    }


def test_every_refusal_is_a_message() -> None:
    made = ("_sentence(", "error.message", "message", "method", "sentence")
    for where, call in calls("Refusal"):
        assert ast.unparse(call.args[2]).startswith(("Message(", *made)), where


def test_no_sentence_stands_in_the_code_that_a_page_could_show() -> None:
    said = {
        text
        for path in MODULES
        if path.relative_to(ROOT).as_posix() not in IN_BOTH_LANGUAGES
        for text in literals(path)
        if SENTENCE.fullmatch(text)
    }
    assert sorted(text for text in said if not text.startswith(ELSEWHERE)) == []


def test_every_id_is_raised() -> None:
    said = {text for path in MODULES for text in literals(path)}
    assert sorted(id for id in english() if id not in said and not id.startswith("system.")) == []


def test_an_id_stands_once_in_a_table() -> None:
    for path in (TABLE, *(ROOT / "app" / "text" / "errors").glob("*.json")):
        pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
        assert len(dict(pairs)) == len(pairs), path


def test_there_is_a_table_for_every_other_language() -> None:
    assert {path.stem for path in (ROOT / "app" / "text" / "errors").glob("*.json")} == set(TRANSLATIONS)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_sentence_is_translated_and_none_besides(language: str) -> None:
    assert list(templates(language)) == list(english())


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("id", english())
def test_a_translation_says_what_the_sentence_does(id: str, language: str) -> None:
    source, said = english()[id], templates(language)[id]
    assert filled_in(source) - GRAMMAR <= filled_in(said) <= filled_in(source)
    literal = "".join(text for text, *_ in Formatter().parse(said))
    original = "".join(text for text, *_ in Formatter().parse(source))
    assert HANGUL.search(literal) or not LATIN.search(original)
    assert set(LATIN.findall(literal)) <= set(LATIN.findall(original)), "English words in a Korean sentence"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_shows_each_value_as_the_sentence_does(language: str) -> None:
    for id, source in english().items():
        shown = {(name, conversion, spec) for _, name, spec, conversion in Formatter().parse(source) if name}
        said = {
            (name, conversion, spec) for _, name, spec, conversion in Formatter().parse(templates(language)[id]) if name
        }
        assert said <= shown, id


def test_an_error_carries_its_id_its_field_and_its_values() -> None:
    error = ConfigError("value.range", "epochs", value=0, low=1, high=9)
    assert (error.id, error.field, error.values) == ("value.range", "epochs", {"value": 0, "low": 1, "high": 9})
    assert str(error) == error.message == "epochs is 0; it must lie between 1 and 9."
    refused = RefusedError(error.message, "memory")
    assert (refused.id, refused.field, str(refused)) == (error.id, error.field, str(error))


def test_an_error_within_an_error_keeps_its_own_id() -> None:
    inner = ConfigError("value.widths", "encoder_widths", value="x")
    outer = Message("config.unreadable", path=Path("/a"), reason=inner)
    assert outer.values["reason"].id == "value.widths"
    assert outer == f"The configuration '/a' cannot be read ({inner})."
    assert (
        Message("config.unreadable", path="a", reason=OSError(28, "No room")).values["reason"] == "[Errno 28] No room"
    )


@pytest.mark.parametrize(
    "message",
    [
        Message("training.loss", loss=float("nan"), epoch=3, rate=0.5),
        Message("config.unreadable", path="a", reason=ConfigError("value.range", "epochs", value=0, low=1, high=2)),
        Message("export.differs", difference=float("nan"), size=1, tolerance=float("inf")),
        Message("latent.map", path="half \udc80", reason="x"),
        Message("films.end", folder="f", shape=(3, 4), goal=(1, 2)),
        Message("value.kind", "seed", value={"id": "value.range"}, kind="int"),
    ],
)
def test_a_message_survives_json_and_says_the_same_in_every_language(message: Message) -> None:
    stored = json.dumps(message.to_dict(), ensure_ascii=False, allow_nan=False).encode()
    read = Message.read(json.loads(stored))
    assert read is not None
    assert (read.id, read.field) == (message.id, message.field)
    assert read == message
    assert translated(read, "ko") == translated(message, "ko")


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "value.range",
        {},
        {"id": "value.range"},
        {"id": "of.tomorrow", "field": None, "values": {}},
        {"id": "value.range", "field": "x", "values": {}},
        {"id": "training.few", "field": "x", "values": {"batch": "many"}},
        {"id": "dataset.nothing", "field": None, "values": {"reason": {"id": "gone"}}},
        {"id": "value.range", "field": None, "values": [1]},
    ],
)
def test_what_is_damaged_or_of_another_version_is_no_message(told: object) -> None:
    assert Message.read(told) is None
