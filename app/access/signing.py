"""Words that a browser keeps for us and cannot change: signed with a secret of this home (HMAC-SHA256, RFC 2104)."""

from __future__ import annotations

import hmac
import logging
import os
import secrets
import tempfile
from pathlib import Path

from app import resources
from app.state import kept

LOG = logging.getLogger(__name__)
FILE = "secret"
BYTES = 32


def signed(purpose: str, text: str) -> str:
    """`text` with a signature that `text_of` knows again for the same `purpose`."""
    return f"{text}.{_signature(purpose, text)}"


def text_of(purpose: str, value: str | None) -> str | None:
    """The text that `signed` was given for this `purpose`, or None for whatever else it is. Takes the same time for
    each wrong signature.
    """
    text, dot, signature = (value or "").rpartition(".")
    valid = hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(purpose, text).encode())
    return text if dot and valid else None


def _signature(purpose: str, text: str) -> str:
    said = purpose.encode() + b"\0" + text.encode("utf-8", "replace")
    return hmac.new(_secret(), said, "sha256").hexdigest()


@kept
def _secret() -> bytes:
    """The secret in the home's file, made at the first use.

    Where nothing can be written it lives as long as the process, and the cookies with it.
    """
    path = resources.settings().home / FILE
    try:
        return _read(path) or _made(path)
    except OSError as error:
        LOG.warning(
            "Nothing can be kept in %s (%s): browsers are forgotten when the server ends.", path.parent, error.strerror
        )
        return secrets.token_bytes(BYTES)


def _read(path: Path) -> bytes | None:
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return None
    return kept if len(kept) == BYTES else None


def _made(path: Path) -> bytes:
    """Of several processes that begin at once one makes the secret, and all use it: a link never replaces what is
    there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}-")  # readable by its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            if _read(path) is None:  # damaged: cut short by a full disk of long ago
                os.replace(temporary, path)
        return _read(path) or secrets.token_bytes(BYTES)
    finally:
        Path(temporary).unlink(missing_ok=True)
