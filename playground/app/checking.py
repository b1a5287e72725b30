"""What checking says of a project: of its network, for its data, its batch and this machine's memory."""

from __future__ import annotations

from functools import cache

from playground.app.document import Document
from playground.app.memory import memory_bytes
from playground.graph.check import check
from playground.graph.problem import Report
from playground.layers.shape import Signature

_memory = cache(memory_bytes)


def checked(document: Document, signature: Signature | None, before: Report | None = None) -> Report:
    """The report; signature: what the data ask of the network, if they are read; before: the last one."""
    return check(document.graph, signature, document.recipe.batch, _memory(), before)


def needs_checking(before: Document, after: Document) -> bool:
    """Whether an edit can have changed the report."""
    return before.graph != after.graph or before.data != after.data or before.recipe.batch != after.recipe.batch
