"""Whose turn it is: addresses in turns, then whoever was served longest ago."""

from dataclasses import dataclass, field

from app.access.clients import Client, now
from app.perimeter import turns
from app.perimeter.turns import Turns

HERE, ELSEWHERE = "10.0.0.7", "10.0.0.8"


@dataclass(frozen=True)
class Waiting:
    client: Client
    asked: float = field(default_factory=now)


def browser(name, made, address=HERE):
    return Client(f"{name}.{made}", address)


def order(turns, *clients):
    return [waiting.client.cookie for waiting in turns.order([Waiting(client) for client in clients])]


def test_a_browser_that_was_there_before_comes_before_those_whose_cookies_are_newer():
    assert order(Turns(), browser("new", 300), browser("old", 100), browser("older", 50)) == [
        "older.50",
        "old.100",
        "new.300",
    ]


def test_whoever_was_served_comes_after_all_who_were_not():
    known, old = Turns(), browser("old", 100)
    known.note(old)
    assert order(known, old, browser("new", 300)) == ["new.300", "old.100"]


def test_a_clients_second_comes_after_everybodys_first():
    old, new = browser("old", 100), browser("new", 300)
    assert order(Turns(), old, old, new) == ["old.100", "new.300", "old.100"]


def test_addresses_take_turns_however_many_cookies_one_of_them_has():
    many = [browser(f"h{at}", at) for at in range(10)]
    one = browser("one", 500, ELSEWHERE)
    assert order(Turns(), *many, one).index("one.500") == 1
    known, waiting = Turns(), [Waiting(client) for client in (*many[1:], one)]
    known.note(many[0])
    assert known.order(waiting)[0].client == one


def test_an_address_that_is_new_does_not_come_before_one_that_was_served_before_it_asked():
    known, school = Turns(), browser("school", 100)
    known.note(school)
    fresh = [browser("fresh", 500, f"2001:db8:0:{at}::") for at in range(3)]
    assert order(known, *fresh, school)[0] == "school.100"


def test_who_sends_no_cookie_counts_from_when_they_ask_and_a_cookie_without_a_time_from_the_beginning():
    nobody, first = Client(None, HERE), Client("of-an-older-version", HERE)
    assert order(Turns(), nobody, browser("new", int(now()) - 1), first) == [
        "of-an-older-version",
        f"new.{int(now()) - 1}",
        None,
    ]


def test_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(turns, "REMEMBERED_MOST", 10)
    known = Turns()
    for at in range(100):
        known.note(browser(str(at), at))
    assert len(known._served) == 10
