"""What one client may ask: rates and places, and how the server answers whoever asks for more."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from app.access.clients import Client
from app.perimeter import limits, throttle
from app.perimeter.limits import AT_ONCE, RATES, Buckets, Places, Rate
from app.perimeter.throttle import RULES, Limiting, computing
from app.state import renew
from tests.test_clients import given, page
from tests.web import running

ME, YOU, ELSEWHERE = Client("me", "10.0.0.7"), Client("you", "10.0.0.7"), Client("other", "10.0.0.8")


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""
    now = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    return now


def test_a_burst_is_free_and_what_follows_waits_its_turn(clock):
    buckets = Buckets(Rate(rate=10, burst=20, crowd=40))
    assert max(buckets.take(ME) for _ in range(20)) == pytest.approx(0, abs=1e-9)
    assert [round(buckets.take(ME), 3) for _ in range(3)] == [0.1, 0.2, 0.3]
    clock[0] += 1
    assert buckets.delay(ME) == 0
    clock[0] += 60
    assert buckets.delay(ME, 20) == pytest.approx(0, abs=1e-9)
    assert buckets.delay(ME, 30) == pytest.approx(1)


def test_one_clients_flood_costs_another_of_its_address_nothing_until_the_crowd_is_as_loud(clock):
    buckets = Buckets(Rate(rate=10, burst=20, crowd=3))
    for _ in range(50):
        buckets.take(ME)
    assert buckets.delay(YOU) == 0
    assert buckets.delay(ELSEWHERE) == 0
    for _ in range(50):
        buckets.take(YOU)
    assert buckets.delay(Client("third", ME.address)) > 0
    assert buckets.delay(ELSEWHERE) == 0


def test_whoever_drops_the_cookie_shares_one_bucket_with_all_who_do(clock):
    buckets = Buckets(Rate(rate=10, burst=20, crowd=40))
    for _ in range(21):
        buckets.take(Client(None, "10.0.0.7"))
    assert buckets.delay(Client(None, "10.0.0.7")) > 0
    assert buckets.delay(ME) == 0


@pytest.mark.parametrize("name", ["films", "uploads", "trainings"])
def test_many_cookies_that_ask_for_what_a_queue_makes_keep_nobody_of_their_address_from_asking(clock, name):
    buckets = Buckets(RATES[name])
    for number in range(20_000):
        buckets.take(Client(str(number), ME.address))
    assert buckets.delay(ME) == 0


def test_what_is_refused_costs_nothing(clock):
    buckets = Buckets(Rate(rate=1, burst=1, crowd=40))
    buckets.take(ME)
    assert [buckets.delay(ME) for _ in range(100)] == [1] * 100


def test_only_so_many_clients_are_remembered(clock, monkeypatch):
    monkeypatch.setattr(limits, "CLIENTS_MOST", 10)
    buckets = Buckets(Rate(rate=1, burst=1, crowd=40))
    for number in range(100):
        buckets.take(Client(str(number), str(number)))
    assert len(buckets._full_at) == 10


def test_places_are_counted_by_client_and_by_address():
    places = Places(2, 3)
    assert [places.take(ME), places.take(ME), places.take(ME)] == [True, True, False]
    assert [places.take(YOU), places.take(YOU), places.take(ELSEWHERE)] == [True, False, True]
    places.give(ME)
    assert [places.take(ME), places.take(YOU)] == [True, False]


def test_who_waits_for_a_place_gets_the_next_one_and_nobody_waits_for_ever():
    async def story():
        places = Places(1, 10)
        assert places.take(ME)
        assert not await places.enter(ME, 0.01)
        waiting = asyncio.create_task(places.enter(ME, 60))
        await asyncio.sleep(0)
        places.give(ME)
        return await waiting, places.take(ME)

    assert asyncio.run(story()) == (True, False)


def test_who_was_there_first_gets_the_next_place_of_an_address_however_many_newer_cookies_wait():
    async def story():
        places, gone = Places(1, 2), []
        new = [Client(f"{at}.{2000 + at}", ME.address) for at in range(50)]

        async def holds(client):
            assert await places.enter(client, 60)
            await asyncio.sleep(0)
            gone.append(client.cookie)
            places.give(client)

        assert places.take(new[0])
        assert places.take(new[1])
        waiting = [asyncio.create_task(holds(client)) for client in new[2:]]
        await asyncio.sleep(0)
        waiting.append(asyncio.create_task(holds(Client("old.1000", ME.address))))
        await asyncio.sleep(0)
        assert places.take(ELSEWHERE)
        places.give(new[0])
        await asyncio.gather(*waiting)
        return gone, places

    gone, places = asyncio.run(story())
    assert gone[0] == "old.1000"
    assert (len(gone), places._waiting, places._held.total()) == (49, {}, 4)


def test_who_gives_up_at_the_moment_at_which_a_place_comes_free_does_not_get_it():
    async def story():
        places = Places(1, 1)
        assert places.take(ME)
        leaving, staying = (asyncio.create_task(places.enter(client, 60)) for client in (ME, YOU))
        await asyncio.sleep(0)
        leaving.cancel()
        places.give(ME)
        assert await staying
        places.give(YOU)
        return places

    places = asyncio.run(story())
    assert (places._waiting, places._held.total()) == ({}, 0)


def test_who_leaves_while_waiting_leaves_nothing_behind():
    async def story():
        places = Places(1, 1)
        assert places.take(ME)
        leaving, staying = (
            asyncio.create_task(places.enter(client, 60)) for client in (YOU, Client("you", ME.address))
        )
        await asyncio.sleep(0)
        places.give(ME)  # to the one who leaves at this very moment
        leaving.cancel()
        assert await staying
        places.give(YOU)
        return places

    places = asyncio.run(story())
    assert (places._waiting, places._held.total()) == ({}, 0)


def test_one_client_holds_one_turn_of_the_two_and_others_compute_beside_it():
    async def computes(client, order):
        async with computing(client):
            order.append(client.address)
            await asyncio.sleep(0.05)

    async def story():
        order = []
        await asyncio.gather(*(computes(client, order) for client in (ME, ME, ME, ELSEWHERE)))
        return order

    renew()
    assert asyncio.run(story())[:2] == [ME.address, ELSEWHERE.address]


def test_who_comes_for_the_first_time_has_no_cookie_and_is_let_in_beside_one_who_drops_it(clock):
    buckets = Buckets(RATES["files"])
    for _ in range(round(RATES["files"].burst) * 2):
        buckets.take(Client(None, ME.address))
    assert buckets.delay(Client(None, ME.address)) == 0
    assert buckets.delay(ME) == 0


def test_an_address_waits_for_so_many_pages_and_no_more_and_another_for_its_own(monkeypatch):
    async def app(scope, receive, send):
        await asyncio.sleep(3600)

    async def story():
        monkeypatch.setattr(throttle, "BRIEF_MOST", 20)
        said = []

        async def send(message):
            said.append(message)

        def ask(address):
            scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
            return asyncio.create_task(Limiting(app)({**scope, "client": (address, 1)}, None, send))

        asked = [ask("10.0.0.7") for _ in range(21)] + [ask("10.0.0.8")]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        over = [one.done() for one in asked]
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        return over, said[0]["status"], dict(throttle._brief())

    renew()
    over, status, left = asyncio.run(story())
    assert over == [False] * 20 + [True, False]
    assert status == 429
    assert left == {}


def test_a_few_files_of_an_address_are_made_at_once_and_a_slow_line_holds_none_up():
    made, sent = [], []

    async def app(scope, receive, send):
        made.append(scope["client"][0])
        await go.wait()
        await send({"type": "http.response.start"})
        await asyncio.sleep(3600)  # a line that takes the answer a byte at a time

    async def send(message):
        sent.append(message)

    def ask(address):
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "headers": [],
            "client": (address, 1),
        }
        return asyncio.create_task(Limiting(app)(scope, None, send))

    async def story():
        nonlocal go
        go = asyncio.Event()
        asked = [ask("10.0.0.7") for _ in range(40)] + [ask("10.0.0.8")]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first = list(made)
        go.set()
        while len(sent) < 41:
            await asyncio.sleep(0)
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        return first

    go = None
    renew()
    first = asyncio.run(story())
    assert (first.count("10.0.0.7"), first.count("10.0.0.8")) == (AT_ONCE["brief"][0], 1)
    assert len(made) == 41


@pytest.mark.parametrize(
    ("path", "query", "limit"),
    [
        ("/api/models/default/nearest", b"z=1&space=pixel", "neighbours"),
        ("/api/models/default/nearest", b"z=1&space=%70ixel", "neighbours"),
        ("/api/models/default/nearest", b"z=1&space=latent,view,pixel", "neighbours"),
        ("/api/models/default/nearest", b"z=1&space=latent,view", "searches"),
        ("/api/models/default/nearest", b"z=1", "searches"),
        ("/api/models/default/alignment", b"to=tiny", "searches"),
        ("/api/models/default/sheet", b"i=1", "pictures"),
        ("/api/models/default/export/csv", b"", "films"),
        ("/api/films/runs/a/film.mp4", b"", "films"),
        ("/api/films/runs/a/points", b"", "frames"),
        ("/api/models", b"", "lists"),
        ("/api/models/default", b"", "lists"),
        ("/api/models/default/labels", b"", "lists"),
        ("/api/films/runs/a/labels", b"", "lists"),
        ("/api/runs/a", b"", "lists"),
        ("/api/health", b"", "health"),
        ("/explorer/core/page.css", b"", "files"),
        ("/%0A", b"", "files"),
        ("/", b"", "files"),
    ],
)
def test_each_question_has_its_limit(path, query, limit):
    scope = {"method": "GET", "path": path, "query_string": query}
    assert next(rule.limit for rule in RULES if rule.fits(scope)) == limit


@pytest.mark.parametrize(
    ("path", "brief"),
    [
        ("/", True),
        ("/explorer/core/page.css", True),
        ("/api/models", True),
        ("/api/models/default", False),  # loads the model
        ("/api/runs", False),  # looks at all runs on the disk
        ("/api/class", False),
        ("/api/datasets", False),
        ("/api/health", False),  # waits for a model and the decoder
    ],
)
def test_what_may_wait_holds_up_no_page(path, brief):
    scope = {"method": "GET", "path": path, "query_string": b""}
    assert next(rule.brief for rule in RULES if rule.fits(scope)) == brief


def test_every_rule_has_its_row():
    assert {rule.limit for rule in RULES} <= RATES.keys()
    assert {rule.limit for rule in RULES if rule.places} <= AT_ONCE.keys()


# On a real server


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A server of its own: who is held up here must not be held up in other tests."""
    with running(tmp_path_factory.mktemp("home")) as started:
        yield started


def cookie(server):
    return f"explorer_client={given(page(server)).value}"


PIXELS = "/api/models/default/nearest?z=0,0,0&k=5&space=pixel"


def test_who_asks_too_much_is_told_so_and_others_are_answered(strict):
    flooder, other = cookie(strict), cookie(strict)
    with ThreadPoolExecutor(24) as pool:
        replies = list(pool.map(lambda _: strict.get(PIXELS, Cookie=flooder, Accept_Language="ko"), range(200)))
        assert strict.get(PIXELS, Cookie=other).status == 200
    refused = [reply for reply in replies if reply.status == 429]
    assert refused
    assert {reply.status for reply in replies} == {200, 429}
    assert refused[0].headers["Retry-After"].isdecimal()
    assert "요청이 너무 많습니다" in refused[0].json["detail"]


def test_who_reads_lists_over_and_over_waits_and_another_does_not(strict):
    flooder, other = cookie(strict), cookie(strict)
    begun = time.monotonic()
    with ThreadPoolExecutor(64) as pool:
        flood = [pool.submit(strict.get, "/api/models/default/labels", Cookie=flooder) for _ in range(500)]
        while sum(reply.done() for reply in flood) < 300:
            time.sleep(0.01)
        assert strict.get("/api/models/default/labels", Cookie=other).status == 200
        assert not all(reply.done() for reply in flood)
    assert {reply.result().status for reply in flood} == {200}
    assert time.monotonic() - begun > (500 - RATES["lists"].burst) / RATES["lists"].rate - 0.5


def test_pictures_come_while_the_pixels_of_other_models_are_indexed(strict):
    """Two who search the pixels of models that nobody has searched yet, and one who looks at pictures."""
    zeros = ",".join(["0"] * 64)
    slow = [
        f"/api/models/latent-64/nearest?z={zeros}&space=pixel",
        "/api/models/label-guided/nearest?z=0,0,0&space=pixel",
    ]
    with ThreadPoolExecutor(4) as pool:
        searches = [pool.submit(strict.get, path, Cookie=cookie(strict)) for path in slow for _ in range(2)]
        time.sleep(0.3)
        for index in range(5):
            assert strict.get(f"/api/models/default/images/{index}.png").status in (200, 404)
            assert strict.get(f"/api/models/default/reconstructions/{index}.png").status == 200
        assert not all(search.done() for search in searches)
        assert {search.result().status for search in searches} == {200}


@pytest.mark.parametrize(
    "path",
    [PIXELS, "/api/models/default/sheet?i=1", "/api/models/default/export/csv", "/api/films/models/default/film.gif"],
)
def test_another_sites_page_cannot_ask_costly_questions(strict, path):
    assert strict.get(path, Sec_Fetch_Site="cross-site").status == 403
    assert strict.get("/api/models/default/labels", Sec_Fetch_Site="cross-site").status == 200


def test_an_honest_hand_is_never_slowed_down(strict):
    hand, begun, count = cookie(strict), time.monotonic(), 0
    with strict.socket("default", additional_headers={"Cookie": hand}) as socket:
        while time.monotonic() - begun < 4:
            for size in (*[1] * 120, 64, 64):  # a second of dragging, and two strips
                socket.send(bytes(12 * size))
                socket.recv(timeout=20)
                count += size
            time.sleep(max(0, begun + count / 248 - time.monotonic()))
    assert limits.RATES["latents"].rate > 4 * 248


def test_a_flood_of_latents_is_read_at_the_limits_pace_and_never_closed(strict):
    rate = limits.RATES["latents"]
    with strict.socket("default", additional_headers={"Cookie": cookie(strict)}) as socket:
        begun, count = time.monotonic(), 0
        while count < rate.burst + 3 * rate.rate:
            socket.send(bytes(12 * 64))
            assert len(socket.recv(timeout=60)) == 64 * 3072
            count += 64
        assert time.monotonic() - begun > 2.5


def test_sockets_beyond_a_clients_places_are_refused_in_a_sentence(strict):
    mine, most = {"Cookie": cookie(strict)}, AT_ONCE["hands"][0]
    open_ = [strict.socket("default", additional_headers=mine) for _ in range(most)]
    try:
        with pytest.raises(InvalidStatus) as refused:
            strict.socket("default", additional_headers=mine)
        assert refused.value.response.status_code == 429
        assert b"Too many requests" in refused.value.response.body
        with strict.socket("default", additional_headers={"Cookie": cookie(strict)}) as other:
            other.send(bytes(12))
            assert len(other.recv(timeout=20)) == 3072
    finally:
        for socket in open_:
            socket.close()


def stream(server, **headers):
    url = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(
        url, subprotocols=["streamlit"], additional_headers=headers, max_size=None, compression=None, open_timeout=60
    )


def drain(socket):
    """Receive until the connection ends, which raises ConnectionClosed."""
    while True:
        socket.recv(timeout=60)


def test_a_client_holds_so_many_pages_and_no_more(strict):
    mine, most = cookie(strict), AT_ONCE["pages"][0]
    open_ = [stream(strict, Cookie=mine) for _ in range(most)]
    try:
        with pytest.raises(InvalidStatus) as refused:
            stream(strict, Cookie=mine)
        assert refused.value.response.status_code == 429
        stream(strict, Cookie=cookie(strict)).close()
    finally:
        for socket in open_:
            socket.close()


def test_messages_that_run_the_page_anew_are_taken_at_a_humans_pace(strict):
    message = BackMsg()
    message.rerun_script.query_string = ""
    rate, data = RATES["reruns"], message.SerializeToString()
    with stream(strict, Cookie=cookie(strict)) as socket:
        begun = time.monotonic()
        for _ in range(int(rate.burst + 3 * rate.rate)):
            socket.send(data)
        socket.send(b"\xff")  # closes the connection, but only when its turn comes
        with pytest.raises(ConnectionClosed) as closed:
            drain(socket)
        assert closed.value.rcvd.code == 1002
        assert time.monotonic() - begun > 2.5
