"""Why a setting is refused, as one sentence for a person. Knows pydantic only; recipes and data choices use it too."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list",
    "list": "a list",
    "dict": "a group of values",
    "model": "a group of values",
    "finite": "a finite number",
}


def refusal(model: type[BaseModel], error: ValidationError) -> str:
    """The first thing wrong with the settings of such a model: which, what it was, what it may be.

    >>> from playground.layers.dense import Dense
    >>> try:
    ...     Dense(units=0)
    ... except ValidationError as error:
    ...     print(refusal(Dense, error))
    Units must be at least 1, not 0.
    """
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields) or "none"
        return f"There is no setting “{name[:60]}”. Settings here: {known}."
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    return _said(_title(model, name), first)


def fault(error: ValidationError) -> str:
    """The first thing wrong in values that lie in one another, as in a file: by its path.

    >>> from playground.layers.dense import Dense
    >>> try:
    ...     Dense(units=0)
    ... except ValidationError as error:
    ...     print(fault(error))
    “units” must be at least 1, not 0.
    """
    first = error.errors(include_url=False)[0]
    path = ".".join(str(part)[:60] for part in first["loc"])
    where = f"“{path}”" if path else "it"
    if first["type"] == "extra_forbidden":
        return f"{where} is not known."
    if first["type"] == "value_error":
        return f"{where}: {first['ctx']['error']}"
    return _said(where, first)


def _said(name: str, first: ErrorDetails) -> str:
    kind = first["type"]
    if kind == "missing":
        return f"{name} is missing."
    return f"{name} must be {_wanted(kind, first.get('ctx', {}))}, not {_shown(first['input'])}."


def _wanted(kind: str, context: dict[str, Any]) -> str:
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        bound = context[key]
        return f"{words} {bound:,}" if isinstance(bound, int) else f"{words} {bound:g}"
    if kind == "literal_error":
        return f"one of {context['expected']}".replace("'", "").replace(" or ", ", ")
    if kind in ("too_long", "too_short"):
        words = "at most" if kind == "too_long" else "at least"
        return f"{words} {context.get('max_length', context.get('min_length'))} long"
    return _KINDS.get(kind.split("_")[0], "of another kind")


def _title(model: type[BaseModel], name: str) -> str:
    field = model.model_fields.get(name)
    return (field.title if field else None) or name or "This"


def _shown(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
