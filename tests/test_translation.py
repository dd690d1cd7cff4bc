"""What library and API say, in the page's language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.routes import queued
from app.text import strings
from app.text.errors import told, translated
from app.work.estimates import Estimate
from model.config import NetworkConfig, ObjectiveConfig, RunConfig, Settings
from model.data.pictures import decode_picture
from model.errors import ConfigError, PictureError
from model.export import __main__ as export_command
from model.messages import Message, words_of
from model.runs import actions
from model.runs.folder import STATUS, RunState
from tests.conftest import TINY
from tests.web import Server


def test_a_refused_configuration_names_the_controls_as_the_form_does() -> None:
    with pytest.raises(ConfigError) as refused:
        NetworkConfig(20, encoder_widths=(16,), decoder_widths=(16,))
    assert translated(refused.value.message, "ko") == (
        "잠재 차원이 20인데, 인코더의 가장 좁은 층은 숫자를 16개만 넘겨줍니다. "
        "잠재 차원을 16 이하로 줄이거나 층을 넓히세요."
    )
    with pytest.raises(ConfigError) as refused:
        ObjectiveConfig(beta=-1.0)
    assert strings("ko")["form.beta"] in translated(refused.value.message, "ko")
    with pytest.raises(ConfigError) as refused:
        NetworkConfig(encoder_widths=(0,))
    assert "인코더 층별 너비" in translated(refused.value.message, "ko")
    with pytest.raises(ConfigError) as refused:
        NetworkConfig(encoder="conv", encoder_widths=(8,) * 5)
    assert strings("ko")["choice.conv"] in translated(refused.value.message, "ko")


def test_the_state_of_a_run_is_said_as_the_page_says_it() -> None:
    message = Message("training.over", name="mine", state=RunState.FINISHED)
    assert f"{strings('ko')['run.state.finished']} 상태" in translated(message, "ko")
    assert message == "The run 'mine' is finished; only one that runs or waits can be stopped."


def test_sentences_in_sentences_are_translated_too() -> None:
    inner = Message("picture.pixels", most=100)
    assert translated(Message("training.unstarted", reason=inner), "ko").count("픽셀") == 2
    full = words_of(OSError(28, "No space left on device", "/data/x"))
    assert full == "No space left on device"
    assert translated(Message("training.unkept", epoch=3, folder="/data", reason=full), "ko").count("공간") == 2
    assert words_of(OSError(5, "Input/output error")) == "Input/output error"


@pytest.mark.parametrize(
    ("name", "particle"),
    [("사진", "은"), ("나무", "는"), ("a7", "은"), ("a9", "는"), ("run", "은(는)"), ("'나무'", "는")],
)
def test_particles_follow_the_sound_before_them(name: str, particle: str) -> None:
    said = translated(Message("card.object", path=name), "ko")
    assert said.startswith(f"{name!r}{particle} 모델 카드가")


def test_what_has_no_id_stays_as_it_is() -> None:
    for sentence in ("An unheard-of thing {happened}.", Message("An unheard-of thing {happened}.")):
        assert translated(sentence, "ko") == "An unheard-of thing {happened}."
    assert translated(Message("training.more_images"), "en") == "Give more images."


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_sentence_names_a_place_of_the_machine(language: str) -> None:
    inner = ConfigError("config.unreadable", path=Path.home() / "secret.json", reason="x")
    said = translated(Message("training.unstarted", reason=inner), language)
    assert str(Path.home()) not in said
    assert "secret.json" in said


def test_the_api_says_the_id_and_the_field_but_no_value() -> None:
    message = Message("value.range", "epochs", value=0, low=1, high=9)
    said = told("Configuration not usable", message, "en")
    assert said == {"title": "Configuration not usable", "detail": str(message), "id": "value.range", "field": "epochs"}
    assert told("Not Found", Message("request.nothing", path="/x"), "en").keys() == {"title", "detail", "id"}
    assert told("Odd", Message("Something odd."), "ko") == {"title": "Odd", "detail": "Something odd."}


def test_the_api_answers_in_the_language_that_is_asked_for(server: Server) -> None:
    english = server.get("/api/models/nobody")
    korean = server.get("/api/models/nobody", Accept_Language="ko")
    assert english.json["detail"].startswith("There is no model 'nobody'.")
    assert korean.json["detail"].startswith("'nobody' 모델이 없습니다.")
    assert korean.json["title"] == english.json["title"] == "Unknown model"
    assert korean.json["id"] == english.json["id"] == "model.unknown"
    assert (english.headers["Content-Language"], korean.headers["Content-Language"]) == ("en", "ko")
    assert server.get("/api/models/nobody", Accept_Language="fr-FR, ko;q=0.5").json == english.json


def test_an_upload_that_is_no_picture_is_refused_in_korean(server: Server) -> None:
    with pytest.raises(PictureError) as refused:
        decode_picture(b"no picture")
    answer = server.post("/api/models/tiny/encode", b"no picture", Accept_Language="ko-KR")
    assert answer.json["detail"] == translated(refused.value.message, "ko") != str(refused.value)


def test_a_training_without_sense_is_refused_in_korean(data_server: Server) -> None:
    config = RunConfig.from_dict(TINY.to_dict()).to_dict()
    config["training"]["epochs"] = 0
    body = json.dumps({"title": "x", "config": config}).encode()
    answer = data_server.post("/api/runs", body, Accept_Language="ko", Content_Type="application/json")
    assert answer.status == 400
    assert answer.json["detail"].startswith(strings("ko")["form.epochs"])
    assert answer.json["field"] == "epochs"


def test_a_file_that_is_no_picture_is_refused_in_whole_sentences_of_either_language() -> None:
    with pytest.raises(PictureError) as refused:
        decode_picture(b"plain text")
    message = refused.value.message
    assert message == "This file cannot be read as a picture. Supported formats: PNG, JPEG, WebP, BMP, GIF."
    assert translated(message, "ko") == "이 파일은 읽을 수 없습니다. 지원 형식: PNG, JPEG, WebP, BMP, GIF."


# Across processes and the disk


def test_a_failed_run_says_why_in_the_language_of_whoever_reads_it(tmp_path: Path) -> None:
    settings = Settings(None, tmp_path)
    name = actions.create(settings, TINY, "Mine")
    message = Message("training.loss", loss=float("nan"), epoch=2, rate=0.5)
    actions.report(settings.runs / name, RunState.FAILED, message)
    found = actions.run(settings, name).message
    assert found == message == "The loss became nan in epoch 2. Lower the learning rate (0.5)."
    assert translated(found, "ko") == "에포크 2에서 손실이 nan이(가) 되었습니다. 학습률(0.5)을 낮추세요."


def test_a_run_of_an_older_version_says_its_sentence(tmp_path: Path) -> None:
    settings = Settings(None, tmp_path)
    name = actions.create(settings, TINY, "Mine")
    actions.report(settings.runs / name, RunState.FAILED, Message("training.memory"))
    status = settings.runs / name / STATUS
    written = json.loads(status.read_text())
    for cause in ({}, {"cause": {"id": "of.tomorrow", "field": None, "values": {}}}, {"cause": "damaged"}):
        status.write_text(json.dumps({"state": written["state"], "message": "Another sentence.", **cause}))
        found = actions.run(settings, name).message
        assert found == translated(found, "ko") == "Another sentence."


def test_a_refused_estimate_says_why_in_either_language() -> None:
    refusal = Message(
        "training.few", "batch_size", batch=128, images=60, share="", advice=Message("training.more_images")
    )
    said = Estimate.parse(json.dumps({"refusal": str(refusal), "reason": "batch", "cause": refusal.to_dict()}))
    assert said.refusal == "A step takes 128 images, but there are only 60. Give more images."
    assert translated(said.refusal, "ko") == ("한 스텝에 이미지 128장이 필요한데 60장뿐입니다. 이미지를 더 준비하세요.")


def test_an_export_that_failed_says_why_in_either_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert export_command.main(["nobody", "--to", "csv", "--cause"]) == 1
    said = capsys.readouterr().err
    message = queued.cause(said)
    assert message.startswith("There is no model 'nobody'.")
    assert translated(message, "ko").startswith("'nobody' 모델이 없습니다.")
    assert queued.cause("Traceback ...") is None
    assert queued.cause("error: Odd.\ncause: {") == "Odd."
