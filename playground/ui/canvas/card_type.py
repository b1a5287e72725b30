"""The type on a card: how large letters may be, and how narrow, for words to fit."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from playground.ui.theme import BODY

NARROWEST = 85
"""Per cent of their width that the letters of a title keep when type is large: else a long one would be a small one."""


@lru_cache(maxsize=4096)
def fitting(words: str, size: float, larger: float, bold: bool, room: float) -> float:
    """The largest size up to so many times the usual one at which the words are not cut; at least the usual."""
    while larger > 1 and metrics(size * larger, bold).horizontalAdvance(words) > room:
        larger -= 0.05
    return size * max(larger, 1.0)


def title_type(words: str, larger: float, room: float) -> tuple[float, int]:
    """Size of a title's letters, and per cent of their width: in large type narrow ones before small ones."""
    if larger == 1:
        return fitting(words, BODY + 1, larger, True, room), 100
    size = fitting(words, BODY + 1, larger, True, 100 * room / NARROWEST)
    wide = max(metrics(size, True).horizontalAdvance(words), 1.0)
    return size, max(NARROWEST, min(100, int(100 * room / wide)))


@lru_cache(maxsize=64)
def font(size: float, bold: bool = False, narrow: int = 100) -> QFont:
    """Letters of so many pixels; narrow: per cent of their usual width."""
    made = QFont()
    made.setPixelSize(round(size))
    made.setBold(bold)
    made.setStretch(narrow)
    return made


@lru_cache(maxsize=64)
def metrics(size: float, bold: bool = False) -> QFontMetricsF:
    """How wide and high such letters are."""
    return QFontMetricsF(font(size, bold))


@lru_cache(maxsize=4096)
def elided(words: str, size: float, bold: bool, room: float) -> str:
    """The words, or as many of them as have room, and dots."""
    return metrics(size, bold).elidedText(words, Qt.TextElideMode.ElideRight, room)
