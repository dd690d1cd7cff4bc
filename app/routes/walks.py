"""Walks through a model's latent space: the way, its view and its pictures in one answer, and as a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import guards, resources
from app.replies import NO_SNIFFING, Refusal, fresh
from app.routes import heavy
from app.routes.neighbours import data_url
from app.text import LANGUAGES
from model.film.encoding import FORMATS
from model.film.walk import MODULE, Look, WalkFilm
from model.messages import Message
from model.space import walks
from model.space.service import ExplorerService

BODY_MOST = 64 * 1024  # bytes: eight stops of 256 numbers
STEPS = 24
Floats = NDArray[np.float32]


def routes() -> list[BaseRoute]:
    """Below /api."""
    return [
        Route("/models/{name}/walk", walk, methods=["POST"]),
        Route("/models/{name}/walk.{format}", film, methods=["POST"]),
    ]


@dataclass(frozen=True)
class Asked:
    """A walk as a request wants it: stops float32 (s, d), and which samples they are (-1: none)."""

    kind: str
    stops: Floats
    samples: tuple[int, ...]
    steps: int

    def made(self, service: ExplorerService) -> walks.Walk:
        """The walk."""
        return walks.walk(self.kind, lambda: service.neighbour_graph, self.stops, self.steps)


async def walk(request: Request) -> Response:
    """POST /api/models/NAME/walk {stops, kind, steps}: a way that passes 2 to 8 stops.

    A stop is {"z": [d]}, {"sample": I} or {"class": C}, the mean of that class; with "point": [3], it is moved to that
    place of the view, and keeps what the view does not show. `kind` is straight, spherical (variational models only) or
    manifold; `steps` 2 to 120, and as many as stops at least. {kind, at [s]: the step of each stop, latents [steps][d],
    points [steps][3], percentiles [steps]: the share of held-out images in denser places, 0 to 100; strip: a data URL,
    the decoder's pictures in one row of 32 x 32 tiles}.
    """
    body = await guards.read_json(request, BODY_MOST)
    return fresh(await run_in_threadpool(_answer, request.path_params["name"], body))


def _answer(name: str, body: dict[str, Any]) -> dict[str, Any]:
    service = resources.service(name)
    asked = read(body, service)
    made = asked.made(service)
    pictures = service.decode(made.latents)  # (steps, 32, 32, 3)
    return {
        "kind": asked.kind,
        "at": made.at,
        "latents": made.latents.tolist(),
        "points": service.latent_map.to_point(made.latents).tolist(),
        "percentiles": service.density.percentile(made.latents).tolist(),
        "strip": data_url(np.concatenate(pictures, axis=1)),  # (32, 32 steps, 3)
    }


async def film(request: Request) -> Response:
    """POST /api/models/NAME/walk.gif or walk.mp4?theme=light|dark&lang=en|ko: the walk of the body as a file, in as
    many steps as there may be, the cross-fade of its stops' pictures beside it.

    Drawn by the work queue: 503 while too many wait, 429 while this client's last film is still being drawn.
    """
    kind, name = request.path_params["format"], request.path_params["name"]
    if kind not in FORMATS:
        first, second = FORMATS
        raise Refusal(404, "No such format", Message("reel.format", first=first, second=second, kind=kind[:20]))
    query = request.query_params
    dark = guards.choice(query, "theme", ("light", "dark")) == "dark"
    look = Look(kind, dark, guards.choice(query, "lang", tuple(LANGUAGES)))
    body = await guards.read_json(request, BODY_MOST)
    service = await run_in_threadpool(resources.service, name)
    asked = await run_in_threadpool(read, {**body, "steps": walks.STEPS_MOST}, service)
    key = name, service.version, asked.kind, asked.stops.tobytes(), asked.samples, look
    outcome = await heavy.made(request, key, heavy.film(MODULE, lambda: _film(service, asked, look).pack()))
    headers = {"Content-Disposition": f'attachment; filename="{name}-walk.{kind}"', **NO_SNIFFING}
    return Response(heavy.film_of(outcome), media_type=FORMATS[kind], headers=headers)


def _film(service: ExplorerService, asked: Asked, look: Look) -> WalkFilm:
    """Its pictures; those of the stops are the samples' own where they are at hand."""
    made = asked.made(service)
    pictures = service.decode(made.latents)
    stops = pictures[list(made.at)]
    for at, sample in enumerate(asked.samples):
        if sample >= 0 and service.has_images:
            stops[at] = service.originals(np.array([sample]))[0]
    return WalkFilm(pictures, stops, made.at, look)


def read(body: dict[str, Any], service: ExplorerService) -> Asked:
    """The walk that the body asks for. Raises Refusal (400)."""
    stops, kind = body.get("stops"), body.get("kind", "straight")
    if not isinstance(stops, list) or not 2 <= len(stops) <= walks.STOPS_MOST:
        raise Refusal(400, "Bad stops", Message("request.stops", most=walks.STOPS_MOST))
    if kind not in walks.KINDS:
        message = Message("request.word", name="kind", text=str(kind)[:40], known=", ".join(walks.KINDS))
        raise Refusal(400, "Bad word", message)
    if kind == "spherical" and not service.card["config"]["network"].get("variational"):
        raise Refusal(400, "Not Gaussian", Message("request.spherical"))
    low, high = len(stops), walks.STEPS_MOST
    steps = _whole(body.get("steps", STEPS), low, high)
    if steps is None:
        text = str(body["steps"])[:40]
        raise Refusal(400, "Bad number", Message("request.whole", name="steps", text=text, low=low, high=high))
    places = np.stack([_stop(stop, at, service) for at, stop in enumerate(stops, 1)])
    samples = tuple(-1 if "z" in stop or "point" in stop else stop.get("sample", -1) for stop in stops)
    return Asked(kind, places, samples, steps)


def _stop(stop: Any, at: int, service: ExplorerService) -> Floats:
    """The latent (d,) of stop number `at`. Raises Refusal."""
    latent = _anchor(stop, service) if isinstance(stop, dict) else None
    point = _numbers(stop["point"], 3) if latent is not None and "point" in stop else None
    if latent is None or ("point" in stop and point is None):
        last, classes = len(service) - 1, len(service.classes) - 1
        message = Message("request.stop", number=at, dim=service.latent_dim, last=last, classes=classes)
        raise Refusal(400, "Bad stop", message)
    return latent if point is None else service.latent_map.to_latent(point, latent)


def _anchor(stop: dict[str, Any], service: ExplorerService) -> Floats | None:
    """The latent (d,) that a stop names, or None where it names none."""
    if "z" in stop:
        return _numbers(stop["z"], service.latent_dim)
    if "sample" in stop:
        index = _whole(stop["sample"], 0, len(service) - 1)
        return None if index is None else service.latent_map.latents[index]
    label = _whole(stop.get("class"), 0, len(service.classes) - 1)
    return None if label is None else service.class_means[label]


def _whole(value: Any, low: int, high: int) -> int | None:
    """The value where it is a whole number within [low, high], or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None


def _numbers(value: Any, count: int) -> Floats | None:
    """The value as float32 (count,) where it is a list of that many numbers that are not too far out, or None."""
    if not isinstance(value, list) or len(value) != count:
        return None
    if not all(isinstance(each, int | float) and abs(each) <= guards.FARTHEST for each in value):  # none is NaN
        return None
    return np.array(value, np.float32)
