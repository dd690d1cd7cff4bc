"""Whether others than the person at this machine can reach the server: what it really listens on, whichever program
began it.
"""

from __future__ import annotations

import ipaddress
import threading

import psutil

from app.settings import server_settings
from app.state import kept


def serves_others() -> bool:
    """Whether it listens beyond this machine, or a proxy stands before it. What cannot be found out counts as yes."""
    return server_settings().proxy or bool(listens_beyond())


def listens_beyond() -> bool | None:
    """Whether a socket of this process listens on an address that is not loopback; None as long as none
    listens at all.
    """
    return _sockets().beyond()


class _Sockets:
    """Looked at until one listens, and then no more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: bool | None = None

    def beyond(self) -> bool | None:
        with self._lock:
            if self._known is None and (addresses := _listening()):
                self._known = not all(map(_is_loopback, addresses))
            return self._known


@kept
def _sockets() -> _Sockets:
    return _Sockets()


def _listening() -> list[str]:
    try:
        found = psutil.Process().net_connections("tcp")
    except (psutil.Error, OSError):
        return ["unknown"]
    return [each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN]


def _is_loopback(address: str) -> bool:
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    return (mapped or number).is_loopback
