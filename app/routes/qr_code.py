"""Addresses as QR codes, for the camera of a phone."""

from __future__ import annotations

import io

import segno
from starlette.requests import Request
from starlette.responses import Response

from app.replies import NO_SNIFFING, Refusal
from model.messages import Message

TEXT_MOST = 2000  # bytes: the largest code at this level of error correction holds 2,331
QUIET_ZONE = 4  # modules, as the standard wants (ISO/IEC 18004)


def qr_code(request: Request) -> Response:
    """GET /api/qr.svg?text=...: the text as a QR code, black on white; 400 where it is missing or over 2,000
    bytes.
    """
    text = request.query_params.get("text", "")
    if not 1 <= len(text.encode()) <= TEXT_MOST:
        raise Refusal(400, "Bad text", Message("request.qr_code", most=TEXT_MOST))
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=QUIET_ZONE, light="#fff", xmldecl=False)
    return Response(out.getvalue(), media_type="image/svg+xml", headers={**NO_SNIFFING, "Cache-Control": "no-store"})
