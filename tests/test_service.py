"""The service: arrays in, arrays out, from many threads."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from model.checkpoint import load_model
from model.data.catalogue import CATALOGUE
from model.data.dataset import ImageDataset
from model.errors import CheckpointError, LatentError, PictureError
from model.space.density import DENSITY, Density
from model.space.latent_map import LatentMap
from model.space.service import ExplorerService


@pytest.fixture(scope="module")
def service(tiny_model_folder, synthetic_dataset):
    return ExplorerService(tiny_model_folder, synthetic_dataset)


@pytest.fixture(scope="module")
def bare_service(tiny_model_folder):
    return ExplorerService(tiny_model_folder, None)


def random_latents(count, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)


def test_a_model_of_ones_own_images_has_no_card_of_a_data_set_and_one_of_the_catalogue_has(tiny_model_folder):
    service = ExplorerService(tiny_model_folder, None)
    assert service.dataset_card is None
    service.card["data"]["dataset"] = "mnist"
    assert service.dataset_card is CATALOGUE["mnist"]


def test_decoding_gives_the_networks_image_rounded_to_whole_pixels(service, tiny_model_folder):
    latents = random_latents(7)
    with torch.inference_mode():
        exact = load_model(tiny_model_folder)[0].decode(torch.from_numpy(latents)).numpy() * 255
    decoded = service.decode(latents)
    assert decoded.shape == (7, 32, 32, 3)
    assert decoded.dtype == np.uint8
    assert np.abs(decoded.transpose(0, 3, 1, 2) - exact).max() <= 0.501


def test_a_long_batch_is_decoded_as_its_parts_are(service):
    latents = random_latents(600)
    whole, part = service.decode(latents)[598:].astype(int), service.decode(latents[598:])
    assert np.abs(whole - part).max() <= 1  # a matrix product of another height rounds differently


def test_decoding_from_many_threads_gives_what_one_thread_gives(service):
    batches = [random_latents(5, seed) for seed in range(40)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(service.decode, batches))
    assert all(np.array_equal(a, service.decode(b)) for a, b in zip(together, batches, strict=True))


def test_requests_run_with_one_thread(service):
    torch.set_num_threads(2)
    with ThreadPoolExecutor(1) as pool:
        threads = pool.submit(lambda: (service.decode(random_latents(1)), torch.get_num_threads())[1]).result()
    assert threads == 1


@pytest.mark.parametrize(
    "latents",
    [
        np.zeros((1, 4), np.float32),
        np.zeros(3, np.float32),
        np.full((1, 3), np.nan, np.float32),
        np.full((1, 3), np.inf, np.float32),
    ],
)
def test_latents_of_a_wrong_shape_or_not_finite_are_named(service, latents):
    with pytest.raises(LatentError, match=r"\(k, 3\)"):
        service.decode(latents)


def test_images_of_a_wrong_shape_or_kind_are_named(service):
    with pytest.raises(PictureError, match="uint8"):
        service.encode(np.zeros((1, 3, 32, 32), np.float32))
    with pytest.raises(PictureError, match=r"\(1, 3, 16, 16\)"):
        service.encode(np.zeros((1, 3, 16, 16), np.uint8))


def test_the_error_of_a_sample_is_the_mean_square_between_original_and_decoded(service, synthetic_dataset):
    original = synthetic_dataset.images[5].transpose(1, 2, 0) / 255
    decoded = service.reconstructions(np.array([5]))[0] / 255
    assert service.sample_error(5)["mse"] == pytest.approx(((original - decoded) ** 2).mean(), abs=0.002)


def test_originals_come_in_the_order_asked_for(service, synthetic_dataset):
    assert np.array_equal(service.originals(np.array([9, 2])), synthetic_dataset.images[[9, 2]].transpose(0, 2, 3, 1))


def test_without_images_there_are_reconstructions_and_no_error(bare_service):
    assert not bare_service.has_images
    assert bare_service.sample_error(0) == {"mse": None, "error_percentile": None}
    assert bare_service.reconstructions(np.array([0])).shape == (1, 32, 32, 3)
    with pytest.raises(LatentError, match="not on this machine"):
        bare_service.originals(np.array([0]))


@pytest.mark.parametrize("index", [-1, 72])
def test_a_sample_that_does_not_exist_is_named(service, index):
    with pytest.raises(LatentError, match=f"Sample {index} does not exist; there are 0 to 71"):
        service.originals(np.array([0, index]))


def test_the_nearest_image_to_an_original_is_itself(service, synthetic_dataset):
    index, distance = service.nearest_pixel(synthetic_dataset.images[11], 4)
    assert index[0] == 11
    assert distance[0] == 0
    assert (np.diff(distance) >= 0).all()


def test_pixel_distances_are_euclidean_with_pixels_from_0_to_1(service, synthetic_dataset):
    image = synthetic_dataset.images[3]
    exact = np.sqrt((((synthetic_dataset.images / 255.0) - image / 255.0) ** 2).sum((1, 2, 3)))
    index, distance = service.nearest_pixel(image, 72)
    assert np.allclose(distance, exact[index], atol=1e-4)
    assert np.allclose(distance, np.sort(exact), atol=1e-4)


def test_warmed_reconstructions_are_what_the_decoder_draws(bare_service):
    index = np.array([7, 0, 3])
    drawn = bare_service.decode(bare_service.latent_map.latents[index])
    bare_service.warm()
    assert np.abs(bare_service.reconstructions(index).astype(int) - drawn).max() <= 1


def test_without_images_pixels_are_compared_with_reconstructions(bare_service):
    decoded = bare_service.reconstructions(np.array([8]))[0].transpose(2, 0, 1)
    assert bare_service.nearest_pixel(decoded, 1)[1][0] == 0


@pytest.mark.parametrize("k", [0, 73])
def test_too_few_or_too_many_neighbours_are_refused(service, synthetic_dataset, k):
    with pytest.raises(LatentError, match="between 1 and 72"):
        service.nearest_pixel(synthetic_dataset.images[0], k)
    with pytest.raises(LatentError, match="between 1 and 72"):
        service.nearest_latent(np.zeros(3, np.float32), k)


def other_data(dataset):
    return ImageDataset(dataset.images[::-1].copy(), dataset.labels[::-1].copy(), ("x", "y", "z"))


def test_for_other_data_the_map_is_computed_once_and_kept(tiny_model_folder, synthetic_dataset, tmp_path):
    other = other_data(synthetic_dataset)
    first = ExplorerService(tiny_model_folder, other, tmp_path)
    assert first.classes == ("x", "y", "z")
    assert np.allclose(first.latent_map.latents, first.encode(other.images), atol=1e-5)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    second = ExplorerService(tiny_model_folder, other, tmp_path)
    assert np.array_equal(second.latent_map.latents, first.latent_map.latents)
    assert kept.stat().st_mtime_ns == written
    assert first.version == second.version != ExplorerService(tiny_model_folder, synthetic_dataset).version


def test_a_kept_map_that_is_damaged_is_computed_again(tiny_model_folder, synthetic_dataset, tmp_path):
    other = other_data(synthetic_dataset)
    good = ExplorerService(tiny_model_folder, other, tmp_path).latent_map.latents
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"half a file")
    assert np.array_equal(ExplorerService(tiny_model_folder, other, tmp_path).latent_map.latents, good)
    assert kept.stat().st_size > 100


def test_a_map_of_another_model_is_refused(tiny_model_folder, five_model_folder, tmp_path):
    for name in ("weights.safetensors", "card.json"):
        (tmp_path / name).write_bytes((tiny_model_folder / name).read_bytes())
    (tmp_path / "latents.npz").write_bytes((five_model_folder / "latents.npz").read_bytes())
    with pytest.raises(CheckpointError, match="5 axes, its model 3"):
        ExplorerService(tmp_path, None)


def test_another_density_is_another_version(tiny_model_folder, synthetic_dataset, tmp_path):
    folder = shutil.copytree(tiny_model_folder, tmp_path / "tiny")
    before = ExplorerService(folder, synthetic_dataset).version
    latents = LatentMap.load(folder / "latents.npz").latents
    Density.of(latents, latents, np.zeros(len(latents))).save(folder / DENSITY)
    assert ExplorerService(folder, synthetic_dataset).version != before
