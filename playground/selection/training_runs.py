"""Runs in torch: alone by engine.train, together by engine.stacked.

What a run is, is said in runs.py; which way is taken, is decided in performing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import nan
from time import perf_counter

from playground.data.dataset import Examples, Part
from playground.engine.events import SLICE, Ended, EpochDone, Scores
from playground.engine.stacked import Stacked
from playground.engine.train import PartName, Training, check_batch
from playground.selection.pooled import Answers, answers_of, are_pooled
from playground.selection.runs import Message, Run, RunDone, RunEpoch, RunFailed, RunStarted, Task, Together, sentence


def alone(run: Run, device: str, is_dropped: Callable[[int], bool]) -> Iterator[Message]:
    """One run, as `playground train` would do it."""
    began, curves, ended = perf_counter(), [], None
    try:
        examples = run.examples()
        yield _started(run, examples)
        training = Training(run.graph, run.recipe, examples, device, final_exam=_is_apart(examples))
        training.slice = SLICE
        for event in training.events():
            if isinstance(event, EpochDone):
                curves.append(event)
                yield RunEpoch(run.trial, run.fold, event)
                if is_dropped(run.trial):
                    return
            elif isinstance(event, Ended):
                ended = event
        judged = _judged(ended, examples)
        if ended is None or judged is None or ended.reason in ("diverged", "failed"):
            yield RunFailed(run.trial, run.fold, ended.message if ended else "The run did not end.")
            return
        train = training.evaluate("train")
        answers = None
        if are_pooled(training.examples, _kept_back(examples)):
            own = training.examples
            answers = answers_of(own, _kept_back(own), training.predict(_name(examples)), judged.loss)
    except Exception as error:  # noqa: BLE001 - it is told to the person
        yield RunFailed(run.trial, run.fold, sentence(error))
        return
    yield RunDone(
        run.trial, run.fold, train, judged, ended.reason, ended.epochs, ended.best_epoch, run.parameters,
        perf_counter() - began, tuple(curves), answers=answers,
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
    apart = all(map(_is_apart, examples))
    stacked = Stacked(runs[0].graph, [run.recipe for run in runs], examples, task.device, final_exam=apart)
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
    scored = {number: _judged(end, stacked.examples[number]) for number, end in ended.items()}
    well = [number for number, end in ended.items() if end.reason != "diverged" and scored[number] is not None]
    scores = dict(zip(well, stacked.evaluate("train", well), strict=True)) if well else {}
    answers = _answers(stacked, well, scored)
    for number, end in ended.items():
        run, judged = runs[number], scored[number]
        if number not in scores or judged is None:
            yield RunFailed(run.trial, run.fold, end.message)
            continue
        yield RunDone(
            run.trial, run.fold, scores[number], judged, end.reason, end.epochs, end.best_epoch, run.parameters,
            share, tuple(curves[number]), is_stacked=True, answers=answers.get(number),
        )  # fmt: skip


def _answers(stacked: Stacked, well: list[int], scored: Mapping[int, Scores | None]) -> dict[int, Answers | None]:
    """What each answered on what its fold keeps back, where that is to be pooled."""
    few = [each for each in well if are_pooled(stacked.examples[each], _kept_back(stacked.examples[each]))]
    if not few:
        return {}
    found: dict[int, Answers | None] = {}
    for number, made in zip(few, stacked.predict(_name(stacked.examples[few[0]]), few), strict=True):
        examples, judged = stacked.examples[number], scored[number]
        found[number] = answers_of(examples, _kept_back(examples), made, judged.loss if judged else nan)
    return found


def _is_apart(examples: Examples) -> bool:
    """Whether the rows that judge are others than those that choose the epoch; see Folds.stopping()."""
    return len(examples.test) > 0


def _name(examples: Examples) -> PartName:
    return "test" if _is_apart(examples) else "valid"


def _kept_back(examples: Examples) -> Part:
    return examples.test if _is_apart(examples) else examples.valid


def _judged(ended: Ended | None, examples: Examples) -> Scores | None:
    return None if ended is None else ended.test if _is_apart(examples) else ended.valid


def _started(run: Run, examples: Examples) -> RunStarted:
    apart = len(examples.valid) if _is_apart(examples) else 0
    return RunStarted(run.trial, run.fold, len(examples.train) + apart, len(_kept_back(examples)))
