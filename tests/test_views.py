"""The pages, run by Streamlit's own test runner: no browser and no scene, but every line of Python."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import resources
from app.state import renew
from app.text import LANGUAGES, strings
from app.views.link import View
from model.checkpoint import CARD, read_card
from model.data.catalogue import CATALOGUE

MAIN = Path(__file__).parents[1] / "app" / "main.py"
PATIENCE = 60  # seconds for one run
TITLES = {"tiny": {"en": "Three numbers", "ko": "숫자 셋"}, "five": {"en": "Five numbers", "ko": "숫자 다섯"}}
CAMERA = {
    "eye": {"x": 1.0, "y": 2.0, "z": 3.0},
    "center": {"x": 0.0, "y": 0.0, "z": -0.5},
    "up": {"x": 0.0, "y": 0.0, "z": 1.0},
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty EXPLORER_HOME; no data are at hand."""
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    forget()
    yield tmp_path
    forget()


@pytest.fixture
def models(home: Path, explorer_home: Path) -> Path:
    """The folder of the models "tiny" and "five", each with a title of its own; what ships is on offer too."""
    for name, title in TITLES.items():
        copied = shutil.copytree(explorer_home / "models" / name, home / "models" / name)
        card = json.loads((copied / CARD).read_text())
        (copied / CARD).write_text(json.dumps({**card, "title": title}))
    return home / "models"


def forget() -> None:
    """What `resources` keeps belongs to one EXPLORER_HOME."""
    renew()


def visit(**query: str) -> AppTest:
    """The page after its first run, opened with these parameters; it ran through."""
    page = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    for name, value in query.items():
        page.query_params[name] = value
    return sound(page.run())


def sound(page: AppTest) -> AppTest:
    assert [exception.value for exception in page.exception] == []
    return page


def components(page: AppTest) -> list[Any]:
    """Those of the page itself, without the header's link button."""
    return [each for each in page.get("bidi_component") if each.key != "share_explore"]


def scene(page: AppTest) -> dict[str, Any]:
    """What the scene was told."""
    (component,) = components(page)
    return json.loads(component.proto.json)


def choice(page: AppTest, key: str) -> Any:
    """The box whose key begins so."""
    (box,) = [box for box in page.selectbox if box.key.startswith(key)]
    return box


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_language_of_its_link(models: Path, language: str) -> None:
    page = visit(lang=language)
    said = strings(language)
    assert page.header[0].value == said["header.title"]
    assert choice(page, "model").label == said["header.model"]
    assert choice(page, "language").value == language
    assert scene(page)["language"] == language
    assert scene(page)["strings"] == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_model_list_holds_every_model_by_its_title(models: Path, language: str) -> None:
    page = visit(lang=language)
    shown = choice(page, "model").options
    cards = {name: read_card(folder) for name, folder in resources.registry().items()}
    assert {title[language] for title in TITLES.values()} <= set(shown)
    assert sorted(shown) == sorted(
        card["title"][language] for card in cards.values() if resources.dataset_of(card) == "cifar10"
    )
    assert choice(page, "dataset").options == [
        CATALOGUE[name].title[language] for name in CATALOGUE if name in map(resources.dataset_of, cards.values())
    ]


def test_another_data_set_is_shown_through_its_first_model(models: Path) -> None:
    page = visit(model="five", lang="en")
    choice(page, "dataset").set_value("mnist")
    sound(page.run())
    assert scene(page)["model"] == "mnist"
    choice(page, "dataset").set_value("cifar10")
    sound(page.run())
    assert resources.dataset_of(read_card(resources.registry()[scene(page)["model"]])) == "cifar10"


def test_a_model_with_a_broken_card_is_left_out_and_the_page_goes_on(models: Path) -> None:
    broken = shutil.copytree(models / "tiny", models / "a-broken-one")
    (broken / CARD).write_text("{")
    page = visit(model="a-broken-one", lang="en")
    assert {title["en"] for title in TITLES.values()} <= set(choice(page, "model").options)
    assert scene(page)["model"] in resources.registry().keys() - {"a-broken-one"}


def test_choosing_language_and_model_reaches_scene_and_link(models: Path) -> None:
    page = visit(model="five", lang="en")
    choice(page, "language").set_value("ko")
    sound(page.run())
    assert (scene(page)["model"], scene(page)["language"]) == ("five", "ko")
    assert choice(page, "model").label == strings("ko")["header.model"]
    choice(page, "model").set_value("tiny")
    sound(page.run())
    assert (scene(page)["model"], scene(page)["language"]) == ("tiny", "ko")


def test_a_link_opens_its_view(models: Path) -> None:
    near = {"near": "all", "metric": "cosine", "compare": "tiny"}
    query = {"model": "five", "lang": "ko", "p": "0.5,-1,2", "from": "7", "k": "30", "cam": "1,2,3,0,0,-0.5,0,0,1"}
    told = scene(visit(**query, **near, pictures="1"))
    assert told["model"] == "five"
    rest = {"k": 30, "z": None, "mean": False, "pictures": True, **near}
    assert told["view"] == {"p": [0.5, -1.0, 2.0], "anchor": 7, "camera": CAMERA, **rest}


@pytest.mark.parametrize(
    "query",
    [
        {"model": "none such", "lang": "tlh", "p": "here", "from": "-1", "k": "many", "near": "here", "pictures": "2"},
        {"model": "../../etc", "lang": "", "p": "1,2", "from": "1.5", "k": "", "cam": ",,,,,,,,", "compare": "x" * 300},
        {"model": "", "lang": "EN", "p": "nan,inf,0", "from": "9" * 400, "k": "1e3", "cam": "nan," * 8 + "nan"},
        {
            "model": "<b>",
            "lang": "ko,en",
            "p": "1e999,0,0",
            "from": "٣",
            "compare": "",
            "k": "²",
            "cam": "1e999," * 8 + "1",
        },
    ],
)
def test_parameters_that_make_no_sense_are_as_if_absent(models: Path, query: dict[str, str]) -> None:
    told = scene(visit(**query))
    assert told["model"] == resources.default_name()
    assert told["language"] == "en"
    usual = {"k": 12, "near": "latent", "metric": "euclidean", "mean": False, "compare": None, "pictures": False}
    assert told["view"] == {"p": None, "anchor": None, "camera": None, "z": None, **usual}


def test_a_link_may_begin_at_the_mean_beside_the_view() -> None:
    view = View.from_query({"from": "mean", "z": "AACAPwAAAEAAAEBAAACAQAAAoEA"})
    assert (view.mean, view.anchor, view.z) == (True, None, (1.0, 2.0, 3.0, 4.0, 5.0))


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("1", 1), ("50", 50), ("51", 50), ("99999999", 50)])
def test_k_stays_between_1_and_50(asked: str, given: int) -> None:
    assert View.from_query({"k": asked}).k == given


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_model_one_sentence_says_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr("model.registry.SHIPPED_MODELS", home / "nothing-ships")
    page = visit(lang=language)
    assert [info.value for info in page.info] == [strings(language)["page.no_models"]]
    assert "python -m model.train" in page.info[0].value
    assert not components(page)
