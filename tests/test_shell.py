"""The HTML in which a page starts: what it says and names before any script runs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.text import strings
from tests.web import Server

START = re.compile(r'<script type="application/json" id="mx-start">(.*?)</script>', re.DOTALL)
FIRST_WORDS = re.compile(r'<p role="status">(.*?)</p>')


def html(server: Server, path: str, locale: str = "en-US,en;q=0.8") -> str:
    reply = server.get(path, Accept_Language=locale)
    assert reply.status == 200
    return reply.body.decode()


def start(page: str) -> dict[str, Any]:
    found = START.search(page)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("path", "locale", "language"),
    [
        ("/", "en-US", "en"),
        ("/", "ko-KR,ko;q=0.9", "ko"),
        ("/?lang=ko", "en", "ko"),
        ("/train?lang=ko", "en", "ko"),
        ("/train", "de", "en"),
    ],
)
def test_the_first_bytes_say_in_the_pages_language_that_it_loads(
    server: Server, path: str, locale: str, language: str
) -> None:
    page = html(server, path, locale)
    words = FIRST_WORDS.search(page)
    assert words
    assert words[1] == strings(language)["loading.code"]
    assert f'<html lang="{language}">' in page
    assert start(page)["strings"]["loading.failed"] == strings(language)["loading.failed"]


def test_the_link_says_what_the_scene_begins_with(server: Server) -> None:
    scene = start(html(server, "/?model=tiny&lang=ko&k=7&from=3&p=1,2,3"))["scene"]
    assert (scene["model"], scene["language"]) == ("tiny", "ko")
    place = {
        "p": [1.0, 2.0, 3.0],
        "anchor": 3,
        "camera": None,
        "z": None,
        "mean": False,
        "compare": None,
        "pictures": False,
    }
    assert scene["view"] == place | {"k": 7, "near": "latent", "metric": "euclidean"}


@pytest.mark.parametrize("wish", ["nothing", "</script><script>alert(1)</script>", "../tiny"])
def test_a_model_that_is_not_there_is_the_default_and_never_quoted(server: Server, wish: str) -> None:
    page = html(server, f"/?model={wish.replace('<', '%3C').replace('>', '%3E').replace('/', '%2F')}")
    assert start(page)["scene"]["model"] == "default"
    assert "alert" not in page


def test_the_train_page_begins_with_streamlit(server: Server) -> None:
    said = start(html(server, "/train"))
    assert said["scene"] is None
    assert any(name.startswith("static/js/") for name in said["files"])


@pytest.mark.parametrize("path", ["/", "/train", "/learn"])
def test_every_file_that_is_counted_is_there_and_weighs_what_is_said(server: Server, path: str) -> None:
    for name, size in start(html(server, path))["files"].items():
        assert len(server.get(f"/{name}", Accept_Encoding="gzip").body) == size


def test_on_explore_streamlits_files_wait_for_those_of_the_scene(server: Server) -> None:
    links = re.findall(r"<link[^>]*modulepreload[^>]*>", html(server, "/"))
    ours, theirs = ([link for link in links if name in link] for name in ("/explorer/", "/static/"))
    assert len(ours) > 30
    assert theirs
    assert all('fetchpriority="low"' in link for link in theirs)
    assert not any("fetchpriority" in link for link in ours)
