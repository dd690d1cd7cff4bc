"""When something is missing: the pictures, the connection, the server, WebGL."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, WebSocketRoute, expect

from app.text import strings
from model.data.catalogue import CATALOGUE
from model.film.camera import Lens, home
from model.view import LABEL_ROOM
from tests.browser.conftest import Visit
from tests.browser.scripts import HAS_NOTICED, KEEP_NOTICES, TWO_FRAMES
from tests.browser.test_page import choose
from tests.browser.test_panels import expect_nearest, tile_indices
from tests.browser.watch import Watch
from tests.web import Server, free_port, running

EN = strings("en")
NO_WEBGL = """for (const kind of [HTMLCanvasElement, OffscreenCanvas]) {
    const { getContext } = kind.prototype;
    kind.prototype.getContext = function (name, ...rest) {
        return /webgl/.test(name) ? null : getContext.call(this, name, ...rest);
    };
}"""
LOSE_WEBGL = """() => {
    const canvas = document.querySelector("[data-testid=plot] canvas");
    (canvas.getContext("webgl") ?? canvas.getContext("webgl2")).getExtension("WEBGL_lose_context").loseContext();
}"""


class Line:
    """The connection to the decoder, which a test may cut and mend."""

    def __init__(self) -> None:
        self.whole = True
        self._ends: list[WebSocketRoute] = []

    def between(self, page: Page) -> None:
        """Stand between `page` and the decoder."""
        page.route_web_socket("**/decode", self._connect)

    def cut(self) -> None:
        self.whole = False
        for end in self._ends:
            end.close()

    def _connect(self, end: WebSocketRoute) -> None:
        if self.whole:
            end.connect_to_server()
            self._ends.append(end)
        else:
            end.close()


def test_without_the_data_set_nothing_blurred_stands_for_the_photograph_and_the_tiles_say_what_they_are(
    visit: Visit, server: Server
) -> None:
    explorer = visit(server, model="tiny", lang="en")
    index = explorer.click_sample()
    explorer.wait_for_picture(explorer.model.decode(explorer.model.sample(index)["latent"]))
    expect(explorer.original).to_be_hidden()
    expect(explorer.page.get_by_test_id("pair")).to_contain_text(EN["pair.no_images"])
    expect(explorer.page.get_by_test_id("nearest")).to_contain_text(EN["nearest.reconstructions"])
    title = CATALOGUE["cifar10"].title["en"]
    expect(explorer.page.get_by_test_id("panel-data")).to_contain_text(EN["data.absent"].format(title=title))
    expect(explorer.page.get_by_test_id("data-download")).to_have_text(EN["data.download"].format(title=title))


def test_a_cut_line_says_so_and_the_newest_position_is_drawn_once_it_is_back(visit: Visit, gallery: Server) -> None:
    line = Line()
    explorer = visit(gallery, model="flat", lang="en", prepare=line.between)
    notice = explorer.page.get_by_test_id("notice-offline")
    expect(notice).to_be_hidden()
    line.cut()
    expect(notice).to_have_text(EN["notice.offline"])
    before = explorer.picture
    explorer.stage.focus()
    for _ in range(5):
        explorer.page.keyboard.press("PageUp")
    assert explorer.picture.tolist() == before.tolist()
    line.whole = True
    expect(notice).to_be_hidden()
    explorer.wait_for_picture(explorer.model.decode(explorer.position))


def test_a_restarted_server_is_found_again_and_the_view_is_the_same(
    visit: Visit, watch: Watch, tmp_path: Path, drawing_home: Path, synthetic_dataset_folder: Path
) -> None:
    watch.allow(
        r"^console .*(net::ERR_CONNECTION|/static/js/)"
    )  # what the browser and Streamlit's own script say of a server that is away
    home, port = tmp_path / "home", free_port()
    shutil.copytree(drawing_home / "models", home / "models")
    with running(home, synthetic_dataset_folder, port=port) as first:
        explorer = visit(first, model="flat", lang="en")
        explorer.click_sample()
        explorer.turn()
        position, camera, query = explorer.position, explorer.camera, explorer.query
    expect(explorer.page.get_by_test_id("notice-offline")).to_be_visible()
    with running(home, synthetic_dataset_folder, port=port):
        expect(explorer.page.get_by_test_id("notice-offline")).to_be_hidden()
        expect(explorer.page.get_by_role("dialog")).to_be_hidden()  # Streamlit's own word of the lost connection
        assert explorer.position.tolist() == position.tolist()
        assert explorer.camera == camera
        explorer.stage.focus()
        explorer.page.keyboard.press("PageUp")
        assert explorer.position.tolist() != position.tolist()
        explorer.wait_for_picture(explorer.model.decode(explorer.position))
        explorer.settle_here()
        assert explorer.query | {"p": ""} == query | {"p": ""}


def test_without_webgl_a_sentence_says_so_and_the_cloud_is_drawn_turned_and_clicked_all_the_same(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(
        gallery, model="flat", lang="en", prepare=lambda page: page.add_init_script(NO_WEBGL + KEEP_NOTICES)
    )
    explorer.page.wait_for_function(HAS_NOTICED, arg=EN["notice.webgl"])
    cloud = explorer.page.get_by_test_id("plot")
    stage, limits = explorer.stage.bounding_box(), np.array(explorer.model.card["ranges"])
    size = stage["width"], stage["height"]
    x, y, _ = Lens(home(limits, *size).zoomed(LABEL_ROOM), limits, *size).place(explorer.model.points)
    places = np.stack([x + stage["x"], y + stage["y"]], axis=1)
    gaps = np.sort(np.linalg.norm(places[:, None] - places, axis=-1), axis=1)[:, 1]
    explorer.page.mouse.click(*places[gaps.argmax()])
    expect(explorer.caption).to_contain_text(f"#{gaps.argmax()}")
    before = cloud.evaluate("(canvas) => canvas.toDataURL()")
    explorer.drag((stage["x"] + 30, stage["y"] + 60), (stage["x"] + 120, stage["y"] + 80))
    explorer.settle(cam="*")
    assert cloud.evaluate("(canvas) => canvas.toDataURL()") != before
    explorer.page.get_by_test_id("button-reset").click()
    explorer.page.evaluate(TWO_FRAMES)
    assert cloud.evaluate("(canvas) => canvas.toDataURL()") == before


def test_without_webgl_sliders_keys_and_nearest_samples_work(visit: Visit, gallery: Server) -> None:
    explorer = visit(
        gallery, model="flat", lang="en", prepare=lambda page: page.add_init_script(NO_WEBGL + KEEP_NOTICES)
    )
    explorer.page.wait_for_function(HAS_NOTICED, arg=EN["notice.webgl"])
    start = explorer.position
    explorer.slider(0).focus()
    explorer.page.keyboard.press("ArrowRight")
    explorer.stage.focus()
    explorer.page.keyboard.press("PageUp")
    assert (explorer.position > start).tolist() == [True, False, True]
    explorer.wait_for_picture(explorer.model.decode(explorer.position))
    explorer.settle_here()
    expect_nearest(explorer, 12)
    goal = tile_indices(explorer.tiles())[1]
    explorer.tiles().nth(1).click()
    expect(explorer.caption).to_contain_text(f"#{goal}")
    explorer.wait_for_picture(explorer.model.decode(explorer.model.sample(goal)["latent"]))


def test_a_lost_graphics_context_is_drawn_again_on_request_where_it_was(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    explorer.turn()
    camera, position = explorer.camera, explorer.position
    explorer.page.evaluate(LOSE_WEBGL)
    notice = explorer.page.get_by_test_id("notice-lost")
    expect(notice).to_contain_text(EN["notice.lost"])
    notice.get_by_role("button").click()
    expect(notice).to_be_hidden()
    explorer.ready()
    assert explorer.camera == camera
    np.testing.assert_allclose(explorer.position, position, atol=1e-6)
    explorer.click_sample()


def test_a_model_that_cannot_be_loaded_is_explained_and_another_can_be_chosen(
    visit: Visit, gallery: Server, watch: Watch
) -> None:
    watch.allow("status of [45]..|console warning: ApiError")
    explorer = visit(gallery, model="flat", lang="en")
    choose(explorer.page, "model", "Wreck")
    notice = explorer.page.get_by_test_id("notice-failed")
    expect(notice).to_contain_text(EN["notice.failed"].split("{")[0])
    assert "Traceback" not in notice.inner_text()
    choose(explorer.page, "model", "Five numbers")
    expect(notice).to_be_hidden()
    explorer.ready().settle(model="deep")
    explorer.click_sample()
