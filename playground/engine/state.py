"""The state of a run, taken and put back: quickly on the device within an epoch, and as arrays for a file."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from playground.engine.checkpoint import Checkpoint
from playground.engine.weights import arrays, fitting, optimiser_arrays, restore_optimiser

if TYPE_CHECKING:
    from playground.engine.train import Training


class Snapshot:
    """Weights, optimiser, counters and torch's random state at one moment, to return to."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._weights = {name: value.detach().clone() for name, value in training.network.state_dict().items()}
        self._optimiser = deepcopy(training.optimiser.state_dict())
        self._random = torch.get_rng_state()
        self._counters = (training.epoch, training.step, training.batch)

    def put_back(self) -> None:
        """Make the run what it was. The snapshot can be put back again."""
        training = self._training
        training.network.load_state_dict(self._weights)
        training.optimiser.load_state_dict(deepcopy(self._optimiser))
        torch.set_rng_state(self._random)
        training.epoch, training.step, training.batch = self._counters


def take_checkpoint(training: Training) -> Checkpoint:
    """Copies of everything needed to go on exactly from here, in the middle of an epoch too."""
    tensors: dict[str, Any] = {}
    groups = {
        "weights": arrays(training.network.state_dict()),
        "best": arrays(training.best),
        "last": arrays(training.last),
        "optimiser": optimiser_arrays(training.optimiser),
    }
    for group, members in groups.items():
        tensors |= {f"{group}/{name}": value for name, value in members.items()}
    # A run that was resumed and has not begun yet passes on what it was given.
    in_epoch = training.epoch_random if training.batch else None
    shuffle = training.random.get_state() if in_epoch is None else in_epoch
    dropping = torch.get_rng_state() if training.torch_random is None else training.torch_random
    tensors["random/shuffle"] = shuffle.numpy().copy()
    tensors["random/torch"] = dropping.numpy().copy()
    best = training.best_loss if np.isfinite(training.best_loss) else None
    facts = {
        "epoch": training.epoch,
        "epochs": training.recipe.epochs,
        "step": training.step,
        "batch": training.batch,
        "best_epoch": training.best_epoch,
        "best_loss": best,
        "waited": training.waited,
        "schedule": training.schedule.facts(),
    }
    return Checkpoint(tensors, facts)


def read_checkpoint(checkpoint: Checkpoint, training: Training) -> None:
    """Go on from a checkpoint. Of a network that has changed since, what still fits is taken."""
    fitted = fitting(checkpoint.weights, training.network)
    whole = len(fitted) == len(training.network.state_dict())
    if not whole or not restore_optimiser(training.optimiser, checkpoint.group("optimiser")):
        return
    facts = checkpoint.facts
    training.epoch, training.step = _count(facts, "epoch"), _count(facts, "step")
    training.batch = min(_count(facts, "batch"), training.batches)
    training.best_epoch, training.waited = _count(facts, "best_epoch"), _count(facts, "waited")
    if training.waited >= training.recipe.patience:
        training.waited = 0  # it had stopped early: whoever goes on has patience again
    best = facts.get("best_loss")
    training.best_loss = float(best) if isinstance(best, int | float) else float("inf")
    if isinstance(schedule := facts.get("schedule"), dict):
        training.schedule.restore(schedule)
    training.best, training.last = _kept(checkpoint, "best", training), _kept(checkpoint, "last", training)
    random = checkpoint.group("random")
    if _is_state(random.get("shuffle")) and _is_state(random.get("torch")):
        training.random.set_state(torch.from_numpy(random["shuffle"].copy()))
        training.torch_random = torch.from_numpy(random["torch"].copy())


def _kept(checkpoint: Checkpoint, group: str, training: Training) -> dict[str, torch.Tensor]:
    """Weights beside those of the network; none if they are not whole or not finite."""
    own, kept = training.network.state_dict(), checkpoint.group(group)
    if kept.keys() != own.keys():
        return {}
    if any(tuple(own[name].shape) != value.shape or not np.isfinite(value).all() for name, value in kept.items()):
        return {}
    return {name: torch.from_numpy(value.copy()).to(training.device) for name, value in kept.items()}


def _count(facts: Any, name: str) -> int:
    value = facts.get(name, 0)
    return value if isinstance(value, int) and 0 <= value < 2**53 else 0


def _is_state(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.size == torch.get_rng_state().numel()
