"""The queue of heavy answers: one at a time, shared, given up when nobody waits, refused when full."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import suppress

import psutil
import pytest

from app.access.clients import Client
from app.perimeter import limits
from app.work.process import Outcome, Work
from app.work.work_queue import BusyError, WorkQueue
from model import background
from tests import films
from tests.conftest import TINY
from tests.web import running

HERE, ELSEWHERE = "10.0.0.7", "10.0.0.8"
LESSON = int(time.time()) - 100_000
ME, YOU = Client("me", HERE), Client("you", HERE)


@pytest.fixture
def bench(tmp_path):
    """Makes work that notes its start and its end, and lasts until it is told to end; and reads the notes."""
    log, script = tmp_path / "log", tmp_path / "work.py"
    script.write_text(
        f"""
import os, sys, time
def note(what):
    with open({str(log)!r}, "a") as file:
        file.write(what + "\\n")
name, gate = sys.argv[1:]
note("start " + name)
while gate != "-" and not os.path.exists(gate):
    time.sleep(0.01)
note("end " + name)
print("made " + name, sys.stdin.read(), end="")
"""
    )

    class Bench:
        @staticmethod
        def work(name, gate="-", kind="film", seconds=60.0):
            return Work(kind, (sys.executable, str(script), name, str(gate)), lambda: b"of this", seconds)

        @staticmethod
        def log():
            return log.read_text().splitlines() if log.exists() else []

    return Bench


def until(true, seconds=60.0):
    """Wait for something that has to happen."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_a_process_makes_the_answer(bench):
    asking = WorkQueue().ask("a", bench.work("a"), ME)
    assert asking.result.result(60) == Outcome(0, b"made a of this", "")


def test_one_runs_at_a_time_and_who_asks_for_the_same_shares_it(bench, tmp_path):
    queue, gate = WorkQueue(), tmp_path / "gate"
    first, again = queue.ask("a", bench.work("a", gate), ME), queue.ask("a", bench.work("a", gate), YOU)
    other = queue.ask("b", bench.work("b"), YOU)
    until(lambda: "start a" in bench.log())
    assert not other.result.done()
    gate.touch()
    assert first.result.result(60) is again.result.result(60)
    other.result.result(60)
    assert bench.log() == ["start a", "end a", "start b", "end b"]


def test_a_job_that_nobody_waits_for_is_killed_and_one_that_is_shared_is_not(bench, tmp_path):
    queue, gate = WorkQueue(), tmp_path / "gate"
    leaving, staying = queue.ask("a", bench.work("a", gate), ME), queue.ask("a", bench.work("a", gate), YOU)
    until(lambda: "start a" in bench.log())
    leaving.leave()
    gate.touch()
    assert staying.result.result(60).out == b"made a of this"
    alone = queue.ask("b", bench.work("b", tmp_path / "never"), ME)
    until(lambda: "start b" in bench.log())
    alone.leave()
    assert queue.ask("c", bench.work("c"), ME).result.result(60).status == 0
    assert "end b" not in bench.log()


def test_one_that_waits_and_is_given_up_never_starts(bench, tmp_path):
    queue, gate = WorkQueue(), tmp_path / "gate"
    first = queue.ask("a", bench.work("a", gate), ME)
    queue.ask("b", bench.work("b"), YOU).leave()
    gate.touch()
    first.result.result(60)
    queue.ask("c", bench.work("c"), ME).result.result(60)
    assert "start b" not in bench.log()


def test_who_stops_asking_is_forgotten(bench, tmp_path):
    queue = WorkQueue()
    queue.ask("a", bench.work("a", tmp_path / "never"), ME, until=time.monotonic() + 0.2)
    assert queue.ask("b", bench.work("b"), YOU).result.result(60).status == 0
    assert "end a" not in bench.log()


def test_a_client_holds_its_share_and_no_more_and_a_full_queue_refuses_at_once(bench, tmp_path):
    queue, gate = WorkQueue(waiting_most=2), tmp_path / "gate"
    queue.ask("a", bench.work("a", gate), ME)
    with pytest.raises(BusyError) as own:
        queue.ask("b", bench.work("b"), ME)
    assert own.value.own
    until(lambda: "start a" in bench.log())
    queue.ask("b", bench.work("b"), Client("b", HERE))
    queue.ask("c", bench.work("c"), Client("c", HERE))
    with pytest.raises(BusyError) as full:
        queue.ask("d", bench.work("d"), Client("d", HERE))
    assert not full.value.own
    shared = queue.ask("a", bench.work("a", gate), Client("d", HERE))  # what is made anyhow takes no place
    gate.touch()
    assert shared.result.result(60).status == 0


def test_between_clients_the_one_served_longest_ago_comes_first(bench, tmp_path, monkeypatch):
    monkeypatch.setitem(limits.SHARES, "film", 3)
    queue, gate = WorkQueue(), tmp_path / "gate"
    mine = [queue.ask(name, bench.work(name, gate), ME) for name in "abc"]
    yours = queue.ask("y", bench.work("y"), YOU)
    gate.touch()
    for asking in (*mine, yours):
        asking.result.result(60)
    assert [line for line in bench.log() if line.startswith("start")] == ["start a", "start y", "start b", "start c"]


def test_one_that_takes_too_long_is_given_up(bench, tmp_path):
    asking = WorkQueue().ask("a", bench.work("a", tmp_path / "never", seconds=0.3), ME)
    assert asking.result.result(60).status is None


def test_a_command_that_cannot_be_started_is_told_and_the_next_one_runs(bench):
    queue = WorkQueue()
    broken = queue.ask("a", Work("film", ("/nowhere/python",)), ME)
    with pytest.raises(OSError, match="nowhere"):
        broken.result.result(60)
    assert queue.ask("b", bench.work("b"), ME).result.result(60).status == 0


class Leaving:
    """A request whose sender goes away when told."""

    def __init__(self):
        self.gone = asyncio.Event()

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}


def test_who_goes_away_ends_the_work(bench, tmp_path):
    async def story():
        queue, request = WorkQueue(), Leaving()
        waiting = asyncio.create_task(queue.outcome("a", bench.work("a", tmp_path / "never"), ME, request))
        await asyncio.to_thread(until, lambda: "start a" in bench.log())
        request.gone.set()
        with suppress(Exception):
            await waiting
        assert type(waiting.exception()).__name__ == "ClientDisconnect"
        return await queue.outcome("b", bench.work("b"), ME, Leaving())

    assert asyncio.run(story()).status == 0


def test_background_work_stands_behind_the_server(tmp_path):
    script = "import os, json; print(json.dumps([os.nice(0), int(open('/proc/self/oom_score_adj').read()), __name__]))"
    (tmp_path / "asked.py").write_text(script)
    work = Work("film", background.command("asked"), environment={**os.environ, "PYTHONPATH": str(tmp_path)})
    outcome = WorkQueue().ask("a", work, ME).result.result(60)
    nice, score, name = json.loads(outcome.out)
    assert (nice - os.nice(0), score, name) == (
        min(19, os.nice(0) + background.LOW_PRIORITY) - os.nice(0),
        background.KILLED_FIRST,
        "__main__",
    )


def test_an_order_larger_than_a_pipe_reaches_a_module_that_is_slow_to_begin(tmp_path):
    (tmp_path / "counting.py").write_text("import sys, time; time.sleep(1); print(len(sys.stdin.buffer.read()))")
    work = Work(
        "film",
        background.command("counting"),
        lambda: bytes(5_000_000),
        60,
        {**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert int(WorkQueue().ask("a", work, ME).result.result(90).out) == 5_000_000


# On a real server


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A server of its own, with a short film: what one test leaves in its queue must not refuse another's."""
    home = tmp_path_factory.mktemp("home")
    films.shoot(home / "runs" / "done", range(6))
    films.tell(home / "runs" / "done", 5, "finished", TINY.to_dict())
    with running(home) as started:
        yield started


def long(number):
    """A film that takes its time."""
    return f"/api/films/models/default/film.mp4?cam=1.{number:03},1.5,0.8,0,0,-0.12,0,0,1"


def short(number):
    return f"/api/films/runs/done/film.gif?cam=1.{number:03},1.5,0.8,0,0,-0.12,0,0,1"


def children(server):
    """The heavy work that runs now."""
    return [child for child in psutil.Process(server.process.pid).children() if "model.background" in said(child)]


def said(process):
    """Its command line; nothing of one that has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def send(server, path):
    """Ask, and do not wait for the answer."""
    port = int(server.url.rpartition(":")[2])
    asking = socket.create_connection(("127.0.0.1", port))
    asking.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return asking


def test_forty_five_films_that_nobody_waits_for_hold_nothing_up_and_cost_nothing(busy):
    place = "/api/models/default/nearest?z=0,0,0&k=5"
    assert busy.get(place).status == 200  # the model is there
    for number in range(45):
        send(busy, long(number)).close()
    begun = time.monotonic()
    assert busy.get("/api/models/default/labels").status == 200
    assert busy.get(place).status == 200
    assert time.monotonic() - begun < 50  # it was a minute; a busy machine takes its time too
    until(lambda: not children(busy))


def test_a_second_film_of_one_client_is_refused_in_a_sentence(busy):
    with send(busy, long(100)):
        until(lambda: children(busy))
        refused = busy.get(long(101), Accept_Language="ko")
        assert refused.status == 429
        assert refused.headers["Retry-After"].isdecimal()
        assert "만들고 있습니다" in refused.json["detail"]
    until(lambda: not children(busy))


def test_drawing_films_leaves_the_servers_memory_as_it_was(busy):
    process = psutil.Process(busy.process.pid)
    for model in busy.get("/api/models").json:  # what the server makes ready after its start takes memory too
        place = ",".join("0" * model["latent_dim"])
        assert busy.get(f"/api/models/{model['name']}/nearest?z={place}&space=pixel&k=1").status == 200
    assert busy.get(short(200)).status == 200
    before = process.memory_info().rss
    for number in range(201, 204):
        assert busy.get(short(number)).status == 200
    assert process.memory_info().rss - before < 100e6
    assert not children(busy)


def test_the_work_ends_with_its_server(tmp_path):
    with running(tmp_path) as server, send(server, long(300)):
        until(lambda: children(server))
        (child,) = children(server)
        server.process.send_signal(signal.SIGKILL)
        until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_one_kind_leaves_places_to_the_others(bench, tmp_path):
    queue, gate = WorkQueue(waiting_most=6), tmp_path / "gate"
    queue.ask("first", bench.work("first", gate), ME)
    until(lambda: "start first" in bench.log())
    for at in range(4):
        queue.ask(at, bench.work(str(at), kind="fit"), Client(str(at), HERE))
    with pytest.raises(BusyError) as full:
        queue.ask("fifth", bench.work("fifth", kind="fit"), Client("fifth", HERE))
    assert not full.value.own
    for at in range(2):
        queue.ask(("export", at), bench.work(f"export {at}", kind="export"), ME)
    with pytest.raises(BusyError):
        queue.ask("another export", bench.work("another export", kind="export"), ME)
    film = queue.ask("film", bench.work("film"), YOU)
    gate.touch()
    assert film.result.result(60).status == 0


# One person with many cookies


def browser(name, made, address=HERE):
    """One whose cookie was made so many seconds after the lesson began."""
    return Client(f"{name}.{LESSON + made}", address)


def started(bench):
    return [line.removeprefix("start ") for line in bench.log() if line.startswith("start")]


@pytest.fixture
def crowded(bench, tmp_path):
    """A queue that one person has filled from an address, with a cookie for each job; and what lets it go on."""
    queue, gate = WorkQueue(waiting_most=6), tmp_path / "gate"
    queue.ask("first", bench.work("first", gate), browser("first", 100))
    until(lambda: "start first" in bench.log())
    for at in range(3):
        for kind in ("film", "fit"):
            queue.ask((kind, at), bench.work(f"{kind} {at}", kind=kind), browser(f"{kind} {at}", 101 + at))
    return queue, gate


@pytest.mark.parametrize(("address", "turn"), [(HERE, 1), (ELSEWHERE, 2)])  # the address was there before the other
def test_who_came_before_finds_a_place_and_soon_a_turn_whatever_one_person_fills(crowded, bench, address, turn):
    queue, gate = crowded
    honest = queue.ask("honest", bench.work("honest"), browser("honest", 0, address))
    for at in range(200):  # the person asks on and on, always with another cookie
        with pytest.raises(BusyError):
            queue.ask(at, bench.work(str(at)), browser(str(at), 200 + at))
    assert len(queue._jobs) == 7
    gate.touch()
    assert honest.result.result(60).status == 0
    assert started(bench)[turn] == "honest"


def test_who_comes_later_from_elsewhere_finds_a_place_too(crowded, bench):
    queue, gate = crowded
    late = queue.ask("late", bench.work("late"), browser("late", 10_000, ELSEWHERE))
    gate.touch()
    assert late.result.result(60).status == 0
    assert started(bench)[2] == "late"  # after one of the address that asked before it


def test_who_comes_later_from_the_same_address_gets_an_answer_when_each_of_those_cookies_has_had_its_turn():
    queue = WorkQueue(waiting_most=3)
    hostile, late = [browser(str(at), at) for at in range(10)], browser("late", 100)
    work, pending, answered = Work("film", ("true",)), {}, []

    def ask(key, client):
        with suppress(BusyError):
            return queue.ask(key, work, client).result

    def they_ask():
        """All of them, and again as soon as they are answered."""
        for client in hostile:
            if client not in pending and (result := ask((client, len(answered)), client)):
                pending[client] = result

    while len(answered) < 100:
        they_ask()
        if mine := ask("late", late):
            break
        wait(pending.values(), 60, FIRST_COMPLETED)
        done = [client for client, result in pending.items() if result.done()]
        answered += [client for client in done if not pending.pop(client).exception()]
    for _ in range(100):
        they_ask()
    assert mine.result(60).status == 0
    assert len(answered) <= 2 * len(hostile)


def test_one_that_gives_way_is_told_at_once(crowded, bench):
    queue, gate = crowded
    asking = queue.ask(("fit", 2), bench.work("fit 2", kind="fit"), browser("fit 2", 103))  # the last of them
    queue.ask("honest", bench.work("honest"), browser("honest", 0))
    with pytest.raises(BusyError):
        asking.result.result(0)
    gate.touch()


def test_whoever_joins_a_job_lends_it_their_turn(crowded, bench):
    queue, gate = crowded
    shared = queue.ask(("fit", 2), bench.work("fit 2", kind="fit"), browser("honest", 0))
    gate.touch()
    assert shared.result.result(60).status == 0
    assert started(bench)[:2] == ["first", "fit 2"]


def test_who_sends_no_cookie_is_one_client_with_all_of_the_address_who_send_none(bench, tmp_path):
    queue, gate = WorkQueue(), tmp_path / "gate"
    queue.ask("a", bench.work("a", gate), Client(None, HERE))
    with pytest.raises(BusyError) as own:
        queue.ask("b", bench.work("b"), Client(None, HERE))
    assert own.value.own
    queue.ask("c", bench.work("c"), Client(None, ELSEWHERE))
    gate.touch()
