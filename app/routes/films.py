"""Routes of the training films: what a player needs to show one, as bytes, and the film as GIF or MP4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app import guards, resources
from app.replies import NO_SNIFFING, Asset, AssetCache, Refusal, cached, png
from app.routes import queued
from app.state import kept
from app.text import LANGUAGES
from app.work import open_films
from app.work.open_films import Showing
from app.work.process import Work
from model.data.catalogue import CATALOGUE, OWN, title_of
from model.errors import CheckpointError
from model.film.camera import Camera
from model.film.curve import Facts
from model.film.encoding import FORMATS
from model.film.film import FILM, Film
from model.film.picture import Look
from model.film.render_job import MODULE, RenderJob
from model.messages import Message

VIEW = 3
NUMBERS_MOST = 256
FILES_MOST = 6


def routes() -> list[BaseRoute]:
    """Below /api."""
    film = "/films/{kind}/{name}"
    return [
        Route("/films", films),
        Route(film, manifest),
        Route(film + "/points", points),
        Route(film + "/labels", labels),
        Route(film + "/rows", rows),
        Route(film + "/rows/{epoch}.png", row),
        Route(film + "/originals.png", originals),
        Route(film + "/film.{format}", exported),
    ]


def films(request: Request) -> Response:
    """GET /api/films: [{kind, name, title, dataset}] of the models that bring a film; runs are listed at /api/runs.

    `title` and `dataset`, that of the images, are said by language.
    """
    listed = []
    for name, folder in resources.registry().items():
        try:
            if (folder / FILM).is_file():
                card = resources.card_of(folder)
                listed.append({"kind": "models", "name": name, "title": card["title"], "dataset": _images_of(card)})
        except CheckpointError:
            continue
    return _json(listed)


def _images_of(card: dict[str, Any]) -> dict[str, str]:
    """What the images are called that the model was trained on."""
    name = card["data"].get("dataset")
    name = name if name in (*CATALOGUE, OWN) else resources.dataset_of(card)
    return {language: title_of(name, language) for language in LANGUAGES}


def manifest(request: Request) -> Response:
    """GET /api/films/KIND/NAME: all but the frames. KIND is runs or models.

    n points and `epochs` [f], each with a tag that names its content; `ranges` [[low, high] x 3] of the box; `history`
    of errors and PCA's `pca_mse` beside it; `row` [k] sample numbers and `row_labels` [k]; `live` while frames may
    follow; `stand` (first or last) is the frame whose axes the space keeps: ask with ?stand= to keep it. `version` as
    ?v= lets browsers keep what they get.
    """
    shown = _shown(request)
    film = shown.film
    place = {int(sample): int(label) for sample, label in zip(film.samples, film.labels, strict=True)}
    return _json(
        {
            "kind": shown.kind,
            "name": shown.name,
            "title": shown.title,
            "n": len(film.labels),
            "epochs": film.epochs.tolist(),
            "tags": list(shown.tags),
            "classes": list(film.classes),
            "ranges": shown.ranges,
            "history": shown.history,
            "pca_mse": shown.pca_mse,
            "row": film.row.tolist(),
            "row_labels": [place.get(int(sample)) for sample in film.row],
            "image_size": list(film.rows.shape[2:4]),
            "has_originals": shown.originals is not None,
            "latent_dim": shown.latent_dim,
            "live": shown.live,
            "stand": shown.stand,
            "version": shown.version,
        }
    )


def points(request: Request) -> Response:
    """GET .../points?epochs=0,1,2: float16 (f, n, 3), little-endian; of all epochs without the parameter."""
    return _frames(request, "points", lambda film, at: film.points[at].astype("<f2"))


def rows(request: Request) -> Response:
    """GET .../rows?epochs=0,1,2: the reconstructions uint8 (f, k, h, w, 3)."""
    return _frames(request, "rows", lambda film, at: film.rows[at])


def labels(request: Request) -> Response:
    """GET .../labels: uint8 (n,)."""
    shown = _shown(request)
    return _bytes(request, shown, "labels", lambda: shown.film.labels)


def row(request: Request) -> Response:
    """GET .../rows/EPOCH.png: the k reconstructions of that epoch in a row."""
    shown = _shown(request)
    epoch = guards.path_number(request.path_params["epoch"])
    at = _places(shown.film, [epoch])[0]
    return _kept(request, shown, f"row-{epoch}", lambda: _strip(shown.film.rows[at], f"{shown.version}-row-{epoch}"))


def originals(request: Request) -> Response:
    """GET .../originals.png: the k pictures as the data set has them; 404 where it is not at hand."""
    shown = _shown(request)
    pictures = shown.originals
    if pictures is None:
        raise Refusal(404, "No originals", Message("films.originals"))
    return _kept(request, shown, "originals", lambda: _strip(pictures, f"{shown.version}-originals"))


async def exported(request: Request) -> Response:
    """GET .../film.gif or film.mp4?cam=9 numbers&theme=light|dark&lang=en|ko&hide=3,5: the film as a file, seen from
    that camera.

    Drawn by the work queue: 503 while too many wait, 429 while this client's last film is still being drawn.
    """
    kind = request.path_params["format"]
    if kind not in FORMATS:
        first, second = FORMATS
        raise Refusal(404, "No such format", Message("films.format", first=first, second=second, kind=kind[:20]))
    look = _look(request.query_params)
    shown = await run_in_threadpool(_shown, request)
    body = await _drawn(request, shown, look, kind)
    disposition = f'attachment; filename="{shown.name}-film.{kind}"'
    return Response(
        body,
        media_type=FORMATS[kind],
        headers={"Content-Disposition": disposition, "Cache-Control": "no-cache", **NO_SNIFFING},
    )


def _look(query: QueryParams) -> Look:
    numbers = guards.numbers(query, "cam", 9)
    return Look(
        camera=Camera.of(numbers) if numbers else None,
        dark=guards.choice(query, "theme", ("light", "dark")) == "dark",
        language=guards.choice(query, "lang", tuple(LANGUAGES)),
        hidden=frozenset(_numbers(query["hide"], "hide")) if query.get("hide") else frozenset(),
    )


async def _drawn(request: Request, shown: Showing, look: Look, kind: str) -> bytes:
    """The last few are kept: a class asks for the same one."""
    key = shown.kind, shown.name, shown.version, look, kind
    files = _files()
    if key not in files:
        files.keep(key, queued.film_of(await queued.outcome(request, key, _work(shown, look, kind))))
    return files[key]


def _work(shown: Showing, look: Look, kind: str) -> Work:
    facts = Facts(shown.title, shown.history, shown.pca_mse)
    axes = tuple(f"{'PC' if shown.latent_dim > VIEW else 'z'}{axis}" for axis in range(1, VIEW + 1))
    job = RenderJob(shown.film, shown.ranges, facts, replace(look, axes=axes), kind)
    return queued.film(MODULE, job.pack)


class _Files(dict[tuple[Any, ...], bytes]):
    """The films that were drawn last."""

    def keep(self, key: tuple[Any, ...], body: bytes) -> None:
        while len(self) >= FILES_MOST:
            del self[next(iter(self))]
        self[key] = body


@kept
def _files() -> _Files:
    return _Files()


@kept
def _packed() -> AssetCache:
    return AssetCache(32)


def _shown(request: Request) -> Showing:
    query = request.query_params
    stand = guards.choice(query, "stand", open_films.STANDS) if "stand" in query else None
    return open_films.showing(request.path_params["kind"], request.path_params["name"], stand)


def _frames(request: Request, what: str, take: Callable[[Film, list[int]], NDArray[Any]]) -> Response:
    shown = _shown(request)
    asked = request.query_params.get("epochs")
    wanted = shown.film.epochs.tolist() if asked is None else _numbers(asked, "epochs")
    at = _places(shown.film, wanted)
    return _bytes(request, shown, f"{what}-{'all' if asked is None else asked}", lambda: take(shown.film, at))


def _numbers(text: str, name: str) -> list[int]:
    parts = text.split(",")
    if len(parts) > NUMBERS_MOST or not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        raise Refusal(400, "Bad numbers", Message("films.numbers", name=name, text=text[:60], most=NUMBERS_MOST))
    return [int(part) for part in parts]


def _places(film: Film, wanted: list[int]) -> list[int]:
    known = {int(epoch): at for at, epoch in enumerate(film.epochs)}
    if missing := [epoch for epoch in wanted if epoch not in known]:
        last = int(film.epochs[-1])
        raise Refusal(404, "No such frame", Message("films.epoch", epoch=missing[0], last=last))
    return [known[epoch] for epoch in wanted]


def _strip(pictures: NDArray[np.uint8], tag: str) -> Asset:
    return Asset(png(np.concatenate(list(pictures), axis=1)), "image/png", tag)  # (h, k w, 3)


def _bytes(request: Request, shown: Showing, what: str, array: Callable[[], NDArray[Any]]) -> Response:
    tag = f"{shown.kind}-{shown.name}-{shown.version}-{what}"

    def make() -> Asset:
        return Asset.pack(array().tobytes(), "application/octet-stream", tag)

    return _kept(request, shown, what, lambda: _packed().get(tag, make))


def _kept(request: Request, shown: Showing, what: str, make: Callable[[], Asset]) -> Response:
    return cached(request, f"{shown.version}-{what}", make, request.query_params.get("v") == shown.version)


def _json(value: Any) -> Response:
    return JSONResponse(value, headers={"Cache-Control": "no-cache", **NO_SNIFFING})
