"""How commands speak: results to standard output, as text or JSON; what went wrong to standard error."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 400
"""Columns where output goes to a file or a pipe, so that a line of a table stays one."""


class Unusable(Exception):
    """Input that a command cannot use: one sentence, with a way out. Exit status 2."""


class WorkFailed(Exception):
    """Work that was begun and failed: one sentence that says what to try. Exit status 1."""


def console() -> Console:
    """Standard output, as it is now."""
    from rich.console import Console  # which a window does without

    class Ending(Console):
        def on_broken_pipe(self) -> NoReturn:
            """Leave it to main(), which ends quietly."""
            raise BrokenPipeError

    return Ending(markup=False, highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def say(text: str) -> None:
    """One line of standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line of standard error."""
    sys.stderr.write(f"playground: {text}\n")


def say_json(values: Any, indent: int | None = 1) -> None:
    """JSON on standard output; what is no number becomes null."""
    say(json.dumps(finite(values), ensure_ascii=False, indent=indent, allow_nan=False))


def finite(values: Any) -> Any:
    """The same values for JSON, with null for what is no number."""
    if isinstance(values, float):
        return values if math.isfinite(values) else None
    if isinstance(values, Mapping):
        return {key: finite(value) for key, value in values.items()}
    return [finite(value) for value in values] if isinstance(values, list | tuple) else values


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """An empty table; columns named in right hold numbers."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left")
    return made
