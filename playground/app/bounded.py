"""JSON that others may have written: sizes and depths are checked before anything is made of it."""

from __future__ import annotations

import json
from typing import Any

MOST_JSON = 64 * 2**20
MOST_DEPTH = 64
MOST_VALUES = 2_000_000
"""In one text: a short one in JSON can become a hundred times as large in memory."""


class TooLarge(ValueError):
    """JSON that is longer, or has more values, than is read. Says by how much."""


class TooDeep(ValueError):
    """JSON that is nested deeper than anything this program writes."""


def parsed(content: str | bytes, most: int = MOST_JSON) -> Any:
    """The values of a text in JSON.

    Raises: ValueError: If it is not JSON. TooLarge: If it is longer than that, or has more than MOST_VALUES.
    TooDeep: If it is nested more than MOST_DEPTH deep.
    """
    if len(content) > most:
        raise TooLarge(f"{len(content):,} characters of JSON are more than the {most:,} that are read.")
    if _values_at_most(content) > MOST_VALUES:
        raise TooLarge(f"The JSON holds more than the {MOST_VALUES:,} values that are read.")
    try:
        values = json.loads(content)
    except RecursionError as error:
        raise ValueError("The JSON is nested too deep.") from error
    if _deeper(values, MOST_DEPTH):
        raise TooDeep(f"The JSON is nested more than {MOST_DEPTH} deep.")
    if isinstance(content, str):
        content = content.encode()  # a clipboard may hold half a letter
    if rb"\ud" in content or rb"\uD" in content:
        _refuse_halves(values)
    return values


def _refuse_halves(values: Any) -> None:
    """Half a letter, which JSON can say, cannot be written or shown. Raises UnicodeEncodeError, a ValueError."""
    json.dumps(values, ensure_ascii=False).encode()


def _values_at_most(content: str | bytes) -> int:
    if isinstance(content, str):
        return content.count(",") + content.count("[") + content.count("{")
    return content.count(b",") + content.count(b"[") + content.count(b"{")


def _deeper(values: Any, most: int) -> bool:
    if most < 0:
        return True
    if isinstance(values, dict):
        return any(_deeper(value, most - 1) for value in values.values())
    return isinstance(values, list) and any(_deeper(value, most - 1) for value in values)
