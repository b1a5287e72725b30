"""The command export: a project handed to other tools, as code, weights, a picture, a report or figures.

What is written, and how, is playground.exchange's business.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from playground.app.files import SUFFIX, Project, read_project
from playground.app.handing_over import (
    NO_CURVES,
    Handed,
    as_curves,
    as_model_card,
    as_onnx,
    as_picture,
    as_python,
    as_report,
    as_tensorboard,
    as_weights,
)
from playground.app.judging import fits
from playground.cli.fitting import fitted
from playground.cli.printing import Unusable, say
from playground.cli.training import refuse_broken
from playground.exchange.problem import ExportProblem
from playground.exchange.writing import refuse_place

ENDINGS = {
    "python": ".py",
    "safetensors": ".safetensors",
    "svg": ".svg",
    "png": ".png",
    "pdf": ".pdf",
    "html": ".html",
    "markdown": ".md",
    "csv": ".csv",
    "onnx": ".onnx",
    "tensorboard": "",
}
"""What a file of each kind is called; none where it is a folder."""


def add_commands(add: Any) -> None:
    """Declare this command."""
    made = add("export", export)
    made.add_argument("project", metavar="PROJECT", type=Path, help=f"a {SUFFIX} file")
    made.add_argument("--to", choices=tuple(ENDINGS), required=True, help="what to write")
    made.add_argument(
        "-o", "--output", metavar="FILE", type=Path, required=True, help="the file to write; for tensorboard a folder"
    )


def export(args: argparse.Namespace) -> int:
    """Hand a project to other tools: its code, weights, picture, report or curves.

    python: one file of plain PyTorch, with its weights and examples beside it. safetensors: the weights, under the
    names of that file's class. svg, png, pdf: the network as a picture. html: a report. markdown: a model card.
    csv: the curves. onnx: the network with its weights for other programs, run by onnxruntime and compared with
    torch before it is handed over; needs “pip install nn-playground[onnx]”. tensorboard: a folder with the curves of
    training and validation, histograms of the weights and a model card, for “tensorboard --logdir FOLDER”; needs
    “pip install nn-playground[tensorboard]”. An earlier such export is replaced.
    """
    output: Path = args.output.expanduser()
    project = read_project(args.project)
    try:
        _can_be_written(output, args.to)
        for line in WAYS[args.to](project, args.project, output):
            say(line)
    except ExportProblem as problem:
        raise Unusable(str(problem)) from problem
    return 0


def _can_be_written(output: Path, kind: str) -> None:
    if not (ending := ENDINGS[kind]):
        return  # a folder, which is looked at by whatever writes it
    if output.suffix.lower() != ending:
        raise Unusable(f"A file for {kind} is called {ending}: write -o {output.with_suffix(ending)}.")
    refuse_place(output)


def _python(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    if project.checkpoint is not None and fits(project):
        refuse_broken(project.checkpoint, path)
    made = as_python(project, output, _silent, warn=say)
    first, *others = map(str, made.files)
    beside = f", and beside it {' and '.join(Path(other).name for other in others)}" if others else ""
    return (f"Wrote {first}{beside}. It needs torch and numpy alone: see “python {output.name} --help”.", *made.notes)


def _safetensors(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    if project.checkpoint is None:
        raise Unusable(f"{path} has not been trained yet, so it has no weights. Run “playground train {path}” first.")
    refuse_broken(project.checkpoint, path)
    if not fits(project):
        raise Unusable(f"The network in {path} was changed since it was trained. Run “playground train {path}” again.")
    return (f"Wrote {output}: {as_weights(project, output, _silent).notes[0]}",)


def _picture(project: Project, _path: Path, output: Path) -> tuple[str, ...]:
    def draw(picture: str, kind: str) -> bytes:
        from playground.ui.figure_file import drawn

        return drawn(picture, kind)

    as_picture(project, output, _silent, draw)
    return (f"Wrote {output}.",)


def _html(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    return _told(as_report, project, path, output)


def _markdown(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    return _told(as_model_card, project, path, output)


def _told(way: Callable[..., Handed], project: Project, path: Path, output: Path) -> tuple[str, ...]:
    if project.checkpoint is not None and fits(project):
        refuse_broken(project.checkpoint, path)
    return (f"Wrote {output}.", *way(project, output, _silent, file=path.name, fit=partial(fitted, ())).notes)


def _silent(_words: str) -> None:
    """The terminal is told when it is done."""


def _csv(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    _refuse_untrained(project, path)
    return (f"Wrote {output}: {as_curves(project, output, _silent).notes[0]}",)


def _tensorboard(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    _refuse_untrained(project, path)
    first, *notes = as_tensorboard(project, output, _silent).notes
    return (f"Wrote {output}: {first}", *notes)


def _refuse_untrained(project: Project, path: Path) -> None:
    if not project.epochs:
        raise Unusable(f"{path} {NO_CURVES} Run “playground train {path}” first.")


def _onnx(project: Project, _path: Path, output: Path) -> tuple[str, ...]:
    first, *notes = as_onnx(project, output, _silent, warn=say).notes
    return (f"Wrote {output}: {first}", *notes)


Way = Callable[[Project, Path, Path], tuple[str, ...]]
WAYS: dict[str, Way] = {
    "python": _python,
    "safetensors": _safetensors,
    "svg": _picture,
    "png": _picture,
    "pdf": _picture,
    "html": _html,
    "markdown": _markdown,
    "csv": _csv,
    "onnx": _onnx,
    "tensorboard": _tensorboard,
}
"""Each takes the project, where it was read from and where to write; and tells what was done, a line each."""
