"""What one cell says: a number in many spellings, a date, nothing. Knows strings; pandas only for dates.

Which spelling a file uses is found out by sniffing.py, and said in a TablePlan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

NAN = float("nan")
CURRENCY = "$€£¥₹"
_SPACES = "  \u2009\u202f'’"
"""Also part thousands: a space, one that does not break, a thin one, one that is both; Switzerland's apostrophe."""
LONGEST_NUMBER = 60
_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y",
    "%m/%d/%y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%Y%m%d",
)  # fmt: skip
_TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_ZONED = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S%z")
CLOCK = ("%H:%M:%S", "%H:%M")
MIXED = "ISO8601"
"""pandas' word for days with and without times, all written as 2020-01-31."""
FORMATS = (*(day + time for time, day in product(_TIMES, _DAYS)), *_ZONED, *CLOCK)
_PERHAPS_DATE = re.compile(r"\s*(\d{1,4}[-/. ]([A-Za-z]|\d)|[A-Za-z]{3,9} \d|\d{8}\b|\d{1,2}:\d\d)")
ENOUGH = 0.9
"""Share of a column's cells that must be of a type for the column to be of it; the others then count as empty."""


@cache
def _number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    groups = f"[{re.escape(thousands)}{_SPACES}]"
    d = re.escape(decimal)
    digits = rf"(?:\d{{1,3}}(?:{groups}\d{{3}})+|\d+)(?:{d}\d*)?|{d}\d+"
    return re.compile(
        rf"(?P<sign>[-+−]?)\s*[{CURRENCY}]?\s*(?P<minus>-?)(?P<digits>{digits})(?P<power>[eE][-+]?\d+)?"
        rf"\s*(?P<mark>%|[{CURRENCY}])?"
    )


def number(cell: str, decimal: str = ".", thousands: str = "") -> float | None:
    """The number that a cell spells, or None. A percentage is a hundredth; a currency sign says nothing.

    >>> number("1,234.5", thousands=","), number("−12 %"), number("€ 3,50", decimal=","), number("3 apples")
    (1234.5, -0.12, 3.5, None)
    """
    cell = cell.strip()
    if decimal == "." and cell[-1:].isdigit() and "_" not in cell and len(cell) <= LONGEST_NUMBER:
        try:
            return float(cell)  # most cells, in a tenth of the time
        except ValueError:
            pass
    found = _number_pattern(decimal, thousands).fullmatch(cell) if len(cell) <= LONGEST_NUMBER else None
    if found is None:
        return None
    digits = found["digits"]
    for sign in (*_SPACES, *thousands):
        digits = digits.replace(sign, "")
    value = float(digits.replace(decimal, ".") + (found["power"] or ""))
    if found["sign"] in ("-", "−") or found["minus"]:
        value = -value
    return value / 100 if found["mark"] == "%" else value


def numbers(cells: Iterable[str], decimal: str, thousands: str) -> NDArray[np.float64]:
    """Nan where a cell spells none."""
    return np.array([NAN if (found := number(cell, decimal, thousands)) is None else found for cell in cells], float)


def is_infinite(cell: str) -> bool:
    """Whether it is how programs write infinity: no figure to learn from, but not a word either."""
    return cell.strip().casefold().lstrip("+-") in ("inf", "infinity", "1.#inf", "∞")


def is_coded(cells: Sequence[str]) -> bool:
    """Whether digits are a code, such as a postcode: all of one length, and some begin with 0."""
    lengths = {len(cell) for cell in cells}
    return (
        len(lengths) == 1
        and lengths != {1}
        and all(cell.isdigit() for cell in cells)
        and any(cell[0] == "0" for cell in cells)
        and len(set(cells)) > 1
    )


def dates(cells: Sequence[str], format: str) -> NDArray[np.float64]:
    """Seconds since the beginning of 1970, in UTC; nan where a cell is no date of that format."""
    import pandas as pd

    cleaned = pd.Series([" ".join(cell.split()) for cell in cells], dtype=object)
    found = pd.to_datetime(cleaned, format=format, errors="coerce", utc=True).dt.tz_localize(None)
    stamps = found.to_numpy("datetime64[us]")
    seconds = stamps.astype(np.int64) / 1e6
    return np.where(np.isnat(stamps), NAN, seconds)


def date_like(format: str) -> str:
    """A date in that format, to show what it looks like.

    >>> date_like("%d/%m/%Y")
    '31/12/2024'
    """
    return datetime(2024, 12, 31, 18, 30).strftime("%Y-%m-%d" if format == MIXED else format)


def date_format(cells: Sequence[str], day_first: bool | None = None) -> str:
    """The format that nearly all of these cells have; empty if they are no dates.

    day_first: which of 3/4/2020's readings is meant where both are possible; None takes the day first.
    """
    cells = list(dict.fromkeys(cells))[:1000]
    likely = [cell for cell in cells if len(cell) <= 40 and _PERHAPS_DATE.match(cell)]
    if not likely or len(likely) < ENOUGH * len(cells):
        return ""
    shares: dict[str, float] = {}
    for format in _tried(likely[:20], day_first):
        shares[format] = float(np.isfinite(dates(cells, format)).mean())
        if shares[format] == 1:
            break
    if likely[0][:4].isdigit() and max(shares.values(), default=0) < 1:
        shares[MIXED] = float(np.isfinite(dates(cells, MIXED)).mean())
    best = max(shares, key=lambda format: shares[format], default="")
    if not best or shares[best] < ENOUGH:
        return ""
    return "" if best == "%Y%m%d" and not all(1900 <= int(cell[:4]) <= 2100 for cell in likely) else best


def _tried(cells: Sequence[str], day_first: bool | None) -> list[str]:
    """The formats that one of these cells has, likelier ones first."""
    formats = [format for format in FORMATS if any(_has(cell, format) for cell in cells)]
    if day_first is False:
        formats.sort(key=lambda format: format.find("%d") < format.find("%m"))
    return formats


def _has(cell: str, format: str) -> bool:
    try:
        datetime.strptime(" ".join(cell.split()), format)
    except ValueError:
        return False
    return True
