"""A table of values to sort, choose from and copy: models, runs, trials. What its columns say is declared elsewhere.

The table of layers (panes/layer_table.py) has its own, since it follows the canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from playground.ui.theme import sized, theme_of

Index = QModelIndex | QPersistentModelIndex
BAR = Qt.ItemDataRole.UserRole + 1
HIGH = 3.0
"""Height of a bar, in pixels."""
WIDEST = 320
"""Pixels of a column that only a few long cells would make wider."""


class Column(Protocol):
    """What one column says of a row."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def explained(self) -> str: ...
    @property
    def is_number(self) -> bool: ...
    @property
    def is_high_good(self) -> bool:
        """Whether the first click on its heading puts the highest on top."""
        ...

    @property
    def text(self) -> Callable[[Any], str]: ...
    @property
    def value(self) -> Callable[[Any], Any]: ...


@dataclass(frozen=True)
class Bar:
    """A share of the cell's width, with the ends of its interval; all from 0 to 1."""

    share: float
    low: float
    high: float
    color: str


class Rows(QAbstractTableModel):
    """Plain values in the order of a column. Nothing here is edited."""

    def __init__(self, columns: Sequence[Column], bar: Callable[[Any, str], Bar | None]) -> None:
        super().__init__()
        self.columns, self._bar = tuple(columns), bar
        self.rows: tuple[Any, ...] = ()
        self._given: tuple[Any, ...] = ()
        self._sorted: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def set_columns(self, columns: Sequence[Column]) -> None:
        self.beginResetModel()
        self.columns, self.rows, self._given, self._sorted = tuple(columns), (), (), (-1, self._sorted[1])
        self.endResetModel()

    def show(self, rows: Sequence[Any]) -> None:
        self._given = tuple(rows)
        self._take_order()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            text = column.text(row)
            return text if len(text) > 30 else None
        return self._bar(row, column.name) if role == BAR else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.explained or None
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            return Qt.SortOrder.DescendingOrder if column.is_high_good else Qt.SortOrder.AscendingOrder
        return _side(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; −1 is the order in which the rows were given."""
        self._sorted = (column, order)
        self._take_order()

    def _take_order(self) -> None:
        rows = self._in_order()
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def _in_order(self) -> tuple[Any, ...]:
        at, order = self._sorted
        if at < 0:
            return self._given
        value = self.columns[at].value
        empty = [row for row in self._given if _is_empty(value(row))]
        filled = [row for row in self._given if not _is_empty(value(row))]
        filled.sort(key=lambda row: _key(value(row)), reverse=order is Qt.SortOrder.DescendingOrder)
        return (*filled, *empty)


def _side(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not isfinite(value))


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


class BarDelegate(QStyledItemDelegate):
    """Draws a thin bar under a score, its 95 % interval across its end."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        bar = index.data(BAR)
        if not isinstance(bar, Bar):
            return
        room = QRectF(option.rect).adjusted(8, 0, -8, 0)
        top = room.bottom() - HIGH - 2
        painter.fillRect(QRectF(room.left(), top, room.width(), HIGH), QColor(theme_of().button))
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        color, line = (theme_of().on_accent,) * 2 if is_chosen else (bar.color, theme_of().text)
        painter.fillRect(QRectF(room.left(), top, room.width() * bar.share, HIGH), QColor(color))
        painter.setPen(QPen(QColor(line), 1))
        low, high = (room.left() + room.width() * end for end in (bar.low, bar.high))
        middle = top + HIGH / 2
        painter.drawLine(round(low), round(middle), round(high), round(middle))
        for end in (low, high):
            painter.drawLine(round(end), round(middle - 3), round(end), round(middle + 3))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return hint + QSize(sized(60), 0) if isinstance(index.data(BAR), Bar) else hint


class Table(QTableView):
    """Sorted by a click on a heading: up, down, and back to the order given. Ctrl+C copies the rows chosen."""

    picked = Signal()
    """The person chose other rows."""
    opened = Signal(object)
    """The key of a row that was double-clicked, or on which Enter was pressed."""

    def __init__(
        self, columns: Sequence[Column], key: Callable[[Any], str], title: str,
        bar: Callable[[Any, str], Bar | None] = lambda _row, _column: None, many: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.values = Rows(columns, bar)
        self._key_of = key
        self._is_following = False
        self.setModel(self.values)
        self.setItemDelegate(BarDelegate(self))
        self.setObjectName("table")
        self.setAccessibleName(title)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(100)  # rows that are measured: a thousand would hold the window
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sortIndicatorChanged.connect(self._sort)
        self.selectionModel().selectionChanged.connect(self._selected)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._key_of(self.values.rows[index.row()])))

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self._keeping(lambda: self.values.sort(column, order))

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Other columns, and no rows yet."""
        self._is_following = True
        self.values.set_columns(columns)
        self._is_following = False
        self.horizontalScrollBar().setValue(0)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Other rows; those chosen stay chosen."""
        before = len(self.values.rows)
        self._keeping(lambda: self.values.show(rows))
        if before != len(rows):
            self.fit_columns()

    def _keeping(self, change: Callable[[], None]) -> None:
        chosen, at = set(self.chosen()), self.currentIndex().column()
        self._is_following = True
        change()
        self.choose(*chosen, column=max(at, 0))
        self._is_following = False

    def chosen(self) -> tuple[str, ...]:
        """Keys of the rows chosen, from the top."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._key_of(self.values.rows[place]) for place in places)

    def choose(self, *keys: str, column: int = 0) -> None:
        """These rows and no others."""
        wanted, chosen = set(keys), QItemSelection()
        places = [place for place, row in enumerate(self.values.rows) if self._key_of(row) in wanted]
        for place in places:
            chosen.select(self.values.index(place, 0), self.values.index(place, len(self.values.columns) - 1))
        if places:
            first = self.values.index(places[0], column)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _selected(self) -> None:
        if not self._is_following:
            self.picked.emit()

    def restyle(self) -> None:
        """Take the type and colours of the present theme."""
        font = QFont(self.font())
        font.setFeature(QFont.Tag("tnum"), 1)
        self.setFont(font)
        theme = theme_of()
        self.setStyleSheet(
            f"QTableView {{ background: {theme.panel}; }} QTableView::item {{ padding: 0 9px; border: none; }}"
            f"QTableView::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}"
            f"QHeaderView {{ background: {theme.panel}; }} QHeaderView::section {{ background: {theme.panel}; "
            f"color: {theme.muted}; border: none; border-bottom: 1px solid {theme.border}; padding: 4px 12px; }}"
        )
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(font).height() + 10)
        self.fit_columns()

    def fit_columns(self) -> None:
        """As wide as their widest cells; what is left goes to the last one."""
        self.resizeColumnsToContents()
        for column in range(len(self.values.columns)):
            if self.columnWidth(column) > sized(WIDEST):
                self.setColumnWidth(column, sized(WIDEST))
        last = len(self.values.columns) - 1
        rest = self.viewport().width() - self.horizontalHeader().length()
        if rest > 0:
            self.setColumnWidth(last, self.columnWidth(last) + rest)

    def copy(self) -> None:
        """The rows chosen to the clipboard, cells parted by tabs."""
        wanted = set(self.chosen())
        lines = [
            "\t".join(column.text(row) for column in self.values.columns)
            for row in self.values.rows
            if self._key_of(row) in wanted
        ]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def event(self, event: QEvent) -> bool:
        # Ctrl+C is meant for the rows while they have the keyboard, whatever else it may mean in the window.
        is_copy = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)
        if is_copy and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen():
            self.opened.emit(self.chosen()[0])
        else:
            super().keyPressEvent(event)
