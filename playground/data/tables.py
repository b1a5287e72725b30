"""Tables from CSV and TSV files: numbers as they are, words one-hot, rows with gaps left out, and all of it said.

A file is data from a stranger: its size is checked before it is read. pandas does the parsing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.data.dataset import DataProblem, Dataset, Floats

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 2**30
MOST_WORDS = 20
"""Different words up to which a column of text becomes one input a word."""
SUFFIXES = {".csv": ",", ".tsv": "\t"}


def load_table(path: Path, target: str | None = None) -> Dataset:
    """Read a table; the target is the named column, or the last one.

    Text, and whole numbers of at most 20 kinds in a large enough table, are classes; other numbers are regressed.
    Raises: DataProblem: If there is nothing to learn from.
    """
    frame = _read(path)
    name = target if target is not None else str(frame.columns[-1])
    if name not in frame.columns:
        raise DataProblem(f"{path.name} has no column “{name}”. It has: {_listed(list(frame.columns))}.")
    notes: list[str] = []
    frame = _without_gaps(frame, path, name, notes)
    inputs, names = _inputs(frame.drop(columns=name), path, notes)
    column = frame[name]
    about = f"{len(frame):,} rows of {path.name}; predicts {name}."
    if _is_classes(column):
        words, codes = np.unique(column.astype(str).to_numpy(dtype=object), return_inverse=True)
        if len(words) < 2:
            raise DataProblem(f"Every row of {path.name} has the same {name}. Choose another target with --target.")
        if len(words) > len(frame) / 2:
            raise DataProblem(
                f"{name} has {len(words)} different values in {len(frame)} rows: it looks like a label of each row. "
                "Choose another target with --target."
            )
        classes = tuple(str(word) for word in words)
        return Dataset(
            path.name, path.stem, "table", inputs, codes.astype(np.int64), "classes", classes, names, about,
            notes=tuple(notes),
        )  # fmt: skip
    values = _real(column)[:, None]
    return Dataset(path.name, path.stem, "table", inputs, values, "numbers", (), names, about, notes=tuple(notes))


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    size = path.stat().st_size
    if size > MOST_BYTES:
        raise DataProblem(f"{path.name} has {size / 2**20:,.0f} MB; at most 1,024 MB are read. Use a part of it.")
    try:
        frame = pd.read_csv(path, sep=SUFFIXES[path.suffix.lower()], na_values=["?"], skipinitialspace=True)
    except UnicodeDecodeError as error:
        raise DataProblem(f"{path.name} is not text in UTF-8. Save it as CSV UTF-8 and try again.") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise DataProblem(f"{path.name} cannot be read as a table: {reason}. Mend the file and try again.") from error
    if frame.empty or frame.shape[1] < 2:
        raise DataProblem(
            f"{path.name} has {len(frame)} rows and {frame.shape[1]} columns; a table needs a header, some rows, "
            "and at least two columns."
        )
    frame.columns = [str(column).strip() for column in frame.columns]
    return frame


def _without_gaps(frame: pd.DataFrame, path: Path, target: str, notes: list[str]) -> pd.DataFrame:
    """Leave out columns that are mostly empty, then rows with gaps."""
    empty = [str(column) for column in frame.columns if column != target and frame[column].isna().mean() > 0.5]
    if empty:
        frame = frame.drop(columns=empty)
        notes.append(f"Left out, more than half empty: {_listed(empty)}.")
    whole = frame.dropna()
    if len(whole) < len(frame):
        notes.append(f"{len(frame) - len(whole):,} of {len(frame):,} rows have gaps and were left out.")
    if whole.empty:
        raise DataProblem(f"Every row of {path.name} has a gap somewhere. Fill the gaps and try again.")
    return whole


def _inputs(frame: pd.DataFrame, path: Path, notes: list[str]) -> tuple[Floats, tuple[str, ...]]:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    columns, names, left = [], [], []
    for name in frame.columns:
        column = frame[name]
        if is_numeric_dtype(column) or is_bool_dtype(column):
            columns.append(_real(column))
            names.append(str(name))
        elif (words := sorted(column.astype(str).unique())) and len(words) <= MOST_WORDS:
            columns.extend((column.astype(str) == word).to_numpy(np.float32) for word in words)
            names.extend(f"{name} = {word}" for word in words)
        else:
            left.append(str(name))
    if left:
        notes.append(f"Left out, more than {MOST_WORDS} different words: {_listed(left)}.")
    if not columns:
        raise DataProblem(
            f"{path.name} has no column of numbers beside the target. Choose another target with --target, or a table "
            "with numbers."
        )
    return np.stack(columns, axis=1), tuple(names)


def _real(column: pd.Series) -> Floats:
    """What is too large for 32 bits becomes infinite, which split.prepare refuses."""
    with np.errstate(over="ignore"):
        return column.to_numpy(np.float32)


def _is_classes(column: pd.Series) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if is_bool_dtype(column) or not is_numeric_dtype(column):
        return True
    kinds = column.nunique()
    return bool(kinds <= 20 and kinds < len(column) / 10 and (column % 1 == 0).all())


def _listed(names: list[str], most: int = 12) -> str:
    shown = ", ".join(str(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
