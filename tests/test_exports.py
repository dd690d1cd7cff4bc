"""Exports: other tools read them, and what they read is what the model holds."""

import csv
import io
import json
import logging
import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image
from pyarrow import csv as arrow_csv
from pyarrow import parquet
from safetensors.numpy import load as load_safetensors

from app.replies import Refusal
from app.routes import exports as downloads
from app.work import kept_files
from app.work.process import Outcome
from model.checkpoint import load_model
from model.config import NetworkConfig, RunConfig
from model.errors import ExportError
from model.export import __main__, onnx_model, projector
from model.export.formats import FORMATS, packed, packed_name, sample_files, weight_files
from model.export.onnx_model import onnx_decoder, onnx_encoder, onnx_files
from model.export.projector import projector_files, sprite, tile_side
from model.networks import Autoencoder
from model.space.latent_map import LatentMap
from model.space.service import ExplorerService
from tests.conftest import FIVE, save_untrained

CARD = {"title": {"en": "Title", "ko": "제목"}, "data": {"classes": ["가", "b"]}, "weights_sha256": "00" * 32}
WIDTHS = {"dense": (32, 16), "conv": (4, 8, 8), "residual": (4, 8, 8)}


def session(content):
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def scrambled(config):
    """A network whose normalisations have seen something, so that leaving one out would show."""
    torch.manual_seed(1)
    network = Autoencoder(config)
    for _ in range(3):
        network(torch.rand(16, 3, 32, 32))
    return network.eval()


@pytest.mark.parametrize(
    ("block", "norm"),
    [("dense", "batch"), ("dense", "layer"), ("conv", "none"), ("conv", "layer"), ("residual", "batch")],
)
def test_every_kind_of_network_gives_the_same_numbers_without_pytorch(block, norm):
    style = {
        "encoder_normalisation": norm,
        "decoder_normalisation": norm,
        "linear_skip": norm == "batch",
        "variational": norm == "layer",
    }
    style["latent_scale"], far = ("asinh", 3) if norm == "batch" else ("linear", 50)
    config = NetworkConfig(5, block, WIDTHS[block], block, WIDTHS[block], **style)
    network = scrambled(config)
    latents = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    encoder, decoder = onnx_encoder(network, CARD), onnx_decoder(network, CARD, latents)
    assert max(encoder.difference, decoder.difference) < 1e-4
    for size in (1, 3, 200):
        images = np.random.default_rng(size).random((size, 3, 32, 32), np.float32)
        found = session(encoder.content).run(["latents"], {"images": images})[0]
        drawn = session(decoder.content).run(["images"], {"latents": far * found})[0]
        with torch.inference_mode():
            assert np.allclose(found, network.encode(torch.from_numpy(images)), atol=1e-4)
            assert np.allclose(drawn, network.decode(far * torch.from_numpy(found)), atol=1e-3)
        assert drawn.shape == (size, 3, 32, 32)
        assert drawn.min() >= 0
        assert drawn.max() <= 1


def test_an_onnx_file_says_what_it_takes_and_what_it_is():
    model = onnx.load_from_string(
        onnx_encoder(scrambled(NetworkConfig(3, encoder_widths=(8,), decoder_widths=(8,))), CARD).content
    )
    onnx.checker.check_model(model)
    said = {entry.key: entry.value for entry in model.metadata_props}
    assert said["title"] == "Title"
    assert json.loads(said["classes"]) == ["가", "b"]
    shape = model.graph.input[0].type.tensor_type.shape.dim
    assert shape[0].dim_param
    assert [d.dim_value for d in shape[1:]] == [3, 32, 32]


def test_a_file_that_differs_from_the_model_is_refused(monkeypatch):
    network = scrambled(NetworkConfig(3, encoder_widths=(8,), decoder_widths=(8,)))
    monkeypatch.setattr(onnx_model, "TOLERANCE", -1.0)
    with pytest.raises(ExportError, match=r"differs from the model by .* with 1 rows"):
        onnx_encoder(network, CARD)


def test_an_output_that_is_not_a_number_is_refused(monkeypatch):
    network = scrambled(NetworkConfig(3, encoder_widths=(8,), decoder_widths=(8,)))
    with torch.no_grad():
        next(network.decoder.parameters()).fill_(float("nan"))
    with pytest.raises(ExportError, match="nan"):
        onnx_decoder(network, CARD, np.ones((4, 3), np.float32))


@pytest.fixture(scope="module")
def five(five_model_folder):
    return ExplorerService(five_model_folder, None)


def read_back(five, kind):
    ((name, content),) = sample_files(five, "five", kind).items()
    assert name == f"five-latents.{kind}"
    return {"csv": arrow_csv.read_csv, "parquet": parquet.read_table}[kind](io.BytesIO(content))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_hold_every_sample_to_the_last_digit(five, kind):
    table = read_back(five, kind)
    assert table.column_names == ["index", "label", "class", "z1", "z2", "z3", "z4", "z5", "x", "y", "z"]
    latents = np.stack([table[f"z{i}"].to_numpy() for i in range(1, 6)], 1).astype(np.float32)
    assert np.array_equal(latents, five.latent_map.latents)
    assert np.array_equal(
        np.stack([table[axis].to_numpy() for axis in "xyz"], 1).astype(np.float32), five.latent_map.points
    )
    assert table["index"].to_pylist() == list(range(72))
    assert table["class"].to_pylist() == [five.classes[label] for label in five.latent_map.labels]


def test_the_csv_reads_without_any_library_but_pythons(five):
    content = sample_files(five, "five", "csv")["five-latents.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(content)))
    assert (rows[30]["label"], rows[30]["class"]) == ("1", "square")


def test_the_arrays_are_all_that_a_view_needs(five):
    with np.load(io.BytesIO(sample_files(five, "five", "npz")["five-latents.npz"]), allow_pickle=False) as arrays:
        assert np.allclose((arrays["latents"] - arrays["center"]) @ arrays["basis"], arrays["points"], atol=1e-4)
        assert arrays["classes"].tolist() == ["circle", "square", "stripe"]
        assert np.array_equal(arrays["labels"], five.latent_map.labels)


def test_the_projectors_files_fit_together(five):
    files = sample_files(five, "five", "projector")
    vectors = np.loadtxt(io.BytesIO(files["vectors.tsv"]), delimiter="\t", dtype=np.float32)
    assert np.array_equal(vectors, five.latent_map.latents)
    head, *rows = files["metadata.tsv"].decode().splitlines()
    assert head.split("\t") == ["index", "label", "class"]
    assert rows[30] == "30\t1\tsquare"
    config = json.loads(files["config.json"])["embeddings"][0]
    assert config["tensorShape"] == [72, 5]
    assert config["tensorPath"] in files
    assert config["metadataPath"] in files
    side = config["sprite"]["singleImageDim"][0]
    sheet = np.asarray(Image.open(io.BytesIO(files["sprite.png"])))
    assert sheet.shape == (9 * side, 9 * side, 3)  # 72 tiles fit into 9 x 9
    assert np.array_equal(sheet[3 * side : 4 * side, 3 * side : 4 * side], five.reconstructions(np.array([30]))[0])
    for path in re.findall(r'path: "(.*)"', files["projector_config.pbtxt"].decode()):
        assert path in files
    assert "what the decoder makes" in files["README.txt"].decode()


def test_the_sprite_shows_the_originals_where_they_are_at_hand(tiny_model_folder, synthetic_dataset):
    files = sample_files(ExplorerService(tiny_model_folder, synthetic_dataset), "tiny", "projector")
    sheet = np.asarray(Image.open(io.BytesIO(files["sprite.png"])))
    assert np.array_equal(sheet[:32, 32:64], synthetic_dataset.images[1].transpose(1, 2, 0))
    assert "the original images" in files["README.txt"].decode()


def test_tensorboards_own_form_of_the_configuration(five):
    text = sample_files(five, "five", "projector")["projector_config.pbtxt"].decode()
    assert text.startswith('embeddings {\n  tensor_name: "five"\n')
    assert text.count("{") == text.count("}") == 2
    assert text.count("single_image_dim: 32") == 2


@pytest.mark.parametrize(
    ("count", "side"), [(1, 32), (65_536, 32), (65_537, 16), (262_145, 8), (1_048_576, 8), (1_048_577, 0)]
)
def test_a_sprite_never_exceeds_what_graphics_cards_take(count, side):
    assert tile_side(count) == side
    assert np.ceil(np.sqrt(count)) * side <= 8192


def test_with_many_samples_the_sprites_tiles_are_smaller(monkeypatch):
    monkeypatch.setattr(projector, "SPRITE_SIDE_MOST", 32)
    halves = np.zeros((4, 32, 32, 3), np.uint8)
    halves[1, :, 16:] = 200
    image, side = sprite(halves)
    assert side == 16
    assert np.asarray(Image.open(io.BytesIO(image)))[0, :, 0].tolist() == [0] * 24 + [200] * 8


def test_without_room_for_a_sprite_the_configuration_names_none(monkeypatch):
    monkeypatch.setattr(projector, "SPRITE_SIDE_MOST", 8)
    files = projector_files(
        "x", np.zeros((4, 2), np.float32), np.zeros(4, np.uint8), ("a",), np.zeros((4, 32, 32, 3), np.uint8), True
    )
    assert "sprite.png" not in files
    assert "sprite" not in files["config.json"].decode() + files["projector_config.pbtxt"].decode()


def test_a_class_name_cannot_tear_the_metadata():
    latents, labels, tiles = np.zeros((1, 2), np.float32), np.zeros(1, np.uint8), np.zeros((1, 32, 32, 3), np.uint8)
    rows = projector_files("x", latents, labels, ("a\tb\nc",), tiles, True)["metadata.tsv"].decode().splitlines()
    assert rows == ["index\tlabel\tclass", "0\t0\ta b c"]


def test_weights_leave_as_they_are_with_their_card(tiny_model_folder):
    files = weight_files(tiny_model_folder)
    tensors = load_safetensors(files["weights.safetensors"])
    assert set(tensors) == set(load_model(tiny_model_folder)[0].state_dict())
    assert json.loads(files["card.json"])["name"] == "tiny"


def test_several_files_leave_as_one_archive_that_can_be_unpacked_and_is_always_the_same():
    name, content = packed({"a.txt": b"a", "b.txt": b"b"}, "m", "projector")
    assert (name, content) == packed({"a.txt": b"a", "b.txt": b"b"}, "m", "projector")
    assert name == packed_name("m", "projector") == "m-projector.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("b.txt") == b"b"
        assert archive.infolist()[0].external_attr >> 16 == 0o644


@pytest.mark.parametrize("kind", ["csv", "npz", "parquet"])
def test_the_name_of_a_single_file_is_known_beforehand(five, kind):
    assert packed(sample_files(five, "m", kind), "m", kind)[0] == packed_name("m", kind)


@pytest.fixture
def shell(tiny_model_folder, tmp_path, monkeypatch):
    """Runs the command line for the model "tiny", files going to tmp_path / "out"."""
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    return lambda *options: __main__.main([str(tiny_model_folder), "--out", str(tmp_path / "out"), *options])


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("csv", {"tiny-latents.csv"}),
        ("safetensors", {"weights.safetensors", "card.json"}),
        ("onnx", {"tiny-encoder.onnx", "tiny-decoder.onnx", "card.json"}),
    ],
)
def test_the_shell_writes_the_files_and_says_so(shell, tmp_path, capsys, kind, files):
    assert shell("--to", kind) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == files
    said = capsys.readouterr().err
    assert said.count("wrote") == len(files)
    assert ("differs from PyTorch by" in said) == (kind == "onnx")


def test_the_shell_packs_them_if_asked(shell, tmp_path):
    assert shell("--to", "projector", "--zip") == 0
    assert zipfile.is_zipfile(tmp_path / "out" / "tiny-projector.zip")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["nothing", "--to", "csv"], "There is no model 'nothing'"),
        (["default", "--to", "csv", "--data", "/nowhere"], "/nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(options, words, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    assert __main__.main([*options, "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert words in said
    assert said.count("\n") == 1


def test_a_mistake_in_the_command_line_is_another_exit_code():
    done = subprocess.run(
        [sys.executable, "-m", "model.export", "default", "--to", "pdf"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "onnx" in done.stderr


def test_a_full_disk_is_said_in_one_sentence_and_leaves_nothing(shell, tmp_path, monkeypatch, capsys):
    def full(path, write):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(__main__, "write_atomically", full)
    assert shell("--to", "csv") == 1
    assert "No space left on device" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_damaged_model_is_not_exported(tmp_path, synthetic_dataset, capsys):
    folder = save_untrained(tmp_path / "bad", FIVE, synthetic_dataset)
    (folder / "weights.safetensors").write_bytes(b"nonsense")
    for kind in ("safetensors", "onnx", "csv"):
        assert __main__.main([str(folder), "--to", kind, "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.count("error: ") == 3
    assert not (tmp_path / "out").exists()


# The download


def disposition(reply):
    return reply.headers["content-disposition"]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_can_be_downloaded(server, five_model_folder, kind):
    reply = server.get(f"/api/models/five/export/{kind}")
    assert reply.status == 200, reply.body
    assert f'filename="{packed_name("five", kind)}"' in disposition(reply)
    assert reply.headers["x-content-type-options"] == "nosniff"
    if kind == "csv":
        table = arrow_csv.read_csv(io.BytesIO(reply.body))
        assert np.array_equal(
            table["z5"].to_numpy().astype(np.float32), LatentMap.load(five_model_folder / "latents.npz").latents[:, 4]
        )
    if kind == "onnx":
        with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
            encoder = session(archive.read("five-encoder.onnx"))
        images = np.random.default_rng(0).random((2, 3, 32, 32), np.float32)
        with torch.inference_mode():
            expected = load_model(five_model_folder)[0].encode(torch.from_numpy(images))
        assert np.allclose(encoder.run(None, {"images": images})[0], expected, atol=1e-4)


def test_a_class_that_presses_at_once_gets_one_export_and_holds_nobody_up(server):
    with ThreadPoolExecutor(45) as class_of_45:  # more than the server has threads
        asked = [class_of_45.submit(server.get, "/api/models/tiny/export/onnx") for _ in range(45)]
        assert server.get("/api/models/tiny/labels").status == 200
        assert not all(request.done() for request in asked)
    assert {request.result().status for request in asked} == {200}
    assert len({request.result().body for request in asked}) == 1


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [("five/export/pdf", 404, "parquet"), ("none/export/csv", 404, "none"), ("five/export/", 404, "")],
)
def test_what_is_not_there_is_said_so(server, path, status, word):
    reply = server.get(f"/api/models/{path}")
    assert reply.status == status
    assert word in reply.json["detail"]


@pytest.fixture
def place(tmp_path, monkeypatch, five, five_model_folder):
    """The download's workings on "five", with a home in tmp_path."""
    monkeypatch.setattr(downloads.resources, "service", lambda name: five)
    monkeypatch.setattr(
        downloads.resources, "settings", lambda: SimpleNamespace(home=tmp_path, models=five_model_folder.parent)
    )
    return tmp_path / "cache" / "exports"


def test_an_export_is_made_once_and_anew_when_the_model_changes(place, monkeypatch, five):
    path = downloads._place("five", "csv")
    kept_files.keep(path, b"made", downloads.KEPT_MOST)
    kept_files.keep(path, b"made again", downloads.KEPT_MOST)
    assert path.read_bytes() == b"made"
    monkeypatch.setattr(five, "card", {**five.card, "title": {"en": "Renamed", "ko": "새 이름"}})
    assert downloads._place("five", "csv") != path


def test_old_exports_make_room(place, monkeypatch):
    monkeypatch.setattr(downloads, "KEPT_MOST", 3)
    for number in range(6):
        kept_files.keep(place / f"{number}.csv", b"x", downloads.KEPT_MOST)
    assert sorted(path.name for path in place.iterdir()) == ["3.csv", "4.csv", "5.csv"]


def test_a_full_disk_of_the_server_is_answered_in_one_sentence(place, monkeypatch):
    def full(path, write):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_files, "write_atomically", full)
    with pytest.raises(Refusal, match="No space left on device") as refusal:
        kept_files.keep(place / "a.csv", b"x", downloads.KEPT_MOST)
    assert refusal.value.status == 507


@pytest.mark.parametrize(
    ("said", "answer"),
    [("error: The file differs.\n", "The file differs."), ("Traceback …\nKeyError", "the log tells")],
)
def test_an_export_that_fails_says_why_and_shows_no_traceback(caplog, said, answer):
    with caplog.at_level(logging.WARNING), pytest.raises(ExportError, match=answer):
        downloads._file("five", "onnx", Outcome(1, b"", said))
    assert said.strip() in caplog.text


def test_an_export_that_takes_too_long_is_given_up():
    with pytest.raises(ExportError, match="given up"):
        downloads._file("five", "onnx", Outcome(None))


def test_the_files_of_one_model_are_named_by_it(tmp_path, synthetic_dataset):
    folder = save_untrained(
        tmp_path / "named", RunConfig(NetworkConfig(3, encoder_widths=(8,), decoder_widths=(8,))), synthetic_dataset
    )
    said = []
    assert set(onnx_files(folder, said.append)) == {"named-encoder.onnx", "named-decoder.onnx", "card.json"}
    assert len(said) == 1
