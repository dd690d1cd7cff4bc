"""Pictures that a client uploads: placed on the map, refused with a reason, bounded, and left nowhere."""

import base64
import io
import json
import math
import select
from contextlib import closing
from http.client import HTTPConnection

import numpy as np
import pytest
from PIL import Image

from tests.test_api import MODEL, assert_problem, pixels


def png(size=(50, 40), colour=(200, 40, 40)):
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def assert_located(answer):
    assert len(answer["latent"]) == len(answer["position"]) == 3
    assert math.isfinite(answer["mse"])
    assert (answer["width"], answer["height"]) == (50, 40)
    for name in ("picture", "reconstruction"):
        assert pixels(base64.b64decode(answer[name].removeprefix("data:image/png;base64,"))).shape == (32, 32, 3)
    near = answer["nearest"]
    assert len(near["latent"]) == len(near["pixel"]) == 7
    assert near["shared"] == len({n["index"] for n in near["latent"]} & {n["index"] for n in near["pixel"]})
    assert near["against"] == "reconstructions"


def test_an_uploaded_picture_is_placed_on_the_map(server):
    reply = server.post(f"{MODEL}/encode?k=7", png())
    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    assert_located(reply.json)
    assert reply.json["crop"] == {"left": pytest.approx(0.1), "top": 0, "side": 1}


def form(data, name="file", filename="a.png"):
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
    head = f"--edge\r\n{disposition}\r\nContent-Type: image/png\r\n\r\n"
    return head.encode() + data + b"\r\n--edge--\r\n"


def test_a_form_works_as_the_raw_file_does(server):
    reply = server.post(f"{MODEL}/encode?k=7", form(png()), Content_Type="multipart/form-data; boundary=edge")
    assert_located(reply.json)
    assert reply.json["latent"] == server.post(f"{MODEL}/encode?k=7", png()).json["latent"]


def test_a_form_without_a_file_is_explained(server):
    kind = "multipart/form-data; boundary=edge"
    assert_problem(server.post(f"{MODEL}/encode", form(png(), name="other"), Content_Type=kind), 400, "'file'")
    assert_problem(server.post(f"{MODEL}/encode", b"no form at all", Content_Type=kind), 400)
    assert_problem(server.post(f"{MODEL}/encode", b"", Content_Type="multipart/form-data"), 400)


def test_the_square_is_used_and_told(server):
    crop = server.post(f"{MODEL}/encode?left=0.25&top=0.5&side=0.5", png()).json["crop"]
    assert crop == {"left": 0.25, "top": 0.5, "side": 0.5}


@pytest.mark.parametrize(
    "query",
    ["left=0.2", "left=0&top=0&side=0", "left=2&top=0&side=1", "left=nan&top=0&side=1", "left=a&top=0&side=1", "k=0"],
)
def test_a_bad_square_or_number_is_answered_400(server, query):
    assert_problem(server.post(f"{MODEL}/encode?{query}", png()), 400)


@pytest.mark.parametrize("data", [b"", b"only a text", png()[:60]])
def test_what_is_no_picture_is_answered_422(server, data):
    assert_problem(server.post(f"{MODEL}/encode", data), 422)


def test_a_body_announced_too_long_is_refused_before_it_is_sent(server):
    with closing(HTTPConnection(server.url.removeprefix("http://"), timeout=20)) as connection:
        connection.putrequest("POST", f"{MODEL}/encode")
        connection.putheader("Content-Length", "99999999999")
        connection.endheaders()
        reply = connection.getresponse()
        assert reply.status == 413
        assert "10 MB" in json.loads(reply.read())["detail"]


def test_a_body_of_unknown_length_is_refused_as_soon_as_it_is_too_long(server):
    megabyte = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    with closing(HTTPConnection(server.url.removeprefix("http://"), timeout=20)) as connection:
        connection.putrequest("POST", f"{MODEL}/encode")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        for _ in range(11):
            connection.send(megabyte)
        reply = connection.getresponse()  # although the body has not ended
        assert reply.status == 413
        assert reply.headers["connection"] == "close"


def test_a_client_that_leaves_in_the_middle_of_an_upload_does_no_harm(server):
    for _ in range(3):
        with closing(HTTPConnection(server.url.removeprefix("http://"), timeout=20)) as connection:
            connection.putrequest("POST", f"{MODEL}/encode")
            connection.putheader("Content-Length", "5000")
            connection.endheaders(b"half")
    assert "Traceback" not in server.log.read_text()
    assert server.post(f"{MODEL}/encode", png()).status == 200


def test_no_more_than_six_uploads_of_an_address_are_held_at_once_and_the_next_one_waits(server):
    with (
        # each is quick enough to keep its place for eight seconds
        server.half_uploads(f"{MODEL}/encode", browsers=3, sent=bytes(1 << 20)),
        closing(HTTPConnection(server.url.removeprefix("http://"), timeout=2)) as ninth,
    ):
        ninth.request("POST", f"{MODEL}/encode", png())
        with pytest.raises(TimeoutError):
            ninth.getresponse()
    assert server.post(f"{MODEL}/encode", png()).status == 200


def test_uploads_that_hardly_move_give_way_to_one_that_waits_however_many_cookies_sent_them(server):
    with server.half_uploads(f"{MODEL}/encode", browsers=6):
        assert server.post(f"{MODEL}/encode", png()).status == 200


def still_coming(held):
    """Whether none of these requests has been answered yet."""
    return select.select([slow.sock for slow in held], [], [], 0)[0] == []


def test_questions_that_come_at_a_byte_a_second_hold_no_turn_of_others(server):
    with server.half_uploads(f"{MODEL}/walk", browsers=8) as held:
        assert server.get(f"{MODEL}/sheet?kind=reconstruction&i=1,2,3").status == 200
        assert server.post(f"{MODEL}/place", bytes(3072)).status == 200
        assert still_coming(held)


def test_words_that_come_at_a_byte_a_second_hold_no_page_up(server):
    with server.half_uploads("/api/class/sign-in", browsers=8, missing=20) as held:
        assert server.get("/").status == 200
        assert server.get("/api/models").status == 200
        assert still_coming(held)


def test_one_browser_holds_two_places_for_uploads_and_no_more(server):
    cookie = server.cookie()
    with server.half_uploads(f"{MODEL}/encode", browsers=1, each=8):
        assert server.post(f"{MODEL}/encode", png(), Cookie=cookie).status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", [f"{MODEL}/encode", "/api/datasets/cifar10/download"])
def test_a_page_of_another_site_cannot_post(server, origin, path):
    assert_problem(server.post(path, png(), Origin=origin), 403)


def test_the_apps_own_page_can_post(server):
    assert server.post(f"{MODEL}/encode", png(), Origin=server.url).status == 200


def test_uploads_leave_nothing_on_the_disk_or_in_the_log(server):
    noise = np.random.default_rng(3).integers(
        0, 256, (900, 900, 3), np.uint8
    )  # over the 1 MB at which form parsers turn to the disk
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    before = {path for path in server.home.rglob("*")}
    reply = server.post(
        f"{MODEL}/encode",
        form(buffer.getvalue(), filename="anna.png"),
        Content_Type="multipart/form-data; boundary=edge",
    )
    assert reply.status == 200
    assert {path for path in server.home.rglob("*")} == before
    assert "anna" not in server.log.read_text()
