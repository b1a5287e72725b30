"""Rows of a Parquet file, read by pyarrow, which is an extra: 45 MB for one kind of file.

Its columns have names and types of their own, so nothing is found out from text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.data.dataset import DataProblem
from playground.data.table_plan import MOST_CELLS, MOST_COLUMNS, Head, TablePlan
from playground.data.text_rows import Chunk, Tell, silent

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 50_000
MOST_UNPACKED = 4 * 2**30


def _opened(path: Path) -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise DataProblem(
            f"Reading {path.name} needs pyarrow. Install it with “pip install nn-playground[parquet]”, or save the "
            "table as CSV."
        ) from error
    import pyarrow

    try:
        file = pyarrow.parquet.ParquetFile(
            path, thrift_string_size_limit=100_000_000, thrift_container_size_limit=1_000_000
        )
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path) from error
    facts = file.metadata
    if facts.num_columns > MOST_COLUMNS:
        file.close()
        raise DataProblem(f"{path.name} has {facts.num_columns:,} columns; at most {MOST_COLUMNS:,} are read.")
    unpacked = sum(facts.row_group(number).total_byte_size for number in range(facts.num_row_groups))
    if facts.num_rows * max(1, facts.num_columns) > MOST_CELLS or unpacked > MOST_UNPACKED:
        file.close()
        raise DataProblem(
            f"{path.name} has {facts.num_rows:,} rows of {facts.num_columns:,} columns; at most {MOST_CELLS:,} "
            "cells are read. Use a part of it."
        )
    return file


def _unreadable(path: Path) -> DataProblem:
    return DataProblem(f"{path.name} cannot be read as a Parquet file. Save it anew, or as CSV.")


def head(path: Path) -> Head:
    """The first rows as text, under the names that the file has. Raises DataProblem."""
    rows: list[list[str]] = []
    with _opened(path) as file:
        names = tuple(str(field.name) for field in file.schema_arrow)
        for frame in _frames(path, file, list(range(len(names))), 2000):
            rows = [[_spelled(cell) for cell in row] for row in frame.itertuples(index=False)]
            break
        count = int(file.metadata.num_rows)
    if not names:
        raise DataProblem(f"{path.name} cannot be read as a table: it has no columns. Choose another file.")
    return Head("parquet", rows, tuple(range(1, len(rows) + 1)), named=names, rows=count)


def chunks(path: Path, plan: TablePlan, wanted: dict[int, bool], tell: Tell = silent) -> Iterator[Chunk]:
    """Rows as frames whose columns are numbered, as text_rows.chunks has them."""
    done, places = 0, sorted(wanted)
    with _opened(path) as file:
        for frame in _frames(path, file, places, CHUNK):
            for place in places:
                if frame[place].dtype.kind not in "biufM":
                    frame[place] = frame[place].map(_spelled).astype(object)
            yield Chunk(frame, np.arange(done + 1, done + 1 + len(frame)))
            done += len(frame)
            tell(done, max(done, plan.rows or 0))


def _frames(path: Path, file: Any, places: list[int], size: int) -> Iterator[pd.DataFrame]:
    import pyarrow

    names = [file.schema_arrow.field(place).name for place in places]
    try:
        for batch in file.iter_batches(size, columns=list(dict.fromkeys(names))):
            frame = batch.to_pandas(ignore_metadata=True)
            frame.columns = range(frame.shape[1])
            if len(places) != frame.shape[1]:
                raise DataProblem(f"{path.name} has two columns of one name. Give them names of their own.")
            yield frame.set_axis(places, axis=1)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path) from error


def _spelled(value: Any) -> str:
    if value is None or value != value:
        return ""
    return value.isoformat(sep=" ") if hasattr(value, "hour") and hasattr(value, "year") else str(value)
