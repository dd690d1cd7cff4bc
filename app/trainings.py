"""The run API: list, begin, stop, resume, rename and delete trainings. The supervisor starts them; everything is state on the disk."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import downloads, guards, resources
from app.replies import NO_SNIFFING, Refusal, language
from app.text.sentences import translated
from model import runs
from model.config import RunConfig
from model.presets import PRESETS
from model.runs import Run, RunState

BODY_MOST = 64 * 1024
QUEUE_MOST = 50
FRESH = 0.3  # seconds: many browsers ask every second, and the folders are read for all of them together
DETAILS = ("config", "history")
_KEEPING = threading.Lock()
_kept: tuple[float, list[Run]] = (0.0, [])


def routes() -> list[Route]:
    """The routes below /api."""
    actions = {"stop": runs.stop, "resume": runs.resume}
    return [
        Route("/runs", listing, methods=["GET"]),
        Route("/runs", begin, methods=["POST"]),
        Route("/runs/{name}", one, methods=["GET"]),
        *(Route(f"/runs/{{name}}/{name}", _action(act), methods=["POST"]) for name, act in actions.items()),
        Route("/runs/{name}/rename", rename, methods=["POST"]),
        Route("/runs/{name}/delete", delete, methods=["POST"]),
    ]


def described(run: Run, spoken: str) -> dict[str, Any]:
    """The run as the API says it in a list: every field but configuration and history, its message in the language `spoken`."""
    said = {name: value for name, value in vars(run).items() if name not in (*DETAILS, "queued_at")}
    more = {name: getattr(run, name) for name in ("at_work", "live", "can_resume")}
    return {**said, **more, "message": translated(run.message, spoken), "latent_dim": run.config.get("network", {}).get("latent_dim")}


def listed() -> list[Run]:
    """Every run, the newest first, as it was at most a moment ago."""
    global _kept
    with _KEEPING:
        if time.monotonic() - _kept[0] > FRESH:
            _kept = time.monotonic(), runs.runs(resources.settings())
        return _kept[1]


def _forget() -> None:
    global _kept
    with _KEEPING:
        _kept = 0.0, []


def listing(request: Request) -> Response:
    """GET /api/runs: [{name, title, state, place, message, stopping, epoch, epochs, step, steps, images_per_second, seconds, seconds_left, ...}]."""
    return _json([described(run, language(request)) for run in listed()])


def one(request: Request) -> Response:
    """GET /api/runs/NAME: the same of one run, with config and history."""
    run = runs.run(resources.settings(), request.path_params["name"])
    return _json({**described(run, language(request)), "config": run.config, "history": run.history})


async def begin(request: Request) -> Response:
    """POST /api/runs {title, config, preset?}: put a training into the queue; 201 {name}."""
    body = await _body(request)
    return await anyio.to_thread.run_sync(_begun, body)


def start(title: str, config: RunConfig, preset: str | None) -> str:
    """Put a training into the queue; its name. Raises ConfigError, Refusal where there are no images or too many wait."""
    if (data := downloads.current()).state != "ready":
        raise Refusal(409, "No images", f"There is nothing to train on. {data.message} Download CIFAR-10, or set EXPLORER_DATA to a folder of images.")
    if sum(run.state is RunState.QUEUED for run in runs.runs(resources.settings())) >= QUEUE_MOST:
        raise Refusal(409, "Queue full", f"{QUEUE_MOST} trainings are waiting already. Stop or delete one, or try again later.")
    name = _written(lambda: runs.create(resources.settings(), config, title, preset))
    _forget()
    return str(name)


def _begun(body: dict[str, Any]) -> Response:
    title, preset = _text(body, "title"), body.get("preset")
    if preset is not None and (not isinstance(preset, str) or preset not in PRESETS):
        raise Refusal(400, "Unknown preset", f"preset is {str(preset)[:40]!r}; it must be one of {', '.join(PRESETS)}, or left out.")
    if not isinstance(body.get("config"), dict):
        raise Refusal(400, "No configuration", "config is missing; it must be an object with network, objective and training.")
    return _json({"name": start(title, RunConfig.from_dict(body["config"]), preset)}, 201)


def _action(act: Callable[..., None]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        guards.require_same_origin(request)
        return _done(request, lambda name: act(resources.settings(), name))

    answer.__doc__ = f"POST /api/runs/NAME/{act.__name__}: {act.__doc__}"
    return answer


async def rename(request: Request) -> Response:
    """POST /api/runs/NAME/rename {title}: another title for run and model; the name in addresses stays."""
    title = _text(await _body(request), "title")
    return await anyio.to_thread.run_sync(lambda: _done(request, lambda name: runs.rename(resources.settings(), name, title)))


def delete(request: Request) -> Response:
    """POST /api/runs/NAME/delete: remove the run and the model it made; refused (409) while it is being trained. Asks nothing: the page does."""
    guards.require_same_origin(request)
    name = request.path_params["name"]
    _written(lambda: runs.delete(resources.settings(), name))
    _forget()
    return _json({"name": name})


def _done(request: Request, act: Callable[[str], None]) -> Response:
    name = request.path_params["name"]
    _written(lambda: act(name))
    _forget()
    return _json(described(runs.run(resources.settings(), name), language(request)))


def _written(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except OSError as error:
        raise Refusal(
            507, "Cannot be written", f"The folder of trainings cannot be changed ({error.strerror or error}). Free some space, or look at its rights."
        ) from error


async def _body(request: Request) -> dict[str, Any]:
    guards.require_same_origin(request)
    try:
        value = json.loads(await guards.read_body(request, BODY_MOST))
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "Bad JSON", f"The body cannot be read as JSON ({error}).") from error
    if not isinstance(value, dict):
        raise Refusal(400, "Bad JSON", "The body must be a JSON object.")
    return value


def _text(body: dict[str, Any], name: str) -> str:
    if not isinstance(body.get(name), str):
        raise Refusal(400, "No text", f"{name} is missing; it must be text.")
    return str(body[name])


def _json(value: Any, status: int = 200) -> Response:
    return JSONResponse(value, status, headers={"Cache-Control": "no-store", **NO_SNIFFING})
