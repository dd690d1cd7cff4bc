"""The benchmarks' own parts: the clients that put load on a server, and what is said of a target."""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks import hostile_client, learning, load_client, reactions, step
from benchmarks.__main__ import NAMES, main, measure
from benchmarks.drag import eaters
from benchmarks.options import Options
from benchmarks.peak import step_flops
from benchmarks.pythae_loop import pythae_steps
from benchmarks.report import Row, Target, table
from model.config import NetworkConfig, TrainingConfig
from model.data.dataset import ImageDataset
from model.device import multiplies_bfloat16
from model.networks import Autoencoder
from model.training.process_group import ProcessGroup
from model.training.steps import Steps
from tests.conftest import TINY
from tests.web import ROOT, running


@pytest.fixture(scope="module")
def hostile_home(tmp_path_factory):
    """A server of its own for hostile clients."""
    with running(tmp_path_factory.mktemp("home")) as started:
        yield started


def decoder(server, model="tiny"):
    return f"{server.url.replace('http', 'ws', 1)}/api/models/{model}/decode"


def test_clients_drag_at_their_rate_and_count_each_reply(server):
    tally = asyncio.run(load_client.run(decoder(server), dim=3, clients=5, seconds=1, rate=10))
    assert tally.errors == []
    assert len(tally.trips) + tally.dropped == 50
    assert all(0 < trip < 10_000 for trip in tally.trips)


def test_clients_that_are_turned_away_are_counted_as_errors(server):
    tally = asyncio.run(load_client.run(decoder(server, "nobody"), dim=3, clients=3, seconds=0.3, rate=10))
    assert len(tally.errors) == 3
    assert tally.trips == []


def test_only_this_machine_is_put_under_load(capsys):
    with pytest.raises(SystemExit):
        load_client.main(["ws://example.org/api/models/default/decode"])
    assert "127.0.0.1" in capsys.readouterr().err


def test_what_eats_the_cores_is_gone_afterwards():
    with eaters(2) as processes:
        assert [process.poll() for process in processes] == [None, None]
    assert all(process.poll() is not None for process in processes)


@pytest.mark.parametrize("kind", hostile_client.KINDS)
def test_a_hostile_client_of_each_kind_reaches_the_server_and_ends_by_itself(hostile_home, kind):
    command = [sys.executable, "-m", "benchmarks.hostile_client", kind, hostile_home.url, "--seconds", "4"]
    seen = Counter(
        json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    )  # as the bench does: what it leaves open goes with it
    assert hostile_home.get("/api/models").status == 200
    assert seen["let in"] == 0
    assert seen["asked"] > 0  # on a busy machine, who comes last may have no answer in that time
    assert seen["404"] == seen["405"] == 0


def test_only_this_machine_has_a_hostile_client(capsys):
    with pytest.raises(SystemExit):
        hostile_client.main(["films", "http://example.org"])
    assert "127.0.0.1" in capsys.readouterr().err


def test_a_table_says_which_targets_are_missed():
    rows = [
        Row("trip", 2.0, "ms", 40, Target(3)),
        Row("ratio", 7.0, "", 40, Target(8, at_most=False)),
        Row("replies", 1000.0, "1/s", 40),
    ]
    verdicts = [line.split()[-1] for line in table("load", rows).splitlines()[2:]]
    assert verdicts == ["reached", "MISSED", "40"]
    assert [row.to_dict().get("reached") for row in rows] == [True, False, None]


def test_the_first_reaction_of_every_lesson_is_measured():
    contents = (ROOT / "app" / "web" / "learn" / "contents.js").read_text(encoding="utf-8")
    listed = re.search(r"LESSONS = \[(.*?)\]", contents, re.DOTALL)
    assert list(reactions.CONTROLS) == re.findall(r'"([a-z]+)"', listed[1])


def test_an_unknown_benchmark_is_answered_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        main(["speed"])
    assert ", ".join(NAMES) in capsys.readouterr().err


class Fake:
    """A benchmark that measures nothing, or fails at it."""

    TITLE = "nothing at all"

    def __init__(self, problem=None):
        self.problem = problem

    def measure(self, _):
        if self.problem:
            raise self.problem
        return [Row("nothing", 0.0, "MB", 1)]


def test_a_report_names_machine_and_n_and_one_failure_costs_no_other_number(explorer_home):
    options = Options(1.0, explorer_home, "tiny", None)
    report = measure(options, {"broken": Fake(RuntimeError("no browser")), "whole": Fake()})
    assert {"hardware", "versions", "model", "at"} <= set(json.loads(json.dumps(report)))
    assert report["failed"] == ["broken"]
    assert report["benchmarks"]["whole"]["rows"] == [{"measured": "nothing", "value": 0.0, "unit": "MB", "n": 1}]


def test_a_course_tells_when_it_was_first_better():
    tested = [learning.TestedEpoch(*one) for one in ((1, 10.0, 0.05), (3, 20.0, 0.03), (4, 30.0, 0.031))]
    course = learning.Course(tested, 40.0)
    assert course.below(0.0305) == tested[1]
    with pytest.raises(RuntimeError, match="never came below"):
        course.below(0.01)


def test_nothing_is_learnt_from_noise(explorer_home):
    assert learning.measure(Options(1.0, explorer_home, "tiny", None)) == []


def test_the_command_that_people_type_is_what_is_timed(synthetic_dataset_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(
        learning, "OPTIONS", ("--batch-size", "16", "--encoder-widths", "8", "--decoder-widths", "8", "--epochs", "3")
    )
    course = learning.train("one-minute", synthetic_dataset_folder)
    first, *_, last = course.tested  # one between is left out where the writer has not done with the first
    assert (first.epoch, last.epoch) == (1, 3)
    assert 0 < first.seconds < last.seconds <= course.seconds
    assert all(0 < one.error < 1 for one in course.tested)


def test_a_training_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="has no folder 'train'"):
        learning.train("one-minute", tmp_path)


def test_pythae_takes_one_step_for_each_that_is_asked_for(tmp_path, capfd):
    dataset = ImageDataset(np.zeros((48, 3, 32, 32), np.uint8), np.zeros(48, np.uint8), ("a",))
    steps = pythae_steps(replace(TINY, training=TrainingConfig(batch_size=16)), dataset, tmp_path)
    assert [next(steps) for _ in range(7)] == [True, True, True, False, True, True, False]  # three steps an epoch
    steps.close()
    assert "EndedError" not in capfd.readouterr().err


def test_a_step_is_counted_as_its_matrix_products():
    config = replace(TINY, training=TrainingConfig(batch_size=16))
    weights = sum(p.numel() for p in Autoencoder(config.network).parameters() if p.ndim > 1)
    without_first = weights - 3072 * 8  # no gradient goes back to the pixels
    assert step_flops(config) == 2 * 16 * (2 * weights + without_first)


CONVOLUTIONAL = NetworkConfig(3, "conv", (8, 16), "conv", (16, 8))


def small_run(network, precision="float32"):
    """A run of batches that take long beside what measuring them costs, on noise; its images."""
    pixels = np.random.default_rng(0).integers(0, 256, (1024, 3, 32, 32), np.uint8)
    training = TrainingConfig(epochs=1000, batch_size=256, precision=precision)
    return replace(TINY, network=network, training=training), ImageDataset(pixels, np.zeros(1024, np.uint8), ("a",))


@pytest.mark.parametrize(
    ("network", "precision", "present", "absent"),
    [
        (TINY.network, "float32", {step.DATA, step.WEIGHTS}, {step.BOTH}),
        (TINY.network, "bfloat16", {step.DATA, step.WEIGHTS}, {step.BOTH}),
        (CONVOLUTIONAL, "float32", {step.BOTH}, set()),
    ],
    ids=["dense", "bfloat16", "conv"],
)
def test_the_parts_of_a_step_are_the_whole_of_it(network, precision, present, absent):
    taken = []

    def clocked(run):
        for _ in range(6):
            before = time.perf_counter()
            next(run)
            taken.append(time.perf_counter() - before)
            yield

    run = Steps(*small_run(network, precision), ProcessGroup(torch.device("cpu")))
    found = step.profiled(clocked(step.endless(run)), 6)
    sums = [sum(spent for _, spent in operators) for operators in found]
    assert sum(sums) == pytest.approx(sum(taken), rel=0.05)
    parts = step.together(found)
    everywhere = {step.FORWARD, step.BATCH, step.ACTIVATION, step.OPTIMISER, step.LOSS, step.DISPATCH}
    assert parts.keys() >= everywhere | present
    assert not parts.keys() & absent
    assert parts[step.OTHER] < 0.2 * sum(parts.values()), "an operator is not recognised"


def test_what_a_step_is_made_of_is_told_for_each_precision_of_the_processor():
    rows = step.rows(*small_run(TINY.network), seconds=0.1)
    firsts = [at for at, row in enumerate(rows) if row.measured.startswith("one step in ")]
    assert len(firsts) == (2 if multiplies_bfloat16(torch.device("cpu")) else 1)
    for first, end in zip(firsts, [*firsts[1:], len(rows)], strict=True):
        told = {row.measured.removeprefix("... "): row.value for row in rows[first:end]}
        assert sum(told.get(part, 0) for part in step.PARTS) == pytest.approx(100)
        assert told[step.IDEAL] + told[step.MORE] + told[step.ELSE] == pytest.approx(100)
