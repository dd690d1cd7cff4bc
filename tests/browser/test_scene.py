"""The scene in a real browser: the cloud, clicks, rotation, and the hand's loop while the probe is dragged."""

from __future__ import annotations

import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from app.text import strings
from model import view
from tests.browser.conftest import AMID, Visit
from tests.browser.scripts import CAMERA, TWO_FRAMES
from tests.web import Server

EN = strings("en")
A_PAUSE = 800  # ms for which a hand rests without letting go: not a wait for anything
COLOURS = "(dots) => dots.map((dot) => getComputedStyle(dot).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number))"
WHITE = 255
PALER = np.linspace(0, view.PALEST, 60)[:, None]  # shares of the ground's colour
SAMPLE = re.compile(r"/samples/\d+$")


def sample_requests(page: Page) -> list[str]:
    """A list that grows with each sample that the page asks for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if SAMPLE.search(request.url) else None)
    return asked


def test_the_page_opens_with_a_cloud_that_holds_every_sample_in_the_colour_of_its_class(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    counts = explorer.page.evaluate(
        "document.querySelector('[data-testid=plot]').data.filter((t) => t.mode === 'markers').map((t) => t.x.length)"
    )
    assert counts == np.bincount(explorer.model.labels).tolist()
    titles = explorer.page.evaluate(
        "['xaxis', 'yaxis', 'zaxis'].map((axis) => "
        "document.querySelector('[data-testid=plot]').layout.scene[axis].title.text)"
    )
    assert titles == ["z1", "z2", "z3"]
    expect(explorer.page.get_by_test_id("legend").get_by_role("button")).to_have_text(["circle", "square", "stripe"])
    colours = explorer.page.locator(".mx-legend .mx-dot").evaluate_all(COLOURS)
    window = np.asarray(Image.open(io.BytesIO(explorer.page.screenshot())).convert("RGB")).astype(int)
    for nth in range(5):
        index, (x, y) = explorer.lonely_sample(nth, clear=10)
        around = window[round(y) - 3 : round(y) + 4, round(x) - 3 : round(x) + 4]
        colour = np.array(colours[explorer.model.labels[index]])
        paled = colour + PALER * (WHITE - colour)  # by its distance
        assert np.abs(around[..., None, :] - paled).max(-1).min() < 12, (
            f"sample {index} is not drawn where the projection says"
        )


def test_a_click_takes_the_probe_to_the_sample_and_shows_original_and_reconstruction(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    camera = explorer.camera
    index = explorer.click_sample()
    sample = explorer.model.sample(index)
    explorer.settle(**{"from": str(index)})
    np.testing.assert_allclose(explorer.position, sample["position"], atol=1e-5)
    explorer.wait_for_picture(explorer.model.decode(sample["latent"]))
    assert explorer.shown_original().tolist() == explorer.model.original(index).tolist()
    expect(explorer.page.get_by_test_id("error")).to_have_text(EN["pair.error"].format(error=f"{sample['mse']:.4f}"))
    assert explorer.camera == camera


def test_hovering_shows_the_sample_below_and_a_click_reaches_fourteen_pixels_and_no_further(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    page, card, asked = explorer.page, explorer.page.get_by_test_id("hover"), sample_requests(explorer.page)
    index, (x, y) = explorer.lonely_sample(clear=34)
    page.mouse.move(x, y + 11)
    expect(card).to_have_attribute("data-index", str(index))
    expect(card).to_contain_text(explorer.model.card["classes"][explorer.model.labels[index]])
    page.wait_for_function("() => document.querySelector('[data-testid=hover] img').naturalWidth === 32")
    page.mouse.click(*explorer.empty_place())
    expect(card).to_be_hidden()
    page.mouse.click(x, y + 18)
    page.evaluate(TWO_FRAMES)
    assert asked == []
    page.mouse.click(x, y + 11)
    expect(explorer.caption).to_contain_text(f"#{index}")


def test_a_drag_on_the_cloud_rotates_and_never_picks_even_from_a_sample(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    asked, before, caption = sample_requests(explorer.page), explorer.camera, explorer.caption.inner_text()
    _, (x, y) = explorer.lonely_sample()
    explorer.drag((x, y), (x + 90, y - 40))
    turned = explorer.camera
    assert turned != before
    explorer.settle(cam="*")
    assert explorer.camera == turned
    _, (x, y) = explorer.lonely_sample(clear=20)
    explorer.drag((x, y), (x + 7, y + 3))  # so short that the sample is still within a click's reach
    assert explorer.camera != turned
    explorer.page.evaluate(TWO_FRAMES)
    assert asked == []
    assert explorer.caption.inner_text() == caption


def test_the_camera_stays_through_clicks_and_moves_until_it_is_turned_zoomed_or_reset(
    visit: Visit, gallery: Server
) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    home = explorer.camera
    explorer.turn()
    turned = explorer.camera
    index = explorer.click_sample()
    explorer.settle(**{"from": str(index)})
    explorer.page.get_by_test_id("button-mean").click()
    explorer.settle(**{"from": ""})
    assert explorer.camera == turned
    explorer.page.mouse.move(*explorer.empty_place())
    explorer.page.mouse.wheel(0, -240)
    explorer.page.wait_for_function(f"(eye) => {CAMERA}.eye.x !== eye", arg=turned["eye"]["x"])
    explorer.page.get_by_test_id("button-reset").click()
    explorer.page.wait_for_function(f"(eye) => {CAMERA}.eye.x === eye", arg=home["eye"]["x"])
    assert explorer.camera == home


def test_dragging_the_probe_decodes_while_the_hand_moves(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en", **AMID)
    camera, picture, (start, depth) = explorer.camera, explorer.picture, explorer.probe_place_and_depth()
    explorer.page.mouse.click(start[0] + 5, start[1] + 5)
    assert explorer.probe_place_and_depth() == (start, depth), "a press that does not move leaves the probe where it is"
    explorer.page.mouse.move(*start)
    explorer.page.mouse.down()
    for step in range(1, 6):
        explorer.page.mouse.move(start[0] + 12 * step, start[1] - 9 * step, steps=3)
        picture = explorer.wait_for_another_picture(picture)
    (place, now) = explorer.probe_place_and_depth()
    explorer.page.mouse.up()
    np.testing.assert_allclose(place, (start[0] + 60, start[1] - 45), atol=1)
    np.testing.assert_allclose(now, depth, atol=1e-4)
    explorer.settle_here()
    explorer.wait_for_picture(explorer.model.decode(explorer.position))
    assert explorer.camera == camera


def test_a_drag_asks_for_one_picture_at_a_time_and_no_page_script_runs(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    explorer.settle()
    explorer.settled_picture()
    x, y = explorer.probe_place()
    explorer.page.mouse.move(x, y)
    explorer.page.mouse.down()
    explorer.reruns.clear()
    explorer.decodes.clear()
    explorer.page.mouse.move(x + 80, y - 60, steps=30)
    explorer.wait_for_picture(explorer.model.decode(explorer.position))
    explorer.page.wait_for_timeout(A_PAUSE)
    flying = np.cumsum([1 if event == "asked" else -1 for event in explorer.decodes])
    assert set(flying) == {0, 1}
    explorer.page.mouse.up()
    explorer.settle_here()
    assert explorer.reruns == []


def test_the_legend_hides_and_isolates_classes_and_hidden_ones_cannot_be_picked(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    index, place = explorer.lonely_sample(clear=30)
    label, page = explorer.model.labels[index], explorer.page
    others = [other != label for other in range(3)]
    entry = page.get_by_test_id(f"legend-{label}")
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "false")
    assert explorer.visible_classes() == others
    asked = sample_requests(page)
    page.mouse.click(*place)
    page.evaluate(TWO_FRAMES)
    assert asked == []
    page.get_by_test_id("legend-all").click()
    assert explorer.visible_classes() == [True, True, True]
    entry.dblclick()
    assert explorer.visible_classes() == [not other for other in others]
    page.mouse.click(*place)
    expect(explorer.caption).to_contain_text(f"#{index}")
    entry.click(modifiers=["Shift"])
    assert explorer.visible_classes() == [True, True, True]


def test_the_scene_fills_the_screen_and_leaves_it_again(visit: Visit, gallery: Server) -> None:
    explorer = visit(gallery, model="flat", lang="en")
    button = explorer.page.get_by_test_id("button-fullscreen")
    button.click()
    explorer.page.wait_for_function("() => document.fullscreenElement?.classList.contains('mx-root')")
    explorer.resized()
    index = explorer.click_sample()
    button.click()
    explorer.page.wait_for_function("() => document.fullscreenElement === null")
    expect(explorer.caption).to_contain_text(f"#{index}")


HOVERED = """async () => {
    const script = (src, onload) => Object.assign(document.createElement("script"), { src, onload });
    const load = (src) => new Promise((onload) => document.head.append(script(src, onload)));
    const style = "position:absolute; left:30px; top:20px; width:700px; height:560px";
    document.body.innerHTML = `<div id="plot" style="${style}"></div>`;
    await load("/explorer/plotly.min.js");
    const { Api } = await import("/explorer/core/api.js");
    const { layout, traces } = await import("/explorer/view/plotly_figure.js");
    const { frameOf, matrixOf } = await import("/explorer/view/plotly_internals.js");
    const { home } = await import("/explorer/view/box.js");
    const { Lens } = await import("/explorer/view/lens.js");
    const { PALETTE } = await import("/explorer/core/theme.js");
    const api = new Api(location.origin + "/", "flat");
    const [card, points, labels] = await Promise.all([api.model(), api.points(), api.labels()]);
    const { classes, ranges: limits } = card;
    const theme = { text: "#000", muted: "#444", line: "#ccc", font: "sans-serif" };
    const shown = classes.map(() => true);
    const scene = { points, labels, shown, limits, axes: ["z1", "z2", "z3"], palette: PALETTE, theme };
    const plot = document.getElementById("plot");
    await window.Plotly.newPlot(plot, traces(scene), layout(scene, home(limits, 700, 560)));
    await window.Plotly.relayout(plot, { "scene.hovermode": "closest" });
    plot.on("plotly_hover", ({ points: [{ x, y, z }] }) => { plot.dataset.hovered = JSON.stringify([x, y, z]); });
    const matrix = matrixOf(plot);
    if (!matrix) throw new Error("Plotly's private fields are not what plotly_internals.js expects.");
    const { left, top } = plot.getBoundingClientRect();
    const frame = frameOf(plot);
    const lens = new Lens().take(matrix, { ...frame, left: frame.left + left, top: frame.top + top });
    const all = Array.from({ length: labels.length }, (_, i) => Array.from(points.subarray(3 * i, 3 * i + 3)));
    return { all, places: all.map((point) => lens.place(point)) };
}"""


def test_our_projection_names_the_sample_that_plotly_itself_finds_under_the_mouse(
    visit: Visit, gallery: Server
) -> None:
    page = visit(gallery, model="flat").page
    page.goto(f"{gallery.url}/api/datasets/cifar10")
    drawn = page.evaluate(HOVERED)
    points, places = np.array(drawn["all"]), np.array(drawn["places"])[:, :2]
    gaps = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(gaps, np.inf)
    for index in np.argsort(-gaps.min(1))[:6]:
        page.mouse.move(*places[index], steps=3)
        page.wait_for_function(
            "(wanted) => document.getElementById('plot').dataset.hovered === wanted", arg=json_of(points[index])
        )


def json_of(point: np.ndarray) -> str:
    """A point as the browser writes it."""
    return "[" + ",".join(repr(float(number)) for number in point) + "]"
