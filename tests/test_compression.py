"""What a page loads leaves the server compressed, and may be kept."""

from __future__ import annotations

import gzip
import re

import pytest

from app.perimeter.compression import names
from tests.web import Server

NAMED = re.compile(r'(?:src|href)="\./(static/(?:js|css)/[^"]+|explorer/[^"?]+)"')


@pytest.mark.parametrize("page", ["/", "/train", "/learn"])
def test_every_script_and_sheet_that_a_page_names_comes_packed_and_lasts(server: Server, page: str) -> None:
    reply = server.get(page, Accept_Encoding="gzip")
    html = gzip.decompress(reply.body).decode()
    files = NAMED.findall(html)
    assert len(files) > 50
    for file in files:
        packed, plain = server.get(f"/{file}", Accept_Encoding="gzip"), server.get(f"/{file}")
        assert packed.headers["content-encoding"] == "gzip"
        assert "immutable" in packed.headers["cache-control"]
        assert packed.headers["content-type"].split(";")[0] in ("text/javascript", "text/css")
        assert gzip.decompress(packed.body) == plain.body
        again = server.get(f"/{file}", Accept_Encoding="gzip", If_None_Match=packed.headers["etag"])
        assert (again.status, again.body) == (304, b"")


def test_a_pages_scripts_weigh_less_than_a_third_of_what_they_are(server: Server) -> None:
    files = [f"/{file}" for file in NAMED.findall(server.get("/").body.decode()) if file.startswith("static/")]
    packed = sum(len(server.get(file, Accept_Encoding="gzip").body) for file in files)
    assert packed < sum(names()[file].stat().st_size for file in files) / 3


@pytest.mark.parametrize(
    "path", ["/favicon.png", "/static/media/SourceSansVF-Upright.ttf.BsWL4Kly.woff2", "/api/models/tiny/images/0.png"]
)
def test_what_is_packed_already_goes_out_as_it_is(data_server: Server, path: str) -> None:
    reply = data_server.get(path, Accept_Encoding="gzip")
    assert reply.status == 200
    assert "content-encoding" not in reply.headers


@pytest.mark.parametrize("path", ["/static/js/nothing.js", "/static/js/..%2f..%2findex.html", "/static/../config.py"])
def test_nothing_else_is_served_in_their_place(server: Server, path: str) -> None:
    reply = server.get(path, Accept_Encoding="gzip")
    assert "javascript" not in str(reply.headers["content-type"])
    assert b"import" not in reply.body[:200]
