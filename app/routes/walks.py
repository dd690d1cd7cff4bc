"""Walks through a model's latent space: the way, its view and its pictures in one answer, and as a film."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import guards, resources
from app.replies import NO_SNIFFING, Refusal, fresh
from app.routes import queued
from app.routes.neighbours import data_url
from app.text import LANGUAGES
from model.film.encoding import FORMATS
from model.film.walk import MODULE, Look, WalkFilm
from model.messages import Message
from model.space import free_walks, walks
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
    """A walk as a request wants it: stops float32 (s, d), and which samples they are (-1: none). A free walk has one
    stop; `axes` are the half axes (2, 3) of an orbit; a random walk has a `seed`, and is `length` steps long.
    """

    kind: str
    stops: Floats
    samples: tuple[int, ...]
    steps: int
    axes: Floats
    seed: int
    length: int

    def made(self, service: ExplorerService) -> walks.Walk:
        """The walk."""
        if self.kind == "orbit":
            return free_walks.orbit(service.latent_map, self.stops[0], self.axes, self.steps)
        if self.kind == "random":
            return free_walks.wandering(service.density, self.stops[0], self.length, self.seed, self.steps)
        return walks.walk(self.kind, lambda: service.neighbour_graph, self.stops, self.steps)


async def walk(request: Request) -> Response:
    """POST /api/models/NAME/walk {stops, kind, steps}: a way that passes 2 to 8 stops, or begins at one.

    A stop is {"z": [d]}, {"sample": I} or {"class": C}, the mean of that class; with "point": [3], it is moved to that
    place of the view, and keeps what the view does not show. `kind` is straight, spherical (variational models only) or
    manifold; `steps` 2 to 120, and as many as stops at least. With one stop and 5 steps or more, `kind` may be orbit,
    once around it on the ellipse with the half axes `axes` [2][3] in the view; or random, a walk from it that stays
    where data are, the same for the same `seed` (a whole number): `at` then are the quarters of the way.
    {kind, at [s]: the step of each stop, latents [steps][d], points [steps][3], percentiles [steps]: the share of
    held-out images in denser places, 0 to 100; strip: a data URL, the decoder's pictures in one row of 32 x 32 tiles}.
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
        raise Refusal(404, "No such format", Message("films.format", first=first, second=second, kind=kind[:20]))
    query = request.query_params
    dark = guards.choice(query, "theme", ("light", "dark")) == "dark"
    look = Look(kind, dark, guards.choice(query, "lang", tuple(LANGUAGES)))
    body = await guards.read_json(request, BODY_MOST)
    service = await run_in_threadpool(resources.service, name)
    asked = replace(await run_in_threadpool(read, body, service), steps=walks.STEPS_MOST)
    course = asked.kind, asked.stops.tobytes(), asked.axes.tobytes(), asked.seed, asked.length
    key = name, service.version, course, asked.samples, look
    outcome = await queued.outcome(request, key, queued.film(MODULE, lambda: _film(service, asked, look).pack()))
    headers = {"Content-Disposition": f'attachment; filename="{name}-walk.{kind}"', **NO_SNIFFING}
    return Response(queued.film_of(outcome), media_type=FORMATS[kind], headers=headers)


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
    if kind not in (*walks.KINDS, *free_walks.KINDS):
        known = ", ".join((*walks.KINDS, *free_walks.KINDS))
        raise Refusal(400, "Bad word", Message("request.word", name="kind", text=str(kind)[:40], known=known))
    free = kind in free_walks.KINDS
    if not isinstance(stops, list) or not (len(stops) == 1 if free else 2 <= len(stops) <= walks.STOPS_MOST):
        message = Message("request.stop.one", kind=kind) if free else Message("request.stops", most=walks.STOPS_MOST)
        raise Refusal(400, "Bad stops", message)
    if kind == "spherical" and not service.card["config"]["network"].get("variational"):
        raise Refusal(400, "Not Gaussian", Message("request.spherical"))
    steps = _number(body, "steps", STEPS, free_walks.STEPS_LEAST if free else len(stops), walks.STEPS_MOST)
    seed = _number(body, "seed", 0, 0, free_walks.SEED_MOST) if kind == "random" else 0
    axes = _axes(body.get("axes")) if kind == "orbit" else np.zeros((2, 3), np.float32)
    places = np.stack([_stop(stop, at, service) for at, stop in enumerate(stops, 1)])
    named = [] if kind == "orbit" else stops  # an orbit goes around its stop
    samples = tuple(-1 if "z" in stop or "point" in stop else stop.get("sample", -1) for stop in named)
    return Asked(kind, places, samples, steps, axes, seed, steps)


def _number(body: dict[str, Any], name: str, usual: int, low: int, high: int) -> int:
    """The whole number that the body has. Raises Refusal."""
    found = _whole(body.get(name, usual), low, high)
    if found is None:
        text = str(body[name])[:40]
        raise Refusal(400, "Bad number", Message("request.whole", name=name, text=text, low=low, high=high))
    return found


def _axes(value: Any) -> Floats:
    """The half axes (2, 3) of an orbit. Raises Refusal."""
    rows = [_numbers(row, 3) for row in value] if isinstance(value, list) and len(value) == 2 else [None]
    known = [row for row in rows if row is not None]
    if len(known) != 2:
        raise Refusal(400, "Bad axes", Message("request.axes"))
    return np.stack(known)


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
