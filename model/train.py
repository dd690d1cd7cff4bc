"""`python -m model.train`: the training loop for the shell, for the Train page (which starts it as a process of its
own) and under torchrun.
"""

from __future__ import annotations

import sys

from model.interrupts import STOPPED, Interrupts, is_main_process
from model.training.options import parse

SAID = "stopped before the model was written; go on with --resume"


def main(arguments: list[str] | None = None) -> int:
    """0 on success, 130 after Ctrl-C before the model was written, 1 with one sentence on standard error otherwise."""
    options = parse(arguments)
    with Interrupts() as interrupts:
        with interrupts.ending("stopped before the training began"):
            from model.training.launch import launch, wanted
            from model.training.process import train
        try:
            return launch(options.processes, arguments) if wanted(options) else train(options, interrupts)
        except KeyboardInterrupt:
            if is_main_process():
                print(f"\n{SAID}", file=sys.stderr)
            return STOPPED


if __name__ == "__main__":
    sys.exit(main())
