"""The HTTP API: parse, ask the service, answer. Every error is JSON with `title` and `detail`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from app import guards, resources
from app.contract import SHEET_MOST
from app.replies import HANDLERS, NO_SNIFFING, Asset, AssetCache, Refusal, cached, png
from app.routes import (
    assets,
    axes,
    classroom,
    comparison,
    decoding,
    downloads,
    exports,
    films,
    health,
    lessons,
    measures,
    nearest,
    passes,
    qr_code,
    reductions,
    runs,
    uploads,
    walks,
)
from app.state import kept
from model.config import IMAGE_SHAPE
from model.data.catalogue import CATALOGUE, is_here
from model.errors import CheckpointError
from model.messages import Message
from model.space.service import ExplorerService

IMAGE_SIZE = [32, 32]


def routes() -> list[BaseRoute]:
    """The routes that are mounted beside Streamlit's own."""
    return [Mount("/api", app=Starlette(routes=_api(), exception_handlers=HANDLERS)), *assets.routes()]


def _api() -> list[BaseRoute]:
    model = "/models/{name}"
    return [
        Route("/models", models),
        Route("/qr.svg", qr_code.qr_code),
        Route(model, card),
        Route(model + "/points", points),
        Route(model + "/labels", labels),
        Route(model + "/measures", measures.measures),
        Route(model + "/contours", measures.contours),
        Route(model + "/images/{index}.png", image),
        Route(model + "/reconstructions/{index}.png", reconstruction),
        Route(model + "/sheet", sheet),
        Route(model + "/samples/{index}", sample),
        Route(model + "/nearest", nearest.nearest),
        Route(model + "/nearest", nearest.nearest_to_picture, methods=["POST"]),
        Route(model + "/encode", uploads.encode, methods=["POST"]),
        *axes.routes(),
        *passes.routes(),
        WebSocketRoute(model + "/decode", decoding.decode),
        Route("/health", health.health),
        *downloads.routes(),
        *exports.routes(),
        *films.routes(),
        *walks.routes(),
        *lessons.routes(),
        *reductions.routes(),
        *comparison.routes(),
        *runs.routes(),
        *classroom.routes(),
    ]


def _service(request: Request) -> ExplorerService:
    return resources.service(request.path_params["name"])


def _json(value: Any) -> Response:
    return JSONResponse(value, headers={"Cache-Control": "no-cache", **NO_SNIFFING})


def models(request: Request) -> Response:
    """GET /api/models: [{name, title, dataset, fingerprint, latent_dim, metrics, has_images}], the fingerprint being
    that of the test images that it was measured on; a model whose card cannot be read is left out.
    """
    listed = []
    for name, folder in resources.registry().items():
        try:
            listed.append(_summary(name, resources.card_of(folder)))
        except CheckpointError:
            continue
    return _json(listed)


def _summary(name: str, said: dict[str, Any]) -> dict[str, Any]:
    dataset = resources.dataset_of(said)
    return {
        "name": name,
        "title": said["title"],
        "dataset": dataset,
        "fingerprint": said["data"]["fingerprint"],
        "latent_dim": said["config"]["network"]["latent_dim"],
        "metrics": said.get("metrics", {}),
        "has_images": is_here(resources.settings(), dataset),
    }


def card(request: Request) -> Response:
    """GET /api/models/NAME: the card, and what a page needs to draw the map.

    n samples; a point is (z - center) @ basis; `ranges` [[low, high] x 3] are the axes of the view, `latent_ranges`
    [[low, high] x d] the middle 98 % of the samples on each latent axis; `mean` [d] is the mean latent, `class_means`
    that of each class; `view_share` is the share of the latents' variance that the view shows; `start` is the sample to
    begin with; `original_shape` [channels, height, width] is that of the data set's images before they were made
    3 x 32 x 32;
    `axis_names` are {names [d], editable}, "" where an axis has none, and whether whoever asks may name them;
    `finer`, where no originals are at hand, is {name, latent_dim} of the model that comes nearest to them, or null;
    `version` names the content of points, labels and images: add it as ?v= and browsers keep them.
    """
    service = _service(request)
    latent_map = service.latent_map
    view = {
        "latent_dim": service.latent_dim,
        "classes": list(service.classes),
        "has_images": service.has_images,
        "n": len(service),
        "center": latent_map.center.tolist(),
        "basis": latent_map.basis.tolist(),
        "ranges": latent_map.ranges.tolist(),
        "latent_ranges": latent_map.latent_ranges.tolist(),
        "mean": latent_map.mean.tolist(),
        "class_means": [None if mean is None else mean.tolist() for mean in service.class_means],
        "view_share": latent_map.view_share,
        "start": service.start,
        "image_size": IMAGE_SIZE,
        "original_shape": _original_shape(resources.dataset_of(service.card)),
        "version": service.version,
        "finer": None if service.has_images else resources.finer_model(service.card),
    }
    name, said = request.path_params["name"], service.card
    about = {"name": name, "dataset": resources.dataset_of(said), "axis_names": axes.described(request, name, said)}
    return _json({**said, **about, **view})


def _original_shape(dataset: str) -> list[int]:
    known = CATALOGUE.get(dataset)
    return [known.channels, known.side, known.side] if known else list(IMAGE_SHAPE)


def points(request: Request) -> Response:
    """GET /api/models/NAME/points: float32 (n, 3), little-endian."""
    service = _service(request)
    return _binary(request, service, "points", lambda: service.latent_map.points.astype("<f4"))


def labels(request: Request) -> Response:
    """GET /api/models/NAME/labels: uint8 (n,)."""
    service = _service(request)
    return _binary(request, service, "labels", lambda: service.latent_map.labels)


def _binary(request: Request, service: ExplorerService, what: str, array: Callable[[], NDArray[Any]]) -> Response:
    tag = f"{service.version}-{what}"

    def make() -> Asset:
        return Asset.pack(array().tobytes(), "application/octet-stream", tag)

    return _kept(request, service, what, lambda: _packed().get(tag, make))


@kept
def _packed() -> AssetCache:
    return AssetCache(16)


def _kept(request: Request, service: ExplorerService, what: str, make: Callable[[], Asset]) -> Response:
    lasting = request.query_params.get("v") == service.version
    return cached(request, f"{service.version}-{what}", make, lasting)


def image(request: Request) -> Response:
    """GET /api/models/NAME/images/I.png: sample I as it is in the data set; 404 where the data are not at hand."""
    return _tiles(request, "image", _one(request))


def reconstruction(request: Request) -> Response:
    """GET /api/models/NAME/reconstructions/I.png: what the decoder makes of sample I."""
    return _tiles(request, "reconstruction", _one(request))


def sheet(request: Request) -> Response:
    """GET /api/models/NAME/sheet?i=4,8,15&kind=image|reconstruction: up to 64 samples in one row of 32 x 32 tiles."""
    kind = guards.choice(request.query_params, "kind", ("image", "reconstruction"))
    return _tiles(request, kind, guards.indices(request.query_params, "i", len(_service(request)), SHEET_MOST))


def _one(request: Request) -> NDArray[np.int64]:
    index, count = guards.path_number(request.path_params["index"]), len(_service(request))
    if index >= count:
        raise Refusal(404, "No such sample", Message("request.sample", index=index, last=count - 1))
    return np.array([index])


def _tiles(request: Request, kind: str, index: NDArray[np.int64]) -> Response:
    service = _service(request)
    if kind == "image" and not service.has_images:
        raise Refusal(404, "No originals", Message("request.originals"))
    look_up = service.originals if kind == "image" else service.reconstructions
    what = f"{kind}-{'-'.join(map(str, index))}"

    def make() -> Asset:
        return Asset(png(np.concatenate(look_up(index), axis=1)), "image/png", what)  # (32, 32 k, 3)

    return _kept(request, service, what, make)


def sample(request: Request) -> Response:
    """GET /api/models/NAME/samples/I: {index, label, latent [d], position [3], mse, error_percentile}; the last two
    are null without the data.
    """
    service, index = _service(request), int(_one(request)[0])
    latent_map = service.latent_map
    return _json(
        {
            "index": index,
            "label": int(latent_map.labels[index]),
            "latent": latent_map.latents[index].tolist(),
            "position": latent_map.points[index].tolist(),
            **service.sample_error(index),
        }
    )
