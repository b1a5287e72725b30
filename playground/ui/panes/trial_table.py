"""What the table of trials says: the settings varied, the scores, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from playground.selection.space import Spaces
from playground.selection.trials import Trial
from playground.ui.panes.tune_plots import score_scale, value_words

NOTHING = "–"


@dataclass(frozen=True)
class TrialColumn:
    """What one column says of a trial."""

    name: str
    title: str
    explained: str
    text: Callable[[Trial], str]
    value: Callable[[Trial], Any]
    is_number: bool = True
    is_high_good: bool = False


def columns_of(spaces: Spaces, titles: Mapping[str, str]) -> tuple[TrialColumn, ...]:
    """One column a setting that was varied, and those that all trials have."""
    return (*(_setting(path, titles[path]) for path in spaces), *_OWN)


def _setting(path: str, title: str) -> TrialColumn:
    return TrialColumn(
        path,
        title,
        path,
        lambda trial: value_words(trial.params.get(path, NOTHING)),
        lambda trial: trial.params.get(path),
    )


def _scored(part: Literal["train", "valid"]) -> Callable[[Trial], str]:
    def words(trial: Trial) -> str:
        mean, spread = trial.score(part)
        if not isfinite(mean):
            return NOTHING
        times, _ = score_scale(trial.metric)
        digits = 1 if times == 100 else 3
        text = f"{mean * times:.{digits}f}" + (f" ± {spread * times:.{digits}f}" if isfinite(spread) else "")
        return text.replace("-", "−")

    return words


_OWN: tuple[TrialColumn, ...] = (
    TrialColumn(
        "valid", "Validation", "Mean and standard deviation over the folds; of one split the score alone.",
        _scored("valid"), lambda trial: trial.valid_mean, is_high_good=True,
    ),
    TrialColumn(
        "train", "Training", "Of the same weights.", _scored("train"), lambda trial: trial.score("train")[0],
        is_high_good=True,
    ),
    TrialColumn(
        "parameters", "Parameters", "", lambda trial: f"{trial.parameters:,}" if trial.parameters else NOTHING,
        lambda trial: trial.parameters or None,
    ),
    TrialColumn("seconds", "Seconds", "", lambda trial: f"{trial.seconds:.1f}", lambda trial: trial.seconds),
    TrialColumn(
        "state", "", "", lambda trial: trial.message or ("" if trial.state == "done" else trial.state),
        lambda trial: trial.message or None, False,
    ),
)  # fmt: skip
