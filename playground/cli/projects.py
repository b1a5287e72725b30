"""Commands about projects and what they are made of: new, rewrite, templates, datasets, layers.

info is in info.py, training in training.py. What a project is, is said in playground.app.document.
"""

from __future__ import annotations

import argparse
import inspect
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.app.carried_data import content_of
from playground.app.checking import checked
from playground.app.document import Document, make_project
from playground.app.files import SUFFIX, FileProblem, Project, is_plain, read_origin, read_project, write_project
from playground.app.for_use import ForUse, changed_since
from playground.cli import downloading
from playground.cli.printing import Unusable, complain, console, say, say_json, table
from playground.data.catalogue import CATALOGUE
from playground.data.published import PUBLISHED, Published, megabytes
from playground.graph.check import Problem
from playground.graph.templates import TEMPLATES
from playground.layers import LAYERS, Layer

if TYPE_CHECKING:
    from playground.data.dataset import Examples

LONGEST_NAME = 200
PLAIN = "as text, the description alone, which shows its changes in version control; without weights and curves"


def add_commands(add: Any) -> None:
    """Declare these commands."""
    new_ = add("new", new)
    new_.add_argument("template", metavar="TEMPLATE", help="a name from “playground templates”")
    new_.add_argument("--data", metavar="DATASET", help="a name from “playground datasets”, or a path")
    new_.add_argument("--target", metavar="COLUMN", help="the column of a table to predict")
    add_output(new_)
    new_.add_argument("--plain", action="store_true", help=PLAIN)
    again = add("rewrite", rewrite)
    again.add_argument("project", metavar="PROJECT", type=Path, help="a .nnplay file")
    again.add_argument("-o", "--output", metavar="PROJECT", type=project_path, help="write there instead of back")
    again.add_argument("--data", metavar="PATH", type=Path, help="where its data are now, if they were moved")
    again.add_argument("--with-data", action="store_true", help="put its data file in, for whoever gets the project")
    again.add_argument("--plain", action="store_true", help=PLAIN)
    for name, run in (("templates", templates), ("datasets", datasets), ("layers", layers)):
        made = add(name, run)
        made.add_argument("--json", action="store_true", help="write JSON")
        if run is datasets:
            made.add_argument("--download", metavar="NAME", help="download that data set, if it is not here yet")
            made.add_argument("--yes", action="store_true", help="download without asking first")


def add_output(command: argparse.ArgumentParser) -> None:
    """Declare where a command writes a project that it makes, and whether in place of one that is there."""
    command.add_argument(
        "-o", "--output", metavar="PROJECT", type=project_path, required=True, help="the file to write"
    )
    command.add_argument("--force", action="store_true", help="replace even a project that has learned")


def refuse_taken(output: Path, is_forced: bool) -> None:
    """Raise Unusable if what a project has learned would be lost, or a file that is none."""
    if output.is_file() and not is_forced and not _has_learned_nothing(output):
        raise Unusable(f"{output} is there already. Choose another name with -o, or replace it with --force.")


def _has_learned_nothing(path: Path) -> bool:
    if is_plain(path):
        return True
    try:
        return not read_origin(path)[1]
    except FileProblem:
        return False


def project_path(text: str) -> Path:
    """A file that a project may be written to."""
    path = Path(text).expanduser()
    if path.suffix.lower() != SUFFIX:
        raise argparse.ArgumentTypeError(f"a project's name ends in {SUFFIX}: write {path.with_suffix(SUFFIX)}")
    return path


def new(args: argparse.Namespace) -> int:
    """Write a project file from a template, adapted to its data."""
    refuse_taken(args.output, args.force)
    document, dataset = make_project(args.template, _source(args.data), args.target)
    named = replace(document, name=args.output.stem[:LONGEST_NAME])
    write_project(args.output, Project(named), args.plain)
    say(
        f"Wrote {args.output}: {document.name} on {dataset.title}, {len(dataset.inputs):,} examples. "
        f"Train it with “playground train {args.output}”."
    )
    for note in dataset.notes:
        say(note)
    return 0


def rewrite(args: argparse.Namespace) -> int:
    """Write a project anew, in the present format; with --plain as text for version control."""
    project = read_project(args.project)
    output: Path = args.output or args.project
    if args.plain and project.checkpoint is not None and output.resolve() == args.project.resolve():
        raise Unusable(f"As text {args.project} would lose what was learned. Choose another file with -o.")
    project = _moved(project, args.data)
    if args.with_data:
        project = replace(project, data=content_of(project.document))
    write_project(output, project, args.plain)
    say(f"Wrote {output}.")
    return 0


def _moved(project: Project, data: Path | None) -> Project:
    """With its data in another place. Raises Unusable if there is nothing there."""
    if data is None:
        return project
    if not data.exists():
        raise Unusable(f"There is no file or folder {data}. Check its name.")
    choice = project.document.data.model_copy(update={"source": str(data.resolve())})
    return replace(project, document=replace(project.document, data=choice))


def _source(data: str | None) -> str | None:
    """A path is stored whole, so that the project can be opened from anywhere."""
    if data is None or data in CATALOGUE or data in PUBLISHED:
        return data
    path = Path(data).expanduser()
    return str(path.resolve()) if path.exists() else data


def templates(args: argparse.Namespace) -> int:
    """List the networks to begin with."""
    if args.json:
        keys = ("name", "title", "family", "summary", "data")
        say_json([{key: getattr(each, key) for key in keys} for each in TEMPLATES.values()])
        return 0
    rows = table("Template", "Family", "Data", "What it is")
    for each in TEMPLATES.values():
        rows.add_row(each.name, each.family, each.data, each.summary)
    console().print(rows)
    return 0


def datasets(args: argparse.Namespace) -> int:
    """List the data sets that come with the program or can be downloaded; download one."""
    if args.download is not None:
        return downloading.get(args.download, args.yes)
    if args.json:
        own = [asdict(entry) | {"download": None} for entry in CATALOGUE.values()]
        say_json(own + [_published_values(each) for each in PUBLISHED.values()])
        return 0
    rows = table("Data set", "Kind", "Predicts", "Examples", "What it is", right=("Examples",))
    for each in CATALOGUE.values():
        rows.add_row(each.name, each.kind, each.task, f"{each.examples:,}", each.summary)
    for other in PUBLISHED.values():
        state = "downloaded" if other.is_here else f"to download, {megabytes(other.size)}"
        rows.add_row(other.name, "image", "classes", f"{other.examples:,}", f"{other.summary} ({state})")
    console().print(rows)
    return 0


def _published_values(published: Published) -> dict[str, Any]:
    """The keys of the others, and what a download would be."""
    keys = ("name", "title", "examples", "summary")
    download = {
        "bytes": published.size,
        "licence": published.licence,
        "page": published.page,
        "folder": str(published.folder),
        "is_here": published.is_here,
    }
    values = {key: getattr(published, key) for key in keys}
    return values | {"kind": "image", "task": "classes", "download": download}


def layers(args: argparse.Namespace) -> int:
    """List the layers, with their settings."""
    if args.json:
        say_json([_layer_values(layer) for layer in LAYERS.values()])
        return 0
    rows = table("Layer", "Family", "Settings", "What it does")
    for layer in LAYERS.values():
        rows.add_row(layer.__name__, layer.family, ", ".join(layer.model_fields), _first_sentence(layer))
    console().print(rows)
    return 0


def _layer_values(layer: type[Layer]) -> dict[str, Any]:
    """Settings as JSON Schema has them: type, default, bounds, title, description."""
    return {
        "type": layer.__name__,
        "title": layer.type_title,
        "family": layer.family,
        "inputs": list(layer.ports()),
        "summary": _first_sentence(layer),
        "settings": layer.model_json_schema().get("properties", {}),
    }


def _first_sentence(layer: type[Layer]) -> str:
    paragraph = " ".join((inspect.getdoc(layer) or "").split("\n\n")[0].split())
    return paragraph.split(". ")[0].rstrip(".") + "."


def prepared(document: Document, learned: ForUse | None = None) -> Examples:
    """The project's data, divided and scaled; says so if they are not those it has learned from. Raises DataProblem."""
    from playground.data.catalogue import load
    from playground.data.split import prepare

    examples = prepare(load(document.data), document.data)
    if changed := changed_since(learned, examples):
        complain(changed)
    return examples


def told(problem: Problem) -> str:
    """A problem with its layer and the ways out."""
    where = f"{problem.node}: " if problem.node else ""
    ways = ", or ".join(fix.label for fix in problem.fixes)
    return f"{where}{problem.text}{f' Way out: {ways}.' if ways else ''}"


def trainable(document: Document, examples: Examples) -> None:
    """Raise Unusable if something is wrong with the network."""
    errors = checked(document, examples.signature).errors
    if errors:
        more = f" There are {len(errors) - 1} more problems: see “playground info”." if len(errors) > 1 else ""
        raise Unusable(told(errors[0]) + more)
