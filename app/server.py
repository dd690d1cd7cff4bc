"""The ASGI app, which `python -m app` serves.

`uvicorn app.server:app` and `python -m streamlit run app/server.py` serve it too, for development: without the limits
of slow clients.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from app import resources
from app.access import passcode
from app.access.clients import ClientCookie
from app.perimeter import compression
from app.perimeter.address_lookup import disable_address_lookup
from app.perimeter.layers import layers
from app.perimeter.throttle import Limiting
from app.routes import assets, models, page
from app.settings import server_settings
from app.state import state
from app.theme import set_theme
from app.work.supervisor import Supervisor
from model.errors import ExplorerError

LOG = logging.getLogger(__name__)
PAGE = Path(__file__).resolve().with_name("main.py")


def _warm() -> None:
    """Load what the first visitors will ask for."""
    loads: list[Callable[[], object]] = [
        assets.plotly_asset,
        *(partial(_warm_model, name) for name in resources.first_names()),
    ]
    for load in loads:
        try:
            load()
        except ExplorerError as error:
            LOG.warning("%s", error)
        except Exception:  # whoever asks for it is told; the others are to find the rest warm
            LOG.exception("Something could not be loaded beforehand.")


def _warm_model(name: str) -> None:
    resources.service(name).warm()


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[None]:
    threading.Thread(target=_warm, name="warm", daemon=True).start()  # in a thread: health answers meanwhile
    passcode.announce()
    supervisor = Supervisor(resources.settings())
    supervisor.start()
    yield
    supervisor.stop()


disable_address_lookup()
app = st.App(
    PAGE,
    routes=[*models.routes(), *page.routes()],
    # the first is the outermost
    middleware=[
        *layers(server_settings()),
        Middleware(ClientCookie),
        Middleware(Limiting),
        Middleware(compression.Compression),
    ],
    lifespan=_lifespan,
)
set_theme()  # after the App, which says where Streamlit finds config.toml
app.state["explorer"] = state()
