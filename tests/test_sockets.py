"""Open WebSockets of an address: who gives way to whom where all places are taken."""

import asyncio
import sys
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.access.clients import Client
from app.perimeter.sockets import FEW, Sockets
from tests.test_limits import cookie, drain, stream
from tests.web import running

NARROW = """
import sys
from app.perimeter import limits, serving
limits.AT_ONCE |= {"hands": (2, 3), "pages": (2, 3)}
sys.exit(serving.serve("127.0.0.1", int(sys.argv[1])))
"""
HERE, ELSEWHERE = "10.0.0.7", "10.0.0.8"


def browser(name, made, address=HERE):
    return Client(f"{name}.{made}", address)


async def opened(sockets, client):
    """A socket that stays open, as the task that tells whether it was left in peace; None where it is not admitted."""
    if not sockets.admits(client):
        return None
    task = asyncio.create_task(sockets.hold(client, asyncio.Event().wait))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


def test_a_browser_that_was_there_before_takes_the_place_of_the_newest_and_nobody_elsewhere_does():
    async def story():
        sockets = Sockets(2, 6)
        held = [await opened(sockets, browser(str(at), 100 + at)) for at in range(6)]
        assert await opened(sockets, browser("newer", 200)) is None
        assert await opened(sockets, Client(None, HERE)) is None
        assert await opened(sockets, browser("elsewhere", 200, ELSEWHERE))
        assert await opened(sockets, browser("old", 50))
        assert await held[5] is False
        assert not any(task.done() for task in held[:5])
        return sum(map(len, sockets._open[HERE].values()))

    assert asyncio.run(story()) == 6


def test_one_who_comes_later_takes_a_place_of_whoever_holds_more_than_a_few():
    async def story():
        sockets = Sockets(6, 6)
        held = [await opened(sockets, browser("many", 100)) for _ in range(6)]
        late = browser("late", 200)
        got = [await opened(sockets, late) for _ in range(3)]
        await asyncio.sleep(0.01)
        return [task.done() for task in held], [bool(task) for task in got]

    closed, got = asyncio.run(story())
    assert closed.count(False) == FEW
    assert got == [True, True, False]


def test_a_few_places_of_a_newcomer_are_not_taken_back_by_whoever_holds_many():
    async def story():
        sockets = Sockets(6, 6)
        many, late = browser("many", 100), browser("late", 200)
        for _ in range(6):
            await opened(sockets, many)
        held = await opened(sockets, late)
        again = await opened(sockets, many)
        return held.done(), again

    assert asyncio.run(story()) == (False, None)


def test_a_client_holds_so_many_and_whoever_ends_leaves_nothing_behind():
    async def story():
        sockets = Sockets(1, 6)
        assert await sockets.hold(browser("one", 1), lambda: asyncio.sleep(0))
        held = await opened(sockets, browser("one", 1))
        assert await opened(sockets, browser("one", 1)) is None
        held.cancel()
        await asyncio.gather(held, return_exceptions=True)
        return sockets._open

    assert asyncio.run(story()) == {}


def code_of(hand):
    """With which code the connection was closed; None where it answers."""
    try:
        hand.send(bytes(12))
        hand.recv(timeout=60)
    except ConnectionClosed as end:
        return end.rcvd.code
    return None


def test_on_a_server_the_newest_is_told_to_try_later_and_the_oldest_drags(tmp_path):
    with running(tmp_path, command=lambda port: [sys.executable, "-c", NARROW, str(port)]) as server:
        old = {"Cookie": cookie(server)}
        time.sleep(1.1)  # a cookie says its second
        new = [{"Cookie": cookie(server)} for _ in range(3)]
        hands = [server.socket("default", additional_headers=each) for each in new]
        with server.socket("default", additional_headers=old) as mine:
            mine.send(bytes(12))
            assert len(mine.recv(timeout=60)) == 3072
            codes = [code_of(hand) for hand in hands]
            assert sorted(map(str, codes)) == ["1013", "None", "None"]
            with pytest.raises(InvalidStatus):
                server.socket("default", additional_headers={"Cookie": cookie(server)})
        pages = [stream(server, **each) for each in new]
        with stream(server, **old):
            with pytest.raises(ConnectionClosed) as end:
                drain(pages[codes.index(1013)])
            assert end.value.rcvd.code == 1013
        for each in (*hands, *pages):
            each.close()
        assert "Traceback" not in server.log.read_text()
