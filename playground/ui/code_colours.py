"""Python in colours: one pass of a few patterns a line, in the present theme's colours. Knows no session."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from playground.ui.theme import theme_of

_WORDS = "|".join((*keyword.kwlist, "self"))
_TOKEN = re.compile(
    rf"(?P<comment>\#.*)|(?P<block>\"\"\")|(?P<text>[rf]?\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    rf"|(?P<named>(?<=def )\w+|(?<=class )\w+)|(?P<word>\b(?:{_WORDS})\b)|(?P<number>\b\d[\d_.]*(?:e-?\d+)?\b)"
)
IN_BLOCK = 1
"""The state of a line that ends within a docstring."""
Piece = tuple[str, int, int]
"""A kind, where it begins, how long it is."""


def pieces(line: str, is_in_block: bool) -> tuple[list[Piece], bool]:
    """What of a line is coloured, and whether a docstring goes on behind it.

    >>> pieces('x = 1  # one', False)
    ([('number', 4, 1), ('comment', 7, 5)], False)
    """
    found: list[Piece] = []
    at = 0
    while at <= len(line):
        if is_in_block:
            end = line.find('"""', at)
            stop = len(line) if end < 0 else end + 3
            found.append(("text", at, stop - at))
            if end < 0:
                return found, True
            at, is_in_block = stop, False
        match = _TOKEN.search(line, at)
        if match is None:
            return found, False
        kind = str(match.lastgroup)
        if kind == "block":
            end = line.find('"""', match.end())
            stop = len(line) if end < 0 else end + 3
            found.append(("text", match.start(), stop - match.start()))
            if end < 0:
                return found, True
            at = stop
        else:
            found.append((kind, match.start(), match.end() - match.start()))
            at = match.end()
    return found, False


class PythonColours(QSyntaxHighlighter):
    """Colours a document that holds Python."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats = dict(_formats())

    def restyle(self) -> None:
        """Take the colours of the present theme."""
        self._formats = dict(_formats())
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        found, goes_on = pieces(text, self.previousBlockState() == IN_BLOCK)
        for kind, begin, length in found:
            self.setFormat(begin, length, self._formats[kind])
        self.setCurrentBlockState(IN_BLOCK if goes_on else 0)


def _formats() -> Iterator[tuple[str, QTextCharFormat]]:
    theme = theme_of()
    colors = {"comment": "muted", "text": "good", "named": "text", "word": "accent", "number": "warning"}
    for kind, name in colors.items():
        made = QTextCharFormat()
        made.setForeground(theme.color(name))
        made.setFontItalic(kind == "comment")
        made.setFontWeight(600 if kind == "named" else 400)
        yield kind, made
