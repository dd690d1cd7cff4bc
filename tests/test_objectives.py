"""Every objective, its value and its gradient, against numbers worked out by hand."""

import math

import pytest
import torch

from model.config import NetworkConfig, ObjectiveConfig
from model.losses import LOSSES
from model.networks import Autoencoder
from model.training.objectives import Objective, corrupt, kl_divergence, reconstruction_error

GREY = torch.full((4, 3, 8, 8), 0.5)


class Scripted(torch.nn.Module):
    """Stands where a network stands: latents, their log variance and the reconstruction are given parameters."""

    def __init__(self, mean, log_variance=None, output=0.0, dim=2):
        super().__init__()
        self.config = NetworkConfig(
            latent_dim=dim, encoder_widths=(8,), decoder_widths=(8,), variational=log_variance is not None
        )
        self.mean = torch.nn.Parameter(torch.tensor(mean))
        self.log_variance = None if log_variance is None else torch.nn.Parameter(torch.tensor(log_variance))
        self.output = torch.nn.Parameter(torch.tensor(output))
        self.decoded = None

    def encode_distribution(self, images):
        return self.mean, self.log_variance

    def decode_raw(self, latents):
        self.decoded = latents
        return self.output.expand(len(latents), 3, 32, 32)


def value(network, config, target=1.0, noise=None, labels=(0,), classes=2):
    objective = Objective(network, config, classes)
    images = torch.full((len(labels), 3, 32, 32), target)
    return objective, *objective(
        images, images, torch.tensor(labels), torch.zeros(len(labels), 2) if noise is None else noise
    )


@pytest.mark.parametrize(("power", "loss", "slope"), [(1, 0.25, -1.0), (2, 0.0625, -0.5)])
def test_the_reconstruction_error_is_the_mean_power_of_the_difference(power, loss, slope):
    network = Scripted([[0.0, 0.0]], output=0.75)
    _, got, error = value(network, ObjectiveConfig(power=power))
    got.backward()
    assert got.item() == pytest.approx(loss)
    assert error.item() == pytest.approx(0.0625)  # always the squared error, so that curves can be compared
    assert network.output.grad.item() == pytest.approx(slope)  # d/df |f - 1| = -1, d/df (f - 1)^2 = 2 (0.75 - 1)


def test_the_mean_runs_over_images_and_channels():
    output, images = torch.tensor([0.5, 0.25]), torch.tensor([1.0, 0.5])
    assert reconstruction_error(output, images, ObjectiveConfig(power=1)).item() == pytest.approx((0.5 + 0.25) / 2)
    assert reconstruction_error(output, images, ObjectiveConfig()).item() == pytest.approx((0.25 + 0.0625) / 2)


def test_the_latent_penalty_adds_the_weighted_mean_square():
    network = Scripted([[3.0, 4.0]], output=1.0)
    _, loss, _ = value(network, ObjectiveConfig(latent_penalty=0.1))
    loss.backward()
    assert loss.item() == pytest.approx(0.1 * (9 + 16) / 2)
    assert network.mean.grad.tolist() == [[pytest.approx(0.3), pytest.approx(0.4)]]  # 0.1 * 2 z / 2


def test_the_kl_divergence_is_that_of_two_gaussians():
    mean, log_variance = torch.tensor([[2.0, 0.0]]), torch.tensor([[math.log(4.0), 0.0]])
    by_hand = 0.5 * (2.0**2 + 4.0 - 1 - math.log(4.0))
    assert kl_divergence(mean, log_variance)[0].tolist() == [pytest.approx(by_hand), 0.0]


def test_beta_weighs_the_kl_divergence_beside_the_summed_error():
    network = Scripted([[2.0, 0.0]], [[0.0, 0.0]], output=1.0)
    _, loss, _ = value(network, ObjectiveConfig(beta=8.0))
    loss.backward()
    assert loss.item() == pytest.approx(8.0 * 2.0 / 3072)  # KL = 0.5 * 2^2
    assert network.mean.grad[0, 0].item() == pytest.approx(8.0 * 2.0 / 3072)  # d KL / d mean = mean
    assert network.log_variance.grad.tolist() == [[0.0, 0.0]]  # at variance 1 the divergence is least


def test_a_variational_network_decodes_mean_plus_deviation_times_noise():
    network = Scripted([[1.0, -1.0]], [[math.log(4.0), 0.0]])
    value(network, ObjectiveConfig(beta=1.0), noise=torch.tensor([[0.5, 3.0]]))
    assert network.decoded.tolist() == [[pytest.approx(1 + 2 * 0.5), pytest.approx(-1 + 1 * 3.0)]]


def test_guidance_adds_the_weighted_cross_entropy_and_pulls_the_latent_by_it():
    network = Scripted([[1.0, 0.0]], output=1.0)
    objective = Objective(network, ObjectiveConfig(guidance=0.5), 2)
    objective.guide.layers = torch.nn.Linear(2, 2, bias=False)
    objective.guide.layers.weight.data = torch.tensor([[1.0, 0.0], [0.0, 0.0]])  # scores (z1, 0)
    images = torch.ones(1, 3, 32, 32)
    loss, _ = objective(images, images, torch.tensor([1]), torch.zeros(1, 2))
    loss.backward()
    right = 1 / (1 + math.e)  # softmax of the second of the scores (1, 0)
    assert loss.item() == pytest.approx(-0.5 * math.log(right))
    assert network.mean.grad.tolist() == [[pytest.approx(0.5 * (1 - right)), 0.0]]


def test_without_guidance_there_is_no_classifier():
    assert Objective(Scripted([[0.0, 0.0]]), ObjectiveConfig(), 2).guide is None


def draw(corruption, noise):
    return corrupt(
        GREY.repeat(32, 1, 1, 1), ObjectiveConfig(noise=noise, corruption=corruption), torch.Generator().manual_seed(0)
    )


def test_gaussian_noise_has_the_standard_deviation_asked_for():
    assert (draw("gaussian", 0.2) - 0.5).std().item() == pytest.approx(0.2, rel=0.03)


def test_masking_blackens_that_share_of_whole_pixels():
    noisy = draw("masking", 0.3)
    assert set(noisy.unique().tolist()) == {0.0, 0.5}
    assert (noisy == 0).float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert torch.equal(noisy[:, 0], noisy[:, 2])


def test_salt_and_pepper_are_equal_halves_of_that_share():
    noisy = draw("salt-and-pepper", 0.4)
    assert set(noisy.unique().tolist()) == {0.0, 0.5, 1.0}
    for end in (0.0, 1.0):
        assert (noisy == end).float().mean().item() == pytest.approx(0.2, abs=0.02)


def test_no_noise_leaves_the_images_alone_and_draws_nothing():
    generator = torch.Generator().manual_seed(0)
    before = generator.get_state()
    assert corrupt(GREY, ObjectiveConfig(), generator) is GREY
    assert torch.equal(before, generator.get_state())


def test_a_variational_network_encodes_to_its_means():
    network = Autoencoder(
        NetworkConfig(latent_dim=3, encoder_widths=(8,), decoder_widths=(8,), variational=True)
    ).eval()
    images = torch.rand(5, 3, 32, 32)
    mean, log_variance = network.encode_distribution(images)
    assert mean.shape == log_variance.shape == (5, 3)
    assert torch.equal(network.encode(images), mean)


def test_the_huber_loss_is_squared_near_zero_and_straight_beyond():
    near, far = (
        value(Scripted([[0.0, 0.0]], output=1 + difference), ObjectiveConfig(loss="huber"))
        for difference in (0.04, 0.5)
    )
    assert near[1].item() == pytest.approx(0.04**2 / 2, rel=1e-3)
    assert far[1].item() == pytest.approx(0.1 * (0.5 - 0.05))
    assert far[2].item() == pytest.approx(0.25)  # the squared error of the curves, whatever is minimised


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_is_nothing_for_a_perfect_copy_and_more_for_a_worse_one(name):
    none, some, more = LOSSES[name](torch.tensor([0.0, 0.2, -0.4])).tolist()
    assert 0 == none < some < more
