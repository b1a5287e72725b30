"""Who trains the workloads: ourselves, the tight loop that is the limit, and what people would use instead.

A side is made once for a workload and then has short turns: turn(seconds) goes on training for about that long and says
how many examples it learned from. Libraries that are not installed raise ImportError on making.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np

from tests.bench.workloads import Workload

Turn = Callable[[float], int]
Side = Callable[[Workload], Turn]


def ours(work: Workload, device: str = "cpu") -> Turn:
    """Our engine as `playground train` runs it: scores of the training and validation part after each epoch too."""
    from playground.engine.events import SLICE
    from playground.engine.train import Training

    training = Training(work.make_graph(), work.recipe(), work.examples, device)
    training.slice = SLICE
    return _turned(training, training.events())


def reference(work: Workload) -> Turn:
    """The same, each step by plain autograd."""
    from playground.engine.train import Training

    training = Training(work.make_graph(), work.recipe(), work.examples, "cpu", flat=False)
    return _turned(training, training.events())


def _turned(training: Any, events: Iterator[Any]) -> Turn:
    while training.step < 8:  # by then the flat step is recorded and checked
        next(events)

    def turn(seconds: float) -> int:
        from playground.engine.device import use_threads

        use_threads(training.work)  # another side may have changed them
        end, first = perf_counter() + seconds, training.step
        while perf_counter() < end or training.step == first:
            next(events)
        return (training.step - first) * training.recipe.batch

    return turn


def tensors(work: Workload, device: str = "cpu") -> tuple[Any, Any]:
    """All training examples: inputs and targets."""
    import torch

    train = work.examples.train
    targets = torch.from_numpy(train.targets)
    targets = targets.float() if work.loss == "binary_cross_entropy" else targets
    return torch.from_numpy(train.inputs).to(device), targets.to(device)


def loss_of(work: Workload) -> Callable[[Any, Any], Any]:
    """Of scores and targets."""
    import torch.nn.functional as F

    if work.loss == "binary_cross_entropy":
        return lambda scores, y: F.binary_cross_entropy_with_logits(scores[:, 0], y)
    return F.cross_entropy


def optimiser_of(work: Workload, parameters: Any, **adam: bool) -> Any:
    """As the workload says. adam: what only Adam is asked."""
    import torch

    if work.optimiser == "sgd":
        return torch.optim.SGD(parameters, lr=work.rate, momentum=0.9)
    return torch.optim.Adam(parameters, lr=work.rate, **adam)


def _looped(work: Workload, batches: Callable[[], Iterator[tuple[Any, Any]]], device: str = "cpu") -> Turn:
    """Forward, backward, step over endless batches."""
    import torch

    module, loss = work.make_module().to(device), loss_of(work)
    optimiser = optimiser_of(work, module.parameters())
    threads, endless = torch.get_num_threads(), endless_of(batches)

    def turn(seconds: float) -> int:
        torch.set_num_threads(threads)
        end, done = perf_counter() + seconds, 0
        while perf_counter() < end:
            x, y = next(endless)
            optimiser.zero_grad()
            loss(module(x), y).backward()
            optimiser.step()
            done += len(x)
        return done

    return turn


def endless_of(batches: Callable[[], Iterator[Any]]) -> Iterator[Any]:
    """Epoch after epoch."""
    while True:
        yield from batches()


def tight(work: Workload, device: str = "cpu") -> Turn:
    """The limit: torch by hand, all data in memory as tensors, one index_select a step, nothing measured."""
    import torch

    x, y = tensors(work, device)

    def batches() -> Iterator[tuple[Any, Any]]:
        for rows in torch.randperm(len(x), device=device).split(work.batch):
            yield x.index_select(0, rows), y.index_select(0, rows)

    return _looped(work, batches, device)


def loader(work: Workload) -> Turn:
    """Torch with a DataLoader, as its tutorials write it."""
    made = _loaded(work)
    return _looped(work, lambda: iter(made))


def _loaded(work: Workload) -> Any:
    from torch.utils.data import DataLoader, TensorDataset

    return DataLoader(TensorDataset(*tensors(work)), batch_size=work.batch, shuffle=True)


def sklearn(work: Workload) -> Turn:
    """scikit-learn's MLPClassifier, epoch by epoch; only networks of dense layers."""
    from sklearn.neural_network import MLPClassifier

    hidden = {"tiny": ((8, 8), "tanh"), "mlp": ((128,), "relu"), "table": ((64, 64), "relu")}
    if work.name not in hidden:
        raise LookupError("it has dense layers only")
    units, activation = hidden[work.name]
    model = MLPClassifier(
        units,
        activation=activation,
        solver=work.optimiser,
        batch_size=work.batch,
        learning_rate_init=work.rate,
        alpha=0,
    )
    train = work.examples.train
    x, classes = train.inputs.reshape(len(train), -1), np.unique(train.targets)

    def turn(seconds: float) -> int:
        end, done = perf_counter() + seconds, 0
        while perf_counter() < end:
            model.partial_fit(x, train.targets, classes=classes)
            done += len(x)
        return done

    return turn


def skorch(work: Workload) -> Turn:
    """Skorch's NeuralNet, epoch by epoch, without a validation part."""
    import torch
    from skorch import NeuralNet

    threads = torch.get_num_threads()
    x, y = tensors(work)
    binary = work.loss == "binary_cross_entropy"
    net = NeuralNet(
        work.make_module(), torch.nn.BCEWithLogitsLoss if binary else torch.nn.CrossEntropyLoss, train_split=None,
        lr=work.rate, batch_size=work.batch, iterator_train__shuffle=True, verbose=0,
        optimizer=torch.optim.SGD if work.optimiser == "sgd" else torch.optim.Adam,
        **({"optimizer__momentum": 0.9} if work.optimiser == "sgd" else {}),
    )  # fmt: skip
    target = y[:, None] if binary else y

    def turn(seconds: float) -> int:
        torch.set_num_threads(threads)
        end, done = perf_counter() + seconds, 0
        while perf_counter() < end:
            net.partial_fit(x, target, epochs=1)
            done += len(x)
        return done

    return turn


def lightning(work: Workload) -> Turn:
    """Lightning's Trainer with its progress bar, log and checkpoints turned off; a callback ends each turn."""
    import torch

    from tests.bench import lightning_module

    module = lightning_module.Module(work.make_module(), loss_of(work), lambda weights: optimiser_of(work, weights))
    threads, batches = torch.get_num_threads(), _loaded(work)

    def turn(seconds: float) -> int:
        torch.set_num_threads(threads)
        until = lightning_module.trained(module, batches, seconds)
        turn.took = until.took  # type: ignore[attr-defined] - setting the trainer up is no training
        return until.done

    return turn


def keras(work: Workload) -> Turn:
    """Keras on torch, epoch by epoch, as model.fit() does it."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import torch
    from keras import optimizers

    from tests.bench.keras_models import model_of

    threads, train = torch.get_num_threads(), work.examples.train
    model = model_of(work.name)
    rule = optimizers.SGD(work.rate, momentum=0.9) if work.optimiser == "sgd" else optimizers.Adam(work.rate)
    model.compile(optimizer=rule, loss=model.own_loss)
    x = np.moveaxis(train.inputs, 1, -1) if train.inputs.ndim == 4 else train.inputs
    x = np.ascontiguousarray(x)

    def turn(seconds: float) -> int:
        torch.set_num_threads(threads)
        end, done = perf_counter() + seconds, 0
        while perf_counter() < end:
            model.fit(x, train.targets, batch_size=work.batch, epochs=1, verbose=0)
            done += len(x)
        return done

    return turn


SIDES: dict[str, Side] = {
    "ours": ours,
    "tight loop": tight,
    "autograd": reference,
    "DataLoader": loader,
    "Keras": keras,
    "Lightning": lightning,
    "skorch": skorch,
    "scikit-learn": sklearn,
}
