"""The exercise as a notebook: the same in both languages, and it runs from top to bottom on a share of the data."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from app.text import LANGUAGES
from model.data.catalogue import CATALOGUE

ASSETS = Path(__file__).resolve().parents[1] / "assets"
FIGURE = "application/vnd.plotly.v1+json"
HANGUL = re.compile("[가-힣]")
PATIENCE = 600  # seconds for one cell, on a machine with other work


def notebook(language: str) -> NotebookNode:
    return nbformat.read(ASSETS / f"exercise.{language}.ipynb", as_version=4)


def code(language: str) -> list[str]:
    return [cell.source for cell in notebook(language).cells if cell.cell_type == "code"]


def words(language: str) -> list[str]:
    return [cell.source for cell in notebook(language).cells if cell.cell_type == "markdown"]


def printed(outputs: list[NotebookNode]) -> str:
    return "".join(output.text for output in outputs if output.output_type == "stream")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_is_whole_and_was_saved_without_outputs(language: str) -> None:
    found = notebook(language)
    nbformat.validate(found)
    assert [cell.outputs for cell in found.cells if cell.cell_type == "code"] == [[]] * len(code(language))


def test_both_languages_run_the_same_code_between_the_same_texts() -> None:
    assert code("en") == code("ko")
    assert [cell.cell_type for cell in notebook("en").cells] == [cell.cell_type for cell in notebook("ko").cells]
    english, korean = words("en"), words("ko")
    assert all(HANGUL.search(text) for text in korean)
    assert [text.count("**Your turn:**") for text in english] == [text.count("**직접 해 보기:**") for text in korean]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_runs_from_top_to_bottom(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    for name, value in (("DATASET", "digits"), ("SHARE", "0.1"), ("EPOCHS", "2")):
        monkeypatch.setenv(f"EXERCISE_{name}", value)
    found = notebook(language)
    NotebookClient(found, timeout=PATIENCE, kernel_name="python3", resources={"metadata": {"path": ASSETS}}).execute()
    cells = [cell.outputs for cell in found.cells if cell.cell_type == "code"]
    told = "".join(map(printed, cells))
    assert "digits: 150 training and 30 test images, 10 classes" in told
    errors = {name: float(value) for name, value in re.findall(r"^(\w+) +(\d\.\d{4})$", told, re.MULTILINE)}
    assert 0 < errors["test_mse"] < errors["test_mae"] < 1
    assert errors["pca_mse"] == float(re.search(r"PCA-3 +MSE (\d\.\d{4})", told)[1])
    figures = [output.data[FIGURE] for outputs in cells for output in outputs if FIGURE in output.get("data", {})]
    (cloud,) = [figure["data"] for figure in figures if figure["data"][0]["type"] == "scatter3d"]
    assert [trace["name"] for trace in cloud] == list(CATALOGUE["digits"].classes["en"])
    assert len(figures) == 6
    votes = float(re.search(r"10-NN accuracy (\d\.\d{3})", told)[1])
    assert votes == pytest.approx(errors["knn_accuracy"], abs=0.001)
    assert len(re.findall(r"n = [12] +MSE \d\.\d{4} +MAE \d\.\d{4}", told)) == 2
