"""A sheet of code to read: line numbers, marked lines, and a click that tells which line it was. Knows no session."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from playground.ui.code_colours import PythonColours
from playground.ui.theme import NOTE, sized, theme_of

PIECE = 100
"""Lines that are put in and coloured at a time: some 10 ms."""
ABOVE = 3
"""Lines that are seen above a marked one that is scrolled to."""


class CodeSheet(QPlainTextEdit):
    """Python with the lines of a layer marked."""

    line_chosen = Signal(int)
    """A click, or Enter, on a line, counted from 0."""

    def __init__(self) -> None:
        super().__init__(readOnly=True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._colours = PythonColours(self.document())
        self._marked: tuple[range, ...] = ()
        self._rest: tuple[QTextCursor, list[str]] = (QTextCursor(), [])
        self._wanted: int | None = None
        self._next = QTimer(self, interval=0, singleShot=True)
        self._next.timeout.connect(self._go_on)
        self._numbers = _Numbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self.restyle()

    @property
    def marked(self) -> tuple[range, ...]:
        """Which lines are marked now."""
        return self._marked

    def restyle(self) -> None:
        """Colours and type of the present theme."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(sized(NOTE))
        font.setStyleHint(QFont.StyleHint.Monospace)
        self.setFont(font)
        self.setStyleSheet(f"QPlainTextEdit {{ background: {theme_of().panel}; color: {theme_of().text}; }}")
        self.setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(" "))
        self._colours.restyle()
        self._mark()
        self._make_room()

    def show_code(self, text: str) -> None:
        """Put a text in place of the present one: only lines that differ are touched, so nothing jumps."""
        self._next.stop()
        self._wanted = None
        old, new = self.toPlainText().split("\n"), text.split("\n")
        if old == new:
            return
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
        rest = min(len(old), len(new)) - same
        pairs = zip(reversed(old[-rest:] if rest else []), reversed(new[-rest:] if rest else []), strict=True)
        behind = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        self._select_lines(cursor, same, len(old) - behind, len(old))
        cursor.removeSelectedText()
        self._insert(cursor, self._between(new, same, len(new) - behind).splitlines(keepends=True))
        cursor.endEditBlock()

    def _insert(self, cursor: QTextCursor, lines: list[str]) -> None:
        """Colouring a thousand lines would hold the window: the rest comes piece by piece, between other events."""
        cursor.insertText("".join(lines[:PIECE]))
        self._rest = (cursor, lines[PIECE:])
        if lines[PIECE:]:
            self._next.start()

    def _go_on(self) -> None:
        cursor, lines = self._rest
        self._insert(cursor, lines)
        self._mark()
        if not self._rest[1] and self._wanted is not None:
            self.scroll_to(self._wanted)

    def _select_lines(self, cursor: QTextCursor, first: int, stop: int, count: int) -> None:
        """Those lines with the break behind them, or before them where none follow."""
        document = self.document()
        keep = QTextCursor.MoveMode.KeepAnchor
        if stop < count:
            cursor.setPosition(document.findBlockByNumber(first).position())
            cursor.setPosition(document.findBlockByNumber(stop).position(), keep)
            return
        begin = document.findBlockByNumber(first).position() - 1 if 0 < first < count else 0
        cursor.setPosition(begin if first < count else document.characterCount() - 1)
        cursor.setPosition(document.characterCount() - 1, keep)

    @staticmethod
    def _between(new: list[str], first: int, stop: int) -> str:
        lines = new[first:stop]
        if stop < len(new):
            return "".join(f"{line}\n" for line in lines)
        return "".join(f"\n{line}" for line in lines) if first else "\n".join(lines)

    def mark(self, lines: Sequence[range], scroll: bool = True) -> None:
        """Mark these lines, and bring the first of them into sight unless one of them is."""
        self._marked = tuple(lines)
        self._mark()
        if self._marked and scroll and not any(self._is_seen(each.start) for each in self._marked):
            self.scroll_to(self._marked[0].start)

    def scroll_to(self, line: int) -> None:
        """Bring a line near the top, as soon as it is there."""
        self._wanted = line if line >= self.blockCount() else None
        self.verticalScrollBar().setValue(max(line - ABOVE, 0))

    def _is_seen(self, line: int) -> bool:
        if line >= self.blockCount():
            return False
        first = self.firstVisibleBlock().blockNumber()
        height = max(round(self.blockBoundingRect(self.firstVisibleBlock()).height()), 1)
        return first <= line < first + self.viewport().height() // height - 1

    def _mark(self) -> None:
        ground = QColor(theme_of().accent)
        ground.setAlphaF(0.16)
        marks = []
        for line in (line for lines in self._marked for line in lines if line < self.blockCount()):
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document().findBlockByNumber(line))
            mark.format.setBackground(ground)
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(mark)
        self.setExtraSelections(marks)
        self._numbers.update()

    # Hands

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.line_chosen.emit(self.textCursor().blockNumber())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.line_chosen.emit(self.textCursor().blockNumber())
        else:
            super().keyPressEvent(event)

    # Line numbers

    def number_width(self) -> int:
        """Pixels that the numbers take."""
        return round(self.fontMetrics().horizontalAdvance("9") * (len(str(self.blockCount())) + 2))

    def _make_room(self) -> None:
        self.setViewportMargins(self.number_width(), 0, 0, 0)
        self._place_numbers()

    def _place_numbers(self) -> None:
        inner = self.contentsRect()
        self._numbers.setGeometry(QRect(inner.left(), inner.top(), self.number_width(), inner.height()))

    def _scrolled(self, area: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_numbers()

    def paint_numbers(self, painter: QPainter) -> None:
        """Called by the margin: the numbers of the lines in sight, those of marked ones strong."""
        theme = theme_of()
        marked = {line for lines in self._marked for line in lines}
        block = self.firstVisibleBlock()
        width, font = self._numbers.width(), QFont(self.font())
        painter.fillRect(self._numbers.rect(), theme.color("panel"))
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if area.top() > self.height():
                return
            is_marked = block.blockNumber() in marked
            if is_marked:
                painter.fillRect(QRect(0, round(area.top()), 3, round(area.height())), theme.color("accent"))
            font.setBold(is_marked)
            painter.setFont(font)
            painter.setPen(theme.color("text" if is_marked else "muted"))
            box = QRect(QPoint(0, round(area.top())), QSize(width - 6, round(area.height())))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), str(block.blockNumber() + 1))
            block = block.next()


class _Numbers(QWidget):
    """The margin in front of the lines."""

    def __init__(self, sheet: CodeSheet) -> None:
        super().__init__(sheet)
        self._sheet = sheet

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._sheet.paint_numbers(painter)
        painter.end()
