"""What several layers have in common: the settings with one name and one range, their values, and where they differ.

The form that shows them is layer_form.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import BaseModel, create_model
from pydantic.fields import FieldInfo

from playground.layers.layer import Layer, Unknown


@dataclass(frozen=True)
class Shared:
    """Settings that at least two of some layers know."""

    model: type[BaseModel] | None = None
    """Has those settings as fields; None if there are none."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Of the first layer that knows each."""
    mixed: frozenset[str] = frozenset()
    """Settings in which the layers differ."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Words for each, with how many know it where not all do."""

    @classmethod
    def of(cls, layers: Sequence[Layer], only: Sequence[str] = ()) -> Shared:
        """What those layers share; settings that all know stand first. only: no others than these, if any."""
        knowing: dict[str, list[Layer]] = {}
        for layer in layers:
            for name in () if isinstance(layer, Unknown) else type(layer).model_fields:
                if not only or name in only:
                    knowing.setdefault(name, []).append(layer)
        several = sorted((name for name in knowing if len(knowing[name]) > 1), key=lambda n: -len(knowing[n]))
        names = [name for name in several if _is_alike(name, tuple({type(layer) for layer in knowing[name]}))]
        if not names:
            return cls()
        fields = tuple((name, type(knowing[name][0])) for name in names)
        values = {name: getattr(knowing[name][0], name) for name in names}
        mixed = frozenset(n for n in names if any(getattr(layer, n) != values[n] for layer in knowing[n]))
        return cls(_model(fields), values, mixed, {n: _title(n, knowing[n], len(layers)) for n in names})


def _title(name: str, knowing: Sequence[Layer], count: int) -> str:
    words = type(knowing[0]).model_fields[name].title or name
    return words if len(knowing) == count else f"{words} ({len(knowing)} of {count})"


def _is_alike(name: str, kinds: tuple[type[Layer], ...]) -> bool:
    """Whether a setting takes the same values in all those kinds of layers."""
    own: list[FieldInfo] = [kind.model_fields[name] for kind in kinds]
    return all((f.annotation, f.metadata) == (own[0].annotation, own[0].metadata) for f in own)


@cache
def _model(fields: tuple[tuple[str, type[Layer]], ...]) -> type[BaseModel]:
    """One model for each set of fields, so that the form is built anew only when they differ."""
    own: dict[str, Any] = {name: (kind.model_fields[name].annotation, kind.model_fields[name]) for name, kind in fields}
    return create_model("SharedSettings", **own)
