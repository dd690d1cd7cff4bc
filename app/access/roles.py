"""Who may do what: a teacher everything, a student what is their own. Where nobody else can reach the server, everybody
is in charge.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import HTTPConnection

from app.access.clients import Client, client_from
from app.access.passcode import in_force, passcode
from app.access.signing import signed, text_of
from app.replies import Refusal
from app.state import kept
from model.messages import Message
from model.runs.folder import Run

COOKIE = "explorer_teacher"
PURPOSE, OWNER = "teacher", "owner"
SECONDS_VALID = 12 * 60 * 60  # a day at school
OWNER_LENGTH = 32
OTHERS, DOWNLOAD, LIMITS = Message("teacher.others"), Message("teacher.download"), Message("teacher.limits")


class Role(StrEnum):
    """`ALL`: this server has no others than the person who runs it, so nothing is kept from anybody."""

    ALL = "all"
    TEACHER = "teacher"
    STUDENT = "student"


@dataclass(frozen=True)
class Person:
    """Who asks: their role, and the names under which their trainings are known as theirs and as those of their
    address, which are shown to nobody.
    """

    role: Role
    owner: str
    origin: str

    @property
    def in_charge(self) -> bool:
        """Whether they may do everything."""
        return self.role is not Role.STUDENT

    def owns(self, run: Run) -> bool:
        """Whether they began it, as far as the cookie of their browser tells."""
        return run.owner is not None and run.owner == self.owner

    def may_change(self, run: Run) -> bool:
        """Whether they may stop, resume, rename or delete it."""
        return self.in_charge or self.owns(run)


def person_of(connection: HTTPConnection) -> Person:
    """Who sends this request."""
    return person_from(connection.cookies, connection.client.host if connection.client else None)


def person_from(cookies: Mapping[str, str], address: str | None) -> Person:
    """Who sends these cookies, as a Streamlit session knows them."""
    client = client_from(cookies, address)
    owner, origin = owner_of(client), owner_of(Client(None, client.address))
    if not in_force():
        return Person(Role.ALL, owner, origin)
    return Person(Role.TEACHER if _is_valid(cookies.get(COOKIE), owner) else Role.STUDENT, owner, origin)


def owner_of(client: Client) -> str:
    """The name of a client in the records of runs: neither cookie nor address can be found out from it."""
    return signed(OWNER, "/".join(client.key)).rpartition(".")[2][:OWNER_LENGTH]


def require(allowed: bool, sentence: Message) -> None:
    """Raise Refusal (403) with the sentence that the locked control says, unless it is allowed."""
    if not allowed:
        raise Refusal(403, "Teacher only", sentence)


def certificate(owner: str) -> str:
    """The value of the cookie by which a teacher is known: until when, whose it is, and of which passcode."""
    return signed(PURPOSE, f"{int(time.time()) + SECONDS_VALID}:{owner}:{_edition()}")


def withdraw(value: str | None) -> None:
    """Let a teacher's cookie be worth nothing from now on, also to pages that were opened with it."""
    if value and text_of(PURPOSE, value):
        _withdrawn().add(value)


class _Withdrawn:
    """Cookies that are worth nothing any more, for as long as they would have been worth something."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def add(self, value: str) -> None:
        with self._lock:
            self._until[value] = time.time() + SECONDS_VALID
            for old in [each for each, until in self._until.items() if until < time.time()]:
                del self._until[old]

    def __contains__(self, value: str | None) -> bool:
        return value in self._until


@kept
def _withdrawn() -> _Withdrawn:
    return _Withdrawn()


def _is_valid(value: str | None, owner: str) -> bool:
    until, _, rest = (text_of(PURPOSE, value) or "").partition(":")
    current = until.isdecimal() and int(until) > time.time() and rest == f"{owner}:{_edition()}"
    return current and value not in _withdrawn()


def _edition() -> str:
    """Names the passcode: another one ends what was signed in with it."""
    return hashlib.sha256(passcode().text.encode()).hexdigest()[:16]
