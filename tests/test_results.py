"""The tables of results: what they say of a model, and the commands that print them."""

import json
import shutil

import pytest

from model import evaluate as command
from model.config import NetworkConfig, ObjectiveConfig, RunConfig
from model.evaluation.disentanglement import UNMEASURED
from model.evaluation.tables import Result, tables
from tests.conftest import save_untrained

METRICS = {
    "test_mse": 0.02935,
    "pca_mse": 0.0323,
    "train_mse": 0.029,
    "test_psnr": 15.93,
    "test_ssim": 0.2109,
    "knn_accuracy": 0.3465,
    "pca_knn_accuracy": 0.2184,
    "trustworthiness": 0.8818,
    "pca_trustworthiness": 0.879,
    "continuity": 0.9,
    "pca_continuity": 0.95,
    "test_mae": 0.1316,
    "pca_mae": 0.1397,
}


def result(name="m", network=None, objective=None, metrics=None, **card):
    config = RunConfig(network or NetworkConfig(), objective or ObjectiveConfig())
    return Result(name, {"config": config.to_dict(), **card}, METRICS if metrics is None else {**METRICS, **metrics})


def cells(text, row):
    return [cell.strip() for cell in text.splitlines()[row].strip("|").split("|")]


def test_a_row_says_each_number_beside_pcas_and_rounds_as_people_do():
    text = tables([result(epochs_done=100, seconds=2612.4)])
    assert dict(zip(cells(text, 0), cells(text, 2), strict=True)) == {
        "model": "`m`",
        "numbers per image": "3",
        "test error": "**0.0294**",
        "PCA": "0.0323",
        "train error": "0.0290",
        "absolute error (PCA)": "0.1316 (0.1397)",
        "PSNR": "15.9 dB",
        "SSIM": "0.211",
        "10-NN accuracy (PCA)": "0.347 (0.218)",
        "trustworthiness (PCA)": "0.882 (0.879)",
        "continuity (PCA)": "0.900 (0.950)",
        "trained in": "100 epochs, 44 min",
    }


def test_only_an_error_below_pcas_is_bold():
    assert cells(tables([result(metrics={"test_mse": 0.04})]), 2)[2] == "0.0400"


def test_a_short_training_is_told_in_seconds():
    assert cells(tables([result(epochs_done=5, seconds=58.6)]), 2)[-1] == "5 epochs, 59 s"


def test_the_default_comes_first_and_the_others_by_their_numbers():
    text = tables([result("z", NetworkConfig(64)), result("b"), result("a"), result("default")])
    assert [cells(text, row)[0] for row in range(2, 6)] == ["`default`", "`a`", "`b`", "`z`"]


def test_a_column_that_no_card_fills_is_left_out_and_a_gap_is_a_dash():
    old = {name: value for name, value in METRICS.items() if "continuity" not in name}
    assert "continuity" not in tables([Result("m", result().card, old)])
    mixed = tables([Result("m", result().card, old), result("new")])
    assert cells(mixed, 2)[cells(mixed, 0).index("continuity (PCA)")] == "–"


def special(**options):
    return tables([result(**options)]).split("\n\n")[1].splitlines()[-1]


NOISY = {"noisy_psnr": 14.2, "denoised_psnr": 19.03, "denoising_gain": 4.83, "pca_denoising_gain": 4.1}


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (ObjectiveConfig(noise=0.2), "Gaussian noise of 0.2 on the input"),
        (ObjectiveConfig(noise=0.25, corruption="masking"), "25% of the input's pixels black"),
        (ObjectiveConfig(noise=0.1, corruption="salt-and-pepper"), "10% of the input's pixels black or white"),
    ],
)
def test_denoising_is_told_by_what_it_gains(objective, said):
    row = special(objective=objective, metrics=NOISY)
    assert said in row
    assert "14.2 dB, of the output 19.0 dB: gain +4.8 dB (PCA +4.1 dB)" in row


def test_a_variational_model_is_told_by_its_axes_and_by_what_cannot_be_measured():
    found = {"active_units": 2, "kl_per_unit": [0.001, 2.5, 1.25], "axis_correlation": 0.04}
    text = tables(
        [result(network=NetworkConfig(3, variational=True), objective=ObjectiveConfig(beta=4.0), metrics=found)]
    )
    assert "KL divergence, β = 4" in text
    assert (
        "2 of 3 units active; KL per unit 2.50, 1.25, 0.00 nats; mean absolute correlation between active axes 0.040"
        in text
    )
    assert text.endswith(UNMEASURED["en"])


def test_absolute_error_and_labels_are_named():
    assert "| the absolute error | absolute error 0.1316 (0.1397)" in special(objective=ObjectiveConfig(power=1))
    assert "labels" in special(objective=ObjectiveConfig(guidance=0.1))


def test_plain_models_have_one_table():
    assert "trained for" not in tables([result()])


@pytest.fixture
def home(tmp_path, monkeypatch, tiny_model_folder, synthetic_dataset):
    """An EXPLORER_HOME with "tiny", "other" (d = 2) and "vae", all of the synthetic data; nothing ships."""
    shutil.copytree(tiny_model_folder, tmp_path / "models" / "tiny")
    small = {"encoder_widths": (8,), "decoder_widths": (8,)}
    save_untrained(
        tmp_path / "models" / "other",
        RunConfig(NetworkConfig(2, **small), ObjectiveConfig(noise=0.1)),
        synthetic_dataset,
    )
    save_untrained(
        tmp_path / "models" / "vae",
        RunConfig(NetworkConfig(2, variational=True, **small), ObjectiveConfig(beta=1.0)),
        synthetic_dataset,
    )
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    monkeypatch.setattr("model.registry.SHIPPED_MODELS", tmp_path / "models")
    return tmp_path


def test_all_models_are_measured_against_one_pca(home, synthetic_dataset_folder, capsys, monkeypatch):
    fits = []
    fitted = command.Baseline
    monkeypatch.setattr(command, "Baseline", lambda *given: fits.append(given[-1]) or fitted(*given))
    assert command.main(["--all", "--data", str(synthetic_dataset_folder), "--table"]) == 0
    text = capsys.readouterr().out
    assert fits == [3]
    assert [cells(text, row)[0] for row in range(2, 5)] == ["`other`", "`vae`", "`tiny`"]
    assert "continuity" in text
    assert "Gaussian noise of 0.1" in text
    assert UNMEASURED["en"] in text


def test_one_model_is_its_metrics_and_several_are_by_name(home, synthetic_dataset_folder, capsys):
    assert command.main(["vae", "--data", str(synthetic_dataset_folder)]) == 0
    one = capsys.readouterr()
    assert json.loads(one.out)["latent_dim"] == 2
    assert UNMEASURED["en"] in one.err
    assert command.main(["tiny", "other", "--data", str(synthetic_dataset_folder)]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"tiny", "other"}


def test_cards_are_read_without_data_once_the_metrics_stand_on_them(home, synthetic_dataset_folder, capsys):
    weights = (home / "models" / "vae" / "weights.safetensors").read_bytes()
    assert command.main(["--all", "--data", str(synthetic_dataset_folder), "--table", "--write"]) == 0
    measured = capsys.readouterr().out
    assert command.main(["--all", "--cards"]) == 0
    assert capsys.readouterr().out == measured
    assert (home / "models" / "vae" / "weights.safetensors").read_bytes() == weights


def test_metrics_of_other_images_are_not_written_to_a_card(home, synthetic_dataset_folder, tmp_path, capsys):
    data = shutil.copytree(synthetic_dataset_folder, tmp_path / "data")
    (data / "test" / "circle" / "000.png").unlink()
    before = (home / "models" / "tiny" / "card.json").read_text()
    assert command.main(["tiny", "--data", str(data), "--write"]) == 1
    assert "other test images" in capsys.readouterr().err
    assert (home / "models" / "tiny" / "card.json").read_text() == before


@pytest.mark.parametrize(
    "arguments", [[], ["tiny", "--all"], ["--all", "--cards", "--write"], ["--all", "--cards", "--data", "x"]]
)
def test_a_mistake_in_the_command_line_is_explained(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments)
    assert stopped.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_an_unknown_model_is_said_in_one_sentence(home, capsys):
    assert command.main(["nobody", "--cards"]) == 1
    assert "There is no model 'nobody'" in capsys.readouterr().err
