"""Every combination of encoder and decoder keeps the contract of shapes and ranges."""

import pytest
import torch

from model.config import BLOCKS, LATENT_SCALES, NetworkConfig
from model.evaluation.pca import fit_pca
from model.networks import Autoencoder

WIDTHS = {"dense": (32, 16), "conv": (4, 8, 8), "residual": (4, 8, 8)}


@pytest.mark.parametrize("encoder", BLOCKS)
@pytest.mark.parametrize("decoder", BLOCKS)
@pytest.mark.parametrize("linear_skip", [False, True])
def test_every_encoder_meets_every_decoder(encoder, decoder, linear_skip):
    config = NetworkConfig(
        5, encoder, WIDTHS[encoder], decoder, WIDTHS[decoder], linear_skip=linear_skip, decoder_normalisation="batch"
    )
    network = Autoencoder(config)
    images = torch.rand(4, 3, 32, 32)
    latents = network.encode(images)
    assert latents.shape == (4, 5)
    decoded = network.decode(100 * latents)
    assert decoded.shape == (4, 3, 32, 32)
    assert decoded.min() >= 0
    assert decoded.max() <= 1


@pytest.mark.parametrize("block", BLOCKS)
def test_a_network_that_starts_from_pca_has_pcas_error(block):
    images = torch.randint(0, 256, (400, 3, 32, 32), dtype=torch.uint8)
    images[:, :, :16] = images[:, :, :16] // 4 + images[:, :1, :1, :1] // 2
    pca = fit_pca(images, 4)
    network = Autoencoder(NetworkConfig(4, block, WIDTHS[block], block, WIDTHS[block], linear_skip=True)).eval()
    network.start_from_pca(pca.mean, pca.components, pca.deviations)
    pixels = images.float() / 255
    error = (network.decode(network.encode(pixels)) - pixels).square().mean().item()
    assert error == pytest.approx(pca.mse(images), rel=1e-3)


def test_latents_stay_float32_under_bfloat16():
    network = Autoencoder(NetworkConfig(3, "dense", (16,), "dense", (16,)))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert network.encode(torch.rand(4, 3, 32, 32)).dtype == torch.float32


@pytest.mark.parametrize("linear_skip", [False, True])
def test_a_scale_changes_the_map_of_the_space_and_nothing_else(linear_skip):
    shape = {"encoder_widths": (16,), "decoder_widths": (16,), "linear_skip": linear_skip}
    linear, asinh = (Autoencoder(NetworkConfig(3, latent_scale=scale, **shape)).eval() for scale in LATENT_SCALES)
    asinh.load_state_dict(linear.state_dict())
    images = torch.rand(8, 3, 32, 32)
    assert torch.allclose(asinh.encode(images), linear.encode(images).asinh())
    for network in (linear, asinh):
        (network(images) - images).square().mean().backward()
    assert torch.allclose(asinh(images), linear(images), atol=1e-6)
    for one, other in zip(asinh.parameters(), linear.parameters(), strict=True):
        assert torch.allclose(one.grad, other.grad, rtol=1e-4, atol=1e-7)


def test_a_probe_dragged_far_out_of_an_asinh_space_still_decodes():
    network = Autoencoder(NetworkConfig(3, encoder_widths=(16,), decoder_widths=(16,), latent_scale="asinh")).eval()
    decoded = network.decode(torch.tensor([[1e6, -1e6, 0.0]]))
    assert decoded.isfinite().all()
    assert decoded.std() > 0
