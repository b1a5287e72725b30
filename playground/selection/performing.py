"""Training many runs: together as one batched model where that pays, else one after another, with the same numbers.

Knows no processes (pool.py hands tasks to some) and no search (tune.py). Imports torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playground.data.dataset import Examples
from playground.engine.recipe import Recipe
from playground.engine.stacked_network import can_stack
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.edits import adapt, apply_all, input_edits
from playground.graph.model import Graph
from playground.layers.shape import Signature
from playground.selection.runs import (
    KEPT_BYTES,
    Bench,
    Divided,
    Message,
    Run,
    RunDone,
    RunFailed,
    Task,
    sentence,
)
from playground.selection.stopping import chooses_epoch, for_parts
from playground.selection.training_runs import alone, together

STACK_WORK = 1_000_000
"""Multiply-adds of a batch up to which stacked networks learn faster than one after another (tests.bench.search)."""
STACK_WEIGHTS = 4_000_000
"""Weights of all stacked networks together: with gradients and the optimiser's memory some 100 MB."""
STACK_MEMBERS = 512


def perform(task: Task, bench: Bench, is_dropped: Callable[[int], bool] = lambda _: False) -> Iterator[Message]:
    """Train all runs of a task. Whatever goes wrong with one ends that trial with a sentence, and no other.

    is_dropped: whether a trial has been given up meanwhile; it is left after the epoch under way.
    """
    ready: list[Run] = []
    for trial in task.trials:
        made = _ready(trial, task, bench)
        if isinstance(made, RunFailed):
            yield made
        else:
            yield Divided(trial, len(made))
            ready += made
    given_up: set[int] = set()
    for group in _groups(ready) if task.stacks else [[run] for run in ready]:
        for message in _perform_group(group, task, lambda trial: trial in given_up or is_dropped(trial)):
            if isinstance(message, RunFailed):
                given_up.add(message.trial)
            yield message


def _perform_group(group: list[Run], task: Task, is_dropped: Callable[[int], bool]) -> Iterator[Message]:
    over: set[Run] = set()
    if len(group) > 1:
        try:
            for message in together(group, task):
                if isinstance(message, RunDone | RunFailed):
                    over |= {run for run in group if (run.trial, run.fold) == (message.trial, message.fold)}
                yield message
        except Exception:  # noqa: BLE001 - what one of them cannot do must not end the others
            over |= {run for run in group if is_dropped(run.trial)}
    for run in group:
        if run not in over and not is_dropped(run.trial):
            yield from alone(run, task.device, is_dropped)


def _ready(trial: int, task: Task, bench: Bench) -> list[Run] | RunFailed:
    """The runs of a trial, or why there can be none."""
    subject = task.trials[trial]
    try:
        folds = bench.folds(subject.data, task.division)
        signature = folds.dataset.signature
        graph = adapt(subject.graph, signature) if subject.adapts else subject.graph
        fit = _checked(graph, signature, subject.recipe.batch, task.memory)
        places = range(len(folds)) if task.folds is None else task.folds
        return [_run(trial, fold, fit, task, bench) for fold in places]
    except Exception as error:  # noqa: BLE001 - it is told to the person
        return RunFailed(trial, -1, sentence(error))


def _run(trial: int, fold: int, fit: Fit, task: Task, bench: Bench) -> Run:
    """A table's inputs are made anew of each fold's training rows, so that the network's Inputs follow: a category that
    is missing there has no input of its own, and no other row has a say in what has one.
    """
    subject, stops = task.trials[trial], chooses_epoch(task.trials[trial].recipe)
    folds = bench.folds(subject.data, task.division)

    def examples() -> Examples:
        return bench.examples(subject.data, task.division, fold, stops)

    recipe = subject.recipe
    if stops and not folds.is_holdout:
        parts = folds.parts(fold)
        recipe = for_parts(recipe, *(len(rows) for rows in parts[:2])) if parts else for_parts(recipe, 0, None)
    if folds.dataset.table is not None and examples().signature != folds.dataset.signature:
        signature = examples().signature
        edits = [edit for id in fit.graph.of_type("Input") for edit in input_edits(fit.graph, id, signature)]
        fit = _checked(apply_all(fit.graph, edits), signature, recipe.batch, task.memory)
    return Run(trial, fold, fit.graph, recipe, examples, fit.parameters, recipe.batch * fit.multiply_adds)


@dataclass(frozen=True)
class Fit:
    """A network that can be trained, and what that costs."""

    graph: Graph
    parameters: int
    multiply_adds: int


def _checked(graph: Graph, signature: Signature, batch: int, memory: int | None) -> Fit:
    report = check(graph, signature, batch, memory)
    if report.errors:
        first = report.errors[0]
        raise ValueError(f"{first.node}: {first.text}" if first.node else first.text)
    cost = total(costs(graph, report))
    return Fit(graph, cost.parameters, cost.multiply_adds)


def pays_to_stack(graph: Graph, recipe: Recipe) -> bool:
    """Whether such networks can be trained together, and learn faster so."""
    cost = total(costs(graph, check(graph)))
    small = recipe.batch * cost.multiply_adds <= STACK_WORK and cost.parameters <= STACK_WEIGHTS // 2
    return small and not can_stack(graph, recipe)


def _groups(runs: list[Run]) -> Iterator[list[Run]]:
    """Runs that are trained together; those that are not, by themselves and in order."""
    by_shape: dict[object, list[Run]] = {}
    for run in runs:
        by_shape.setdefault(_likeness(run), []).append(run)
    for alike in by_shape.values():
        is_ragged = len(alike) > 1 and alike[0].examples().dataset.lengths is not None
        if len(alike) < 2 or is_ragged or not pays_to_stack(alike[0].graph, alike[0].recipe):
            yield from ([run] for run in alike)
            continue
        yield from _chunks(alike)


def _likeness(run: Run) -> tuple[object, ...]:
    """What runs have in common that are trained together; also whether what chooses the epoch is set apart."""
    recipe = run.recipe
    return _shape(run.graph), recipe.batch, recipe.optimiser, recipe.augment.is_on, chooses_epoch(recipe)


def _shape(graph: Graph) -> tuple[object, ...]:
    nodes = tuple((id, layer.type, repr(layer.settings)) for id, layer in graph.nodes.items())
    return nodes, graph.edges, repr(graph.blocks)


def _chunks(runs: list[Run]) -> Iterator[list[Run]]:
    """As many at once as memory allows; runs of one fold stay together, so that its examples are kept once."""
    by_fold = sorted(runs, key=lambda run: (run.fold, run.trial))
    own = by_fold[0].examples().nbytes
    most_folds = max(1, KEPT_BYTES // max(1, own))
    most = max(1, min(STACK_MEMBERS, STACK_WEIGHTS // max(1, by_fold[0].parameters)))
    chunk: list[Run] = []
    for run in by_fold:
        if chunk and (len(chunk) >= most or len({each.fold for each in [*chunk, run]}) > most_folds):
            yield chunk
            chunk = []
        chunk.append(run)
    yield chunk
