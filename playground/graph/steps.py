"""What an edit changed, kept beside what it made: whoever shows that need not look through ten thousand layers.

Knows neither graphs nor reports: both are values with a __dict__, of which each carries a mark of its own, and the
mark of what it was made from. What was copied, or has come from another process, has other marks, and nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

Made = TypeVar("Made")


def step_from(before: Any, made: Made, changed: Iterable[str]) -> Made:
    """Note in which of its layers something just made may differ from what it was made from; gives it back."""
    made.__dict__["_made_from"] = _mark(before), frozenset(changed)
    return made


def changed_by_step(before: Any, now: Any) -> frozenset[str] | None:
    """Layers in which these may differ, if one was made from the other by a step that was noted; else None."""
    for old, new in ((before, now), (now, before)):
        mark, changed = new.__dict__.get("_made_from", (None, None))
        if mark is not None and mark is old.__dict__.get("_mark"):
            return changed  # type: ignore[no-any-return]
    return None


def _mark(value: Any) -> object:
    return value.__dict__.setdefault("_mark", object())
