"""Lines of symbols below each other, symbol over symbol, broken at the same places, as rich text.

Knows Qt and the theme, nothing of networks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics


@dataclass(frozen=True)
class Line:
    """What stands before it, its symbols, and which of them are bold."""

    name: str
    symbols: Sequence[str]
    bold: Collection[int] = ()


def interlinear(lines: Sequence[Line], room: int) -> str:
    """Rows of a table: names, and symbols of so many letters at most side by side.

    Single letters stand close, words with a blank between them, each over its own. A blank is shown as a dot. A word
    that all lines end in again and again, as “end”, is shown once.
    """
    is_words = any(len(symbol) > 1 for line in lines for symbol in line.symbols)
    wide = _widths(lines, is_words)
    wide = wide[: _told_once(lines, len(wide))] if is_words else wide
    rows = []
    for first, last in _parts(wide, room):
        for line in lines:
            words = "".join(_cell(line, at, wide[at]) for at in range(first, min(last, len(line.symbols))))
            rows.append(f"<tr><td {_WHOLE}>{escape(line.name)}&nbsp;</td><td {_WHOLE}><code>{words}</code></td></tr>")
    return "".join(rows)


def letters_in(pixels: float, font: QFont) -> int:
    """How many letters of the type that interlinear() uses fit into a row."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    fixed.setPixelSize(font.pixelSize())
    fixed.setBold(True)
    return max(4, int(pixels / max(1, QFontMetrics(fixed).horizontalAdvance("m"))))


def _widths(lines: Sequence[Line], is_words: bool) -> list[int]:
    """Letters that each place takes in all lines, and the blank behind a word."""
    count = max((len(line.symbols) for line in lines), default=0)
    longest = [max(len(line.symbols[at]) for line in lines if at < len(line.symbols)) for at in range(count)]
    return [max(1, each) + is_words for each in longest]


def _told_once(lines: Sequence[Line], count: int) -> int:
    """How many places are left without the repetitions that all lines end in."""
    if any(len(line.symbols) != count for line in lines):
        return count
    while count > 1 and len({line.symbols[at] for line in lines for at in (count - 1, count - 2)}) == 1:
        count -= 1
    return count


def _parts(wide: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """First place and the one behind the last of each row."""
    first, taken = 0, 0
    for at, each in enumerate(wide):
        if taken + each > room and at > first:
            yield first, at
            first, taken = at, 0
        taken += each
    if first < len(wide):
        yield first, len(wide)


def _cell(line: Line, at: int, wide: int) -> str:
    symbol = line.symbols[at]
    told = escape(symbol.replace(" ", "·").replace("-", "\u2011"))
    told = f"<b>{told}</b>" if at in line.bold else told
    return told + "&nbsp;" * (wide - max(1, len(symbol)))


_WHOLE = 'style="white-space: nowrap"'
