"""As fast as the machine: everything measured beside what people would use instead, as ratios taken in turn in one run.

Run: python -m tests.bench [--only training,window] [--workloads tiny,mlp] [--seconds 0.4] [--rounds 9] [--threads 1]
[--clock processor] [--json FILE] [--from FILE] [--write-readme]. Prints tables, or JSON. Keras, Lightning and skorch
are optional installs, skipped by name where they are missing. --from takes up the figures of an earlier file, of
which the sections that are measured now are replaced.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as playground.__main__ does
Options = argparse.Namespace


def training(options: Options) -> dict[str, Any]:
    """Every side on every workload."""
    from tests.bench import training as bench
    from tests.bench.sides import SIDES
    from tests.bench.workloads import WORKLOADS

    names = options.sides or tuple(SIDES)
    return {
        name: _told(name, bench.measure(WORKLOADS[name], names, options.seconds, options.rounds, options.clock))
        for name in options.workloads
    }


def window(options: Options) -> dict[str, Any]:
    """Each workload under the visible window, each in a process of its own, as they would be opened."""
    import subprocess

    found = {}
    for name in options.workloads:
        words = [
            sys.executable,
            "-m",
            "tests.bench.window",
            name,
            str(options.seconds * 2),
            str(max(1, options.rounds)),
        ]
        run = subprocess.run(words, capture_output=True, text=True, env=_screen(), timeout=1800)
        if run.returncode:
            raise RuntimeError(run.stderr[-2000:])
        found[name] = _told(name, json.loads(run.stdout.splitlines()[-1]))
    return found


def start(options: Options) -> dict[str, Any]:
    """First frame, plots, first step, memory."""
    from tests.bench import starting

    return starting.measure(max(1, options.rounds // 2))


def curves(options: Options) -> dict[str, Any]:
    """One update at a thousand and at ten million points."""
    from tests.bench import growth

    figures = growth.curves((1_000, 100_000, 10_000_000), options.rounds * 3)
    return {"one more epoch, drawn": {**figures, "exponent": growth.exponent(figures)}}


def editor(options: Options) -> dict[str, Any]:
    """One edit, opening and layout at ten to ten thousand layers."""
    from tests.bench import growth

    found = growth.editor((10, 100, 1_000, 10_000), options.rounds)
    return {words: {**figures, "exponent": growth.exponent(figures)} for words, figures in found.items()}


def data(options: Options) -> dict[str, Any]:
    """CSV against pandas, images against Pillow."""
    from tests.bench import data as bench

    rounds = max(1, options.rounds // 2)
    return {
        "rows of CSV, beside pandas": bench.csv(100_000, rounds),
        "images read anew, beside Pillow": bench.images(500, rounds),
    }


def search(_options: Options) -> dict[str, Any]:
    """Trials a minute, three ways."""
    from tests.bench import search as bench

    return dict(bench.measure(20))


def gpu(options: Options) -> dict[str, Any]:
    """Every side on every workload, on a graphics card of NVIDIA's."""
    import torch

    from tests.bench import training as bench
    from tests.bench.gpu import GPU_SIDES
    from tests.bench.workloads import WORKLOADS

    if not torch.cuda.is_available():
        raise LookupError("skipped: this machine has no graphics card that torch can use by CUDA")
    return {
        name: _told(name, bench.measure(WORKLOADS[name], GPU_SIDES, options.seconds, options.rounds, sides=GPU_SIDES))
        for name in options.workloads
    }


SECTIONS: dict[str, Callable[[Options], dict[str, Any]]] = {
    "training": training,
    "window": window,
    "start": start,
    "curves": curves,
    "editor": editor,
    "data": data,
    "search": search,
    "gpu": gpu,
}


def _screen() -> dict[str, str]:
    return os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}


def _told(name: str, figures: Any) -> Any:
    sys.stderr.write(f"{name}: {json.dumps(figures)}\n")
    return figures


def measured(options: Options) -> dict[str, Any]:
    """All sections that were asked for, with machine and circumstances."""
    from playground.engine.device import limit_threads
    from tests.bench.report import machine

    if options.threads:
        import torch

        limit_threads(options.threads)
        torch.set_num_threads(options.threads)
        os.environ["OMP_NUM_THREADS"] = str(options.threads)
    found: dict[str, Any] = json.loads(Path(options.source).read_text()) if options.source else {}
    skipped = found.setdefault("skipped", {})
    for name in options.only:
        try:
            kept = found.get(name, {}) if name in ("training", "window", "gpu") else {}
            found[name] = kept | SECTIONS[name](options)
            skipped.pop(name, None)
        except LookupError as reason:
            skipped[name] = str(reason)
    if set(options.only) & found.keys():
        words = "Ratios are medians over turns taken side by side"
        words += f", {options.threads} thread{'s' * (options.threads > 1)} each" if options.threads else ""
        words += ", by the process's own time: others were using the machine." if options.clock == "processor" else "."
        found["machine"] = machine()
        found["how"] = {"date": datetime.now(UTC).date().isoformat(), "words": words}
    return found


def _options(words: list[str] | None) -> Options:
    from tests.bench.workloads import WORKLOADS

    def listed(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--only", type=listed, default=list(SECTIONS), help=", ".join(SECTIONS))
    parser.add_argument("--workloads", type=listed, default=list(WORKLOADS), help=", ".join(WORKLOADS))
    parser.add_argument("--sides", type=listed, default=None, help="whom to train beside; ours must be among them")
    parser.add_argument("--seconds", type=float, default=0.4, help="of one turn")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each side")
    parser.add_argument("--threads", type=int, default=0, help="of torch, for all sides; 0: as each would choose")
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall")
    parser.add_argument("--json", metavar="FILE", default="", help="write the figures there too")
    parser.add_argument("--from", dest="source", metavar="FILE", default="", help="take up earlier figures")
    parser.add_argument("--write-readme", action="store_true", help="put the tables into the README")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Measure, print, write."""
    from tests.bench import report

    options = _options(words)
    found = measured(options)
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1) + "\n")
    sys.stdout.write(report.markdown(found) + "\n")
    for sentence in report.misses(found):
        sys.stdout.write(f"missed: {sentence}\n")
    if options.write_readme:
        report.write_readme(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
