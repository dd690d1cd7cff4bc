"""The run API: list, begin, stop, resume, rename and delete trainings. The supervisor starts them; everything is state
on the disk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import guards, resources
from app.access import quotas, roles
from app.access.clients import Client, client_of
from app.access.roles import Person
from app.replies import Refusal, fresh, language
from app.routes import classroom, downloads
from app.state import kept, state
from app.text.errors import translated
from app.work import estimates
from model.config import RunConfig
from model.messages import Message, words_of
from model.presets import PRESETS
from model.runs import actions
from model.runs.actions import Run
from model.training import feasibility
from model.training.feasibility import Counts, RefusedError

BODY_MOST = 64 * 1024
WRITING = CapacityLimiter(2)  # requests that wait for the lock of the runs: the other threads are for answers
FRESH = 0.3  # seconds: many browsers ask every second, and the folders are read for all of them together
UNSAID = ("config", "history", "queued_at", "owner", "origin")


def routes() -> list[Route]:
    """The routes below /api."""
    return [
        Route("/runs", listing, methods=["GET"]),
        Route("/runs", begin, methods=["POST"]),
        Route("/runs/{name}", one, methods=["GET"]),
        Route("/runs/{name}/stop", stop, methods=["POST"]),
        Route("/runs/{name}/resume", resume, methods=["POST"]),
        Route("/runs/{name}/rename", rename, methods=["POST"]),
        Route("/runs/{name}/delete", delete, methods=["POST"]),
    ]


def described(run: Run, spoken: str, person: Person) -> dict[str, Any]:
    """The run as the API says it in a list: every field but configuration and history, its message in the language
    `spoken`.

    `yours`: the person who asks began it; `locked`: they may not change it.
    """
    said = {name: value for name, value in vars(run).items() if name not in UNSAID}
    more = {name: getattr(run, name) for name in ("at_work", "live", "can_stop", "can_resume", "latent_dim")}
    asked_by = {"yours": person.owns(run), "locked": not person.may_change(run)}
    return {**said, "message": translated(run.message, spoken), **more, **asked_by}


def listed() -> list[Run]:
    """Every run, the newest first, as it was at most a moment ago."""
    return _list().fresh()


class _List:
    """The runs, read anew after a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: tuple[float, list[Run]] = (-FRESH, [])

    def fresh(self) -> list[Run]:
        with self._lock:
            if time.monotonic() - self._read[0] > FRESH:
                self._read = time.monotonic(), actions.runs(resources.settings())
            return self._read[1]


@kept
def _list() -> _List:
    return _List()


def _forget() -> None:
    state().forget(_list)
    quotas.forget()


def listing(request: Request) -> Response:
    """GET /api/runs: [{name, title, state, place, message, stopping, epoch, epochs, step, steps, images_per_second,
    seconds, seconds_left, ...}].
    """
    person = roles.person_of(request)
    return fresh([described(run, language(request), person) for run in listed()])


def one(request: Request) -> Response:
    """GET /api/runs/NAME: the same of one run, with config and history."""
    run = actions.run(resources.settings(), request.path_params["name"])
    said = described(run, language(request), roles.person_of(request))
    return fresh({**said, "config": run.config, "history": run.history})


async def begin(request: Request) -> Response:
    """POST /api/runs {title, config, dataset?, preset?}: put a training into the queue; 201 {name}."""
    body, person = await guards.read_json(request, BODY_MOST), roles.person_of(request)
    title, dataset, preset, config = guards.text(body, "title"), _dataset(body), _preset(body), _config(body)
    if not await anyio.to_thread.run_sync(_surely_feasible, config, dataset, person):
        await _require_measured(config, dataset, client_of(request))
    begun = partial(start, title, dataset, config, preset, person)
    return fresh({"name": await anyio.to_thread.run_sync(begun, limiter=WRITING)}, 201)


def start(title: str, dataset: str, config: RunConfig, preset: str | None, person: Person) -> str:
    """Put a training of this person into the queue; its name. Raises ConfigError, RefusedError if this machine surely
    cannot train it.

    Where that is not sure, whoever asks has it measured before: the form shows the estimate, the API waits for it. The
    trainer looks once more. Raises Refusal where there are no images, where rules or limits speak against it, or where
    it cannot be written.
    """
    _surely_feasible(config, dataset, person)
    admit = partial(classroom.admit, person)
    home, owner, origin = resources.settings(), person.owner, person.origin
    name = _written(lambda: actions.create(home, config, title, preset, owner, admit, dataset, origin))
    _forget()
    return str(name)


def _surely_feasible(config: RunConfig, dataset: str, person: Person) -> bool:
    """Whether nothing speaks against the training. False: it has to be measured. Raises RefusedError and Refusal for
    what is sure to.
    """
    classroom.require_unlocked(person)
    if (data := downloads.current(dataset)).state != "ready":
        raise Refusal(409, "No images", Message("dataset.nothing", reason=data.message))
    return feasibility.is_certain(config, Counts.at(resources.settings(), dataset))


async def _require_measured(config: RunConfig, dataset: str, client: Client) -> None:
    """Raise RefusedError for what the form refuses too, measured as the form does it, in another process."""
    found = await estimates.measured(config.to_dict(), dataset, uuid4().hex, client)
    if found.refusal:
        raise RefusedError(Message(found.refusal), found.reason or "")


def _dataset(body: dict[str, Any]) -> str:
    """The data set to train on: the first one where none is named. Raises Refusal."""
    names = resources.dataset_names()
    if (name := body.get("dataset", names[0])) not in names:
        message = Message("dataset.one_of", name=str(name)[:40], known=", ".join(names))
        raise Refusal(400, "Unknown data set", message)
    return str(name)


def _preset(body: dict[str, Any]) -> str | None:
    preset = body.get("preset")
    if preset is None or (isinstance(preset, str) and preset in PRESETS):
        return preset
    message = Message("request.preset", name=str(preset)[:40], known=", ".join(PRESETS))
    raise Refusal(400, "Unknown preset", message)


def _config(body: dict[str, Any]) -> RunConfig:
    if not isinstance(body.get("config"), dict):
        raise Refusal(400, "No configuration", Message("request.config"))
    return RunConfig.from_dict(body["config"])


def stop(request: Request) -> Response:
    """POST /api/runs/NAME/stop: end a run after the step it is in, or take it out of the queue; a usable model is
    written.
    """
    guards.require_same_origin(request.headers)
    return _done(request, lambda name: actions.stop(resources.settings(), name))


def resume(request: Request) -> Response:
    """POST /api/runs/NAME/resume: put a run back into the queue, to go on from its last saved epoch, if one more may
    wait there.
    """
    guards.require_same_origin(request.headers)
    admit = partial(classroom.admit, roles.person_of(request))
    return _done(request, lambda name: actions.resume(resources.settings(), name, admit))


async def rename(request: Request) -> Response:
    """POST /api/runs/NAME/rename {title}: another title for run and model; the name in addresses stays."""
    title = guards.text(await guards.read_json(request, BODY_MOST), "title")
    rename_to = partial(actions.rename, resources.settings(), title=title)
    return await anyio.to_thread.run_sync(_done, request, rename_to)


def delete(request: Request) -> Response:
    """POST /api/runs/NAME/delete: remove the run and the model it made; refused (409) while it is being trained. Asks
    nothing: the page does.
    """
    guards.require_same_origin(request.headers)
    name = _changed(request, lambda name: actions.delete(resources.settings(), name))
    return fresh({"name": name})


def _done(request: Request, act: Callable[[str], None]) -> Response:
    name = _changed(request, act)
    return fresh(described(actions.run(resources.settings(), name), language(request), roles.person_of(request)))


def _changed(request: Request, act: Callable[[str], None]) -> str:
    """Do it, if whoever asks may change the run; its name. Raises Refusal (403), UnknownRunError."""
    name = request.path_params["name"]
    roles.require(roles.person_of(request).may_change(actions.run(resources.settings(), name)), roles.OTHERS)
    _written(lambda: act(name))
    _forget()
    return str(name)


def _written(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except OSError as error:
        raise Refusal(507, "Cannot be written", Message("training.folder", reason=words_of(error))) from error
