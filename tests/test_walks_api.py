"""The route of walks, as a client of a real server sees it."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from app.perimeter.throttle import RULES
from model.data.dataset import ImageDataset
from model.film.walk import HEAD, MARGIN, SIDE, SIZE
from model.space import free_walks
from model.space.walks import KINDS
from tests.web import Reply, Server

ENDS = [{"sample": 3}, {"sample": 60}]
AXES = [[0.5, 0, 0], [0, 0.3, 0.4]]


def ask(server: Server, model: str = "tiny", **body: Any) -> Reply:
    return server.post(f"/api/models/{model}/walk", json.dumps(body).encode(), Content_Type="application/json")


@pytest.mark.parametrize("kind", ["straight", "manifold"])
@pytest.mark.parametrize("model", ["tiny", "five"])
def test_a_walk_goes_from_sample_to_sample_with_a_picture_of_each_step(server: Server, model: str, kind: str) -> None:
    said = ask(server, model, stops=[*ENDS, {"sample": 9}], kind=kind, steps=20).json
    samples = [server.get(f"/api/models/{model}/samples/{index}").json for index in (3, 60, 9)]
    assert said["at"][0] == 0
    assert said["at"][-1] == 19
    for at, sample in zip(said["at"], samples, strict=True):
        assert said["latents"][at] == sample["latent"]
        assert np.allclose(said["points"][at], sample["position"], atol=1e-5)
    strip = np.asarray(Image.open(io.BytesIO(base64.b64decode(said["strip"].partition(",")[2]))))
    with server.socket(model) as socket:
        socket.send(np.array(said["latents"], "<f4").tobytes())
        pictures = np.frombuffer(socket.recv(), np.uint8).reshape(20, 32, 32, 3)
    assert np.array_equal(strip, np.concatenate(list(pictures), axis=1))


def test_a_stop_may_be_a_latent_a_class_mean_or_moved_in_the_view(server: Server) -> None:
    z = [1.0, 2.0, 3.0, 4.0, 5.0]
    card = server.get("/api/models/five").json
    moved = {"z": z, "point": [0.5, -0.5, 0.25]}
    said = ask(server, "five", stops=[{"z": z}, {"class": 1}, moved], steps=5).json
    points = np.frombuffer(server.get("/api/models/five/points").body, "<f4").reshape(-1, 3)
    assert said["latents"][0] == z
    assert np.allclose(said["points"][said["at"][1]], points[24:48].mean(0), atol=1e-4)
    assert np.allclose(said["points"][-1], moved["point"], atol=1e-4)
    hidden = np.eye(5) - np.array(card["basis"]) @ np.array(card["basis"]).T
    assert np.allclose(hidden @ said["latents"][-1], hidden @ z, atol=1e-4)


def test_spherical_walks_are_for_gaussian_latents(server: Server) -> None:
    refused = ask(server, stops=ENDS, kind="spherical")
    assert refused.status == 400
    assert "variational" in refused.json["detail"]
    said = ask(server, "beta-vae", stops=ENDS, kind="spherical", steps=9).json
    lengths = np.linalg.norm(said["latents"], axis=1)
    assert lengths.min() > 0.95 * min(lengths[0], lengths[-1])


@pytest.mark.parametrize("model", ["tiny", "five"])
def test_an_orbit_ends_where_it_began_and_has_its_middle_at_the_stop(server: Server, model: str) -> None:
    said = ask(server, model, stops=ENDS[:1], kind="orbit", axes=AXES, steps=25).json
    middle = server.get(f"/api/models/{model}/samples/3").json["position"]
    assert said["at"] == [0, 6, 12, 18, 24]
    assert said["latents"][0] == said["latents"][-1]
    assert np.allclose(np.mean(said["points"][:-1], axis=0), middle, atol=1e-3)


@pytest.mark.parametrize("model", ["tiny", "five"])
def test_a_random_walk_comes_out_the_same_for_its_seed_and_stays_among_the_data(server: Server, model: str) -> None:
    body = {"stops": ENDS[:1], "kind": "random", "steps": 12}
    one, again, other = (ask(server, model, **body, seed=seed).json for seed in (7, 7, 8))
    assert one == again
    assert one["latents"] != other["latents"]
    assert max(one["percentiles"]) <= max(free_walks.EDGE, one["percentiles"][0])


@pytest.mark.parametrize("free", [{"kind": "orbit", "axes": AXES}, {"kind": "random", "seed": 3}])
def test_a_free_walk_comes_as_a_film_too(server: Server, free: dict[str, Any]) -> None:
    reply = server.post("/api/models/tiny/walk.gif", json.dumps({"stops": ENDS[:1], "steps": 12, **free}).encode())
    with Image.open(io.BytesIO(reply.body)) as image:
        assert image.n_frames > 60


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "2 to 8"),
        ({"stops": "both"}, "2 to 8"),
        ({"stops": ENDS[:1]}, "2 to 8"),
        ({"stops": ENDS * 5}, "2 to 8"),
        ({"stops": ENDS, "kind": "scenic"}, ", ".join(KINDS)),
        ({"stops": ENDS, "kind": ["straight"]}, ", ".join(KINDS)),
        ({"stops": ENDS, "steps": 1}, "between 2 and 120"),
        ({"stops": ENDS, "steps": 121}, "between 2 and 120"),
        ({"stops": ENDS, "steps": 5.5}, "between 2 and 120"),
        ({"stops": ENDS * 2, "steps": 3}, "between 4 and 120"),
        ({"stops": [{"sample": 0}, {"sample": 72}]}, "Stop 2"),
        ({"stops": [{"sample": -1}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{"sample": True}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{"class": 3}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [7, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{"z": [1, 2]}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{"z": [1, 2, 1e7]}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{"z": [1, 2, float("nan")]}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{"z": [1, 2, "3"]}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{"sample": 0, "point": [1, 2]}, {"sample": 0}]}, "Stop 1"),
        ({"stops": [{"sample": 0, "point": None}, {"sample": 0}]}, "Stop 1"),
        ({"stops": ENDS, "kind": "orbit", "axes": AXES}, "one stop"),
        ({"stops": [], "kind": "random"}, "one stop"),
        ({"stops": ENDS[:1], "kind": "orbit"}, "half axes"),
        ({"stops": ENDS[:1], "kind": "orbit", "axes": [[1, 0, 0]]}, "half axes"),
        ({"stops": ENDS[:1], "kind": "orbit", "axes": [[1, 0, 0], [0, 1, 1e7]]}, "half axes"),
        ({"stops": ENDS[:1], "kind": "orbit", "axes": [[1, 0, 0], 5]}, "half axes"),
        ({"stops": ENDS[:1], "kind": "orbit", "axes": AXES, "steps": 4}, "between 5 and 120"),
        ({"stops": ENDS[:1], "kind": "random", "seed": -1}, "between 0 and 2147483647"),
        ({"stops": ENDS[:1], "kind": "random", "seed": 0.5}, "between 0 and 2147483647"),
        ({"stops": ENDS[:1], "kind": "random", "steps": 121}, "between 5 and 120"),
    ],
)
def test_what_is_no_walk_is_refused_in_one_sentence(server: Server, body: dict[str, Any], word: str) -> None:
    refused = ask(server, **body)
    assert refused.status == 400
    assert set(refused.json) == {"title", "detail", "id"}
    assert word in refused.json["detail"]


def test_an_unknown_model_and_a_body_that_is_too_long_are_refused(server: Server) -> None:
    assert ask(server, "nothing", stops=ENDS).status == 404
    assert ask(server, stops=ENDS, more="x" * 70_000).status == 413
    assert server.post("/api/models/tiny/walk", b"[]").status == 400


@pytest.mark.parametrize(("path", "rule"), [("walk", ("walks", True, True)), ("walk.gif", ("films", False, False))])
def test_walks_and_their_films_have_limits(path: str, rule: tuple[str, bool, bool]) -> None:
    scope = {"type": "http", "method": "POST", "path": f"/api/models/default/{path}", "query_string": b""}
    found = next(rule for rule in RULES if rule.fits(scope))
    assert (found.limit, found.costly, found.places) == rule


def test_a_walk_comes_as_gif_and_mp4(server: Server) -> None:
    body = json.dumps({"stops": [*ENDS, {"class": 1}], "kind": "manifold"}).encode()
    reply = server.post("/api/models/tiny/walk.gif?theme=dark&lang=ko", body)
    assert reply.headers["content-type"] == "image/gif"
    assert 'filename="tiny-walk.gif"' in reply.headers["content-disposition"]
    with Image.open(io.BytesIO(reply.body)) as image:
        assert image.n_frames > 60
        assert max(image.convert("RGB").getpixel((2, 2))) < 40, "the ground is dark"
    with av.open(io.BytesIO(server.post("/api/models/tiny/walk.mp4", body).body)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 30 * 8 + 18 + 36
    assert frames[0].shape == (*SIZE[::-1], 3)


def test_a_film_of_no_walk_is_refused(server: Server) -> None:
    assert server.post("/api/models/tiny/walk.avi", b"{}").status == 404
    assert server.post("/api/models/tiny/walk.gif", b"{}").status == 400
    assert server.post("/api/models/tiny/walk.gif?theme=blue", b"{}").status == 400


def test_a_film_fades_the_samples_own_pictures(data_server: Server, synthetic_dataset: ImageDataset) -> None:
    body = json.dumps({"stops": ENDS}).encode()
    with Image.open(io.BytesIO(data_server.post("/api/models/tiny/walk.gif", body).body)) as image:
        first = np.asarray(image.convert("RGB").crop((2 * MARGIN + SIDE, HEAD, 2 * (MARGIN + SIDE), HEAD + SIDE)))
    original = np.kron(synthetic_dataset.images[3].transpose(1, 2, 0), np.ones((8, 8, 1)))
    assert np.abs(first - original).mean() < 12  # a GIF has few colours
