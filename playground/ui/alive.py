"""What was asked for by a window that may be closed, and gone, before the answer comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

T = TypeVar("T")


def while_there(widget: QWidget, then: Callable[[T], None]) -> Callable[[T], None]:
    """The same, but nothing once the widget has been deleted."""

    def call(answer: T) -> None:
        if isValid(widget):
            then(answer)

    return call
