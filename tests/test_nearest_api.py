"""The API's answers about what lies nearest: in several spaces at once, in both metrics, to a picture that is sent."""

import numpy as np
import pytest

from tests.test_api import assert_problem

FIVE, TINY = "/api/models/five", "/api/models/tiny"
FIVE_ZEROS, ZEROS = "z=0,0,0,0,0", "z=0,0,0"


def place(server, model, index):
    return "z=" + ",".join(map(str, server.get(f"{model}/samples/{index}").json["latent"]))


def indices(answer):
    return [neighbour["index"] for neighbour in answer["neighbours"]]


def distances(answer):
    return [neighbour["distance"] for neighbour in answer["neighbours"]]


def test_one_question_is_answered_in_all_spaces_as_single_ones_are(server):
    z = place(server, FIVE, 3)
    whole = server.get(f"{FIVE}/nearest?{z}&k=6&space=latent,pixel,view").json
    assert list(whole["beside"]) == ["pixel", "view"]
    for space, answer in {"latent": whole, **whole["beside"]}.items():
        single = server.get(f"{FIVE}/nearest?{z}&k=6&space={space}").json
        assert (answer["space"], single["beside"]) == (space, {})
        assert answer["neighbours"] == single["neighbours"]
        assert sum(answer["votes"]) == len(answer["neighbours"]) == 6
        assert distances(answer) == sorted(distances(answer))
    assert whole["beside"]["view"]["against"] == "positions"


def test_in_the_view_the_distances_are_those_that_one_sees(server):
    points = np.frombuffer(server.get(f"{FIVE}/points").body, "<f4").reshape(-1, 3)
    answer = server.get(f"{FIVE}/nearest?{place(server, FIVE, 3)}&k=5&space=view").json
    apart = np.linalg.norm(points - points[3], axis=1)
    assert indices(answer) == np.argsort(apart)[:5].tolist()
    assert distances(answer) == pytest.approx(np.sort(apart)[:5], abs=1e-4)


def test_the_cosine_measures_the_angle_at_the_origin(server):
    latents = np.array([server.get(f"{TINY}/samples/{index}").json["latent"] for index in range(72)])
    query = np.array([3, 0, 0])
    angle = 1 - latents @ query / np.linalg.norm(latents, axis=1) / 3
    answer = server.get(f"{TINY}/nearest?z=3,0,0&k=4&metric=cosine").json
    assert (answer["metric"], indices(answer)) == ("cosine", np.argsort(angle)[:4].tolist())
    assert distances(answer) == pytest.approx(np.sort(angle)[:4], abs=1e-6)


def test_in_pixel_space_the_answer_says_what_was_compared(data_server, synthetic_dataset):
    query = f"{TINY}/nearest?{ZEROS}&k=3&space=pixel"
    decoded = data_server.get(query).json
    original = data_server.get(f"{query}&original=9&without=9").json
    given = data_server.post(f"{TINY}/nearest?{ZEROS}&k=3&space=pixel", pixels(synthetic_dataset, 9)).json
    assert [answer["compared"] for answer in (decoded, original, given)] == ["decoded", "original", "given"]
    assert indices(original)[:2] == indices(given)[1:]
    assert given["neighbours"][0] == {"index": 9, "label": int(synthetic_dataset.labels[9]), "distance": 0}
    assert "compared" not in data_server.get(f"{TINY}/nearest?{ZEROS}").json


def pixels(dataset, index):
    return dataset.images[index].transpose(1, 2, 0).tobytes()


@pytest.mark.parametrize(
    "query", ["space=", "space=latent,time", "space=pixel,pixel", "space=latent,", "metric=angle", "metric=", "k=51"]
)
def test_a_space_or_metric_that_is_none_is_refused(server, query):
    assert_problem(server.get(f"{FIVE}/nearest?{FIVE_ZEROS}&{query}"), 400)


def test_originals_that_are_not_there_are_refused(server, data_server):
    assert_problem(server.get(f"{TINY}/nearest?{ZEROS}&space=pixel&original=1"), 404, "not on this machine")
    for index in ("72", "-1", "x"):
        assert_problem(data_server.get(f"{TINY}/nearest?{ZEROS}&space=pixel&original={index}"), 400, "original")


@pytest.mark.parametrize(("size", "status"), [(0, 400), (3071, 400), (3073, 413), (50_000, 413)])
def test_a_picture_of_another_size_is_refused(server, size, status):
    assert_problem(server.post(f"{TINY}/nearest?{ZEROS}&space=pixel", bytes(size)), status)


def test_a_picture_from_another_sites_page_is_refused(server):
    reply = server.post(f"{TINY}/nearest?{ZEROS}&space=pixel", bytes(3072), Origin="http://elsewhere.example")
    assert_problem(reply, 403)
