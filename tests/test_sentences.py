"""What library and API say, in the page's language: every sentence that can come to the page stands in the catalogue."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.text import LANGUAGES, strings
from app.text.sentences import translated
from model.config import NetworkConfig, ObjectiveConfig, RunConfig
from model.data.pictures import decode_picture
from model.errors import ConfigError, PictureError
from tests.conftest import TINY
from tests.web import ROOT, Server

PLACEHOLDER = re.compile(r"\{(\w+)\}")
HANGUL = re.compile("[가-힣]")
SENTENCE = re.compile(r"[A-Za-z{].* .*[a-z0-9)}]\.", re.DOTALL)
TRANSLATIONS = [language for language in LANGUAGES if language != "en"]
# Modules whose sentences only the shell, a programmer, or a program that speaks to the API wrongly can meet.
UNSEEN = {
    "app/routes/assets.py", "app/routes/decoding.py", "app/guards.py", "app/views/link.py", "app/access/signing.py", "app/text/__init__.py",
    "model/evaluation/disentanglement.py", "model/evaluate.py",
    "model/export/__main__.py", "model/export/formats.py", "model/film/camera.py", "model/space/latent_map.py", "model/locks.py", "model/training/options.py", "model/presets.py",
    "model/export/projector.py", "model/evaluation/tables.py", "model/space/service.py",
    "app/__main__.py", "app/perimeter/reserved.py", "app/settings.py",
}  # fmt: skip
# Sentences of the other modules of that kind, by their first words.
UNMET = (
    "A film's", "A frame's", "A model that was trained here", "Images of shape", "Only a network with linear_skip", "Something could not be loaded", "The body",
    "The configuration is no JSON", "The estimate is no JSON", "The export of %r", "The export %s", "The model in", "The models in", "The name is",
    "The split is", "There is a run", "There is no run in", "There is nothing at", "The download stopped.", "Decoding failed", "config is missing",
    "points is an array", "preset is", "{', '.join(changes)} cannot stand beside", "{name} is missing", "{request.method} is not",
    "The address is longer", "The header is larger",
)  # fmt: skip


# what an OSError calls it
OF_THE_SYSTEM = {"No space left on device", "Permission denied", "No such file or directory"}
MODULES = sorted([*(ROOT / "model").rglob("*.py"), *(ROOT / "app").rglob("*.py")])


def catalogue(language: str) -> dict[str, str]:
    """English templates and their translations."""
    return json.loads((ROOT / "app" / "text" / "sentences" / f"{language}.json").read_text(encoding="utf-8"))


def template(node: ast.AST) -> str | None:
    """The text of a literal, what an f-string fills in put in braces."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
            for part in node.values
        )
    return None


def literals(path: Path) -> Iterator[str]:
    """Every text of a module, but the docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) not in parts | docstrings and (text := template(node)):
            yield text


def filled(text: str) -> str:
    """The template as a sentence: what is filled in does not matter here."""
    return re.sub(r"\{(?:[^{}]|\{[^{}]*\})*\}", "7", text)


def said_to_the_page() -> list[str]:
    """Every literal that is a sentence, but those that no page shows."""
    seen = [path for path in MODULES if path.relative_to(ROOT).as_posix() not in UNSEEN]
    return sorted(
        {text for path in seen for text in literals(path) if SENTENCE.fullmatch(text) and not text.startswith(UNMET)}
    )


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("english", said_to_the_page())
def test_every_sentence_that_can_come_to_the_page_is_translated(english: str, language: str) -> None:
    assert translated(filled(english), language) != filled(english)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_fills_in_what_the_sentence_does(language: str) -> None:
    for english, said in catalogue(language).items():
        needed = {name for name in PLACEHOLDER.findall(english) if not name.endswith("_again")}
        assert needed <= set(PLACEHOLDER.findall(said)) <= set(PLACEHOLDER.findall(english)), english
        assert HANGUL.search(said), english


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_translation_is_left_of_a_sentence_that_is_gone(language: str) -> None:
    said = "\n".join(text for path in MODULES for text in literals(path))
    for english in catalogue(language).keys() - OF_THE_SYSTEM:
        assert max(PLACEHOLDER.split(english)[::2], key=len).strip(" .") in said, english


def test_a_refused_configuration_names_the_controls_as_the_form_does() -> None:
    with pytest.raises(ConfigError) as refused:
        NetworkConfig(20, encoder_widths=(16,), decoder_widths=(16,))
    said = translated(str(refused.value), "ko")
    assert (
        said
        == "잠재 차원이 20인데, 인코더의 가장 좁은 층은 숫자를 16개만 넘겨줍니다. 잠재 차원을 16 이하로 줄이거나 층을 넓히세요."
    )
    with pytest.raises(ConfigError) as refused:
        ObjectiveConfig(beta=-1.0)
    assert strings("ko")["form.beta"] in translated(str(refused.value), "ko")
    with pytest.raises(ConfigError) as refused:
        NetworkConfig(encoder_widths=(0,))
    assert "인코더" in translated(str(refused.value), "ko")


def test_sentences_in_sentences_are_translated_too() -> None:
    inner = "The picture has too many pixels; 100 at most are allowed."
    assert translated(f"The training could not be started ({inner}).", "ko").count("픽셀") == 2
    assert (
        translated(
            "Epoch 3 could not be kept in /data (No space left on device). Make room there and resume: the epochs before it are kept.",
            "ko",
        ).count("공간")
        == 2
    )


@pytest.mark.parametrize(
    ("name", "particle"),
    [("사진", "은"), ("나무", "는"), ("a7", "은"), ("a9", "는"), ("run", "은(는)"), ("'나무'", "는")],
)
def test_particles_follow_the_sound_before_them(name: str, particle: str) -> None:
    assert f"{name}{particle} 모델 카드가" in translated(f"{name} is not a card: a JSON object is expected.", "ko")


def test_what_nobody_translated_stays_as_it_is() -> None:
    assert translated("An unheard-of thing happened.", "ko") == "An unheard-of thing happened."
    assert translated("Give more images.", "en") == "Give more images."


def test_the_api_answers_in_the_language_that_is_asked_for(server: Server) -> None:
    english = server.get("/api/models/nobody")
    korean = server.get("/api/models/nobody", Accept_Language="ko")
    assert english.json["detail"].startswith("There is no model 'nobody'.")
    assert korean.json["detail"].startswith("'nobody' 모델이 없습니다.")
    assert korean.json["title"] == english.json["title"] == "Unknown model"
    assert (english.headers["Content-Language"], korean.headers["Content-Language"]) == ("en", "ko")
    assert server.get("/api/models/nobody", Accept_Language="fr-FR, ko;q=0.5").json == english.json


def test_an_upload_that_is_no_picture_is_refused_in_korean(server: Server) -> None:
    with pytest.raises(PictureError) as refused:
        decode_picture(b"no picture")
    answer = server.post("/api/models/tiny/encode", b"no picture", Accept_Language="ko-KR")
    assert answer.json["detail"] == translated(str(refused.value), "ko") != str(refused.value)


def test_a_training_without_sense_is_refused_in_korean(data_server: Server) -> None:
    config = RunConfig.from_dict(TINY.to_dict()).to_dict()
    config["training"]["epochs"] = 0
    body = json.dumps({"title": "x", "config": config}).encode()
    answer = data_server.post("/api/runs", body, Accept_Language="ko", Content_Type="application/json")
    assert answer.status == 400
    assert answer.json["detail"].startswith(strings("ko")["form.epochs"])


def test_a_file_that_is_no_picture_is_refused_in_whole_sentences_of_either_language() -> None:
    with pytest.raises(PictureError) as refused:
        decode_picture(b"plain text")
    assert str(refused.value) == "This file cannot be read as a picture. Supported formats: PNG, JPEG, WebP, BMP, GIF."
    assert translated(str(refused.value), "ko") == "이 파일은 읽을 수 없습니다. 지원 형식: PNG, JPEG, WebP, BMP, GIF."
