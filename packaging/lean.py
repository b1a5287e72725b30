"""Compiles a module without its docstrings, which nobody reads in a packed program. Knows no PyInstaller.

Python's own -OO would take the assertions too, which some libraries mean.
"""

from __future__ import annotations

import ast
import tokenize
from pathlib import Path
from types import CodeType


def code(path: str | Path) -> CodeType:
    """A source file's code without docstrings. Raises SyntaxError."""
    with tokenize.open(path) as file:
        return compile(without_docstrings(file.read()), str(path), "exec", dont_inherit=True, optimize=0)


def without_docstrings(source: str) -> ast.Module:
    r"""Its tree with each docstring gone; where a class had one is a space, lest dataclass() write one of its own.

    >>> ast.dump(without_docstrings("def f():\n    'What it does.'\n    return 1").body[0].body[0])
    'Return(value=Constant(value=1))'
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _forget(node.body, " " if isinstance(node, ast.ClassDef) else None)
    return tree


def _forget(body: list[ast.stmt], instead: str | None) -> None:
    match body:
        case [ast.Expr(ast.Constant(str())) as first, *others]:
            if instead is None and others:
                del body[0]
            else:
                first.value = ast.copy_location(ast.Constant(instead), first)
