"""What every request passes before Streamlit or the API sees it.

Layers are ASGI middleware, the first of the list outermost: the response headers of pages, so that refusals carry them
too; what a proxy says; the Host; the Origin; the routes of Streamlit that nothing here uses.
"""

from __future__ import annotations

from starlette.middleware import Middleware

from app.perimeter.forwarded import ForwardedHeaders
from app.perimeter.hosts import AllowedHosts
from app.perimeter.origins import SameOrigin
from app.perimeter.policy import PagePolicy
from app.perimeter.reserved import UnusedRoutes
from app.settings import ServerSettings


def layers(settings: ServerSettings) -> list[Middleware]:
    """The layers in their order."""
    return [
        Middleware(PagePolicy, frames=settings.frames),
        Middleware(ForwardedHeaders, believed=settings.proxy),
        Middleware(AllowedHosts, names=(settings.address, *settings.hosts)),
        Middleware(SameOrigin),
        Middleware(UnusedRoutes),
    ]
