"""The state of one server: made once whoever asks, and begun anew by a test."""

from __future__ import annotations

import ast
import threading
import time
from collections.abc import Iterator

import pytest

from app.state import kept, renew, state
from tests.web import ROOT

MODULES = sorted((ROOT / "app").rglob("*.py"))
LOCKS = {"Lock", "RLock", "Semaphore", "Condition"}


@pytest.fixture(autouse=True)
def afterwards_anew() -> Iterator[None]:
    yield
    renew()


def test_what_is_kept_is_made_once_whoever_asks() -> None:
    made = []

    @kept
    def slowly() -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(slowly())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [made[0]] * 8
    assert len(made) == 1


def test_a_part_may_ask_for_another_and_is_not_kept_when_it_fails() -> None:
    tries = []

    @kept
    def first() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("not yet")
        return "first"

    @kept
    def second() -> str:
        return first() + " and second"

    with pytest.raises(OSError, match="not yet"):
        second()
    assert second() == "first and second"


def test_a_fresh_state_keeps_nothing_and_forgetting_concerns_one_part() -> None:
    @kept
    def one() -> list[int]:
        return []

    @kept
    def other() -> list[int]:
        return []

    one().append(1)
    other().append(2)
    state().forget(one)
    assert (one(), other()) == ([], [2])
    before = state()
    assert renew() is not before
    assert other() == []


def test_the_server_shows_its_state() -> None:
    from app import server

    assert type(server.app.state["explorer"]).__name__ == "State"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_keeps_locks_or_changing_values_of_its_own(path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        made = value.func if isinstance(value, ast.Call) else None
        assert getattr(made, "attr", getattr(made, "id", "")) not in LOCKS
        empty = isinstance(value, ast.Dict | ast.List) and not (
            getattr(value, "elts", None) or getattr(value, "keys", None)
        )
        assert not empty, f"line {node.lineno} keeps what changes beside the state"
    assert (
        not [
            node.lineno
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Global)
        ]
        or path.name == "state.py"
    )
