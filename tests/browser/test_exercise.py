"""The exercise on the Learn page: its steps with trainings of a few seconds, and the report that they end with."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from app.text import strings
from model.checkpoint import read_card
from model.config import Settings
from model.data.catalogue import CATALOGUE, OWN, title_of
from model.registry import find_model
from tests.browser.conftest import Enter, Learn
from tests.browser.lessons import LessonPage
from tests.browser.test_access import offences
from tests.conftest import CLASSES
from tests.web import ROOT, Server, running

TINY = ("--encoder-widths", "8", "--decoder-widths", "16", "--epochs", "3", "--batch-size", "20")
SAID = strings("en")
SAVE_AND_LEAVE = """button => {
    button.click();
    button.getRootNode().querySelector("[data-testid=step-data]").click();
}"""
STEPS = ("data", "design", "run", "error", "classes", "power", "report")


@dataclass(frozen=True)
class Lab:
    """A server with the trainings "mine" (n = 2), its copy "twin", and "absolute" (n = 1) of the same network."""

    server: Server
    home: Path

    def metrics(self, name: str) -> dict[str, float]:
        return read_card(find_model(name, Settings(None, self.home).models))["metrics"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, synthetic_dataset_folder: Path) -> Iterator[Lab]:
    home = tmp_path_factory.mktemp("lab")
    for name, power in (("mine", "2"), ("absolute", "1")):
        train = [sys.executable, "-m", "model.train", "--name", name, "--data", str(synthetic_dataset_folder)]
        environment = {"EXPLORER_HOME": str(home), "PATH": ""}
        subprocess.run([*train, "--power", power, *TINY], cwd=ROOT, env=environment, check=True, capture_output=True)
    for folder in ("runs", "models"):
        shutil.copytree(home / folder / "mine", home / folder / "twin")
    with running(home, synthetic_dataset_folder) as server:
        yield Lab(server, home)


def open_step(exercise: LessonPage, step: str) -> None:
    exercise.part(f"step-{step}").click()
    name = exercise.said[f"exercise.step.{step}"]
    expect(exercise.part("exercise").get_by_role("heading", level=3)).to_contain_text(name)


def answer(exercise: LessonPage, step: str) -> str:
    """Write something below the step, which is fit for everybody as it then stands; what was written."""
    assert offences(exercise.page) == []
    text = f"About {step}: <b>1 & 2</b>"
    exercise.part("answer").fill(text)
    return text


def choose(exercise: LessonPage, name: str) -> None:
    """One of the trainings, once it is on the list."""
    exercise.part(name).check()


def report_of(exercise: LessonPage, folder: Path) -> str:
    """What is saved. One that is being made when its step is left is given up."""
    saved: list[Download] = []
    exercise.page.on("download", lambda each: saved.append(each))
    exercise.part("save-report").evaluate(SAVE_AND_LEAVE)
    open_step(exercise, "report")
    with exercise.page.expect_download() as download:
        exercise.part("save-report").click()
    assert len(saved) == 1
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_text(encoding="utf-8")


def test_without_a_training_each_check_says_what_is_missing(learn: Learn, server: Server) -> None:
    exercise = learn(server, "exercise")
    expect(exercise.part("data-said")).to_have_text(exercise.said["exercise.data.absent"])
    expect(exercise.part("data-cifar10")).to_be_disabled()
    expect(exercise.part("data-digits")).to_be_checked()
    listed = exercise.page.locator("[name=mx-exercise-data]")
    assert listed.evaluate_all("(all) => all.map((each) => each.value)") == list(CATALOGUE)
    expect(listed.last.locator("..")).to_contain_text(title_of(list(CATALOGUE)[-1]))
    open_step(exercise, "run")
    expect(exercise.part("missing")).to_have_text(exercise.said["exercise.run.none"])
    for step in ("error", "classes", "power"):
        open_step(exercise, step)
        expect(exercise.part("missing")).to_have_text(exercise.said["exercise.needs.run"])
    open_step(exercise, "report")
    expect(exercise.part("missing")).to_contain_text(exercise.said["exercise.gap.run"])
    expect(exercise.part("save-report")).to_be_disabled()


def test_from_the_images_to_the_report(learn: Learn, lab: Lab, tmp_path: Path, chromium: Browser) -> None:
    exercise = learn(lab.server, "exercise")
    expect(exercise.part("data-own")).to_be_checked()
    answers = [answer(exercise, "data")]
    check_the_form(exercise, answers)
    check_the_run(exercise, answers)
    check_the_error(exercise, lab, answers)
    check_the_classes(exercise, lab, answers)
    check_the_other_n(exercise, lab, answers)
    open_step(exercise, "report")
    expect(exercise.part("missing")).to_contain_text("The report")
    answers.append(answer(exercise, "report"))
    expect(exercise.part("missing")).to_have_count(0)
    exercise.part("learner").fill("Kim <Min>")
    report = report_of(exercise, tmp_path)
    check_the_report(report, lab, answers)
    look_at(chromium, report)
    exercise.page.reload()
    expect(exercise.part("answer")).to_have_value(answers[-1])
    for step in STEPS:
        expect(exercise.part(f"step-{step}")).to_have_attribute("data-done", "true")


def check_the_form(exercise: LessonPage, answers: list[str]) -> None:
    open_step(exercise, "design")
    with exercise.page.expect_popup() as form:
        exercise.part("open-form").click()
    dialog(form.value)
    expect(form.value.get_by_role("radio", name=title_of("own"))).to_be_checked()
    form.value.close()
    answers.append(answer(exercise, "design"))


def check_the_run(exercise: LessonPage, answers: list[str]) -> None:
    open_step(exercise, "run")
    choose(exercise, "run-mine")
    expect(exercise.part("curve").locator("svg path")).to_have_count(2)
    expect(exercise.part("table-settings").nth(1)).to_contain_text(SAID["choice.2"])
    answers.append(answer(exercise, "run"))


def check_the_error(exercise: LessonPage, lab: Lab, answers: list[str]) -> None:
    open_step(exercise, "error")
    metrics = lab.metrics("mine")
    for name in ("test_mse", "pca_mse", "test_mae", "pca_mae"):
        expect(exercise.part("table-errors")).to_contain_text(f"{metrics[name]:.4f}")
    below = metrics["test_mse"] < metrics["pca_mse"]
    expect(exercise.part("found")).to_have_attribute("data-right", str(below).lower())
    expect(exercise.part("strip")).to_have_count(2)
    answers.append(answer(exercise, "error"))


def check_the_classes(exercise: LessonPage, lab: Lab, answers: list[str]) -> None:
    """Nothing is told before the guess; what is counted then is what the evaluation measured."""
    open_step(exercise, "classes")
    expect(exercise.part("exercise-cloud").locator("canvas").first).to_be_visible()
    expect(exercise.part("found")).to_have_count(0)
    exercise.part("guess").select_option(CLASSES[0])
    expect(exercise.part("found")).to_contain_text(f"{100 * lab.metrics('mine')['knn_accuracy']:.1f} %")
    expect(exercise.part("found")).to_contain_text(f"Your guess, {CLASSES[0]}, is number")
    expect(exercise.part("table-classes").locator("tbody tr")).to_have_count(len(CLASSES))
    answers.append(answer(exercise, "classes"))


def check_the_other_n(exercise: LessonPage, lab: Lab, answers: list[str]) -> None:
    open_step(exercise, "power")
    assert "form=copy&run=mine&power=1" in str(exercise.part("open-copy").get_attribute("href"))
    expect(exercise.part("other-mine")).to_have_count(0)
    choose(exercise, "other-absolute")
    change = lab.metrics("absolute")["test_mae"] / lab.metrics("mine")["test_mae"] - 1
    expect(exercise.part("found")).to_contain_text(f"{abs(100 * change):.1f} %")
    expect(exercise.part("besides")).to_have_count(0)  # nothing else differs
    expect(exercise.part("strip")).to_have_count(3)
    answers.append(answer(exercise, "power"))


def check_the_report(report: str, lab: Lab, answers: list[str]) -> None:
    assert "<script" not in report
    assert re.findall(r'(?:src|href)="(?!data:image/png;base64,)', report) == []
    assert report.count('src="data:image/png;base64,') == 4  # the cloud, the originals, what two models make of them
    assert len(re.findall("<svg ", report)) == 1
    assert "Kim &lt;Min&gt;" in report
    for given in answers:
        assert given.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in report
    for name in ("mine", "absolute"):
        assert f"{lab.metrics(name)['test_mse']:.4f}" in report
    assert f"<p>{title_of(OWN)}</p>" in report
    assert SAID["form.learning_rate"].split(" :")[0] in report


def look_at(chromium: Browser, report: str) -> None:
    """Every picture is there, without scripts and without a network."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.set_content(report)
    widths = page.evaluate("() => [...document.images].map((image) => image.naturalWidth)")
    assert all(width >= 160 for width in widths)
    context.close()


def test_a_second_training_with_the_same_n_is_no_comparison(learn: Learn, lab: Lab) -> None:
    exercise = learn(lab.server, "exercise", language="ko")
    open_step(exercise, "run")
    choose(exercise, "run-mine")
    open_step(exercise, "power")
    expect(exercise.part("open-copy")).to_contain_text("n = 1")
    choose(exercise, "other-twin")
    expect(exercise.part("missing")).to_have_text(exercise.said["exercise.power.same"].format(n=1))
    expect(exercise.part("table-errors")).to_have_count(0)
    choose(exercise, "other-absolute")
    expect(exercise.part("found")).to_be_visible()
    assert offences(exercise.page) == []


def dialog(page: Page) -> None:
    expect(page.get_by_role("dialog").get_by_label(SAID["form.name"], exact=True)).to_be_visible()


def test_links_open_the_form_filled_in(enter: Enter, lab: Lab) -> None:
    page = enter(lab.server, "/train?form=new&preset=absolute-error&dataset=digits&lang=en")
    dialog(page)
    expect(page.get_by_role("combobox", name=SAID["form.preset"])).to_have_value("Absolute error (n = 1)")
    expect(page.get_by_role("radio", name="Digits 8 × 8")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    copy = enter(lab.server, "/train?form=copy&run=mine&power=1&lang=en")
    dialog(copy)
    expect(copy.get_by_role("dialog").get_by_label(SAID["form.name"], exact=True)).to_have_value("mine, n = 1")
    expect(copy.get_by_role("dialog").get_by_label(SAID["form.widths"], exact=True).first).to_have_value("8")
