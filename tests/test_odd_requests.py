"""Addresses and bodies that no page sends: refused with a sentence, which names no place of the machine."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from app.text.places import without_places
from tests.test_uploads_api import png
from tests.web import ROOT, Reply, Server, running

LONG, DIGITS = "x" * 300, "9" * 5000
MODEL, FILM = "/api/models/tiny", "/api/films/models/default"
ADDRESSES = [
    f"{MODEL}/samples/{DIGITS}", f"{MODEL}/images/{DIGITS}.png", f"{MODEL}/reconstructions/{DIGITS}.png",
    f"{FILM}/rows/{DIGITS}.png",
    f"{MODEL}/samples/-1", f"{MODEL}/samples/{quote('٣')}", f"{MODEL}/sheet?i={DIGITS}",
    f"{MODEL}/nearest?z=1,2,3&k={DIGITS}",
    f"{MODEL}/nearest?z={'1,' * 2000}", f"{MODEL}/export/{LONG}", f"{FILM}/points?epochs={DIGITS}",
    f"{FILM}/film.gif?cam={DIGITS}", f"{FILM}?stand={DIGITS}",
    f"/explorer/explore/{LONG}.js", f"/explorer/{LONG}/{LONG}.js", "/explorer/explore/%00.js",
    "/explorer/explore/..%2f..%2fserver.py",
    f"/explorer/explore/{quote('가' * 99)}.js",
    f"/api/models/{LONG}", f"/api/runs/{LONG}", f"/api/films/runs/{LONG}", f"/api/films/{LONG}/x", "/api/models/%00",
    "/api/models/%F0%9F", "/api/runs/%2e%2e",
    f"/static/{LONG}", "/static/js/%00", f"/media/{LONG}", "/media/%00", f"/{LONG}", f"/train/{LONG}",
    f"/?model={LONG}", f"/?lang={LONG}", "/%",
]  # fmt: skip
BODIES = [
    ("/api/runs", b'{"title":"x","config":{"training":{"epochs":' + DIGITS.encode() + b"}}}"),
    ("/api/runs", b"[" * 60_000),
    ("/api/runs", b'{"title":1e999,"config":{}}'),
    ("/api/runs", b"y" * 70_000),
    (f"/api/runs/{LONG}/stop", b""),
    (f"/api/models/{LONG}/encode", b"x"),
    (f"{MODEL}/encode?left={DIGITS}", b"x"),
    (f"{MODEL}/encode?k={DIGITS}", b"x"),
]
PLACES = [str(ROOT), str(Path.home()), sys.prefix, tempfile.gettempdir(), "Traceback"]


def assert_decent(reply: Reply, server: Server, asked: str) -> None:
    assert reply.status < 500, (asked[:80], reply.body[:300])
    if "html" not in reply.headers.get("Content-Type", ""):
        assert not [place for place in [*PLACES, str(server.home)] if place.encode() in reply.body], (
            asked[:80],
            reply.body[:300],
        )


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:50])
def test_no_address_brings_the_server_out_of_step(server: Server, address: str) -> None:
    assert_decent(server.get(address), server, address)
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize(("address", "body"), BODIES, ids=lambda part: str(part)[:40])
def test_no_body_does_either(server: Server, address: str, body: bytes) -> None:
    assert_decent(server.post(address, body), server, address)
    assert "Traceback" not in server.log.read_text()


def test_a_limit_below_a_megabyte_is_said_in_kilobytes(server: Server) -> None:
    assert "64 kB" in server.post("/api/runs", b"y" * 70_000).json["detail"]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path) -> Iterator[Server]:
    """The app with a data folder that cannot be used, and a model whose weights are cut short."""
    home, data = tmp_path_factory.mktemp("broken"), tmp_path_factory.mktemp("no-pictures")
    wreck = shutil.copytree(tiny_model_folder, home / "models" / "wreck")
    card = json.loads((wreck / "card.json").read_text())
    (wreck / "card.json").write_text(json.dumps({**card, "name": "wreck"}))
    (wreck / "weights.safetensors").write_bytes((wreck / "weights.safetensors").read_bytes()[:1000])
    with running(home, data) as started:
        yield started


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_is_broken_is_told_without_naming_a_place(broken: Server, language: str) -> None:
    data = broken.get("/api/datasets/own", Accept_Language=language)
    assert "EXPLORER_DATA" in data.json["message"]
    wreck = broken.get("/api/models/wreck/samples/0", Accept_Language=language)
    assert wreck.status == 500
    assert "EXPLORER_HOME" in wreck.json["detail"]
    for reply in (data, wreck):
        assert not [place for place in PLACES if place.encode() in reply.body], reply.body


def test_places_of_the_machine_are_taken_out_of_a_sentence() -> None:
    assert without_places(f"{str(Path(tempfile.gettempdir()) / 'x')!r} cannot be read.") == "'…/x' cannot be read."
    assert without_places("There is nothing at /api/nothing.") == "There is nothing at /api/nothing."


def test_whoever_finds_all_places_for_uploads_taken_is_told_so(server: Server) -> None:
    assert server.get(MODEL).status == 200
    with server.half_uploads(f"{MODEL}/encode", browsers=3, sent=bytes(4_000_000)):  # fast enough to keep their places
        reply = server.post(f"{MODEL}/encode", png())
    assert reply.status == 503
    assert int(reply.headers["Retry-After"]) > 0
    assert reply.json["detail"].startswith("Too many pictures")
    assert server.post(f"{MODEL}/encode", png()).status == 200
