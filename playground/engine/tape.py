"""Writes down, line by line, what torch computes while a piece of code runs: each operation as TorchScript source.

Knows no training: flat.py says what is recorded and what the lines are for. What cannot be written as straight lines,
because Python decides something on a tensor's value or draws from a generator of its own, is named in `obstacle`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode  # as torch's documentation of __torch_dispatch__ has it

VIEWS = frozenset({"aten::t", "aten::transpose", "aten::permute", "aten::view", "aten::unsqueeze", "aten::select"})
"""Operations whose result goes on being right while their tensor's numbers change: done once, before the loop."""


IN_PLACE = frozenset({"aten::relu", "aten::tanh", "aten::sigmoid", "aten::add", "aten::mul"})
"""Operations that may write over their first tensor: memory that is at hand already is faster than new memory."""


@dataclass(frozen=True, slots=True)
class Line:
    """One operation as TorchScript."""

    text: str
    is_steady: bool = False
    """Whether it is a view of what stays in its place from step to step."""
    over: str = ""
    """The tensor that it may write over, if nothing else reads that."""

    def written_over(self) -> str:
        """The text that does so."""
        return self.text.replace("(", "_(", 1)


class Tape(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Records while it is entered. known: tensors that have a name already; steady: those that stay in their place."""

    def __init__(self, known: Mapping[str, Tensor], steady: Iterable[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.lines: list[Line] = []
        self.constants: list[Tensor] = []
        """Tensors that came from nowhere: they are taken to be the same at each step, which a check must hold."""
        self.obstacle = ""
        self._steady = set(steady)
        self._names: dict[int, str] = {id(value): name for name, value in known.items()}
        self._kept: list[Any] = list(known.values())  # so that no id is given away twice
        self._turned: dict[str, str] = {}
        """By the name of a transposed matrix that of the matrix."""
        self._fresh: set[str] = set()
        """Tensors with memory of their own, made in a line."""
        self._count = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Torch's wrapper for compiled code would import its compiler here: two seconds and 800 modules."""
        return False

    def name(self, value: Tensor) -> str:
        """What a tensor is called in the lines."""
        found = self._names.get(id(value))
        if found is None:
            found = f"constant{len(self.constants)}"
            self.constants.append(value)
            self._steady.add(found)
            self._remember(value, found)
        return found

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if not self.obstacle:
            try:
                self._write(func, args, kwargs or {}, result)
            except Unwritable as reason:
                self.obstacle = str(reason)
        return result

    def _write(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: Any) -> None:
        schema = func._schema
        if schema.name == "aten::detach":  # the same numbers; without gradients the same tensor
            self._remember(result, self.name(args[0]))
            return
        if schema.name == "aten::t" and self.name(args[0]) in self._turned:  # turned twice: the tensor itself
            self._remember(result, self._turned[self.name(args[0])])
            return
        if schema.name.startswith("aten::_foreach_") and schema.name.endswith("_"):
            self._each(schema, args, kwargs)
            return
        given = [
            literal(value, argument.type, self.name) for value, argument in zip(args, schema.arguments, strict=False)
        ]
        types = {argument.name: argument.type for argument in schema.arguments}
        given += [f"{name}={literal(value, types[name], self.name)}" for name, value in kwargs.items()]
        call = f"torch.ops.{schema.name.replace('::', '.')}({', '.join(given)})"
        tensors = [value for value in args if isinstance(value, Tensor)]
        is_steady = schema.name in VIEWS and all(self.name(value) in self._steady for value in tensors)
        self.lines.append(Line(self._results(result, is_steady) + call, is_steady, self._over(schema, args, result)))
        if all(each.alias_info is None for each in schema.returns):
            self._fresh |= {self.name(value) for value in tree(result)}
        if schema.name == "aten::t":
            self._turned[self.name(result)] = self.name(args[0])

    def _over(self, schema: Any, args: tuple[Any, ...], result: Any) -> str:
        if schema.name not in IN_PLACE or not isinstance(result, Tensor):
            return ""
        same = result.shape == args[0].shape and result.stride() == args[0].stride() and result.dtype == args[0].dtype
        return self.name(args[0]) if same and self.name(args[0]) in self._fresh else ""

    def _each(self, schema: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """What is done to the members of a list, one by one: TorchScript takes a list of its own for a dead end."""
        if kwargs:
            raise Unwritable("a list is changed with settings")
        plain = schema.name.replace("aten::_foreach_", "torch.ops.aten.")
        for number in range(len(args[0])):
            own = [value[number] if isinstance(value, list | tuple) else value for value in args]
            given = [
                literal(value, argument.type, self.name) for value, argument in zip(own, schema.arguments, strict=False)
            ]
            self.lines.append(Line(f"{plain}({', '.join(given)})"))

    def _results(self, result: Any, is_steady: bool) -> str:
        """The names that an operation's results get, with " = ", or nothing if it changed what has a name."""
        if isinstance(result, Tensor):
            if id(result) in self._names:
                return ""
            own = self._new(result)
            if is_steady:
                self._steady.add(own)
            return f"{own} = "
        if isinstance(result, tuple):
            if not all(value is None or isinstance(value, Tensor) for value in result):
                raise Unwritable("an operation gave something else than tensors")
            return ", ".join(self._new(value) for value in result) + " = "
        if isinstance(result, list):
            return self._listed(result)
        if result is None:
            return ""
        raise Unwritable("Python looked at a tensor's value")

    def _listed(self, result: list[Any]) -> str:
        if all(id(value) in self._names for value in result):
            return ""
        own = self._new(None)
        for number, value in enumerate(result):
            self._remember(value, f"{own}[{number}]")
        return f"{own} = "

    def _new(self, value: Tensor | None) -> str:
        self._count += 1
        own = f"v{self._count}"
        if value is not None:
            self._remember(value, own)
        return own

    def _remember(self, value: Tensor, name: str) -> None:
        self._names[id(value)] = name
        self._kept.append(value)


def tree(result: Any) -> list[Tensor]:
    """The tensors that an operation gave."""
    values = result if isinstance(result, list | tuple) else [result]
    return [value for value in values if isinstance(value, Tensor)]


class Unwritable(Exception):
    """Something that has no place in straight lines of TorchScript."""


def literal(value: Any, kind: Any, name: Callable[[Tensor], str]) -> str:
    """A value as TorchScript; kind: its type in the operation's schema, which an empty list needs."""
    if isinstance(value, Tensor):
        return name(value)
    if isinstance(value, list | tuple):
        return _list(value, kind, name)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, torch.device):
        return f'torch.device("{value}")'
    if isinstance(value, torch.dtype | torch.layout | torch.memory_format):
        return str(value)
    raise Unwritable(f"{type(value).__name__} cannot be written")


def _list(values: Sequence[Any], kind: Any, name: Callable[[Tensor], str]) -> str:
    inner = kind.getElementType() if hasattr(kind, "getElementType") else kind
    if values:
        return f"[{', '.join(literal(value, inner, name) for value in values)}]"
    if isinstance(inner, torch._C.ListType):  # Optional[List[...]]
        inner = inner.getElementType()
    return f"torch.jit.annotate(List[{inner}], [])"
