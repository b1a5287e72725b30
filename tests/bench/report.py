"""The figures as tables: for the terminal, and between two marks in the README."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench.gpu import GPU_SIDES
from tests.bench.sides import SIDES
from tests.bench.workloads import WORKLOADS

BEGIN, END = "<!-- speed: written by python -m tests.bench --write-readme -->", "<!-- end of speed -->"
README = Path(__file__).resolve().parents[2] / "README.md"
Found = dict[str, Any]
AIMS: dict[str, dict[str, float]] = {
    "tight loop": {"tiny": 5.0, "mlp": 1.15, "cnn": 1.05, "deep": 1.0, "rnn": 1.0},
}
"""What our speed over another's must reach at least."""


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    import os

    import torch

    names = ("PySide6-Essentials", "pyqtgraph", "numpy", "keras", "lightning", "skorch", "scikit-learn")
    found = {"processor": _processor(), "cores": str(os.cpu_count()), "system": platform.platform(terse=True)}
    if torch.cuda.is_available():
        found["graphics card"] = torch.cuda.get_device_name()
    found |= {"Python": platform.python_version(), "torch": torch.__version__}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    named = re.search(r"model name\s*: (.*)", text)
    return named[1].strip() if named else platform.processor()


def markdown(found: Found) -> str:
    """All sections that were measured, as Markdown."""
    parts = []
    if "training" in found:
        parts += [_training(found["training"])]
    if "gpu" in found:
        parts += [_gpu(found["gpu"])]
    if "window" in found:
        parts += [_window(found["window"])]
    rest = _rest(found)
    if rest:
        parts.append(
            "| what | measured |\n|---|---|\n" + "\n".join(f"| {words} | {figure} |" for words, figure in rest)
        )
    skipped = found.get("skipped", {})
    parts += ["\n".join(f"{name}: {why}" for name, why in skipped.items())] if skipped else []
    parts.append(_conditions(found))
    return "\n\n".join(parts)


def _training(rows: Found) -> str:
    words = (
        "Steps a second, and how many times as fast as each of the others (the tight loop is torch written by hand "
        "with all data in memory and nothing measured; the limit of what an ordinary loop can reach):"
    )
    return _sides(rows, words, SIDES)


def _gpu(rows: Found) -> str:
    words = (
        "The same on a graphics card, with all data on it; bf16 and the CUDA graph are the tight loop with its forward "
        "pass in bf16, and with its step captured once:"
    )
    return _sides(rows, words, GPU_SIDES)


def _sides(rows: Found, words: str, sides: Iterable[str]) -> str:
    others = [name for name in sides if name != "ours" and any(name in row for row in rows.values())]
    lines = [words, "", f"| workload | steps/s | {' | '.join(others)} |", "|---|---|" + "---|" * len(others)]
    for name, row in rows.items():
        cells = [_ratio(row.get(other, {"skipped": ""})) for other in others]
        lines.append(f"| {name}: {WORKLOADS[name].words} | {row['ours']['steps/s']:,.0f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _ratio(figures: Found) -> str:
    return "–" if "skipped" in figures else f"{figures['ours over it']:.2f}"


def _window(rows: Found) -> str:
    lines = [
        "With the window open and all default panes live: delays of the event loop, and the training's own speed kept:",
        "",
        "| workload | p50 / p99 / max ms | speed kept | frames/s | time spent on pictures |",
        "|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        late = f"{row['p50 ms']:.1f} / {row['p99 ms']:.0f} / {row['max ms']:.0f}"
        kept, frames, share = row["speed over hidden"], row["frames/s"], row["share of pictures"]
        lines.append(f"| {name} | {late} | {kept:.2f} | {frames:.0f} | {share:.0%} |")
    return "\n".join(lines)


def _rest(found: Found) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    if start := found.get("start"):
        lines += [(words, f"{figure:.2f}") for words, figure in start.items() if not words.endswith(", s")]
    for words, figures in (found.get("curves") or {}).items():
        lines.append((f"curves: {words}", _grown(figures, "points")))
    for words, figures in (found.get("editor") or {}).items():
        lines.append((f"editor: {words}", _grown(figures, "layers")))
    for words, figures in (found.get("data") or {}).items():
        lines.append((words, f"{figures['ours, a second']:,.0f} a second, {figures['ratio']:.2f} of it alone"))
    for way, figures in (found.get("search") or {}).items():
        lines.append((f"search, {way}", f"{figures['trials a minute']:.0f} trials a minute, {figures['ratio']:.1f} ×"))
    return lines


def _grown(figures: Found, unit: str) -> str:
    sizes = [(int(size), cost) for size, cost in figures.items() if size != "exponent"]
    told = ", ".join(f"{cost:.1f} ms at {size:,}" for size, cost in sizes)
    return f"{told} {unit}; exponent {figures['exponent']:.2f}"


def _conditions(found: Found) -> str:
    facts, how = found["machine"], found["how"]
    told = "; ".join(
        f"{name} {value}" if name not in ("processor", "system") else value for name, value in facts.items()
    )
    return f"Measured by `python -m tests.bench` on {how['date']}: {told}. {how['words']}"


def write_readme(found: Found, file: Path = README) -> None:
    """Put the tables between the marks. Raises: ValueError: If the file has none."""
    text = file.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{file.name} has no marks for the figures: {BEGIN} and {END}")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    file.write_text(f"{before}{BEGIN}\n\n{markdown(found)}\n\n{END}{after}", encoding="utf-8")


def misses(found: Found) -> list[str]:
    """What must be reached and was not, a sentence each."""
    told = []
    for name, row in found.get("training", {}).items():
        least = AIMS["tight loop"].get(name)
        ratio = row.get("tight loop", {}).get("ours over it")
        if least is not None and ratio is not None and ratio < least:
            told.append(f"{name}: {ratio:.2f} of the tight loop's speed, where {least:.2f} is wanted.")
        for other, figures in row.items():
            if (
                "ours over it" in figures
                and figures["ours over it"] < 1
                and other not in ("ours", "tight loop", "autograd")
            ):
                told.append(f"{name}: {other} is faster, {figures['ours over it']:.2f}.")
    for name, row in found.get("window", {}).items():
        least = 0.75 if name == "tiny" else 0.9
        if row["speed over hidden"] < least:
            told.append(
                f"{name}: the window leaves {row['speed over hidden']:.2f} of the speed, {least:.2f} is wanted."
            )
        if row["p99 ms"] > 16 or row["max ms"] > 50:
            told.append(f"{name}: the event loop is late, p99 {row['p99 ms']:.0f} and max {row['max ms']:.0f} ms.")
    return told
