"""What the command tune prints: trials, tuning curves, and what is to be kept in mind."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from playground.cli.printing import console, say, say_json, table
from playground.selection.space import Params, Spaces
from playground.selection.trials import Trial, ranked

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from playground.selection.nested import NestedDone
    from playground.selection.tune import SearchEnded

MOST_ROWS = 20
REASONS = {
    "trials": "Done",
    "minutes": "The time is over",
    "stopped": "Stopped; the same command goes on",
    "failed": "The search failed",
}


class Told:
    """Says each trial as it is done, where no bar is shown."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent

    def trial(self, trial: Trial, bar: Bar) -> None:
        """One line."""
        if self.silent or not bar.disable:
            return
        score = f"{trial.metric} {spread(trial)}" if trial.state == "done" else trial.message
        say(f"Trial {trial.number}: {settings(trial.params)}: {score}")


def settings(params: Params) -> str:
    """Settings in one line."""
    return ", ".join(f"{path}={number(value)}" for path, value in params.items())


def number(value: object) -> str:
    """A setting's value, short."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def spread(trial: Trial) -> str:
    """Mean ± standard deviation over the folds; or the score of all answers at once, with its 95 % interval."""
    mean, sd = trial.score("valid")
    if trial.pooled is not None and trial.metric in ("accuracy", "r2"):
        return f"{mean:.4f} ({trial.pooled.low:.4f} to {trial.pooled.high:.4f})"
    return f"{mean:.4f} ± {sd:.4f}" if isfinite(sd) else f"{mean:.4f}"


def print_trials(ended: SearchEnded, spaces: Spaces) -> None:
    """The table of trials, the best first, the curves, and the winner."""
    from playground.selection.importance import importance
    from playground.selection.tuning_results import one_standard_error, optimism

    trials, best_first = ended.trials, ranked(ended.trials)
    failed = [trial for trial in trials if trial.state == "failed"]
    pruned = sum(trial.state == "pruned" for trial in trials)
    say(f"{REASONS[ended.reason]}: {len(best_first)} trials, {pruned} given up half way, {len(failed)} failed.")
    for trial in failed[:5]:
        say(f"Trial {trial.number} ({settings(trial.params)}) failed: {trial.message}")
    if not best_first:
        return
    _print_table(best_first, spaces)
    for path in spaces:
        _print_curve(trials, path)
    shares = importance(trials, spaces)
    if len(shares) > 1:
        say("What matters: " + ", ".join(f"{path} {share:.0%}" for path, share in shares.items()) + ".")
    say(f"Best: {settings(best_first[0].params)} with {best_first[0].metric} {spread(best_first[0])}.")
    simplest = one_standard_error(trials)
    if simplest is not None and simplest is not best_first[0]:
        told = settings(simplest.params)
        say(f"The simplest within one standard error of it: {told}, {simplest.metric} {spread(simplest)}.")
    if note := optimism(trials):
        say(note)


def _print_table(best_first: list[Trial], spaces: Spaces) -> None:
    metric = best_first[0].metric
    figures = (f"Valid {metric}", f"Train {metric}", "Parameters", "Seconds")
    rows = table("Trial", *spaces, *figures, right=("Trial", *spaces, *figures))
    for trial in best_first[:MOST_ROWS]:
        values = (number(trial.params[path]) for path in spaces)
        train = f"{trial.score('train')[0]:.4f}"
        rows.add_row(str(trial.number), *values, spread(trial), train, f"{trial.parameters:,}", f"{trial.seconds:.1f}")
    console().print(rows)
    if len(best_first) > MOST_ROWS:
        say(f"… and {len(best_first) - MOST_ROWS} more; --json has all.")


def _print_curve(trials: tuple[Trial, ...], path: str) -> None:
    from playground.selection.tuning_results import tuning_curve

    curve = tuning_curve(trials, path)
    if curve is None or len(curve.values) < 2:
        return
    say("")
    rows = table(path, f"Train {curve.metric}", f"Valid {curve.metric}", "", right=(path, "Train", "Valid"))
    for at, value in enumerate(curve.values):
        sd = f" ± {curve.valid_sd[at]:.4f}" if isfinite(curve.valid_sd[at]) else ""
        marks: list[str] = [curve.regions[at]] if curve.regions[at] != "good" else []
        marks += ["best"] if at == curve.best_valid else []
        marks += ["simplest within one standard error"] if at == curve.one_error and at != curve.best_valid else []
        rows.add_row(number(value), f"{curve.train_mean[at]:.4f}", f"{curve.valid_mean[at]:.4f}{sd}", ", ".join(marks))
    console().print(rows)


def print_nested(found: NestedDone, metric: str, as_json: bool) -> None:
    """The score of the search, fold by fold."""
    from playground.selection.nested import nested_words

    if as_json:
        say_json(_nested_json(found, metric))
        return
    rows = table("Outer fold", "Chosen", "In the search", "On the rows kept back", right=("Outer fold",))
    for each in found.folds:
        rows.add_row(str(each.fold + 1), settings(each.params), f"{each.inner:.4f}", f"{each.outer.valid_mean:.4f}")
    console().print(rows)
    say(nested_words(found, metric))


def _nested_json(found: NestedDone, metric: str) -> dict[str, Any]:
    folds = [
        {"params": dict(each.params), "inner": each.inner, "outer": dict(each.outer.folds[0].valid)}
        for each in found.folds
    ]
    return {"metric": metric, "outer": folds, "mean": found.mean, "sd": found.sd, "inner_mean": found.inner_mean}
