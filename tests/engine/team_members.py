"""What each process of a team does in the tests: run as a script, with the work's name and a folder for its finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]


def team_of(size: int, work: str, folder: Path, **asked: Any) -> list[dict[str, np.ndarray]]:
    """Have so many processes do one of the works below; what each found, in their order."""
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "WORLD_SIZE": str(size)}
    shared = {**os.environ, **meeting, "LOCAL_WORLD_SIZE": str(size), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.engine.team_members", work, str(folder), json.dumps(asked)]
    members = [
        subprocess.Popen(command, env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)}, cwd=ROOT)
        for rank in range(size)
    ]
    try:
        assert [member.wait(120) for member in members] == [0] * size
    finally:
        for member in members:
            member.kill()
    return [dict(np.load(folder / f"{rank}.npz")) for rank in range(size)]


def free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def alone(asked: dict[str, Any]) -> dict[str, np.ndarray]:
    """The same work by one process with the whole batch, for comparison."""
    from playground.engine.train import Training

    graph, recipe, examples = subject(asked)
    return found(Training(graph, recipe, examples, "cpu", flat=False))


def subject(asked: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Network, recipe and data of a template, with settings changed."""
    from playground.app.document import make_project, set_path
    from playground.cli.projects import prepared

    document, _ = make_project(asked["template"])
    for path, value in asked.get("changes", {}).items():
        document = set_path(document, path, value)
    graph = normalised() if asked.get("normalised") else document.graph
    return graph, document.recipe, prepared(document)


def normalised() -> Any:
    """A small network for digits with batch normalisation of images and of features."""
    from playground.graph.templates import chain
    from playground.layers.dense import Dense
    from playground.layers.ends import Input, Output
    from playground.layers.image import Conv2d
    from playground.layers.normalise import BatchNorm
    from playground.layers.reshape import Flatten

    images = Input(dims=(1, 8, 8)), Conv2d(filters=4), BatchNorm(), Flatten()
    return chain(*images, Dense(units=16, activation="relu"), BatchNorm(), Dense(units=10), Output(units=10))


def found(training: Any) -> dict[str, np.ndarray]:
    """Gradients of the first step, and after the run its figures and weights."""
    kept: dict[str, np.ndarray] = {}
    for event in training.events():
        kind = type(event).__name__
        if kind == "BatchDone" and "first loss" not in kept:
            kept["first loss"] = training.step_losses()[:1].numpy().copy()
            for name, parameter in training.network.named_parameters():
                if parameter.grad is not None:
                    kept[f"gradient {name}"] = parameter.grad.numpy().copy()
        if kind == "Ended":
            assert event.reason == "epochs", event.message
            kept["valid"] = np.array([event.valid.loss, *event.valid.measures.values()])
        if kind == "EpochDone":
            kept["train"] = np.array([event.train.loss, *event.train.measures.values()])
    for name, value in training.checkpoint().weights.items():
        kept[f"weight {name}"] = np.asarray(value)
    return kept


def trains(team: Any, asked: dict[str, Any]) -> dict[str, np.ndarray]:
    """A whole run of a template."""
    from playground.engine.team_training import TeamTraining

    graph, recipe, examples = subject(asked)
    return found(TeamTraining(graph, recipe, examples, team, synchronised=asked.get("synchronised", False)))


def one_stops(team: Any, asked: dict[str, Any]) -> dict[str, np.ndarray]:
    """The last process is asked to stop in the first step of many."""
    from playground.engine.team_training import TeamTraining

    graph, recipe, examples = subject(asked)
    training = TeamTraining(graph, recipe, examples, team)
    reasons = []
    for event in training.events():
        if not team.is_first:
            training.stop()
        reasons.append(getattr(event, "reason", None))
    return {"steps": np.array(training.step), "stopped": np.array(reasons[-1] == "stopped")}


def hears(team: Any, asked: dict[str, Any]) -> dict[str, np.ndarray]:
    """What the first process read is told to all."""
    from playground.engine.checkpoint import Checkpoint

    told = Checkpoint({"weights/a.b": np.arange(6.0).reshape(2, 3)}, {"epoch": 4, "word": "ü"})
    heard = team.tell(told if team.is_first else None)
    nothing = team.tell(None)
    assert heard is not None
    return {"nothing": np.array(nothing is None), "epoch": np.array(heard.facts["epoch"]), **heard.tensors}


def paces(team: Any, asked: dict[str, Any]) -> dict[str, np.ndarray]:
    """Seconds of each step of CIFAR's ResNet-20 in batches of 128 on one thread, by the clock and of this process."""
    from time import perf_counter, process_time

    from playground.engine.device import limit_threads
    from playground.engine.recipe import Recipe
    from playground.engine.team_training import TeamTraining
    from tests.bench.augment import images
    from tests.bench.workloads import deep_graph

    limit_threads(1)  # one process alone would take them all
    recipe = Recipe(batch=128, epochs=1, optimiser="sgd", learning_rate=0.01)
    training = TeamTraining(deep_graph(), recipe, images(), team)
    clock, own = [], []
    for event in training.events():
        if type(event).__name__ == "BatchDone":
            clock.append(perf_counter())
            own.append(process_time())
            if len(clock) > asked["steps"]:
                break
    return {"clock": np.diff(clock), "own": np.diff(own)}


WORKS = {"trains": trains, "one_stops": one_stops, "hears": hears, "paces": paces}


def main() -> None:
    """One process of a team."""
    work, folder, asked = sys.argv[1:]
    from playground.engine.team import joined

    with joined("cpu") as team:
        np.savez(Path(folder) / f"{team.rank}.npz", **WORKS[work](team, json.loads(asked)))


if __name__ == "__main__":
    main()
