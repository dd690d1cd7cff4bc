"""The lesson on types of dimension reduction: the family's map, each method's cloud, the question."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.conftest import Learn
from tests.browser.explorer import MOMENT, MOMENTS
from tests.browser.test_access import offences
from tests.browser.watch import Watch
from tests.web import Server

BUSY = {"status": 503, "json": {"detail": "Busy."}}


def test_each_method_opens_the_same_images_reduced_by_it(learn: Learn, server: Server) -> None:
    lesson = learn(server, "methods")
    cloud = lesson.part("cloud")
    expect(cloud).to_have_attribute("data-method", "pca")
    listed = server.get("/api/models/mnist/reductions").json
    seen = set()
    for method in listed["methods"]:
        lesson.part(f"method-{method['name']}").click()
        expect(cloud).to_have_attribute("data-method", method["name"])
        expect(lesson.part("figures")).to_contain_text(f"{100 * method['facts']['knn_accuracy']:.1f} %")
        expect(lesson.part("said")).to_contain_text(method["title"])
        lesson.page.wait_for_timeout(100)
        seen.add(lesson.part("reduction-canvas").evaluate("(canvas) => canvas.toDataURL()"))
    assert len(seen) == len(listed["methods"]) >= 13
    lesson.part("data-digits").click()
    digits = {each["name"]: each["facts"] for each in server.get("/api/models/digits/reductions").json["methods"]}
    expect(lesson.part("figures")).to_contain_text(f"{100 * digits['pacmap']['knn_accuracy']:.1f} %")


def test_the_answer_is_what_the_figures_say(learn: Learn, server: Server) -> None:
    lesson = learn(server, "methods")
    listed = server.get("/api/models/mnist/reductions").json
    free = [each for each in listed["methods"] if not each["supervised"]]
    best = max(free, key=lambda each: each["facts"]["knn_accuracy"])
    if listed["model"]["knn_accuracy"] >= best["facts"]["knn_accuracy"]:
        right = "autoencoder"
    else:
        right = "map" if best["family"] == "nonlinear" else "linear"
    lesson.part("data-digits").click()
    lesson.answer_right_and_wrong(right, "linear" if right != "linear" else "map")
    expect(lesson.verdict).to_contain_text(f"{100 * best['facts']['knn_accuracy']:.1f} %")
    expect(lesson.verdict).to_contain_text(f"{100 * listed['model']['knn_accuracy']:.1f} %")
    assert offences(lesson.page) == []


def test_images_of_another_copy_show_the_model_and_say_what_is_missing(
    learn: Learn, server: Server, watch: Watch
) -> None:
    watch.allow("503 ")
    lesson = learn(server, "methods")
    listed = server.get("/api/models/digits/reductions").json
    for method in listed["methods"]:
        method["facts"] = None
    lesson.page.route("**/models/digits/reductions", lambda route: route.fulfill(json={**listed, "model": None}))
    lesson.page.route("**/reductions/autoencoder", lambda route: route.fulfill(**BUSY))
    lesson.part("data-digits").click()
    expect(lesson.part("cloud")).to_have_attribute("data-method", "autoencoder")
    expect(lesson.part("said")).to_contain_text(lesson.said["methods.few"])
    expect(lesson.part("figures")).to_contain_text("Busy.")
    lesson.answer("map")
    expect(lesson.verdict).to_be_empty()


def test_only_the_newest_choice_tells_its_failure(learn: Learn, server: Server, watch: Watch) -> None:
    watch.allow("503 ")
    lesson = learn(server, "methods")
    held: list[Route] = []
    expect(lesson.part("cloud")).to_have_attribute("data-method", "pca")
    lesson.page.route("**/models/mnist/reductions/umap/points", lambda route: held.append(route))
    with lesson.page.expect_request("**/umap/points"):
        lesson.part("method-umap").click()
    lesson.part("method-pca").click()
    with lesson.page.expect_response("**/umap/points"):
        held[0].fulfill(**BUSY)
    lesson.page.wait_for_timeout(200)
    expect(lesson.part("said")).not_to_contain_text("Busy.")


def test_the_map_is_of_the_images_though_their_cloud_fails(learn: Learn, server: Server, watch: Watch) -> None:
    watch.allow("503 ")
    lesson = learn(server, "methods")
    listed = server.get("/api/models/digits/reductions").json
    next(each for each in listed["methods"] if each["name"] == "isomap")["facts"] = None
    lesson.page.route("**/models/digits/reductions", lambda route: route.fulfill(json=listed))
    lesson.page.route("**/models/digits/reductions/pca/points", lambda route: route.fulfill(**BUSY))
    lesson.part("data-digits").click()
    expect(lesson.part("said")).to_contain_text("Busy.")
    expect(lesson.part("method-pca")).to_be_visible()
    expect(lesson.part("method-isomap")).to_have_count(0)


def test_without_linear_figures_no_verdict_is_given(learn: Learn, server: Server) -> None:
    listed = server.get("/api/models/mnist/reductions").json
    for method in listed["methods"]:
        method["facts"] = None if method["family"] == "linear" else method["facts"]
    lesson = learn(server, "methods")
    lesson.page.route("**/models/mnist/reductions", lambda route: route.fulfill(json=listed))
    lesson.page.reload()
    lesson.answer("map")
    expect(lesson.part("cloud")).to_have_attribute("data-method", "autoencoder")
    expect(lesson.part("figures")).to_contain_text("10-NN")
    expect(lesson.verdict).to_be_empty()


def test_the_autoencoder_is_measured_once_however_often_it_is_chosen(
    learn: Learn, server: Server, watch: Watch
) -> None:
    watch.allow("503 ")
    lesson = learn(server, "methods")
    listed = server.get("/api/models/digits/reductions").json
    held: list[Route] = []
    lesson.page.route("**/models/digits/reductions", lambda route: route.fulfill(json={**listed, "model": None}))
    lesson.page.route("**/reductions/autoencoder", lambda route: held.append(route))
    lesson.part("data-digits").click()
    for name in ("autoencoder", "pca", "autoencoder"):
        lesson.part(f"method-{name}").click()
        expect(lesson.part("cloud")).to_have_attribute("data-method", name)
    expect(lesson.part("figures")).to_have_text(lesson.said["methods.measuring"])
    assert len(held) == 1
    held[0].fulfill(**BUSY)
    expect(lesson.part("figures")).to_contain_text("Busy.")
    lesson.part("method-autoencoder").click()
    expect(lesson.part("figures")).to_have_text(lesson.said["methods.measuring"])
    for _ in range(MOMENTS):
        if len(held) > 1:
            break
        lesson.page.wait_for_timeout(MOMENT)
    held[1].fulfill(json=listed["model"])
    expect(lesson.part("figures")).to_contain_text("10-NN")
    lesson.part("method-autoencoder").click()
    expect(lesson.part("figures")).to_contain_text("10-NN")
    assert len(held) == 2


def test_where_no_list_comes_nothing_of_other_images_stays(learn: Learn, server: Server, watch: Watch) -> None:
    watch.allow("503 ")
    lesson = learn(server, "methods")
    expect(lesson.part("cloud")).to_have_attribute("data-method", "pca")
    lesson.page.route("**/models/digits/reductions", lambda route: route.fulfill(**BUSY))
    lesson.part("data-digits").click()
    expect(lesson.part("said")).to_contain_text("Busy.")
    expect(lesson.part("family").get_by_role("button")).to_have_count(0)
    expect(lesson.part("cloud")).to_be_empty()
    lesson.part("data-mnist").click()
    expect(lesson.part("cloud")).to_have_attribute("data-method", "pca")
    expect(lesson.part("method-pca")).to_be_enabled()
