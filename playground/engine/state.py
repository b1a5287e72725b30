"""The state of a run, taken and put back: quickly on the device within an epoch, and as arrays for a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from playground.engine.checkpoint import Checkpoint
from playground.engine.weights import arrays, fitting, optimiser_arrays, restore_optimiser, show

if TYPE_CHECKING:
    from playground.engine.train import Training


class Snapshot:
    """Weights, optimiser, counters and torch's random state at one moment, to return to."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._weights = {name: value.detach().clone() for name, value in training.network.state_dict().items()}
        self._optimiser = _copied(training.optimiser.state_dict())
        self._random = torch.get_rng_state()
        self._counters = (training.epoch, training.step, training.batch)

    def put_back(self) -> None:
        """Make the run what it was. The snapshot can be put back again."""
        training = self._training
        show(self._weights, training.network)
        training.optimiser.load_state_dict(_copied(self._optimiser))
        torch.set_rng_state(self._random)
        training.epoch, training.step, training.batch = self._counters

    def is_near(self, most: float) -> bool:
        """Whether weights and optimiser are now what they were, but for rounding."""
        now = self._training.network.state_dict()
        weights = all(near(now[name], value, most) for name, value in self._weights.items())
        memory = self._training.optimiser.state_dict()["state"]
        return weights and all(
            near(memory[number][name], value, most)
            for number, values in self._optimiser["state"].items()
            for name, value in values.items()
            if isinstance(value, torch.Tensor)
        )


def _copied(optimiser: dict[str, Any]) -> dict[str, Any]:
    """An optimiser's state dict with tensors of its own; copy.deepcopy takes ten times as long."""
    state = {
        number: {
            name: value.detach().clone() if isinstance(value, torch.Tensor) else value for name, value in own.items()
        }
        for number, own in optimiser["state"].items()
    }
    return {"state": state, "param_groups": [dict(group) for group in optimiser["param_groups"]]}


def near(found: torch.Tensor, wanted: torch.Tensor, most: float) -> bool:
    """Whether tensors agree but for rounding, as a part of the largest number; what is no number must be so in both."""
    finite = wanted[torch.isfinite(wanted)].abs().double()
    largest = max(1e-8, float(finite.max())) if finite.numel() else 1.0
    return bool(torch.allclose(found.double(), wanted.double(), rtol=0.0, atol=most * largest, equal_nan=True))


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


def go_on_counting(checkpoint: Checkpoint, training: Training, same_batches: bool) -> None:
    """After an edit: from the epoch that was under way, with its schedule and random states; nothing is the best yet.

    same_batches: whether the epoch can go on with the batch it stood at; else it begins anew, in the same order.
    """
    facts, random = checkpoint.facts, checkpoint.group("random")
    training.epoch, training.step = _count(facts, "epoch"), _count(facts, "step")
    training.batch = min(_count(facts, "batch"), training.batches) if same_batches else 0
    if isinstance(schedule := facts.get("schedule"), dict):
        training.schedule.restore(schedule)
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
