"""Where the time of one training step goes on a CPU: each part's share of it, beside what its arithmetic takes at the
speed of a large matrix product and what its layers take alone.

PyTorch's profiler times every operator of a step; an operator's own time, that of those it calls left out, belongs to
one part, so that the parts of a step add up to it. Steps are alike, operator for operator: of each operator, as of each
layer alone and of the unprofiled steps between, the quickest tenth counts, for other work on the machine only ever
adds. With OMP_NUM_THREADS=1 all but the operators is timed on the processor's clock, which other work does not move.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import mean
from typing import Any

import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile, record_function

from benchmarks.options import Options
from benchmarks.peak import clock, peak_flops, step_flops
from benchmarks.report import Row
from benchmarks.training import EPOCHS, training_images
from model.checkpoint import read_card
from model.config import RunConfig
from model.data.dataset import ImageDataset
from model.device import abilities, autocast, best_device, keep_memory, multiplies_bfloat16
from model.training import steps
from model.training.process_group import ProcessGroup
from model.training.steps import Steps

TITLE = "training: where the time of a step goes"
TOGETHER = 8  # steps of a turn
WARM = 5  # steps that do not count
CPU = torch.device("cpu")
STEP = "step"
IDEAL, MORE = "its matrix products at a large one's speed", "so much more its layers take alone, forward and backward"
ELSE = "all else"

DATA, WEIGHTS, BOTH = "backward, to the inputs", "backward, to the weights", "convolutions backward"
FORWARD, BATCH, OPTIMISER = "layers forward", "batch: gather, floats, augmentation", "optimiser"
ACTIVATION, LOSS, CASTS = "activation, normalisation, biases", "loss", "casts and copies"
OTHER, DISPATCH = "other arithmetic", "Python, dispatch, views, allocation"
PARTS = (FORWARD, DATA, WEIGHTS, BOTH, ACTIVATION, OPTIMISER, BATCH, CASTS, LOSS, OTHER, DISPATCH)

OF_RANGE = {steps.BATCH: BATCH, "Optimizer": OPTIMISER}  # all that happens within
OPERATORS = {
    FORWARD: ("addmm", "convolution"),
    BOTH: ("convolution_backward",),
    ACTIVATION: (
        *("gelu", "relu", "silu", "tanh", "batch_norm", "native_layer_norm", "native_group_norm"),
        *("gelu_backward", "threshold_backward", "silu_backward", "tanh_backward"),
        *("native_batch_norm_backward", "native_layer_norm_backward", "native_group_norm_backward"),
        "sum",  # of a bias' gradient
    ),
    CASTS: ("to", "contiguous", "clone", "copy_"),
    LOSS: ("mse_loss", "l1_loss", "mse_loss_backward", "cross_entropy_loss"),
}
OF_OPERATOR = {name: part for part, names in OPERATORS.items() for name in names}
NO_ARITHMETIC = {
    *("t", "transpose", "permute", "as_strided", "view", "reshape", "expand", "flatten", "unflatten", "slice"),
    *("select", "unsqueeze", "detach", "empty", "empty_like", "empty_strided", "new_empty", "resolve_conj", "linear"),
    *("conv2d", "conv_transpose2d", "item", "_local_scalar_dense", "scalar_tensor", "broadcast_tensors"),
}


Passes = tuple[Callable[[], object], Callable[[], object]]  # of a layer: forward and backward
Operators = list[tuple[str, float]]  # of one step, in their order: the part of each, and its own seconds


@dataclass(frozen=True)
class Times:
    """Seconds of an unprofiled step and of each part of a profiled one; `count` of each were made."""

    plain: float
    parts: dict[str, float]
    count: int


def measure(options: Options) -> list[Row]:
    """Of the model's network, on real images or noise; nothing on CUDA, where a step is one compiled program."""
    if best_device().type == "cuda":
        return []
    config = RunConfig.from_dict(read_card(options.folder)["config"])
    keep_memory()  # as `python -m model.train` does
    config = replace(config, training=replace(config.training, epochs=EPOCHS))
    return rows(config, training_images(options), options.seconds)


def rows(config: RunConfig, train: ImageDataset, seconds: float) -> list[Row]:
    """The rows of each precision that the processor multiplies in, of `config` on the images `train`."""
    kinds = ["float32", *(["bfloat16"] if multiplies_bfloat16(CPU) else [])]
    return [row for kind in kinds for row in _rows(_in(config, kind), train, seconds)]


def _in(config: RunConfig, precision: str) -> RunConfig:
    return replace(config, training=replace(config.training, precision=precision))


def _rows(config: RunConfig, train: ImageDataset, seconds: float) -> Iterator[Row]:
    precision = config.training.precision
    times, (alone, repeats) = observe(config, train, seconds), layers_alone(config, train, seconds / 2)
    speed, _ = peak_flops(config, CPU)
    ideal, step, n = step_flops(config) / speed, sum(times.parts.values()), times.count
    yield Row(f"one step in {precision}, its parts together; {abilities(CPU)}", 1000 * step, "ms", n)
    yield Row("... beside an unprofiled one", step / times.plain, "times", n)
    yield Row(f"... {IDEAL}", 100 * ideal / step, "%", n)
    yield Row(f"... {MORE}", 100 * (alone - ideal) / step, "%", repeats)
    yield Row(f"... {ELSE}", 100 * (step - alone) / step, "%", n)
    for part in PARTS:
        if part in times.parts:
            yield Row(f"... {part}", 100 * times.parts[part] / step, "%", n)


def observe(config: RunConfig, train: ImageDataset, seconds: float) -> Times:
    """Profiled and unprofiled steps in turns, for about `seconds`."""
    run = endless(Steps(config, train, ProcessGroup(CPU)))
    for _ in range(WARM):
        next(run)
    plain: list[float] = []
    seen: list[Operators] = []
    start = time.perf_counter()
    while not plain or time.perf_counter() - start < seconds:
        plain += [_timed(lambda: next(run)) for _ in range(TOGETHER)]
        seen += profiled(run, TOGETHER)
    return Times(mean(quickest(plain)), together(seen), len(plain))


def together(seen: list[Operators]) -> dict[str, float]:
    """Seconds of each part. Steps that have more operators than most, as the first of an epoch, do not count."""
    usual = Counter(map(len, seen)).most_common(1)[0][0]
    parts: Counter[str] = Counter()
    for same in zip(*(operators for operators in seen if len(operators) == usual), strict=True):
        parts[same[0][0]] += mean(quickest([spent for _, spent in same]))
    return dict(parts)


def quickest(seconds: list[float]) -> list[float]:
    """The quickest tenth of them."""
    return sorted(seconds)[: -(-len(seconds) // 10)]


def endless(run: Steps) -> Iterator[int]:
    """Its steps, epoch after epoch."""
    total, epoch = torch.zeros(2), 0
    while True:
        yield from run.of_epoch(epoch, total)
        epoch += 1


def _timed(work: Callable[[], object]) -> float:
    before = clock()
    work()
    return clock() - before


def profiled(run: Iterator[int], count: int) -> list[Operators]:
    """The operators of the next `count` steps of a `run`."""
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        for _ in range(count):
            with record_function(STEP):
                next(run)
    return [list(_operators(event)) for event in seen.events() or () if event.name == STEP and event.cpu_parent is None]


def _operators(event: Any, within: str = DISPATCH) -> Iterator[tuple[str, float]]:
    """An event of the profiler, and those that it consists of."""
    name = event.name.removeprefix("aten::")
    part = _part(event, name, within)
    free = name in NO_ARITHMETIC or not event.name.startswith("aten::")
    yield DISPATCH if free else OTHER if part == DISPATCH else part, event.self_cpu_time_total / 1e6
    for child in event.cpu_children:
        yield from _operators(child, part)


def _part(event: Any, name: str, within: str) -> str:
    """The part of an operator `name`, or of what it calls: that of its caller, where that has one."""
    if within != DISPATCH:
        return within
    if name == "mm":
        return _gradient(event)
    return OF_OPERATOR.get(name) or OF_RANGE.get(name.partition(".")[0], DISPATCH)


def _gradient(event: Any) -> str:
    """Of a fully connected layer: the gradient of its weights is made last, and alone where its inputs need none."""
    products = [sibling for sibling in event.cpu_parent.cpu_children if sibling.name == event.name]
    return WEIGHTS if event is products[-1] else DATA


def layers_alone(config: RunConfig, train: ImageDataset, seconds: float) -> tuple[float, int]:
    """Seconds that the layers with matrix products take forward and backward, each by itself, on numbers that have its
    precision already; and how often each was timed at least.
    """
    works = [work for passes in _layers(config, train) for work in passes]
    spent = [_repeat(work, seconds / len(works)) for work in works]
    return sum(mean(quickest(times)) for times in spent), min(map(len, spent))


def _repeat(work: Callable[[], object], seconds: float) -> list[float]:
    times, start = list[float](), time.perf_counter()
    work()
    while not times or time.perf_counter() - start < seconds:
        times.append(_timed(work))
    return times


def _layers(config: RunConfig, train: ImageDataset) -> list[Passes]:
    """Of each layer, on inputs as it has them in a step."""
    run, seen = Steps(config, train, ProcessGroup(CPU)), list[tuple[nn.Module, Tensor, Tensor]]()
    hooks = [
        layer.register_forward_hook(lambda layer, given, output: seen.append((layer, given[0], output)))
        for layer in run.autoencoder.modules()
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d)
    ]
    with autocast(config.training.precision, CPU):
        run.autoencoder(torch.rand(config.training.batch_size, *train.images.shape[1:]).to(memory_format=run.layout))
    for hook in hooks:
        hook.remove()
    return [_passes(*one) for one in seen]


def _passes(layer: nn.Module, given: Tensor, output: Tensor) -> Passes:
    """Forward and backward; nobody needs the gradient of the first layer's inputs."""
    weights = {name: p.detach().to(output.dtype).requires_grad_() for name, p in layer.named_parameters()}
    inputs = given.detach().to(output.dtype).requires_grad_(given.requires_grad)
    wanted = [tensor for tensor in (inputs, *weights.values()) if tensor.requires_grad]
    gradient = torch.randn_like(output)

    def forward() -> Tensor:
        with torch.autocast(CPU.type, enabled=False):
            return torch.func.functional_call(layer, weights, (inputs,))

    made = forward()
    return forward, lambda: torch.autograd.grad(made, wanted, gradient, retain_graph=True)
