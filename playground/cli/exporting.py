"""The command export: a project handed to other tools, as code, weights, a picture, a report or figures.

What is written, and how, is playground.exchange's business.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app.checking import checked
from playground.app.files import SUFFIX, Project, read_project
from playground.cli.comparing import compared
from playground.cli.printing import Unusable, say
from playground.cli.projects import prepared
from playground.cli.training import begin, refuse_broken
from playground.exchange.problem import ExportProblem
from playground.exchange.writing import refuse_place, write

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from playground.data.dataset import Examples
    from playground.selection.outcome import Comparison

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
    from playground.app.handing_over import as_python

    if project.checkpoint is not None and _fits(project):
        refuse_broken(project.checkpoint, path)
    made = as_python(project, output, lambda _words: None, warn=say)
    first, *others = map(str, made.files)
    beside = f", and beside it {' and '.join(Path(other).name for other in others)}" if others else ""
    return (f"Wrote {first}{beside}. It needs torch and numpy alone: see “python {output.name} --help”.", *made.notes)


def _safetensors(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    from playground.app.handing_over import as_weights

    if project.checkpoint is None:
        raise Unusable(f"{path} has not been trained yet, so it has no weights. Run “playground train {path}” first.")
    refuse_broken(project.checkpoint, path)
    if not _fits(project):
        raise Unusable(f"The network in {path} was changed since it was trained. Run “playground train {path}” again.")
    return (f"Wrote {output}: {as_weights(project, output, lambda _words: None).notes[0]}",)


def _fits(project: Project) -> bool:
    """Whether the project's weights are all of its network, and no others."""
    from playground.exchange.weights_file import is_of

    return project.checkpoint is not None and is_of(project.checkpoint.weights, project.document.graph)


def _svg(project: Project, _path: Path, output: Path) -> tuple[str, ...]:
    from playground.exchange.figure import figure

    write(output, figure(project.document))
    return (f"Wrote {output}.",)


def _drawn(kind: str) -> Way:
    def way(project: Project, _path: Path, output: Path) -> tuple[str, ...]:
        from playground.exchange.figure import figure
        from playground.ui.figure_file import drawn

        write(output, drawn(figure(project.document), kind))
        return (f"Wrote {output}.",)

    return way


def _html(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    from playground.exchange.report import report

    examples = prepared(project.document)
    comparison, confusion, notes = _judged(project, path, examples)
    told = report(project, comparison, confusion, examples=examples, notes=notes, exam=project.exam, file=path.name)
    write(output, told)
    return (f"Wrote {output}.", *notes)


def _markdown(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    from playground.exchange.model_card import model_card

    examples = prepared(project.document)
    comparison, _, notes = _judged(project, path, examples)
    write(output, model_card(project, comparison, examples=examples, exam=project.exam, file=path.name))
    return (f"Wrote {output}.", *notes)


def _judged(
    project: Project, path: Path, examples: Examples
) -> tuple[Comparison | None, NDArray[Any] | None, tuple[str, ...]]:
    """The trained network beside its baselines, its confusion, and a sentence where there can be none."""
    if project.checkpoint is None:
        return None, None, ()
    if checked(project.document, examples.signature).errors or not _fits(project):
        return None, None, ("The network was changed since it was trained: the curves are those of the one before.",)
    refuse_broken(project.checkpoint, path)
    training = begin(project.document, project.document.recipe, examples, checkpoint=project.checkpoint)
    confusion = None
    if training.examples.targets is None:
        from playground.engine.measures import confusion as counted

        truth = training.examples.valid.targets
        confusion = counted(truth, training.predict("valid"), examples.signature.outputs)
    return compared(project, path), confusion, ()


def _csv(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    from playground.exchange.curves import as_csv

    _refuse_untrained(project, path)
    write(output, as_csv(project.epochs))
    return (f"Wrote {output}: {len(project.epochs):,} epochs.",)


def _tensorboard(project: Project, path: Path, output: Path) -> tuple[str, ...]:
    from playground.app.handing_over import as_tensorboard

    _refuse_untrained(project, path)
    first, *notes = as_tensorboard(project, output, lambda _words: None).notes
    return (f"Wrote {output}: {first}", *notes)


def _refuse_untrained(project: Project, path: Path) -> None:
    if not project.epochs:
        raise Unusable(f"{path} has not been trained yet, so it has no curves. Run “playground train {path}” first.")


def _onnx(project: Project, _path: Path, output: Path) -> tuple[str, ...]:
    from playground.app.handing_over import as_onnx

    first, *notes = as_onnx(project, output, lambda _words: None, warn=say).notes
    return (f"Wrote {output}: {first}", *notes)


Way = Callable[[Project, Path, Path], tuple[str, ...]]
WAYS: dict[str, Way] = {
    "python": _python,
    "safetensors": _safetensors,
    "svg": _svg,
    "png": _drawn("png"),
    "pdf": _drawn("pdf"),
    "html": _html,
    "markdown": _markdown,
    "csv": _csv,
    "onnx": _onnx,
    "tensorboard": _tensorboard,
}
"""Each takes the project, where it was read from and where to write; and tells what was done, a line each."""
