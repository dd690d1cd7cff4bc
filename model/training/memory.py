"""How much memory a training takes, and how much there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch
from torch import Tensor

from model.config import IMAGE_NUMBERS, IMAGE_SHAPE, RunConfig, numbers_per_layer
from model.device import autocast
from model.networks import Autoencoder, count_parameters
from model.training.objectives import Objective

CGROUP = Path("/sys/fs/cgroup")
OWN_CGROUP = Path("/proc/self/cgroup")
OOM_SCORE = Path("/proc/self/oom_score_adj")
NUMBER = 4  # bytes of a float32
LITTLE, MORE = 2, 4  # images in the two batches from which all others are computed
COPIES_MOST = (
    16  # of what a layer hands on: before and after normalisation and activation, twice in a block, at twice the side
)
WORKED_ON = 7  # copies of a batch: as floats, mirrored, corrupted, reconstructed, their difference and its gradient
PROGRAM_MOST = 700_000_000  # of a training process with its libraries, before it has an image
MEASURING = 700_000_000  # for PCA's covariance and the distances between images, once the training is over


@dataclass(frozen=True)
class Footprint:
    """Bytes that a training takes: the program with its libraries, the images, the parameters, and what a step needs
    beside them.
    """

    program: int
    images: int
    parameters: int
    step: int

    @property
    def total(self) -> int:
        """The highest that it comes to.

        Beside each parameter stand its gradient and AdamW's two moments. On top of them come what a step needs and the
        copy of the parameters and moments that goes to the disk meanwhile, or the measurement at the end, whichever is
        larger.
        """
        lasting = self.program + self.images + 4 * self.parameters
        return lasting + max(self.step + 3 * self.parameters, MEASURING)


def empty_network(config: RunConfig, classes: int) -> tuple[int, int, int]:
    """Parameters of the encoder, of the decoder and of all that is trained, counted on a network without memory."""
    with torch.device("meta"):
        objective = Objective(Autoencoder(config.network), config.objective, classes)
    network = objective.autoencoder
    halves = ((network.encoder, network.encoder_skip), (network.decoder, network.decoder_skip))
    encoder, decoder = (sum(count_parameters(part) for part in half if part is not None) for half in halves)
    return encoder, decoder, count_parameters(objective)


def activations(config: RunConfig, classes: int, device: torch.device) -> int:
    """Bytes that a step's forward pass keeps for its backward pass: those of two tiny batches, continued in a straight
    line.
    """
    with device:
        objective = Objective(Autoencoder(config.network), config.objective, classes)
    little, more = (_kept(objective, config, count, device) for count in (LITTLE, MORE))
    each = (more - little) / (MORE - LITTLE)
    return round(little + each * (config.training.batch_size - LITTLE))


def activations_most(config: RunConfig, trained: int) -> int:
    """An upper bound of `activations`, from the widths alone; `trained` parameters, of which bfloat16 brings copies."""
    network = config.network
    halves = ((network.encoder, network.encoder_widths, False), (network.decoder, network.decoder_widths, True))
    handed_on = sum(sum(numbers_per_layer(*half)) for half in halves)
    return NUMBER * (config.training.batch_size * COPIES_MOST * (handed_on + IMAGE_NUMBERS) + trained)


def _kept(objective: Objective, config: RunConfig, count: int, device: torch.device) -> int:
    own = {tensor.untyped_storage().data_ptr() for tensor in (*objective.parameters(), *objective.buffers())}
    kept: dict[int, Tensor] = {}  # by storage: views of one are kept once

    def note(tensor: Tensor) -> Tensor:
        if (place := tensor.untyped_storage().data_ptr()) not in own:
            kept[place] = tensor
        return tensor

    images = torch.rand(count, *IMAGE_SHAPE, device=device)
    labels = torch.zeros(count, dtype=torch.long, device=device)
    noise = torch.zeros(count, config.network.latent_dim, device=device)
    precision = autocast(config.training.precision, device)
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor), precision:
        objective(images, images, labels, noise)
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


def footprint(config: RunConfig, train: int, test: int, trained: int, activations: int) -> Footprint:
    """Of `train` images at hand, of which the configuration takes a share, and `test` images; `trained` parameters."""
    taken = round(config.training.share * train)
    copied = 0 if taken == train else taken  # a share is drawn into an array of its own
    # an activation and its gradient
    step = 2 * activations + WORKED_ON * NUMBER * IMAGE_NUMBERS * config.training.batch_size
    return Footprint(min(resident(), PROGRAM_MOST), IMAGE_NUMBERS * (train + copied + test), NUMBER * trained, step)


def resident() -> int:
    """Bytes that this process holds in memory."""
    return int(psutil.Process().memory_info().rss)


def be_killed_first() -> None:
    """Where memory runs out, let Linux end this process before any other: a training can be resumed, a server is wanted
    by everybody.
    """
    with suppress(OSError):
        OOM_SCORE.write_text("1000", encoding="ascii")


def available(device: torch.device) -> int:
    """Bytes that a training may still take: on CUDA those that are free, else those of the machine or of the container,
    the smaller.
    """
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return min([int(psutil.virtual_memory().available), *container_limits(OWN_CGROUP, CGROUP)])


def container_limits(own: Path, root: Path) -> Iterator[int]:
    """Bytes left of each limit that a container sets on this process, in cgroups of version 2 and 1; nothing where
    there is none.
    """
    try:
        lines = own.read_text(encoding="ascii").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, place = line.split(":", 2)
        if controllers in ("", "memory"):
            top = root / controllers
            inner = top / place.strip("/")
            for folder in (inner, *inner.parents):
                if folder == top or top in folder.parents:
                    yield from _left(
                        folder,
                        *(
                            ("memory.max", "memory.current")
                            if not controllers
                            else ("memory.limit_in_bytes", "memory.usage_in_bytes")
                        ),
                    )


def _left(folder: Path, limit: str, usage: str) -> Iterator[int]:
    """The limit less what is in use; what the kernel would give back (cached files) does not count as used."""
    try:
        most, used = int((folder / limit).read_text()), int((folder / usage).read_text())
        said = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):  # no such file, or "max": no limit
        return
    yield most - used + int(said.get("inactive_file", 0))


def said(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1e9:,.1f} GB"
