"""A verdict as a teacher would say it, with its evidence."""

from __future__ import annotations

from playground.selection.outcome import Outcome

IN_A_SENTENCE = {"majority": "the majority class", "mean": "the mean", "network": "your network"}
"""Models whose title needs more than a small letter in the middle of a sentence."""


def named(model: Outcome) -> str:
    """The model in the middle of a sentence; what a person has named keeps its letters."""
    if model.kind in ("run", "project"):
        return f"“{model.title}”"
    title = model.title
    is_shortened = title[:2].isupper()  # RBF, HOG
    return IN_A_SENTENCE.get(model.name, title if is_shortened else title[0].lower() + title[1:])


def verdict_words(
    name: str, difference: float, ends: tuple[float, float], p_value: float, n: int, test: str, in_points: bool,
    adjusted: tuple[float, int] | None = None,
) -> str:  # fmt: skip
    """One sentence. in_points: a difference of accuracies, told in percentage points, else of R².

    adjusted: Holm's p-value and how many models it was adjusted for, by which is decided then.
    """

    def figure(value: float) -> str:
        times, digits = (100, 1) if in_points else (1, 3)
        return f"{value * times:.{digits}f}" if abs(value) < 1000 else f"{value * times:.1e}"

    size = f"{figure(abs(difference))} {'points' if in_points else 'of R²'}"
    bounds = f"95 % interval {figure(ends[0])} to {figure(ends[1])}{' points' if in_points else ''}".replace("-", "−")
    p = p_words("p", p_value)
    if adjusted is not None:
        p += f", {p_words('p', adjusted[0])} after Holm's correction for {adjusted[1]} models"
    evidence = f"({bounds}; {test}, {p}, n = {n:,})"
    if (adjusted[0] if adjusted is not None else p_value) < 0.05:
        return f"{'Better' if difference > 0 else 'Worse'} than {name} by {size} {evidence}."
    if difference == 0:
        return f"No better than {name}: the same score {evidence}."
    side = "ahead of" if difference > 0 else "behind"
    return f"Not shown to be different from {name}: {size} {side} it, which may be chance {evidence}."


def p_words(letter: str, value: float) -> str:
    """As in p = 0.12, p = 0.034, p < 0.001."""
    if value < 0.001:
        return f"{letter} < 0.001"
    return f"{letter} = {value:.2g}" if value >= 0.1 else f"{letter} = {value:.3f}"
