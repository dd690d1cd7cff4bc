"""What the exercise counts and writes in the browser, and the links by which it opens the form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from app.state import renew
from app.views.form.link import FIRST, FormLink
from model.evaluation.neighbourhoods import knn_accuracy
from tests.modules import evaluated

CLASSES = 4
WORDS = {"label": "Errors", "train": "a < b", "test": "test", "pca": "PCA", "epoch": "epoch"}
THEME = {"text": "#000", "muted": "#555", "line": "#ccc"}
COUNTED = """
const { votes, byClass, accuracy } = await load("lessons/exercise_classes.js");
const counting = votes(Float32Array.from(points), Uint8Array.from(labels), classes);
let step = counting.next();
const told = [];
while (!step.done) { told.push(step.value); step = counting.next(); }
const found = byClass(step.value, classes);
return { taken: [...step.value], told, found, accuracy: accuracy(found) };
"""


@pytest.fixture
def blobs() -> tuple[np.ndarray, np.ndarray]:
    """Points float32 (200, 3) of three classes that overlap a little; the fourth class has none."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200).astype(np.uint8)
    return (rng.normal(size=(200, 3)) + 1.5 * np.eye(3)[labels]).astype(np.float32), labels


def test_the_vote_of_the_neighbours_is_that_of_the_evaluation(blobs: tuple[np.ndarray, np.ndarray]) -> None:
    points, labels = blobs
    counted = evaluated(COUNTED, points=points.flatten().tolist(), labels=labels.tolist(), classes=CLASSES)
    taken = np.array(counted["taken"]).reshape(CLASSES, CLASSES)
    assert taken.sum(1).tolist() == np.bincount(labels, minlength=CLASSES).tolist()
    assert counted["accuracy"] == pytest.approx(knn_accuracy(torch.from_numpy(points), labels))
    assert counted["accuracy"] == pytest.approx(taken.trace() / len(labels))
    assert counted["told"] == [64, 128, 192]


def test_classes_are_ranked_by_how_many_are_found(blobs: tuple[np.ndarray, np.ndarray]) -> None:
    points, labels = blobs
    found = evaluated(COUNTED, points=points.flatten().tolist(), labels=labels.tolist(), classes=CLASSES)["found"]
    assert [each["share"] for each in found] == sorted((each["share"] for each in found), reverse=True)
    assert {each["label"] for each in found} == {0, 1, 2}  # of the fourth there is no sample
    assert sum(each["chance"] for each in found) == pytest.approx(1)
    assert all(each["other"] != each["label"] for each in found)


def test_fewer_samples_than_neighbours_are_counted_too() -> None:
    counted = evaluated(COUNTED, points=[0, 0, 0, 1, 0, 0, 2, 0, 0], labels=[0, 1, 1], classes=2)
    assert counted["taken"] == [0, 1, 2, 0]  # ties go to the lower class


@pytest.mark.parametrize(
    ("labels", "classes", "chosen"),
    [([0, 1, 2, 0, 1, 2], 3, [0, 1, 2, 3, 4]), (list(range(10)), 10, [0, 2, 4, 6, 8]), ([1, 1], 3, [0, 1])],
)
def test_the_five_examples_are_of_as_many_classes_as_there_are(
    labels: list[int], classes: int, chosen: list[int]
) -> None:
    body = """const { examples } = await load("lessons/exercise_classes.js");
        return examples(Uint8Array.from(labels), classes);"""
    assert evaluated(body, labels=labels, classes=classes) == chosen


CURVE = 'return (await load("lessons/exercise_curve.js")).curveSvg(history, pca, words, theme);'


def test_the_curve_is_an_svg_that_stands_alone() -> None:
    history = [{"epoch": e, "train_mse": 0.1 / e, **({"test_mse": 0.2 / e} if e % 2 else {})} for e in range(1, 8)]
    drawing = ElementTree.fromstring(evaluated(CURVE, history=history, pca=0.05, words=WORDS, theme=THEME))
    paths = [path.attrib["d"] for path in drawing.iter("{http://www.w3.org/2000/svg}path")]
    assert [path.count("L") + 1 for path in paths] == [7, 4]  # every epoch has a training error, every other a test
    heights = [float(y) for y in re.findall(r" ([\d.]+)", paths[0])]
    assert heights == sorted(heights)  # the error falls
    assert "a < b" in "".join(drawing.itertext())


@pytest.mark.parametrize("most", [0.03205, 0.033, 0.05, 0.4, 30])
def test_the_curve_has_marks_within_any_range(most: float) -> None:
    history = [{"epoch": 1, "train_mse": most}, {"epoch": 2, "train_mse": 0.032}]
    drawing = ElementTree.fromstring(evaluated(CURVE, history=history, pca=None, words=WORDS, theme=THEME))
    texts = [text for text in drawing.iter("{http://www.w3.org/2000/svg}text") if text.attrib["text-anchor"] == "end"]
    marks = {float(text.text or "nan") for text in texts if text.text != WORDS["epoch"]}
    assert 2 <= len(marks) <= 6
    assert all(0.03 <= mark <= 1.2 * most for mark in marks)


def test_a_training_without_a_history_has_no_curve() -> None:
    assert evaluated(CURVE, history=[], pca=None, words=WORDS, theme=THEME) == ""


def test_the_report_takes_nothing_for_markup() -> None:
    body = """const { reportHtml } = await load("lessons/exercise_report.js");
        return reportHtml({ language: "ko", title: bad, about: bad, theme: {}, sections: [{ title: bad, parts: [
            { kind: "answer", text: bad }, { kind: "note", text: bad }, { kind: "heading", text: bad },
            { kind: "table", table: { heads: ["", bad], rows: [[bad, bad]] } },
            { kind: "strip", address: bad, caption: bad },
            { kind: "keys", keys: [{ colour: bad, name: bad }] }] }] });"""
    bad = "\"'><script>alert(1)</script>&amp;"
    report = evaluated(body, bad=bad)
    assert report.startswith('<!doctype html>\n<html lang="ko">')
    assert "<script" not in report
    assert "'>" not in report
    assert report.count("&lt;script&gt;") == 14


# Links that open the form


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    renew()
    yield
    renew()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("query", "link"),
    [
        ({}, None),
        ({"form": "old"}, None),
        ({"form": "new"}, FormLink("cifar10", FIRST)),
        ({"form": "new", "preset": "denoising", "dataset": "digits"}, FormLink("digits", "denoising")),
        ({"form": "new", "preset": "../x", "dataset": "own"}, FormLink("cifar10", FIRST)),
        ({"form": "new", "run": "mine"}, FormLink("cifar10", FIRST)),
        ({"form": "copy"}, None),
        ({"form": "copy", "run": "../mine"}, None),
        ({"form": "copy", "run": "mine"}, FormLink("cifar10", FIRST, "mine")),
        ({"form": "copy", "run": "mine", "power": "1"}, FormLink("cifar10", FIRST, "mine", 1)),
        ({"form": "copy", "run": "mine", "power": "3"}, FormLink("cifar10", FIRST, "mine")),
    ],
)
def test_a_link_s_parameters_count_where_they_make_sense(query: dict[str, str], link: FormLink | None) -> None:
    assert FormLink.from_query(query) == link


RESUMED = """
const card = { name: "run", version: "before", has_images: false };
const asked = [];
globalThis.fetch = async (url) => {
  asked.push(new URL(url).pathname.split("/").pop());
  return new Response(asked.at(-1) === "run" ? JSON.stringify(card) : new Uint8Array(12));
};
globalThis.document = { documentElement: { lang: "en" } };
globalThis.localStorage = { getItem: () => null };
const { Desk } = await load("lessons/exercise_desk.js");
const desk = new Desk({ base: "http://localhost/" });
const [first, again] = [await desk.model("run"), await desk.model("run")];
card.version = "after";
const resumed = await desk.model("run");
const points = asked.filter((name) => name === "points").length;
return { same: first === again, version: resumed.card.version, points };
"""


def test_a_run_that_went_on_is_read_anew() -> None:
    assert evaluated(RESUMED) == {"same": True, "version": "after", "points": 2}
