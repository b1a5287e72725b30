"""The curves of a run: as an SVG chart of its own, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from playground.engine.events import EpochDone
from playground.exchange.markup import escaped

WIDTH, HEIGHT = 460.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 12.0, 34.0, 40.0
COLORS = {"training": "#1F66C7", "validation": "#D9730D"}
MOST_POINTS = 1000


@dataclass(frozen=True)
class Line:
    """One series over the epochs."""

    name: str
    values: Sequence[float]


def chart(title: str, epochs: Sequence[int], lines: Sequence[Line]) -> str:
    """A line chart as an SVG element. What is no number is left out."""
    known = [value for line in lines for value in line.values if isfinite(value)]
    if not known:
        return ""
    low, high = min(known), max(known)
    ticks = nice(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    first, last = min(epochs), max(max(epochs), min(epochs) + 1)

    def x(epoch: float) -> float:
        return LEFT + (epoch - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [f'<text class="t" x="{LEFT:g}" y="18">{escaped(title)}</text>']
    for tick in ticks:
        parts.append(f'<line class="g" x1="{LEFT:g}" x2="{WIDTH - RIGHT:g}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>')
        parts.append(f'<text class="a" x="{LEFT - 6:g}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:.6g}</text>')
    for tick in (epoch for epoch in nice(first, last) if first <= epoch <= last and epoch == int(epoch)):
        middle = f'x="{x(tick):.1f}" y="{HEIGHT - BOTTOM + 16:g}" text-anchor="middle"'
        parts.append(f'<text class="a" {middle}>{tick:g}</text>')
    parts.append(f'<text class="a" x="{(LEFT + WIDTH) / 2:g}" y="{HEIGHT - 6:g}" text-anchor="middle">epoch</text>')
    for number, line in enumerate(lines):
        color = COLORS.get(line.name, "#5F6873")
        dash = ' stroke-dasharray="6 3"' if number else ""
        every = max(1, ceil(len(epochs) / MOST_POINTS))
        pairs = [pair for pair in zip(epochs, line.values, strict=True) if isfinite(pair[1])]
        shown = [*pairs[::every], *([pairs[-1]] if pairs and (len(pairs) - 1) % every else [])]
        points = " ".join(f"{x(epoch):.1f},{y(value):.1f}" for epoch, value in shown)
        parts.append(f'<polyline fill="none" stroke="{color}" stroke-width="1.8"{dash} points="{points}"/>')
        place = WIDTH - RIGHT - 190 + 95 * number
        parts.append(
            f'<line stroke="{color}" stroke-width="1.8"{dash} x1="{place:g}" x2="{place + 20:g}" y1="14" y2="14"/>'
        )
        parts.append(f'<text class="a" x="{place + 25:g}" y="18">{escaped(line.name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" role="img">'
        f"<title>{escaped(title)}</title>{''.join(parts)}</svg>"
    )


def nice(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers over a range: steps of 1, 2 or 5 times a power of ten.

    >>> nice(0.13, 0.94), nice(1, 30)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0, 10, 20, 30])
    """
    span = (high - low) or abs(high) or 1.0
    rough = span / count
    power = 10.0 ** floor(log10(rough))
    step = next((factor * power for factor in (1, 2, 5) if factor * power >= rough * 0.999), 10 * power)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = [number * step for number in range(first, last + 1)]
    return [round(tick, max(0, -floor(log10(step)))) if step < 1 else round(tick) for tick in ticks]


def charts(epochs: Sequence[EpochDone]) -> list[str]:
    """Loss, and the score that counts."""
    numbers = [epoch.epoch for epoch in epochs]
    made = [chart("Loss", numbers, _both(epochs, "loss"))]
    for name, title in (("accuracy", "Accuracy"), ("r2", "R²")):
        if epochs and name in epochs[-1].valid.measures:
            made.append(chart(title, numbers, _both(epochs, name)))
    return [each for each in made if each]


def _both(epochs: Sequence[EpochDone], name: str) -> list[Line]:
    nan = float("nan")
    return [
        Line("training", [epoch.train.flat().get(name, nan) for epoch in epochs]),
        Line("validation", [epoch.valid.flat().get(name, nan) for epoch in epochs]),
    ]


def as_csv(epochs: Sequence[EpochDone]) -> str:
    """A row an epoch: epoch, train_…, valid_…, learning_rate, seconds. Numbers as Python writes them."""
    names = list(dict.fromkeys(name for epoch in epochs for name in epoch.valid.flat()))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    heads = [*(f"train_{name}" for name in names), *(f"valid_{name}" for name in names)]
    writer.writerow(["epoch", *map(harmless_tag, heads), "learning_rate", "seconds"])
    for epoch in epochs:
        train, valid = epoch.train.flat(), epoch.valid.flat()
        figures = [*(train.get(name) for name in names), *(valid.get(name) for name in names)]
        writer.writerow([epoch.epoch, *figures, epoch.learning_rate, epoch.seconds])
    return file.getvalue()


def harmless_tag(name: str) -> str:
    """A heading that no spreadsheet takes for a formula: these names come from a file."""
    return "".join(sign if sign.isalnum() or sign == "_" else "_" for sign in name)
