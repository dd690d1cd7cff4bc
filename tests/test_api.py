"""The HTTP API, as a client of a real server sees it."""

import gzip
import io

import numpy as np
import pytest
from PIL import Image

from tests.web import running, streamlit

MODEL = "/api/models/tiny"


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def assert_problem(reply, status, *words):
    assert reply.status == status
    assert set(reply.json) == {"title", "detail", "id"}
    for word in words:
        assert word in reply.json["detail"]
    assert "Traceback" not in reply.json["detail"]


def test_the_page_and_health_are_served_on_the_same_port(server):
    assert server.get("/_stcore/health").body == b"ok"
    assert "text/html" in server.get("/").headers["content-type"]


def test_streamlit_run_serves_the_same(explorer_home):
    with running(explorer_home, command=streamlit) as other:
        assert "text/html" in other.get("/").headers["content-type"]
        assert other.get(MODEL).json["n"] == 72
        with other.socket("tiny") as connection:
            connection.send(np.zeros((2, 3), "<f4").tobytes())
            assert len(connection.recv()) == 2 * 3072


def test_models_are_listed_with_their_titles(server, synthetic_dataset):
    listed = {model["name"]: model for model in server.get("/api/models").json}
    assert {"tiny", "five"} <= set(listed)
    tiny = listed["tiny"]
    assert tiny == {
        "name": "tiny",
        "title": {"en": "Untrained", "ko": "훈련 전"},
        "dataset": "cifar10",
        "fingerprint": synthetic_dataset.fingerprint,
        "latent_dim": 3,
        "metrics": {"test_mse": 0.1},
        "has_images": False,
    }


def test_the_card_has_what_a_page_needs_to_draw(server):
    card = server.get(MODEL).json
    assert card["latent_dim"] == 3
    assert card["classes"] == ["circle", "square", "stripe"]
    assert card["center"] == [0, 0, 0]
    assert card["basis"] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert card["image_size"] == [32, 32]
    assert all(low < high for low, high in card["ranges"])
    assert len(card["mean"]) == 3
    assert np.array(server.get("/api/models/five").json["basis"]).shape == (5, 3)


def test_points_and_labels_are_the_samples_in_order(server):
    points = np.frombuffer(server.get(f"{MODEL}/points").body, "<f4").reshape(-1, 3)
    labels = np.frombuffer(server.get(f"{MODEL}/labels").body, np.uint8)
    assert points.shape == (72, 3)
    assert labels.tolist() == [0] * 24 + [1] * 24 + [2] * 24
    sample = server.get(f"{MODEL}/samples/30").json
    assert sample["label"] == 1
    assert np.allclose(sample["position"], points[30])


def test_the_view_of_five_dimensions_is_the_cards_rule(server):
    card, sample = server.get("/api/models/five").json, server.get("/api/models/five/samples/7").json
    position = (np.array(sample["latent"]) - card["center"]) @ np.array(card["basis"])
    assert np.allclose(position, sample["position"], atol=1e-4)


@pytest.mark.parametrize(
    "what",
    [
        f"{MODEL}/points",
        f"{MODEL}/labels",
        f"{MODEL}/reconstructions/3.png",
        f"{MODEL}/sheet?i=1,2&kind=reconstruction",
    ],
)
def test_what_does_not_change_is_asked_for_once(server, what):
    first = server.get(what)
    assert first.headers["cache-control"] == "no-cache"
    again = server.get(what, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    version = server.get(MODEL).json["version"]
    lasting = server.get(f"{what}{'&' if '?' in what else '?'}v={version}")
    assert "immutable" in lasting.headers["cache-control"]
    assert server.get(what, If_None_Match='"other"').body == first.body


@pytest.mark.parametrize("what", [f"{MODEL}/points", "/explorer/plotly.min.js"])
def test_large_answers_come_packed_to_those_who_unpack(server, what):
    plain, packed = server.get(what), server.get(what, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body


def test_plotly_comes_from_this_server(server):
    reply = server.get("/explorer/plotly.min.js", Accept_Encoding="gzip")
    assert reply.headers["content-type"].startswith("text/javascript")
    assert len(reply.body) < 2_000_000


@pytest.mark.parametrize(
    "name", ["nothing.js", "__init__.py", "..%2Fserver.py", "%2e%2e/server.py", ".hidden.js", "a/b/c.js"]
)
def test_no_other_file_is_served_as_the_scenes(server, name):
    assert server.get(f"/explorer/explore/{name}").status in (400, 404)


def test_a_reconstruction_is_a_picture_of_32_by_32(server):
    assert pixels(server.get(f"{MODEL}/reconstructions/5.png").body).shape == (32, 32, 3)


def test_a_sheet_is_its_tiles_in_a_row(server):
    sheet = pixels(server.get(f"{MODEL}/sheet?i=5,0,5&kind=reconstruction").body)
    alone = pixels(server.get(f"{MODEL}/reconstructions/5.png").body)
    assert sheet.shape == (32, 96, 3)
    assert np.array_equal(sheet[:, :32], alone)
    assert np.array_equal(sheet[:, 64:], alone)


def test_without_data_an_original_is_refused_with_the_reason(server):
    assert_problem(server.get(f"{MODEL}/images/1.png"), 404, "not on this machine")
    assert_problem(server.get(f"{MODEL}/sheet?i=1"), 404, "not on this machine")
    assert server.get(f"{MODEL}/samples/1").json["mse"] is None
    assert server.get("/api/datasets/cifar10").json["state"] == "absent"


def test_with_data_originals_errors_and_state_appear(data_server, synthetic_dataset):
    assert np.array_equal(
        pixels(data_server.get(f"{MODEL}/images/9.png").body), synthetic_dataset.images[9].transpose(1, 2, 0)
    )
    assert data_server.get(f"{MODEL}/samples/9").json["mse"] > 0
    assert data_server.get("/api/datasets/own").json["state"] == "ready"
    assert data_server.get(MODEL).json["has_images"] is True
    assert_problem(data_server.post("/api/datasets/own/download"), 409, "folder of your own")


def test_the_nearest_to_a_sample_is_the_sample(server):
    latent = server.get(f"{MODEL}/samples/17").json["latent"]
    answer = server.get(f"{MODEL}/nearest?z={','.join(map(str, latent))}&k=5").json
    assert answer["neighbours"][0] == {"index": 17, "label": 0, "distance": pytest.approx(0, abs=1e-5)}
    assert len(answer["neighbours"]) == sum(answer["votes"]) == 5
    assert answer["density"]["distance"] > 0
    assert 0 <= answer["density"]["percentile"] <= 100
    assert (answer["space"], answer["against"]) == ("latent", "latents")


@pytest.mark.parametrize("space", ["latent", "pixel"])
def test_a_sample_can_be_left_out_of_its_own_neighbours_and_votes(server, space):
    place = server.get(f"{MODEL}/samples/7").json
    query = f"{MODEL}/nearest?z={','.join(map(str, place['latent']))}&space={space}"
    whole = server.get(f"{query}&k=6").json
    answer = server.get(f"{query}&k=5&without=7").json
    assert whole["neighbours"][0]["index"] == 7
    assert answer["neighbours"] == whole["neighbours"][1:]
    assert sum(answer["votes"]) == 5
    assert answer["density"] == whole["density"]
    assert server.get(f"{query}&k=5&without=71").json["neighbours"][0]["index"] == 7


def test_contours_are_those_of_three_numbers_only(server):
    answer = server.get("/api/models/mnist/contours").json
    lines = [line for lines in answer["slices"] for line in lines]
    assert len(lines) > 5
    assert {len(point) for line in lines for point in line} == {3}
    assert_problem(server.get("/api/models/five/contours"), 400, "this model has 5")


@pytest.mark.parametrize("without", ["72", "-1", "x", ""])
def test_what_is_left_out_must_be_a_sample(server, without):
    assert_problem(server.get(f"{MODEL}/nearest?z=0,0,0&without={without}"), 400)


def test_the_nearest_in_pixels_are_compared_with_what_is_at_hand(server, data_server):
    query = f"{MODEL}/nearest?z=0,0,0&k=3&space=pixel"
    assert server.get(query).json["against"] == "reconstructions"
    assert data_server.get(query).json["against"] == "originals"


BAD_Z = ["", "z=1,2", "z=1,2,3,4", "z=1,2,x", "z=nan,0,0", "z=inf,0,0", "z=1e30,0,0"]


@pytest.mark.parametrize("query", [*BAD_Z, "z=0,0,0&k=0", "z=0,0,0&k=51", "z=0,0,0&k=two", "z=0,0,0&space=time"])
def test_a_bad_question_for_neighbours_is_answered_400(server, query):
    assert_problem(server.get(f"{MODEL}/nearest?{query}"), 400)


BAD_I = ["", "i=", "i=-1", "i=72", "i=1,,2", "i=1.5", "i=%D9%A1", "i=99999999999999999999", "i=" + ",".join(["1"] * 65)]


@pytest.mark.parametrize("query", [*BAD_I, "i=1&kind=dream"])
def test_a_bad_question_for_a_sheet_is_answered_400(server, query):
    assert_problem(server.get(f"{MODEL}/sheet?{query}"), 400)


def test_a_sample_that_does_not_exist_is_answered_404(server):
    assert_problem(server.get(f"{MODEL}/samples/72"), 404, "0 to 71")
    assert_problem(server.get(f"{MODEL}/reconstructions/{10**30}.png"), 404, "at most 9 digits")


@pytest.mark.parametrize("path", ["", "/points", "/sheet?i=1", "/samples/1", "/nearest?z=0,0,0"])
def test_an_unknown_model_is_answered_404_with_the_known_names(server, path):
    assert_problem(server.get(f"/api/models/nobody{path}"), 404, "'nobody'", "tiny", "five")


def test_a_wrong_address_or_method_is_answered_as_json(server):
    assert_problem(server.get("/api/nothing"), 404, "/api/nothing")
    assert_problem(server.post("/api/models"), 405, "POST")


def test_a_damaged_model_is_explained_and_the_others_go_on(server):
    broken = server.home / "models" / "broken"
    broken.mkdir()
    (broken / "card.json").write_text("{not json")
    (broken / "weights.safetensors").write_bytes(b"")
    try:
        assert_problem(server.get("/api/models/broken"), 500, "card.json")
        names = [model["name"] for model in server.get("/api/models").json]
        assert "broken" not in names
        assert "tiny" in names
    finally:
        for file in broken.iterdir():
            file.unlink()
        broken.rmdir()
