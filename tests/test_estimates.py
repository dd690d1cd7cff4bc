"""The pages' questions about a training's cost: one measurement at a time, the newest question of each asker first."""

import asyncio
import json
import sys
import time

import pytest

from app.work import estimates
from app.work.estimates import COMMAND, Estimate, Estimator
from model.config import TrainingConfig
from model.data.catalogue import OWN
from tests.conftest import TINY

CONFIG = {**TINY.to_dict(), "training": {**TINY.to_dict()["training"], "batch_size": 16}}


def answer(estimator, config, asker="", seconds=150.0):
    end = time.monotonic() + seconds
    while (said := estimator.ask(config, OWN, asker)) is None:
        assert time.monotonic() < end, "no answer came"
        time.sleep(0.02)
    return said


@pytest.fixture
def counting(tmp_path):
    """An estimator whose command notes each start and end, and takes the time that the configuration names."""
    log = tmp_path / "log"
    script = tmp_path / "measure.py"
    script.write_text(
        f"""
import json, os, sys, time
config = json.load(sys.stdin)
def note(what):
    with open({str(log)!r}, "a") as file:
        file.write(what + " " + config["name"] + "\\n")
note("start")
time.sleep(config.get("seconds", 0))
while "until" in config and not os.path.exists(config["until"]):
    time.sleep(0.01)
if "die" in config:
    os.kill(os.getpid(), config["die"])
if "error" in config:
    sys.exit(config["error"])
note("end")
print(json.dumps({{"seconds": 7.0, "images": 60, "surplus": 1, **config.get("says", {{}})}}))
"""
    )
    estimator = Estimator((sys.executable, str(script)))
    return estimator, lambda: log.read_text().splitlines()


def test_the_module_answers_in_a_process_of_its_own(synthetic_dataset_folder, tmp_path):
    estimator = Estimator((*COMMAND, "--data", str(synthetic_dataset_folder), "--home", str(tmp_path)))
    said = answer(estimator, CONFIG)
    assert (said.refusal, said.problem) == (None, None)
    assert said.images == 60
    assert said.code == (3072, 3)
    assert said.seconds > 0


def test_what_cannot_run_is_refused_with_its_reason(synthetic_dataset_folder, tmp_path):
    estimator = Estimator((*COMMAND, "--data", str(synthetic_dataset_folder), "--home", str(tmp_path)))
    said = answer(estimator, TINY.to_dict())
    assert said.reason == "batch"
    assert f"A step takes {TrainingConfig().batch_size} images" in said.refusal
    assert said.encoder_parameters > 0
    assert said.seconds is None


def test_a_question_is_measured_once(counting):
    estimator, log = counting
    assert estimator.ask({"name": "a"}, OWN) is None
    assert answer(estimator, {"name": "a"}) == Estimate(seconds=7.0, images=60)
    assert estimator.ask({"name": "a"}, OWN, "another") is not None
    assert log() == ["start a", "end a"]


def test_who_waits_for_an_answer_holds_no_thread_and_no_other_request(counting, tmp_path):
    """Trainings that are asked for over HTTP wait so: were each to hold a thread of the pool, 40 would stop every other
    answer.
    """
    (estimator, log), end = counting, tmp_path / "end"

    async def many():
        slow = {"name": "slow", "until": str(end)}
        waiting = [asyncio.create_task(estimator.measured(slow, OWN, f"asker {n}")) for n in range(60)]
        ticks = 0
        while not all(task.done() for task in waiting):
            await asyncio.get_running_loop().run_in_executor(None, int)
            ticks += 1
            if ticks == 11:
                end.touch()
            await asyncio.sleep(0.01)
        return ticks, [task.result() for task in waiting]

    ticks, answers = asyncio.run(many())
    assert ticks >= 11
    assert answers == [Estimate(seconds=7.0, images=60)] * 60
    assert log() == ["start slow", "end slow"]


def test_the_newest_question_of_an_asker_ends_the_one_before(counting):
    estimator, log = counting
    slow = {"name": "slow", "seconds": 600}
    estimator.ask(slow, OWN, "me")
    end = time.monotonic() + 30
    while not log_has(log, "start slow") and time.monotonic() < end:
        time.sleep(0.02)
    answer(estimator, {"name": "quick"}, "me")
    assert log() == ["start slow", "start quick", "end quick"]


def test_two_askers_are_served_one_after_the_other(counting):
    estimator, log = counting
    first, second = {"name": "first", "seconds": 0.3}, {"name": "second", "seconds": 0.3}
    estimator.ask(first, OWN, "me")
    estimator.ask(second, OWN, "you")
    answer(estimator, second, "you")
    answer(estimator, first, "me")
    assert log() == ["start first", "end first", "start second", "end second"]


def test_a_form_that_comes_back_after_its_question_was_given_up_is_answered(counting, monkeypatch, tmp_path):
    (estimator, log), end = counting, tmp_path / "end"
    mine = {"name": "mine", "until": str(end)}
    with monkeypatch.context() as brief:
        brief.setattr(estimates, "ATTENTION", 0.2)
        estimator.ask(mine, OWN, "me")
    until = time.monotonic() + 60
    while estimator._queue._jobs and time.monotonic() < until:
        time.sleep(0.02)
    assert not log_has(log, "end mine")
    end.touch()
    assert answer(estimator, mine, "me").seconds == 7.0


@pytest.mark.parametrize(
    ("how", "said"), [({"die": 9}, "ended by signal 9"), ({"error": "no room"}, "status 1: no room")]
)
def test_a_measurement_that_dies_is_a_sentence(counting, how, said):
    estimator, _ = counting
    problem = answer(estimator, {"name": "bad", **how}).problem
    assert problem == f"How long this training takes could not be measured ({said})."


def test_a_command_that_cannot_be_started_is_a_sentence():
    assert "could not be measured" in answer(Estimator(("/nowhere/python",)), {"name": "a"}).problem


def test_one_that_takes_too_long_is_given_up(counting, monkeypatch):
    monkeypatch.setattr(estimates, "SECONDS_MOST", 0.5)
    estimator, _ = counting
    assert "within 0 seconds" in answer(estimator, {"name": "slow", "seconds": 600}).problem


def test_what_may_change_soon_is_measured_again_and_the_old_answer_holds_meanwhile(counting, monkeypatch):
    monkeypatch.setattr(estimates, "KEPT_UNSURE", 0.0)
    estimator, log = counting
    busy = {"name": "a", "seconds": 0.2, "says": {"busy": True}}
    assert answer(estimator, busy).busy
    assert estimator.ask(busy, OWN).busy
    end = time.monotonic() + 30
    while log().count("end a") < 2 and time.monotonic() < end:
        time.sleep(0.02)
    assert log().count("end a") == 2


def test_only_so_many_answers_are_kept(counting, monkeypatch):
    monkeypatch.setattr(estimates, "ANSWERS_MOST", 1)
    estimator, log = counting
    for name in ("a", "b", "a"):
        answer(estimator, {"name": name})
    assert log().count("start a") == 2


def test_an_answer_of_the_wrong_shape_is_no_estimate():
    with pytest.raises(ValueError, match="no JSON object"):
        Estimate.parse(json.dumps([1]))


def log_has(log, line):
    try:
        return line in log()
    except OSError:
        return False
