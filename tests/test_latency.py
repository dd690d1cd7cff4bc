"""Nothing but the work itself keeps an answer waiting."""

import sys
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.web import running, streamlit

NAGLE = 0.040  # seconds that a delayed acknowledgement takes at least


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop, which sends at once, is not made for Windows")
def test_an_answer_on_a_kept_connection_is_sent_at_once(tmp_path):
    with running(tmp_path, command=streamlit) as server:
        connection, times = HTTPConnection(urlsplit(server.url).netloc), []
        for _ in range(15):
            start = time.perf_counter()
            connection.request("GET", "/_stcore/health")
            connection.getresponse().read()
            times.append(time.perf_counter() - start)
        connection.close()
    assert min(times[1:]) < NAGLE
