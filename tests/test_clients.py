"""Who asks: signed cookies, addresses, and the secret behind them."""

import stat
import threading
from http.cookies import SimpleCookie

import pytest

from app import resources
from app.access import clients, signing
from app.access.clients import COOKIE, client_from, client_of
from app.state import renew
from model.config import Settings
from tests.web import running


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "settings", lambda: Settings(None, tmp_path))
    renew()
    yield tmp_path
    renew()


def page(server, cookie=None):
    """What the start page is answered with, asked for as a browser does."""
    return server.get("/", Accept="text/html,*/*", **({"Cookie": f"{COOKIE}={cookie}"} if cookie else {}))


def given(reply):
    return SimpleCookie(reply.headers.get("Set-Cookie", "")).get(COOKIE)


def test_a_signed_word_is_known_again_and_no_other(home):
    value = signing.signed("client", "abc")
    assert signing.text_of("client", value) == "abc"
    for wrong in (
        None,
        "",
        "abc",
        "abc.",
        value[:-1],
        "x" + value,
        value + "é",
        "\ud800.\ud800",
        value.replace("abc", "abd"),
    ):
        assert signing.text_of("client", wrong) is None
    assert signing.text_of("teacher", value) is None


def test_the_secret_is_kept_for_its_owner_alone(home):
    value = signing.signed("client", "abc")
    kept = home / signing.FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == [signing.FILE]
    renew()
    assert signing.text_of("client", value) == "abc"


def test_processes_that_begin_at_once_use_one_secret(home):
    made, gate = [], threading.Barrier(8)

    def make():
        gate.wait()
        made.append(signing._made(home / signing.FILE))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1


def test_a_damaged_secret_is_made_anew(home):
    (home / signing.FILE).write_bytes(b"short")
    value = signing.signed("client", "abc")
    assert len((home / signing.FILE).read_bytes()) == signing.BYTES
    assert signing.text_of("client", value) == "abc"


def test_a_home_that_is_a_file_costs_only_the_memory_of_who_came(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "settings", lambda: Settings(None, tmp_path / "file"))
    (tmp_path / "file").write_text("")
    renew()
    assert signing.text_of("client", signing.signed("client", "abc")) == "abc"
    renew()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, "unknown"),
    ],
)
def test_an_address_is_a_number_or_the_network_of_a_household(home, address, network):
    assert client_from({}, address) == clients.Client(None, network)


def test_without_a_valid_cookie_all_of_an_address_are_one_client(home):
    one, two = client_from({}, "10.0.0.7"), client_from({COOKIE: "abc.forged"}, "10.0.0.7")
    assert one.key == two.key != client_from({}, "10.0.0.8").key
    known = client_from({COOKIE: signing.signed("client", "abc")}, "10.0.0.7")
    assert known.key == client_from({COOKIE: signing.signed("client", "abc")}, "10.0.0.8").key != one.key


def test_a_scope_is_read_as_a_request_is(home):
    cookie = f"{COOKIE}={signing.signed('client', 'abc')}".encode()
    scope = {"type": "websocket", "headers": [(b"cookie", cookie)], "client": ("10.0.0.7", 1)}
    assert client_of(scope) == clients.Client("abc", "10.0.0.7")


def test_a_page_brings_a_cookie_and_asks_no_second_time(server):
    for path in ("/", "/train"):
        reply = server.get(path, Accept="text/html")
        morsel = given(reply)
        assert (morsel["httponly"], morsel["samesite"], morsel["secure"], morsel["path"]) == (True, "Lax", "", "/")
    assert given(page(server, morsel.value)) is None
    assert given(page(server, morsel.value[:-1] + ("0" if morsel.value[-1] != "0" else "1"))) is not None
    assert given(page(server)).value != morsel.value


def test_nothing_but_a_page_brings_one(server):
    assert given(server.get("/")) is None
    assert given(server.get("/api/models", Accept="text/html")) is None


def test_a_cookie_is_known_after_a_restart(tmp_path):
    with running(tmp_path) as first:
        value = given(page(first)).value
    with running(tmp_path) as second:
        assert given(page(second, value)) is None
