"""The class over HTTP: who asks, what they may do and why not, how much is kept; signing in as the teacher; the
teacher's rules.
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, replace
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import guards, resources
from app.access import passcode, quotas, roles
from app.access.clients import client_of
from app.access.roles import Person, Role
from app.access.rules import Rules
from app.replies import Refusal, fresh, language
from app.text.errors import translated
from model.messages import Message, words_of
from model.runs.folder import Run, RunState

BODY_MOST = 4096
QUEUE_MOST = 75  # a class of fifty, one each, finds place behind one address
OF_ONE_ADDRESS = 2 / 3  # of the queue and of all that is kept: what the students of an address may take, in all
ACTIVE = (RunState.QUEUED, RunState.RUNNING, RunState.MEASURING)
OFF = Message("teacher.off")
_TRIES = passcode.Tries()


def routes() -> list[Route]:
    """The routes below /api."""
    return [
        Route("/class", standing, methods=["GET"]),
        Route("/class/sign-in", sign_in, methods=["POST"]),
        Route("/class/sign-out", sign_out, methods=["POST"]),
        Route("/class/rules", change_rules, methods=["POST"]),
    ]


def standing(request: Request) -> Response:
    """GET /api/class: {role: all|teacher|student, rules, locked: {train, others, rules, download: sentence or null},
    used: {runs, bytes, ...}}.
    """
    return fresh(_standing(roles.person_of(request), language(request)))


def rules() -> Rules:
    """The rules in force."""
    return Rules.read(resources.settings().home)


def locked_training(person: Person) -> Message | None:
    """Why this person may start no training, whatever else there is; None if they may."""
    return OFF if not person.in_charge and rules().students == "off" else None


def require_unlocked(person: Person) -> None:
    """Raise Refusal (403) where this person may start no training."""
    if sentence := locked_training(person):
        roles.require(False, sentence)


def admit(person: Person, listed: list[Run]) -> None:
    """Raise Refusal if one more training of this person, beside those `listed`, is against the rules, or if there is no
    room for it.
    """
    now = rules()
    require_unlocked(person)
    _require_place(listed, QUEUE_MOST)
    if not person.in_charge:
        _admit_student(now, [run for run in listed if person.owns(run)])
        alike = [run for run in listed if run.origin == person.origin]
        _require_place(alike, int(OF_ONE_ADDRESS * QUEUE_MOST))
        quotas.require_place(alike, math.ceil(OF_ONE_ADDRESS * now.runs))
    quotas.require_room(resources.settings(), now, listed)


def _require_place(listed: list[Run], most: int) -> None:
    if (count := sum(run.state is RunState.QUEUED for run in listed)) >= most:
        raise Refusal(409, "Queue full", Message("training.queue", count=count))


def _admit_student(now: Rules, own: list[Run]) -> None:
    active = [run for run in own if run.state in ACTIVE]
    if active and now.students == "one":
        raise Refusal(409, "One at a time", Message("teacher.one", title=active[0].title["en"]))
    if len(own) >= now.runs_each:
        raise Refusal(409, "Too many trainings", Message("teacher.each", count=len(own), most=now.runs_each))


async def sign_in(request: Request) -> Response:
    """POST /api/class/sign-in {passcode}: a cookie by which the teacher is known. 403 if it is wrong, 429 after five
    tries in a minute.
    """
    typed = (await guards.read_json(request, BODY_MOST)).get("passcode")
    person = roles.person_of(request)
    if person.role is Role.ALL:
        raise Refusal(409, "Not needed", Message("teacher.needless"))
    if wait := math.ceil(_TRIES.wait(client_of(request), time.monotonic())):
        raise Refusal(429, "Too many tries", Message("teacher.tries", seconds=wait), retry_after=wait)
    if not isinstance(typed, str) or not passcode.passcode().fits(typed):
        raise Refusal(403, "Wrong passcode", Message("teacher.passcode"))
    answer = fresh(_standing(replace(person, role=Role.TEACHER), language(request)))
    value, secure = roles.certificate(person.owner), request.url.scheme == "https"
    answer.set_cookie(roles.COOKIE, value, roles.SECONDS_VALID, path="/", secure=secure, httponly=True, samesite="lax")
    return answer


def sign_out(request: Request) -> Response:
    """POST /api/class/sign-out: be a student again."""
    guards.require_same_origin(request.headers)
    roles.withdraw(request.cookies.get(roles.COOKIE))
    answer = fresh({"role": roles.person_of(request).role})
    answer.delete_cookie(roles.COOKIE, path="/", httponly=True, samesite="lax")
    return answer


async def change_rules(request: Request) -> Response:
    """POST /api/class/rules {students: off|one|free, runs, runs_each, gigabytes}: what is not named stays."""
    body, person = await guards.read_json(request, BODY_MOST), roles.person_of(request)
    roles.require(person.in_charge, roles.LIMITS)
    return await anyio.to_thread.run_sync(_changed, body, person, language(request))


def _changed(body: dict[str, Any], person: Person, spoken: str) -> Response:
    home = resources.settings().home
    try:
        Rules.of({**rules().to_dict(), **body}).keep(home)
    except OSError as error:
        raise Refusal(507, "Cannot be written", Message("rules.unkept", reason=words_of(error))) from error
    return fresh(_standing(person, spoken))


def _standing(person: Person, spoken: str) -> dict[str, Any]:
    now = rules()
    locked = {
        "train": locked_training(person),
        "others": None if person.in_charge else roles.OTHERS,
        "rules": None if person.in_charge else roles.LIMITS,
        "download": None if person.in_charge else roles.DOWNLOAD,
    }
    return {
        "role": person.role,
        "rules": now.to_dict(),
        "locked": {name: sentence and translated(sentence, spoken) for name, sentence in locked.items()},
        "used": asdict(quotas.usage(resources.settings(), now)),
    }
