"""QR codes: what is asked for stands in them, and nothing odd makes the server work for nothing."""

from __future__ import annotations

import io
import re
from urllib.parse import quote

import pytest
import segno

from tests.web import Server

ADDRESS = "http://192.168.0.7:8501/learn?lesson=curse&lang=ko&hide=formula,question"


def test_a_code_is_that_of_the_text(server: Server) -> None:
    reply = server.get(f"/api/qr.svg?text={quote(ADDRESS)}")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/svg+xml")
    out = io.BytesIO()
    segno.make(ADDRESS, error="m", micro=False).save(out, kind="svg", border=4, light="#fff", xmldecl=False)
    assert reply.body == out.getvalue()
    assert re.search(rb'fill="#fff"', reply.body)


@pytest.mark.parametrize("text", ["", "x" * 2001, quote("가" * 700)])
def test_a_text_that_is_no_address_is_refused(server: Server, text: str) -> None:
    reply = server.get(f"/api/qr.svg?text={text}")
    assert reply.status == 400
    assert "2000" in reply.json["detail"]


def test_the_longest_text_has_a_code(server: Server) -> None:
    assert server.get("/api/qr.svg?text=" + "x" * 2000).status == 200


def test_another_site_s_page_gets_none(server: Server) -> None:
    assert server.get("/api/qr.svg?text=a", Sec_Fetch_Site="cross-site").status == 403
