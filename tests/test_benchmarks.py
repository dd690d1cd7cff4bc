"""The benchmarks' own parts: the clients that put load on a server, and what is said of a target."""

import asyncio
import json

import pytest

from benchmarks import load_client
from benchmarks.__main__ import main, measure
from benchmarks.options import Options
from benchmarks.report import Row, Target, table


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


def test_a_table_says_which_targets_are_missed():
    rows = [Row("trip", 2.0, "ms", 40, Target(3)), Row("ratio", 7.0, "", 40, Target(8, at_most=False)), Row("replies", 1000.0, "1/s", 40)]
    verdicts = [line.split()[-1] for line in table("load", rows).splitlines()[2:]]
    assert verdicts == ["reached", "MISSED", "40"]
    assert [row.to_dict().get("reached") for row in rows] == [True, False, None]


def test_an_unknown_benchmark_is_answered_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        main(["speed"])
    assert "drag, load, start" in capsys.readouterr().err


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
