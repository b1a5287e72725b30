"""Written Python read back: the project that is packed at its end, and whether the program above is still its own.

The source is parsed with ast and never run. Whoever changed the class by hand is told so: what such a change means to
the graph is not guessed. Changed figures at the top are taken over.
"""

from __future__ import annotations

import ast
import base64
import textwrap
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.exchange.names import WIDTH
from playground.exchange.problem import ExportProblem

PROJECT = "PROJECT"
FIGURES = {"EPOCHS": "epochs", "BATCH": "batch", "LEARNING_RATE": "learning_rate", "SEED": "seed"}
"""Constants of the file that may be changed, and the recipe's settings that they are."""
MOST_BYTES, MOST_UNPACKED = 2 * 2**20, 16 * 2**20

SCORED_BEFORE = (
    """
    guess, true = (
        in_own_units(values).astype(np.float64) for values in (scores, targets)
    )
""".lstrip("\n"),
    """
    with np.load(DATA) as arrays:
        shift, scale = arrays["target_shift"], arrays["target_scale"]
    columns = shift.size
    guess, true = (
        (values.cpu().numpy().reshape(-1, columns) * scale + shift)
        .astype(np.float32)
        .astype(np.float64)
        for values in (scores, targets)
    )
""".lstrip("\n"),
)
"""A statement of written code, and what stood there before scaling was written too."""


@dataclass(frozen=True)
class ReadBack:
    """What a written file says."""

    description: bytes
    """The project as JSON; not looked into yet."""
    figures: Mapping[str, int | float]
    """Settings of the recipe, by name."""
    parts: Mapping[str, str]
    """Every class, function and constant of the program, as ast prints it; without what may be changed."""


def packed(description: bytes) -> str:
    """Lines of Python that hold a project's JSON as letters, which no program could mistake for code."""
    letters = base64.b64encode(zlib.compress(description, 9)).decode("ascii")
    lines = "\n".join(f'    "{line}"' for line in textwrap.wrap(letters, WIDTH - 6))
    return f"# The project itself, for “playground import”. Nothing here reads it.\n{PROJECT} = (\n{lines}\n)\n"


def read_back(path: Path) -> ReadBack:
    """What a file written by this program says. Raises: ExportProblem: For any other, with a way out."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ExportProblem(f"{path} has more than {MOST_BYTES >> 20} MB: no file that was exported here has that.")
        tree = ast.parse(path.read_bytes())
    except OSError as error:
        raise ExportProblem(f"{path} cannot be read: {error.strerror or error}. Choose another file.") from error
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExportProblem(f"{path} is no Python that can be read. Export it again, or choose another.") from error
    constants = _constants(tree)
    letters = constants.get(PROJECT)
    if not isinstance(letters, str):
        raise ExportProblem(
            f"{path} was not exported by this program, and other Python is not brought in. Save that model as ONNX, "
            "and import the .onnx file."
        )
    figures = {
        setting: value
        for name, setting in FIGURES.items()
        if isinstance(value := constants.get(name), int | float) and not isinstance(value, bool)
    }
    return ReadBack(_unpacked(letters, path), figures, parts_of(tree))


def parts_of(tree: ast.Module) -> dict[str, str]:
    """The program's parts by name, each as ast prints it."""
    found: dict[str, str] = {}
    for statement in tree.body:
        name = getattr(statement, "name", None) or _assigned(statement) or type(statement).__name__
        is_words = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if name == PROJECT or name in FIGURES or is_words:
            continue
        found[name] = f"{found.get(name, '')}{ast.dump(_without_words(statement))}"
    return found


def _without_words(statement: ast.stmt) -> ast.stmt:
    """A class or function without its docstring, which names the project."""
    body = getattr(statement, "body", None)
    if isinstance(statement, ast.ClassDef) and body and isinstance(body[0], ast.Expr):
        statement.body = body[1:] or [ast.Pass()]
    return statement


def _constants(tree: ast.Module) -> dict[str, object]:
    return {
        name: statement.value.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        if (name := _assigned(statement))
    }


def _assigned(statement: ast.stmt) -> str:
    """The one name that a statement assigns to; empty for any other."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return getattr(statement.targets[0], "id", "")
    return ""


def _unpacked(letters: str, path: Path) -> bytes:
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(base64.b64decode(letters, validate=True), MOST_UNPACKED)
    except (ValueError, zlib.error) as error:
        raise ExportProblem(f"The project in {path} is damaged. Export it again.") from error
    if not unpacking.eof:
        raise ExportProblem(f"The project in {path} is cut short, or far too large. Export it again.")
    return content
