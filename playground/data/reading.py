"""What a person may say about a table where the program understood it otherwise; None is “as understood”.

Part of the project file, so every value is checked. What was understood is said in table_plan.py.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, get_args

from pydantic import BaseModel, Field

Encoding = Literal[
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "iso8859-15", "cp1250", "cp1251", "cp1253",
    "cp437", "cp850", "mac-roman", "koi8-r", "shift_jis", "euc-jp", "euc-kr", "gb18030", "big5",
]  # fmt: skip
ENCODINGS: tuple[str, ...] = get_args(Encoding)
ColumnType = Literal["number", "whole number", "yes/no", "category", "date", "text", "id", "constant"]
Role = Literal["input", "target", "left out", "group", "time"]
ColumnScaling = Literal["standard", "robust", "unit", "none"]
Missing = Literal["drop", "mean", "median", "most frequent", "own"]
LongRows = Literal["drop", "widen", "keep"]
ShortRows = Literal["fill", "drop"]
MISSING_WORDS = (
    "?", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "nil", "-", "--", "–", "—", ".", "missing",
    "#div/0!", "#ref!", "#value!", "#name?", "#num!", "#null!",
)  # fmt: skip
"""Cells that stand for nothing, in small letters; an empty cell always does."""


class ColumnReading(BaseModel, frozen=True, extra="forbid"):
    """One column's role and treatment."""

    name: str = Field(max_length=1000)
    type: ColumnType | None = Field(None, title="Type", description="What its cells are.")
    role: Role | None = Field(
        None,
        title="Role",
        description="Input, target, left out; group: its rows stay together in one part; time: the earliest train.",
    )
    scaling: ColumnScaling | None = Field(None, title="Scaling", description="Of numbers; none leaves their units.")
    missing: Missing | None = Field(None, title="Empty cells", description="What an empty cell becomes.")
    indicator: bool | None = Field(None, title="Mark empty cells", description="One more input: was it empty?")
    kinds: int | None = Field(
        None, ge=1, le=1000, title="Categories", description="The most frequent ones that get an input each."
    )


class TableReading(BaseModel, frozen=True, extra="forbid"):
    """How a table is read. Every setting that is None is found out from the file."""

    encoding: Encoding | None = Field(None, title="Encoding")
    separator: str | None = Field(None, min_length=1, max_length=1, pattern=r'[^"\r\n\w]', title="Separator")
    quote: Literal['"', "'"] | None = Field(None, title="Quotation mark")
    header: bool | None = Field(None, title="Header", description="Whether the first row names the columns.")
    skip: int | None = Field(None, ge=0, le=1000, title="Lines to skip", description="Before the header or the data.")
    comment: Literal["#", "%", ";", "!"] | None = Field(
        None, title="Comments", description="Lines that begin with this are left out."
    )
    decimal: Literal[".", ","] | None = Field(None, title="Decimal sign")
    thousands: Literal[".", ",", " ", "'"] | None = Field(None, title="Thousands sign")
    day_first: bool | None = Field(None, title="Day first", description="Whether 3/4/2020 is the 3rd of April.")
    missing: tuple[str, ...] | None = Field(
        None, max_length=100, title="Empty", description="Words that stand for an empty cell."
    )
    long_rows: LongRows | None = Field(
        None,
        title="Rows with too many cells",
        description="Left out; kept, with unnamed columns for the cells beyond the last one; or kept without those.",
    )
    short_rows: ShortRows | None = Field(
        None, title="Rows with too few cells", description="The missing ones count as empty; or the row is left out."
    )
    sheet: str | None = Field(None, max_length=200, title="Sheet", description="Of an Excel file.")
    columns: tuple[ColumnReading, ...] = Field((), max_length=20_000, title="Columns")

    def of(self, name: str) -> ColumnReading:
        """What is said of a column; nothing, if it is not mentioned."""
        return next((column for column in self.columns if column.name == name), ColumnReading(name=name))

    def with_columns(self, said: Sequence[ColumnReading]) -> TableReading:
        """The same with these columns said anew."""
        names = {column.name for column in said}
        others = tuple(column for column in self.columns if column.name not in names)
        return self.model_copy(update={"columns": (*others, *said)})

    def saying(self, names: Collection[str], setting: str, value: object) -> TableReading:
        """The same with one setting of these columns said; a group or a time is one column alone, the newest named."""
        said = {column.name: column for column in self.columns}
        changed = [said.get(name, ColumnReading(name=name)).model_copy(update={setting: value}) for name in names]
        if setting == "role" and value in ("group", "time"):
            before = [column for column in self.columns if column.role == value and column.name not in names]
            changed += [column.model_copy(update={"role": None}) for column in before]
        return self.with_columns(changed)


AS_UNDERSTOOD = TableReading()
