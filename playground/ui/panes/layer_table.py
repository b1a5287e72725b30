"""The table of layers: Qt's model over the rows of graph.analysis, and the bars behind their costs.

Knows no session: the pane that fills it is analyze.py.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from playground.graph.analysis import COLUMNS, Row, as_tabs, ordered, totals
from playground.graph.cost import Cost
from playground.graph.model import NodeId
from playground.ui.theme import theme_of

Index = QModelIndex | QPersistentModelIndex

COSTS: dict[str, Callable[[Cost], int]] = {
    "parameters": lambda cost: cost.parameters,
    "multiply_adds": lambda cost: cost.multiply_adds,
    "activation_bytes": lambda cost: cost.activation_bytes,
}
"""Columns whose cells have a bar: how to read them from a layer's cost."""

SHARE = Qt.ItemDataRole.UserRole + 1
"""A cell's share of its column's sum, from 0 to 1; None where the column has no sum."""
FAMILY = Qt.ItemDataRole.UserRole + 2
"""The family of the row's layer."""
BAR = 3.0
"""Height of a bar, in pixels."""
MEASURED = 200
"""Rows by which the widths of columns are chosen."""


class LayerModel(QAbstractTableModel):
    """Rows in the order of computing, or by a column. Plain values; nothing here is edited."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        """In the order shown."""
        self._computed: tuple[Row, ...] = ()
        self._whole = Cost()
        self._sorted: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self._titles = (
            self.tr("Id"), self.tr("Layer"), self.tr("Output"), self.tr("Parameters"), self.tr("Trainable"),
            self.tr("Multiply-adds"), self.tr("Memory"), self.tr("Receptive field"),
        )  # fmt: skip
        self._explained = {
            "output": self.tr("C channels, H height, W width; T time steps, F features; U units. Sorted by size."),
            "parameters": self.tr("Numbers that training adjusts. The bar: the layer's share of all."),
            "trainable": self.tr("No: the layer is frozen. –: it has no weights."),
            "multiply_adds": self.tr("Multiplications with addition for one example, forward."),
            "activation_bytes": self.tr("What the layer gives for one example, as 32-bit numbers."),
            "receptive_field": self.tr("What one value sees of the input image, in pixels. Sorted by area."),
        }

    def show(self, rows: tuple[Row, ...]) -> None:
        """Other rows, in the order chosen before."""
        self.beginResetModel()
        self._computed, self._whole = rows, totals(rows)
        self.rows = self._in_order()
        self.endResetModel()

    def place_of(self, id: NodeId) -> int | None:
        """Where a layer stands now, counted from 0."""
        return next((place for place, row in enumerate(self.rows) if row.id == id), None)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole if (share := self._share(row, column.name)) is not None:
                return self.tr("%1 % of the whole network").replace("%1", f"{100 * share:.3g}")
            case _ if role == SHARE:
                return self._share(row, column.name)
            case _ if role == FAMILY:
                return row.family
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._titles[section]
            case Qt.ItemDataRole.ToolTipRole:
                return self._explained.get(column.name)
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; −1 is the order of computing."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        ids = [self.rows[index.row()].id for index in kept]
        self._sorted = (column, order)
        self.rows = self._in_order()
        places = {row.id: place for place, row in enumerate(self.rows)}
        moved = [self.index(places[id], index.column()) for id, index in zip(ids, kept, strict=True)]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _in_order(self) -> tuple[Row, ...]:
        column, order = self._sorted
        if column < 0:
            return self._computed
        return ordered(self._computed, COLUMNS[column], order is Qt.SortOrder.DescendingOrder)

    def _share(self, row: Row, column: str) -> float | None:
        get = COSTS.get(column)
        whole = get(self._whole) if get is not None else 0
        return get(row.cost) / whole if get is not None and row.cost is not None and whole else None


class ShareDelegate(QStyledItemDelegate):
    """Draws a thin bar under a cost: its share of the whole, in the colour of the layer's family."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        share = index.data(SHARE)
        if not share:
            return
        theme, cell = theme_of(), QRectF(option.rect)
        room = cell.adjusted(12, 0, -12, 0)
        color = QColor(theme.family.get(str(index.data(FAMILY)), theme.edge))
        color.setAlphaF(0.85)
        width = max(1.0, room.width() * float(share))
        painter.fillRect(QRectF(room.right() - width, cell.bottom() - BAR - 1, width, BAR), color)


class LayerTable(QTableView):
    """Sorted by a click on a heading: up, down, and back to the order of computing. Ctrl+C copies the rows."""

    picked = Signal(object)
    """The ids of the rows that the person selected, as a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = LayerModel(self)
        self.setModel(self.layers)
        self.setItemDelegate(ShareDelegate(self))
        self.setObjectName("layerTable")
        self.setAccessibleName(self.tr("Layers and what they cost"))
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSortingEnabled(True)
        self._is_following = False
        self.selectionModel().selectionChanged.connect(self._selected)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Other rows; widths follow, unless only figures changed."""
        before = len(self.layers.rows)
        self._is_following = True
        self.layers.show(rows)
        self._is_following = False
        if before != len(rows):
            self.fit_columns()

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
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(font).height() + 7)
        self.fit_columns()

    def fit_columns(self) -> None:
        """As wide as their widest cells; what is left goes to the second one, the layer's heading."""
        self.horizontalHeader().setResizeContentsPrecision(MEASURED)
        self.resizeColumnsToContents()
        rest = self.viewport().width() - self.horizontalHeader().length()
        if rest > 0:
            self.setColumnWidth(1, self.columnWidth(1) + min(rest, self.columnWidth(1)))

    def chosen(self) -> tuple[NodeId, ...]:
        """Ids of the selected rows, from the top."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self.layers.rows[place].id for place in places)

    def follow(self, ids: tuple[NodeId, ...]) -> None:
        """Select these layers' rows and no others, and show the first."""
        if set(ids) == set(self.chosen()):
            return
        wanted, model, chosen = set(ids), self.layers, QItemSelection()
        places = [place for place, row in enumerate(model.rows) if row.id in wanted]
        for place in places:
            chosen.select(model.index(place, 0), model.index(place, model.columnCount() - 1))
        self._is_following = True
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._is_following = False
        if places:
            self.scrollTo(model.index(places[0], 0))

    def copy(self) -> None:
        """The selected rows to the clipboard, cells parted by tabs."""
        wanted = set(self.chosen())
        if wanted:
            QGuiApplication.clipboard().setText(as_tabs([row for row in self.layers.rows if row.id in wanted]))

    def _selected(self) -> None:
        if not self._is_following:
            self.picked.emit(self.chosen())

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
        else:
            super().keyPressEvent(event)
