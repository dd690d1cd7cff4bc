"""What makes the picture follow the hand at once."""

from __future__ import annotations

from tests.browser.conftest import Visit
from tests.web import Server

# Two moves that the browser tells of before their frame, both at once; how many positions went to the decoder
# meanwhile.
SENT_WITHIN_THE_FRAME = """([x, y]) => {
    const { send } = WebSocket.prototype, plot = document.querySelector("[data-testid=plot]");
    let sent = 0;
    WebSocket.prototype.send = function (data) { sent += this.url.endsWith("/decode"); send.call(this, data); };
    for (const step of [20, 40]) plot.dispatchEvent(new PointerEvent("pointerrawupdate", { pointerId: 1, clientX:
      x + step, clientY: y, bubbles: true }));
    WebSocket.prototype.send = send;
    return sent;
}"""


def test_a_dragged_probe_asks_for_its_picture_before_the_frame_ends_but_not_for_every_move(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    x, y = explorer.probe_place()
    assert explorer.page.evaluate(SENT_WITHIN_THE_FRAME, [x, y]) == 0, "nobody holds the probe"
    explorer.settle()
    before = explorer.settled_picture()
    explorer.page.mouse.move(x, y)
    explorer.page.mouse.down()
    assert explorer.page.evaluate(SENT_WITHIN_THE_FRAME, [x, y]) == 1
    explorer.wait_for_another_picture(before)
    explorer.page.mouse.up()
