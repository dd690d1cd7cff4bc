"""The decoder that all browsers share: its batches, and its WebSocket."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.access.clients import Client
from app.routes.decoding import _latents, serve
from app.work.batching import DecodeBatcher


class SlowDecoder:
    """Writes each latent's first number into every pixel; remembers the size of each batch; waits for `go` in the
    first.
    """

    def __init__(self):
        self.sizes, self.started, self.go = [], threading.Event(), threading.Event()

    def __call__(self, latents):
        self.sizes.append(len(latents))
        self.started.set()
        assert self.go.wait(60)
        return np.broadcast_to(latents[:, 0].astype(np.uint8)[:, None, None, None], (len(latents), 32, 32, 3))


def test_latents_of_a_message_can_be_handed_to_torch():
    assert _latents(bytes(24), 3).flags.writeable


def latent(number, count=1):
    return np.full((count, 3), number, np.float32)


def test_what_arrives_while_one_batch_runs_forms_the_next():
    async def story():
        decoder = SlowDecoder()
        batcher = DecodeBatcher()
        first = asyncio.create_task(batcher.decode(decoder, latent(1)))
        await asyncio.to_thread(decoder.started.wait, 10)
        later = [asyncio.create_task(batcher.decode(decoder, latent(i, count=i))) for i in (2, 3, 4)]
        await asyncio.sleep(0)
        decoder.go.set()
        return decoder.sizes, await asyncio.gather(first, *later)

    sizes, answers = asyncio.run(story())
    assert sizes == [1, 9]
    for i, pixels in enumerate(answers, start=1):
        assert pixels.shape == (i, 32, 32, 3)
        assert (pixels == i).all()


def test_a_batch_does_not_grow_without_end():
    async def story():
        decoder = SlowDecoder()
        batcher = DecodeBatcher()
        tasks = [asyncio.create_task(batcher.decode(decoder, latent(1, count=64))) for _ in range(40)]
        await asyncio.sleep(0)
        decoder.go.set()
        await asyncio.gather(*tasks)
        return decoder.sizes

    sizes = asyncio.run(story())
    assert sum(sizes) == 40 * 64
    assert max(sizes) <= 1024


class Worker:
    """A decoder that needs a millisecond of processor time for each latent; remembers what each batch was of, and holds
    it until it is let go.
    """

    def __init__(self):
        self.batches, self.go = [], threading.Semaphore(0)

    def __call__(self, latents):
        self.batches.append(latents[:, 0].astype(int).tolist())
        assert self.go.acquire(timeout=60)
        end = time.thread_time() + 0.001 * len(latents)
        while time.thread_time() < end:
            pass
        return np.broadcast_to(latents[:, 0].astype(np.uint8)[:, None, None, None], (len(latents), 32, 32, 3))

    async def first_batch(self):
        """Wait until the first is held."""
        while not self.batches:
            await asyncio.sleep(0.001)

    async def next_batch(self):
        """Lets the batch that is held go; the one after it, which is held."""
        known = len(self.batches)
        self.go.release()
        while len(self.batches) == known:
            await asyncio.sleep(0.001)
        return self.batches[-1]


async def decoded_before(worker, number):
    """Latents of the batches to come that stand before the first that is `number`."""
    before = []
    while number not in before:
        before += await worker.next_batch()
    return before.index(number)


def test_a_flood_of_one_client_makes_another_wait_for_no_batch_but_the_one_that_runs_and_none_is_long():
    async def story():
        worker = Worker()
        batcher = DecodeBatcher()
        flood = [asyncio.create_task(batcher.decode(worker, latent(1, count=64), "flood")) for _ in range(10)]
        await worker.first_batch()
        for _ in range(10):
            await worker.next_batch()
        hand = asyncio.create_task(batcher.decode(worker, latent(2), "hand"))
        await asyncio.sleep(0)
        assert 2 in await worker.next_batch()
        worker.go.release(640)
        return worker.batches, await hand, await asyncio.gather(*flood)

    batches, hand, flood = asyncio.run(story())
    assert (hand == 2).all()
    assert all(pixels.shape == (64, 32, 32, 3) and (pixels == 1).all() for pixels in flood)
    assert max(map(len, batches[5:])) <= 24  # by then it is known what a latent costs


@pytest.mark.parametrize(("address", "most"), [("here", 40), ("elsewhere", 8)])
def test_a_flood_with_many_cookies_makes_its_own_address_wait_for_a_latent_of_each_and_no_other(address, most):
    """Latents that stand before the hand's: one of each of the 40, or one turn of their address."""

    async def story():
        worker = Worker()
        batcher = DecodeBatcher()

        async def flood(number):
            while True:
                await batcher.decode(worker, latent(1, count=64), number, "here")

        floods = [asyncio.create_task(flood(number)) for number in range(40)]
        await worker.first_batch()
        for _ in range(20):
            await worker.next_batch()
        waits = []
        for number in range(2, 7):
            hand = asyncio.create_task(batcher.decode(worker, latent(number), "hand", address))
            await asyncio.sleep(0)
            waits.append(await decoded_before(worker, number))
            await worker.next_batch()
            await hand
        for each in floods:
            each.cancel()
        worker.go.release(100)
        return waits

    assert max(asyncio.run(story())) <= most


def test_clients_that_send_strips_share_a_batch_evenly():
    async def story():
        worker = Worker()
        batcher = DecodeBatcher()
        first = asyncio.create_task(batcher.decode(worker, latent(0), "first"))
        await worker.first_batch()
        strips = [asyncio.create_task(batcher.decode(worker, latent(number, count=64), number)) for number in (1, 2, 3)]
        await asyncio.sleep(0)
        worker.go.release(200)
        await asyncio.gather(first, *strips)
        return worker.batches[1:]

    done = [number for batch in asyncio.run(story()) for number in batch]
    finished = [max(at for at, one in enumerate(done) if one == number) for number in (1, 2, 3)]
    assert min(finished) > 0.8 * len(done)


def test_a_decoder_that_fails_tells_its_callers_and_goes_on():
    def fails_on_nine(latents):
        if latents[0, 0] == 9:
            raise MemoryError("no room")
        return np.zeros((len(latents), 32, 32, 3), np.uint8)

    async def story():
        batcher = DecodeBatcher()
        with pytest.raises(MemoryError):
            await batcher.decode(fails_on_nine, latent(9))
        return await batcher.decode(fails_on_nine, latent(1))

    assert asyncio.run(story()).shape == (1, 32, 32, 3)


def test_two_models_share_the_thread_and_keep_their_own_images():
    async def story():
        first, second = SlowDecoder(), SlowDecoder()
        batcher = DecodeBatcher()
        first.go.set()
        second.go.set()
        mixed = [(first, 1, 3), (second, 2, 5), (first, 3, 3), (second, 4, 5)]
        return await asyncio.gather(
            *(batcher.decode(d, np.full((1, dim), number, np.float32)) for d, number, dim in mixed)
        )

    assert [int(pixels[0, 0, 0, 0]) for pixels in asyncio.run(story())] == [1, 2, 3, 4]


def test_a_caller_that_gives_up_does_not_disturb_the_others():
    async def story():
        decoder = SlowDecoder()
        batcher = DecodeBatcher()
        leaving, staying = (
            asyncio.create_task(batcher.decode(decoder, latent(1))),
            asyncio.create_task(batcher.decode(decoder, latent(2))),
        )
        await asyncio.sleep(0)
        leaving.cancel()
        decoder.go.set()
        return await staying

    assert (asyncio.run(story()) == 2).all()


class FailingModel:
    """A service whose decoder has no memory left."""

    latent_dim = 3

    def decode(self, latents):
        raise MemoryError("no room")


class OneMessage:
    """A client's side of a connection: sends one latent, remembers how it was closed."""

    closed = None

    async def receive(self):
        return {"type": "websocket.receive", "bytes": bytes(12)}

    async def close(self, code, reason):
        self.closed = code, reason


def test_a_decoder_that_fails_closes_the_connection_with_a_plain_sentence():
    async def story():
        client = OneMessage()
        await serve(client, FailingModel(), DecodeBatcher(), Client(None, "here"))
        return client.closed

    code, reason = asyncio.run(story())
    assert code == 1011
    assert "room" not in reason


def exchange(server, latents, model="tiny"):
    with server.socket(model) as connection:
        connection.send(latents.astype("<f4").tobytes())
        return np.frombuffer(connection.recv(timeout=30), np.uint8).reshape(-1, 32, 32, 3)


def test_images_come_back_in_the_order_of_the_latents(server):
    latents = np.random.default_rng(0).normal(size=(64, 3)) * 3
    together = exchange(server, latents)
    assert together.shape == (64, 32, 32, 3)
    for i in (0, 31, 63):
        assert np.abs(exchange(server, latents[i : i + 1])[0].astype(int) - together[i]).max() <= 1


def test_messages_sent_without_waiting_are_answered_in_order(server):
    latents = np.random.default_rng(1).normal(size=(20, 3)).astype("<f4")
    with server.socket("tiny") as connection:
        for row in latents:
            connection.send(row.tobytes())
        answers = [np.frombuffer(connection.recv(timeout=30), np.uint8) for _ in latents]
    assert np.abs(np.stack(answers).reshape(20, 32, 32, 3).astype(int) - exchange(server, latents)).max() <= 1


NAN, INFINITE = np.full(3, np.nan, "<f4").tobytes(), np.full(3, np.inf, "<f4").tobytes()


@pytest.mark.parametrize(
    ("message", "code", "word"),
    [
        (b"", 1007, "multiple of 12"),
        (bytes(13), 1007, "multiple of 12"),
        (bytes(4), 1007, "multiple of 12"),
        ("1,2,3", 1007, "binary"),
        (NAN, 1007, "finite"),
        (INFINITE, 1007, "finite"),
        (bytes(12 * 65), 1009, "64"),
        (bytes(1_000_000), 1009, "64"),
    ],
)
def test_a_bad_message_closes_the_connection_with_the_reason(server, message, code, word):
    with server.socket("tiny") as connection:
        connection.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=20)
    assert closed.value.rcvd.code == code
    assert word in closed.value.rcvd.reason
    assert exchange(server, np.zeros((1, 3))).shape == (1, 32, 32, 3)


def test_an_unknown_model_closes_with_the_known_names(server):
    with server.socket("nobody") as connection, pytest.raises(ConnectionClosed) as closed:
        connection.recv(timeout=20)
    assert closed.value.rcvd.code == 1008
    assert "tiny" in closed.value.rcvd.reason


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_a_page_of_another_site_cannot_connect(server, origin):
    with pytest.raises(InvalidStatus) as refused, server.socket("tiny", origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_the_apps_own_page_can_connect(server):
    with server.socket("tiny", origin=server.url) as connection:
        connection.send(bytes(12))
        assert len(connection.recv(timeout=20)) == 3072


def test_clients_that_vanish_do_not_disturb_those_who_stay(server):
    def vanish(_):
        connection = server.socket("tiny")
        connection.send(bytes(12 * 64))
        connection.socket.close()

    with server.socket("tiny") as staying, ThreadPoolExecutor(8) as pool:
        leaving = [pool.submit(vanish, i) for i in range(24)]
        for _ in range(30):
            staying.send(bytes(12))
            assert len(staying.recv(timeout=20)) == 3072
        for one in leaving:
            one.exception()
    time.sleep(0.2)
    assert "Traceback" not in server.log.read_text()
    assert server.get("/api/models/tiny").status == 200


def test_many_browsers_share_the_decoder(server):
    def drag(seed):
        latents = np.random.default_rng(seed).normal(size=(15, 3)).astype("<f4")
        with server.socket("tiny") as connection:
            answers = []
            for row in latents:
                connection.send(row.tobytes())
                answers.append(np.frombuffer(connection.recv(timeout=30), np.uint8))
        return latents, np.stack(answers).reshape(-1, 32, 32, 3)

    with ThreadPoolExecutor(12) as pool:
        stories = list(pool.map(drag, range(12)))
    for latents, seen in stories:
        assert np.abs(exchange(server, latents).astype(int) - seen).max() <= 1
