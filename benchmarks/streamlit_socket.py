"""A page of the app as its server sees it: the WebSocket that Streamlit's client opens, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.hostile_browser import Hostile


def open_page(hostile: Hostile, **options: str) -> connect:
    """The connection of one more page; enter it."""
    said: Mapping[str, str] = {"Cookie": hostile.cookie}
    return connect(
        f"{hostile.socket}/_stcore/stream",
        subprotocols=["streamlit"],
        max_size=None,
        compression=None,
        additional_headers=said,
        **options,
    )  # type: ignore[arg-type,list-item]


async def rerun(socket: ClientConnection, widget: str = "", fragment: str = "", **value: object) -> None:
    """Ask for the Train page, or a part of it, with a widget's new value."""
    message = BackMsg()
    message.rerun_script.page_name = "train"
    message.rerun_script.fragment_id = fragment
    if widget:
        message.rerun_script.widget_states.widgets.add(id=widget, **value)
    await socket.send(message.SerializeToString())


async def element(socket: ClientConnection, kind: str, label: str) -> tuple[str, str]:
    """The id of the page's next element of that kind and label, and the part of the page that it stands in."""
    while True:
        delta = ForwardMsg.FromString(await socket.recv(decode=False)).delta
        element = delta.new_element
        if element.WhichOneof("type") == kind and label in getattr(element, kind).label:
            return getattr(element, kind).id, delta.fragment_id


async def drain(socket: ClientConnection) -> None:
    """Read on and on what the page is told."""
    async for _ in socket:
        pass


async def send_on(socket: ClientConnection, data: bytes) -> None:
    """The same message without a pause."""
    while True:
        await socket.send(data)
