"""The names of a model's latent axes: what everyone sees, and who may change that."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import guards, resources
from app.access import roles
from app.replies import Refusal, fresh
from app.routes.runs import WRITING
from model.messages import Message, words_of
from model.runs.folder import read_run
from model.space import axis_names

BODY_MOST = 4096
NAMES = Message("teacher.names")


def routes() -> list[Route]:
    """The routes below /api."""
    return [Route("/models/{name}/axes", give, methods=["POST"])]


def described(request: Request, name: str, card: dict[str, Any]) -> dict[str, Any]:
    """What the model's card says of the names: {names [d], editable: whoever asks may change them for everyone}."""
    return {
        "names": axis_names.names_of(resources.settings(), name, card),
        "editable": _may_name(roles.person_of(request), name),
    }


async def give(request: Request) -> Response:
    """POST /api/models/NAME/axes {weights, axis, name}: call this axis so for everyone, "" for no name; {names [d]}.
    `weights` is what the card's `weights_sha256` begins with: others may have learnt other axes.
    """
    body = await guards.read_json(request, BODY_MOST)
    said = {"weights": guards.text(body, "weights"), "axis": body.get("axis"), "text": guards.text(body, "name")}
    return fresh({"names": await anyio.to_thread.run_sync(_given, request, said, limiter=WRITING)})


def _given(request: Request, said: dict[str, Any]) -> list[str]:
    """Raises Refusal (403, 507) and what `axis_names.give` raises."""
    name = request.path_params["name"]
    roles.require(_may_name(roles.person_of(request), name), NAMES)
    try:
        return axis_names.give(resources.settings(), name, **said)
    except OSError as error:
        raise Refusal(507, "Cannot be written", Message("axis.unkept", reason=words_of(error))) from error


def _may_name(person: roles.Person, name: str) -> bool:
    """A teacher may always, a student where the model is of a training of their own."""
    folder = resources.settings().runs / name
    return person.in_charge or (folder.is_dir() and person.owns(read_run(resources.settings(), folder)))
