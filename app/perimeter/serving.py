"""The web server: uvicorn with limited connections."""

from __future__ import annotations

import os
import resource
import socket
from functools import partial
from ipaddress import ip_address
from typing import Any

import psutil
import uvicorn

from app.perimeter.connections import LimitedHttp, LimitedWebSocket, Limits, Places
from app.settings import server_settings
from app.state import state

APP = "app.server:app"
FILES_MOST = 16_384  # file descriptors asked of the system
FILES_KEPT = 256  # of them for models, trainings and what else is not a connection
MESSAGE_MOST = 1 << 20  # bytes of a WebSocket message: a page sends coordinates and the values of controls
IDLE_SECONDS = 15  # of a connection between two requests
PING_SECONDS = 20
CLOSING_SECONDS = 5
EVERYWHERE = ("0.0.0.0", "::")


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(*_welcome(self.config.host, self.config.port), sep="\n", flush=True)


def serve(address: str, port: int, limits: Limits | None = None) -> int:
    """Serve at `address` until the process is told to end; the exit status. Without `limits`, those that fit this
    machine.
    """
    os.environ["EXPLORER_ADDRESS"] = address  # what the command line says is a setting like the others
    state().forget(server_settings)
    server = _Server(configuration(address, port, limits or fitting(server_settings().proxy)))
    server.run()
    return 0 if server.started else 1


def configuration(address: str, port: int, limits: Limits) -> uvicorn.Config:
    """uvicorn's options."""
    places = Places(limits)
    http: Any = partial(LimitedHttp, limits=limits, places=places)
    return uvicorn.Config(
        APP,
        host=address,
        port=port,
        http=http,
        ws=LimitedWebSocket,
        ws_max_size=MESSAGE_MOST,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,  # pixels hardly shrink, and compressing them costs more than a decode
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=CLOSING_SECONDS,
        proxy_headers=False,  # app/perimeter/forwarded.py reads them, if anybody does
        server_header=False,
        access_log=False,
        log_level="warning",
    )


def fitting(proxy: bool) -> Limits:
    """Limits within the file descriptors of this process; behind a proxy all connections come from one address."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES_MOST if hard == resource.RLIM_INFINITY else min(hard, FILES_MOST)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    connections = min(Limits.connections, soft - min(FILES_KEPT, soft // 2))
    return Limits(connections=connections, per_address=connections if proxy else max(1, connections // 2))


def _welcome(address: str, port: int) -> list[str]:
    if address not in EVERYWHERE:
        return [f"Manifold Explorer: http://{address}:{port}"]
    return [
        f"Manifold Explorer: http://localhost:{port}",
        *(f"for other machines: http://{number}:{port}" for number in _numbers()),
    ]


def _numbers() -> list[str]:
    """The machine's IPv4 addresses, without asking anybody."""
    found = (
        each.address
        for interface in psutil.net_if_addrs().values()
        for each in interface
        if each.family == socket.AF_INET
    )
    return sorted(number for number in found if not ip_address(number).is_loopback)
