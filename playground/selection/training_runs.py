"""Runs in torch: alone by engine.train, together by engine.stacked.

What a run is, is said in runs.py; which way is taken, is decided in performing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter

from playground.data.dataset import Examples
from playground.engine.events import SLICE, Ended, EpochDone
from playground.engine.stacked import Stacked
from playground.engine.train import Training, check_batch
from playground.selection.runs import Message, Run, RunDone, RunEpoch, RunFailed, RunStarted, Task, Together, sentence


def alone(run: Run, device: str, is_dropped: Callable[[int], bool]) -> Iterator[Message]:
    """One run, as `playground train` would do it."""
    began, curves, ended = perf_counter(), [], None
    try:
        examples = run.examples()
        yield _started(run, examples)
        training = Training(run.graph, run.recipe, examples, device)
        training.slice = SLICE
        for event in training.events():
            if isinstance(event, EpochDone):
                curves.append(event)
                yield RunEpoch(run.trial, run.fold, event)
                if is_dropped(run.trial):
                    return
            elif isinstance(event, Ended):
                ended = event
        if ended is None or ended.valid is None or ended.reason in ("diverged", "failed"):
            yield RunFailed(run.trial, run.fold, ended.message if ended else "The run did not end.")
            return
        train = training.evaluate("train")
    except Exception as error:  # noqa: BLE001 - it is told to the person
        yield RunFailed(run.trial, run.fold, sentence(error))
        return
    yield RunDone(
        run.trial, run.fold, train, ended.valid, ended.reason, ended.epochs, ended.best_epoch, run.parameters,
        perf_counter() - began, tuple(curves),
    )  # fmt: skip


def together(runs: Sequence[Run], task: Task) -> Iterator[Message]:
    """Runs of one shape as one batched model; those that cannot begin are told, and the others go on."""
    fitting: list[tuple[Run, Examples]] = []
    for run in runs:
        try:
            examples = run.examples()
            check_batch(run.recipe.batch, len(examples.train))
        except Exception as error:  # noqa: BLE001 - it is told to the person
            yield RunFailed(run.trial, run.fold, sentence(error))
        else:
            fitting.append((run, examples))
            yield _started(run, examples)
    if fitting:
        own = [run for run, _ in fitting]
        yield from _stacked(own, [examples for _, examples in fitting], task)


def _stacked(runs: list[Run], examples: list[Examples], task: Task) -> Iterator[Message]:
    began, trials = perf_counter(), tuple(dict.fromkeys(run.trial for run in runs))
    epochs = max(run.recipe.epochs for run in runs)
    curves: list[list[EpochDone]] = [[] for _ in runs]
    stacked = Stacked(runs[0].graph, [run.recipe for run in runs], examples, task.device)
    for event in stacked.events():
        yield Together(trials, event.epoch, epochs)
        for number, done in event.done.items():
            curves[number].append(done)
            if task.tells:
                yield RunEpoch(runs[number].trial, runs[number].fold, done)
        share = (perf_counter() - began) / len(runs)
        yield from _ended(stacked, runs, event.ended, curves, share)


def _ended(
    stacked: Stacked, runs: list[Run], ended: Mapping[int, Ended], curves: list[list[EpochDone]], share: float
) -> Iterator[Message]:
    well = [number for number, end in ended.items() if end.reason != "diverged" and end.valid is not None]
    scores = dict(zip(well, stacked.evaluate("train", well), strict=True)) if well else {}
    for number, end in ended.items():
        run = runs[number]
        if number not in scores or end.valid is None:
            yield RunFailed(run.trial, run.fold, end.message)
            continue
        yield RunDone(
            run.trial, run.fold, scores[number], end.valid, end.reason, end.epochs, end.best_epoch, run.parameters,
            share, tuple(curves[number]), is_stacked=True,
        )  # fmt: skip


def _started(run: Run, examples: Examples) -> RunStarted:
    return RunStarted(run.trial, run.fold, len(examples.train), len(examples.valid))
