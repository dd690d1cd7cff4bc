"""What every request passes first: the Host, the Origin, the routes that are not used, and no question to
another host.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from app.settings import ServerSettings
from model.errors import ConfigError
from tests.web import ROOT, Reply, Server, running, served, streamlit, uvicorn

NOWHERE = Path(__file__).parent / "nowhere"
CALLS = [
    "/",
    "/train",
    "/api/models",
    "/explorer/plotly.min.js",
    "/_stcore/health",
    "/_stcore/host-config",
    "/static/js/nothing.js",
]
SOCKETS = ["/_stcore/stream", "/api/models/tiny/decode"]
FOREIGN = [
    "http://evil.example",
    "https://127.0.0.1.evil.example",
    "http://127.0.0.1:1",
    "null",
    "http://localhost:{port}",
]


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path) -> Iterator[Server]:
    """The app as it is run behind a proxy that has a name."""
    home = tmp_path_factory.mktemp("behind-proxy")
    shutil.copytree(tiny_model_folder, home / "models" / "tiny")
    with running(home, EXPLORER_PROXY="1", EXPLORER_HOSTS="lab.example, other.example") as started:
        yield started


def asked(server: Server, method: str, path: str, **headers: str) -> Reply:
    """The answer to a request whose headers are exactly these (names with _ for -), and a Host if none is
    among them.
    """
    where = urlsplit(server.url)
    connection = HTTPConnection(where.hostname, where.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.putrequest(method, path, skip_host="Host" in named)
        for name, value in {"Content-Length": "0", **named}.items():
            connection.putheader(name, value)
        connection.endheaders()
        reply = connection.getresponse()
        return Reply(reply.status, reply.headers, reply.read())
    finally:
        connection.close()


def shaken(server: Server, path: str, **headers: str) -> int:
    """The status that the handshake of a WebSocket ends with."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    host = named.pop("Host", None)
    where = urlsplit(server.url)
    address = f"ws://{host or where.netloc}{path}"
    with socket.create_connection((where.hostname, where.port), timeout=30) as raw:
        try:
            with connect(address, sock=raw, additional_headers=named, compression=None, open_timeout=30):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "a b", "", "2130706433"],
)
def test_a_foreign_name_is_refused_on_every_route_and_socket(server: Server, host: str) -> None:
    for path in CALLS:
        reply = asked(server, "GET", path, Host=host)
        assert reply.status == 421, path
        assert "EXPLORER_HOSTS" in reply.json["detail"]


def test_rebinding_does_not_start_or_delete_anything(server: Server) -> None:
    for path in ("/api/runs", "/api/runs/x/delete", "/api/datasets/cifar10/download", "/api/models/tiny/encode"):
        assert asked(server, "POST", path, Host="evil.example", Origin="http://evil.example").status == 421
    for path in SOCKETS:
        assert shaken(server, path, Host="evil.example", Origin="http://evil.example") == 403


def test_numbers_and_the_machines_own_names_are_answered(server: Server) -> None:
    port = urlsplit(server.url).port
    for name in (
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "192.168.7.9",
        "[fe80::1]",
        "explorer.localhost",
        socket.gethostname(),
    ):
        assert asked(server, "GET", "/api/models", Host=f"{name}:{port}").status == 200, name


def test_a_person_reads_in_both_languages_what_to_set(server: Server) -> None:
    reply = asked(server, "GET", "/", Host="<b>evil</b>", Accept="text/html,*/*")
    page = reply.body.decode()
    assert reply.headers["Content-Type"].startswith("text/html")
    assert page.count("EXPLORER_HOSTS") == 2
    assert '<p lang="ko">' in page
    assert "<b>" not in page


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_is_refused_on_every_socket_and_every_method(server: Server, origin: str) -> None:
    origin = origin.format(port=urlsplit(server.url).port)
    for path in SOCKETS:
        assert shaken(server, path, Origin=origin) == 403, path
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "GET"):
        for path in ("/api/runs", "/_stcore/upload_file/a/b", "/_stcore/health", "/"):
            assert asked(server, method, path, Origin=origin).status == 403, (method, path)


def test_the_own_page_is_let_in(server: Server) -> None:
    for path in SOCKETS:
        assert shaken(server, path, Origin=server.url) == 101
    assert asked(server, "GET", "/_stcore/host-config", Origin=server.url).status == 200


def test_without_a_proxy_nobody_is_believed_who_speaks_for_another(server: Server) -> None:
    assert (
        asked(server, "POST", "/api/runs", Origin="https://lab.example", X_Forwarded_Host="lab.example").status == 403
    )
    assert asked(server, "GET", "/api/models", Host="evil.example", X_Forwarded_Host="localhost").status == 421
    assert shaken(server, SOCKETS[0], Origin="https://lab.example", X_Forwarded_Host="lab.example") == 403


def test_behind_a_proxy_its_name_counts_and_no_other(behind_proxy: Server) -> None:
    said = {"Origin": "https://lab.example", "X_Forwarded_Host": "lab.example", "X_Forwarded_Proto": "https"}
    for path in SOCKETS:
        assert shaken(behind_proxy, path, **said) == 101
    assert asked(behind_proxy, "POST", "/api/runs", **said).status == 400  # it came to the route, which misses a body
    assert asked(behind_proxy, "GET", "/", X_Forwarded_Host="evil.example").status == 421
    assert (
        asked(behind_proxy, "POST", "/api/runs", Origin="https://other.example", X_Forwarded_Host="lab.example").status
        == 403
    )
    assert (
        asked(behind_proxy, "GET", "/", X_Forwarded_Host="evil.example, lab.example").status == 200
    )  # the nearest proxy speaks last


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/upload_file/session/file", "/_stcore/metrics", "/_stcore/script-health-check",
        "/_stcore/agent/interact", "/_stcore/agent/mcp",
        "/_stcore/agent/openapi.json", "/_stcore/bidi-components/x/y.js", "/component/x/y.js", "/auth/login",
        "/oauth2callback", "/_stcore/../_stcore/metrics",
    ],
)  # fmt: skip
def test_what_nothing_here_uses_is_not_there(server: Server, path: str) -> None:
    for method in ("GET", "PUT", "POST", "DELETE", "OPTIONS"):
        assert asked(server, method, path).status in (400, 404, 405), method


def test_an_upload_for_streamlit_is_refused_even_with_its_cookie(server: Server) -> None:
    cookie = asked(server, "GET", "/_stcore/health").headers["Set-Cookie"].partition(";")[0]
    token = cookie.partition("=")[2]
    said = {
        "Cookie": cookie,
        "X_Xsrftoken": token,
        "Origin": server.url,
        "Content_Type": "multipart/form-data; boundary=x",
    }
    assert asked(server, "PUT", "/_stcore/upload_file/a/b", **said).status == 404


def test_every_answer_says_what_a_browser_may_do_with_it(server: Server) -> None:
    for path in [*CALLS, "/api/nothing", "/_stcore/metrics"]:
        headers = server.get(path).headers
        assert headers.get_all("X-Content-Type-Options") == ["nosniff"], path
        assert headers["Referrer-Policy"] == "same-origin", path
    for path in ("/", "/train"):
        headers = server.get(path).headers
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
        assert "camera=(self)" in headers["Permissions-Policy"]


def test_a_page_that_a_browser_keeps_gets_the_policy_of_today(server: Server) -> None:
    known = server.get("/").headers["ETag"]
    again = server.get("/", If_None_Match=known)
    assert again.status == 304
    assert "default-src 'none'" in again.headers["Content-Security-Policy"]


@pytest.mark.parametrize("command", [served, uvicorn, streamlit])
def test_no_code_path_asks_another_host(command, tmp_path: Path, tiny_model_folder: Path) -> None:
    shutil.copytree(tiny_model_folder, tmp_path / "models" / "tiny")
    note = tmp_path / "asked"

    def everywhere(port: int) -> list[str]:
        return ["0.0.0.0" if part == "127.0.0.1" else part for part in command(port)]

    with running(tmp_path, command=everywhere, PYTHONPATH=str(NOWHERE), ASKED=str(note)) as server:
        for origin in (server.url, "http://evil.example"):
            for path in CALLS:
                asked(server, "GET", path, Origin=origin)
            for path in SOCKETS:
                shaken(server, path, Origin=origin)
        shaken(server, SOCKETS[0], Host="evil.example", Origin="http://evil.example")
        assert not note.exists(), note.read_text()


def test_the_watch_over_outside_questions_sees_them(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    note = tmp_path / "asked"
    ask = "import socket\ntry: socket.create_connection(('checkip.amazonaws.com', 80), 1)\nexcept OSError: pass"
    subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, "PYTHONPATH": str(NOWHERE), "ASKED": str(note)},
        cwd=ROOT,
        check=True,
    )
    assert note.read_text().split() == ["socket.getaddrinfo", "checkip.amazonaws.com"]


def test_settings_of_the_server_come_from_the_environment() -> None:
    said = {
        "EXPLORER_ADDRESS": "0.0.0.0",
        "EXPLORER_HOSTS": "a.example, b",
        "EXPLORER_PROXY": "1",
        "EXPLORER_FRAMES": "https://*.school.example",
    }
    assert ServerSettings.from_environment(said) == ServerSettings(
        "0.0.0.0", ("a.example", "b"), True, ("https://*.school.example",)
    )
    assert ServerSettings.from_environment({}) == ServerSettings("localhost", (), False, ())


@pytest.mark.parametrize(
    "said",
    [
        {"EXPLORER_PROXY": "yes"},
        {"EXPLORER_HOSTS": "http://a.example"},
        {"EXPLORER_HOSTS": "*"},
        {"EXPLORER_FRAMES": "a; script-src *"},
    ],
)
def test_settings_that_cannot_work_are_refused_with_what_is_allowed(said: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"must be"):
        ServerSettings.from_environment(said)
