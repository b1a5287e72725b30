"""Training many runs: together as one batched model where that pays, else one after another, with the same numbers.

Knows no processes (pool.py hands tasks to some) and no search (tune.py). Imports torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playground.data.dataset import Examples
from playground.engine.recipe import Recipe
from playground.engine.stacked_network import can_stack
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.edits import adapt
from playground.graph.model import Graph
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
    size,
)
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
        report = check(graph, signature, subject.recipe.batch, task.memory)
        if report.errors:
            first = report.errors[0]
            return RunFailed(trial, -1, f"{first.node}: {first.text}" if first.node else first.text)
        cost = total(costs(graph, report))
    except Exception as error:  # noqa: BLE001 - it is told to the person
        return RunFailed(trial, -1, sentence(error))

    def run(fold: int) -> Run:
        def examples() -> Examples:
            return bench.examples(subject.data, task.division, fold)

        work = subject.recipe.batch * cost.multiply_adds
        return Run(trial, fold, graph, subject.recipe, examples, cost.parameters, work)

    return [run(fold) for fold in (range(len(folds)) if task.folds is None else task.folds)]


def pays_to_stack(graph: Graph, recipe: Recipe) -> bool:
    """Whether such networks can be trained together, and learn faster so."""
    cost = total(costs(graph, check(graph)))
    small = recipe.batch * cost.multiply_adds <= STACK_WORK and cost.parameters <= STACK_WEIGHTS // 2
    return small and not can_stack(graph, recipe)


def _groups(runs: list[Run]) -> Iterator[list[Run]]:
    """Runs that are trained together; those that are not, by themselves and in order."""
    by_shape: dict[object, list[Run]] = {}
    for run in runs:
        by_shape.setdefault((_shape(run.graph), *_shared(run.recipe)), []).append(run)
    for alike in by_shape.values():
        if len(alike) < 2 or not pays_to_stack(alike[0].graph, alike[0].recipe):
            yield from ([run] for run in alike)
            continue
        yield from _chunks(alike)


def _shared(recipe: Recipe) -> tuple[object, ...]:
    """What recipes must have in common to be trained together."""
    return recipe.batch, recipe.optimiser, recipe.augment.is_on


def _shape(graph: Graph) -> tuple[object, ...]:
    nodes = tuple((id, layer.type, repr(layer.settings)) for id, layer in graph.nodes.items())
    return nodes, graph.edges, repr(graph.blocks)


def _chunks(runs: list[Run]) -> Iterator[list[Run]]:
    """As many at once as memory allows; runs of one fold stay together, so that its examples are kept once."""
    by_fold = sorted(runs, key=lambda run: (run.fold, run.trial))
    own = size(by_fold[0].examples())
    most_folds = max(1, KEPT_BYTES // max(1, own))
    most = max(1, min(STACK_MEMBERS, STACK_WEIGHTS // max(1, by_fold[0].parameters)))
    chunk: list[Run] = []
    for run in by_fold:
        if chunk and (len(chunk) >= most or len({each.fold for each in [*chunk, run]}) > most_folds):
            yield chunk
            chunk = []
        chunk.append(run)
    yield chunk
