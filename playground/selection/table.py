"""The comparison as a table of words: to be shown, ranked by any column, and taken away as CSV, Markdown or LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from playground.selection.outcome import Comparison, Row, Verdict

NOTHING = "–"
Value = float | str | None


@dataclass(frozen=True)
class Line:
    """One model: its figures, and how it stands against the one that all are set against."""

    row: Row
    pair: Verdict | None
    """None for that one itself."""
    metric: str
    share: float | None = None
    """Its score on the bar from 0 to 1; None if it has none."""


@dataclass(frozen=True)
class Column:
    """What one column says of a line."""

    name: str
    title: str
    explained: str
    text: Callable[[Line], str]
    value: Callable[[Line], Value]
    is_number: bool = True
    is_high_good: bool = False


def lines(comparison: Comparison) -> tuple[Line, ...]:
    """One a model, in the comparison's order."""
    return tuple(
        Line(row, comparison.pairs.get(row.name), comparison.metric, row.score if isfinite(row.score) else None)
        for row in comparison.models
    )


def ranked(found: Sequence[Line], column: Column, is_descending: bool = False) -> tuple[Line, ...]:
    """By a column's values; lines without one stand last either way."""

    def without(line: Line) -> bool:
        value = column.value(line)
        return value is None or (isinstance(value, float) and not isfinite(value))

    empty = [line for line in found if without(line)]
    filled = sorted((line for line in found if not without(line)), key=_key(column), reverse=is_descending)
    return (*filled, *empty)


def _key(column: Column) -> Callable[[Line], tuple[float, str]]:
    def key(line: Line) -> tuple[float, str]:
        value = column.value(line)
        return (0.0, value.casefold()) if isinstance(value, str) else (float(value or 0), "")

    return key


def score_words(score: float, metric: str) -> str:
    """91.6 for an accuracy, in percent; 0.48 for R²."""
    if not isfinite(score):
        return NOTHING
    if metric == "accuracy":
        return _signs(f"{score * 100:.1f}")
    return _signs(f"{score:.3f}" if abs(score) < 1000 else f"{score:.1e}")


def seconds_words(seconds: float) -> str:
    """From microseconds to hours, three figures at most."""
    if not isfinite(seconds):
        return NOTHING
    for limit, times, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms"), (60.0, 1.0, "s")):
        if seconds < limit:
            value = seconds * times
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.2g} {unit}"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"


def _signs(text: str) -> str:
    return text.replace("-", "−")


def _interval(line: Line) -> str:
    if not isfinite(line.row.low):
        return NOTHING
    return f"{score_words(line.row.low, line.metric)} to {score_words(line.row.high, line.metric)}"


def _difference(line: Line) -> str:
    pair = line.pair
    if pair is None or not isfinite(pair.difference):
        return NOTHING
    gap, low, high = (score_words(each, line.metric) for each in (pair.difference, pair.low, pair.high))
    sign = "+" if pair.difference > 0 else ""
    return f"{sign}{gap} ({low} to {high})"


def _p(line: Line) -> float | None:
    if line.pair is None:
        return None
    return line.pair.p_value if line.pair.p_adjusted is None else line.pair.p_adjusted


def _p_words(line: Line) -> str:
    value = _p(line)
    if value is None or not isfinite(value):
        return NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.2g}" if value >= 0.1 else f"{value:.3f}"


def _count(count: int | None) -> str:
    return NOTHING if count is None else f"{count:,}"


COLUMNS: tuple[Column, ...] = (
    Column("model", "Model", "", lambda line: line.row.title, lambda line: line.row.title, False),
    Column(
        "score", "Score", "Accuracy in percent, or R², on the validation part.",
        lambda line: score_words(line.row.score, line.metric), lambda line: line.row.score, is_high_good=True,
    ),
    Column(
        "interval", "95 % interval", "Wilson's for accuracy, the percentile bootstrap's for R².",
        _interval, lambda line: line.row.low, is_high_good=True,
    ),
    Column(
        "difference", "Difference", "To the model that all are set against, with its 95 % interval. Click a row to "
        "set all against that model.",
        _difference, lambda line: line.pair.difference if line.pair else None, is_high_good=True,
    ),
    Column(
        "p", "p (Holm)", "Chance of a difference at least as large if both were equally good: McNemar's exact test, or "
        "the paired bootstrap; with Holm's correction where several models are tested.",
        _p_words, _p,
    ),
    Column(
        "loss", "Loss", "On the validation part, in the network's own loss.",
        lambda line: f"{line.row.loss:.4g}" if isfinite(line.row.loss) else NOTHING, lambda line: line.row.loss,
    ),
    Column(
        "parameters", "Parameters", "Numbers that were fitted; 0 where a model keeps the examples themselves.",
        lambda line: _count(line.row.parameters), lambda line: float(line.row.parameters),
    ),
    Column(
        "multiply_adds", "Multiply-adds", "For one example, forward.",
        lambda line: _count(line.row.multiply_adds), lambda line: line.row.multiply_adds,
    ),
    Column(
        "seconds", "Training", "Time of training or fitting.",
        lambda line: seconds_words(line.row.seconds), lambda line: line.row.seconds,
    ),
    Column(
        "predict_seconds", "Predicting", "Time for one example when the validation part is answered at once.",
        lambda line: seconds_words(line.row.predict_seconds), lambda line: line.row.predict_seconds,
    ),
    Column("note", "Note", "", lambda line: line.row.note, lambda line: line.row.note, False),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}


def as_csv(found: Sequence[Line]) -> str:
    """RFC 4180 with plain numbers: shares from 0 to 1, seconds; ends of intervals in columns of their own."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([
        "model", "kind", "metric", "score", "low", "high", "difference", "difference_low", "difference_high", "against",
        "p_value", "p_adjusted", "loss", "parameters", "multiply_adds", "seconds", "predict_seconds", "note",
    ])  # fmt: skip
    for line in found:
        row, pair = line.row, line.pair
        judged = (
            (pair.difference, pair.low, pair.high, pair.against, pair.p_value, pair.p_adjusted) if pair else ("",) * 6
        )
        values = (
            row.title, row.kind, line.metric, row.score, row.low, row.high, *judged, row.loss, row.parameters,
            row.multiply_adds, row.seconds, row.predict_seconds, row.note,
        )  # fmt: skip
        writer.writerow(["" if value is None or value != value else value for value in values])
    return text.getvalue()


def as_markdown(found: Sequence[Line]) -> str:
    """GitHub's table, as a person reads it."""
    table = [
        [column.title for column in COLUMNS],
        ["---:" if column.is_number else "---" for column in COLUMNS],
        *([column.text(line).replace("|", r"\|").replace("\n", " ") for column in COLUMNS] for line in found),
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in table)


def as_latex(found: Sequence[Line], comparison: Comparison) -> str:
    """A tabular with booktabs' rules, to be pasted into a paper; the best score is bold."""
    shown = [column for column in COLUMNS if column.name not in ("note", "multiply_adds", "predict_seconds")]
    best = max((line.row.score for line in found), default=0.0)
    aligned = "".join("r" if column.is_number else "l" for column in shown)
    rows = []
    for line in found:
        cells = [_tex(column.text(line)) for column in shown]
        if line.row.score == best:
            cells[1] = rf"\textbf{{{cells[1]}}}"
        rows.append(" & ".join(cells) + r" \\")
    against = next((line.row.title for line in found if line.row.name == comparison.against), "")
    caption = f"% validation part, n = {comparison.n}; differences to: {_tex(against)}"
    heads = " & ".join(_tex(column.title) for column in shown) + r" \\"
    return "\n".join(
        (caption, rf"\begin{{tabular}}{{{aligned}}}", r"\toprule", heads, r"\midrule", *rows, r"\bottomrule",
         r"\end{tabular}", "")
    )  # fmt: skip


_TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "–": "--", "²": "$^2$", "<": "$<$",
    "µ": r"\textmu{}", "\n": " ",
}  # fmt: skip


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)
