"""A workload as a Lightning module, and a callback that ends its training. Imports Lightning, an optional install."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Any

from lightning import pytorch as pl

warnings.filterwarnings("ignore", module="lightning")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


class Module(pl.LightningModule):
    """Any torch module with a loss and an optimiser."""

    def __init__(self, inner: Any, loss: Callable[[Any, Any], Any], optimiser: Callable[[Any], Any]) -> None:
        super().__init__()
        self.inner, self._loss, self._made = inner, loss, optimiser

    def training_step(self, batch: Any, _number: int) -> Any:
        return self._loss(self.inner(batch[0]), batch[1])

    def configure_optimizers(self) -> Any:
        return self._made(self.parameters())


class Until(pl.Callback):
    """Ends after so many seconds of steps; counts examples."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._began = seconds, 0.0
        self.done, self.took = 0, 0.0

    def on_train_batch_start(self, *_: Any) -> None:
        self._began = self._began or perf_counter()

    def on_train_batch_end(self, _trainer: Any, _module: Any, _outputs: Any, batch: Any, _number: int) -> None:
        self.done += len(batch[0])
        self.took = perf_counter() - self._began
        if self.took > self._seconds:
            raise KeyboardInterrupt


def trained(module: Module, batches: Any, seconds: float) -> Until:
    """Train for so long."""
    until = Until(seconds)
    trainer = pl.Trainer(
        accelerator="cpu", max_epochs=-1, logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, callbacks=[until],
    )  # fmt: skip
    with suppress(KeyboardInterrupt, SystemExit):
        trainer.fit(module, batches)
    return until
