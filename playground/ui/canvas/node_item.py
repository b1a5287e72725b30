"""One layer as a card: family colour, name, settings, parameters, ports, pictures, and a badge for a problem."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from html import escape
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyleOptionGraphicsItem, QWidget

from playground.graph.arrange import CARD
from playground.graph.folding import MARK, FoldedBlock
from playground.graph.model import NodeId
from playground.graph.problem import Problem
from playground.layers.layer import Layer, Unknown
from playground.ui.canvas.card_type import elided, fitting, font, metrics, title_type
from playground.ui.canvas.edge_item import FAR
from playground.ui.cells import Cells
from playground.ui.drawing import compact, draw_framed
from playground.ui.theme import BODY, NOTE, Theme, enlargement, theme_of
from playground.ui.traces import is_drawn

WIDTH, HEIGHT = CARD
PICTURES = 36.0
"""Height that pictures add to a card."""
PORT = 5.0
REACH = 14.0
"""How near to a port's middle the mouse takes hold of it."""
NEURON, NEURON_STEP = 25.0, 29.0
"""Side of a unit that is drawn by itself, and from one to the next."""
TWO_LINES = 1.35
"""How much larger at most the type of settings in two lines becomes: what hangs below the second is on the card."""
TOP = 57.0
"""Where pictures begin."""


def unfolded_height(neurons: int) -> float:
    """Of a card with so many units one below the other."""
    return TOP + neurons * NEURON_STEP + 5


class NodeItem(QGraphicsItem):
    """Draws one layer. Its place and contents are set by the scene, from the document."""

    def __init__(self, id: NodeId, layer: Layer) -> None:
        super().__init__()
        self.id, self.layer = id, layer
        self.parameters = 0
        self.problems: tuple[Problem, ...] = ()
        self.pictures: Sequence[QImage] = ()
        self.cells: Cells | None = None
        """What stands below each cell of a picture that is a row of them."""
        self.neurons = 0
        """Units that are drawn one below the other; 0 for a card as usual."""
        self.unit: int | None = None
        """The chosen one of them."""
        self.unit_names: Sequence[str] = ()
        self.field: QRectF | None = None
        """What of each picture the unit under the mouse sees, as shares of its width and height."""
        self.lit_port: str | None = None
        """An input port that would take the wire being drawn."""
        self.offers: Literal["input", "output"] | None = None
        """Which of its ports the wire being drawn could end at."""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)
        self.setZValue(1)

    def show_layer(self, layer: Layer, parameters: int, problems: tuple[Problem, ...]) -> None:
        """Take over what the document says, and draw again if it differs."""
        same = layer is self.layer or layer == self.layer
        if not same or (parameters, problems) != (self.parameters, self.problems):
            self.layer, self.parameters, self.problems = layer, parameters, problems
            self.update()

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        # Words for a thousand cards would take longer than the edit that changes them.
        self.describe()
        super().hoverEnterEvent(event)

    def describe(self) -> None:
        """Have the tooltip say what the layer is."""
        self.setToolTip(described(self.id, self.layer, self.parameters, self.problems))

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._point(self.picture_at(event.pos()))
        super().hoverMoveEvent(event)

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._point(None)
        super().hoverLeaveEvent(event)

    def _point(self, found: tuple[int, float, float] | None) -> None:
        pointed = getattr(self.scene(), "pointed", None)
        if pointed is not None:
            pointed.emit(self, found)

    def show_field(self, field: QRectF | None) -> None:
        """Frame a part of each picture, given as shares of its width and height."""
        if field != self.field:
            self.field = field
            self.update()

    def offer(self, end: Literal["input", "output"] | None) -> None:
        """Mark the ports at which the wire being drawn could end."""
        if end != self.offers:
            self.offers = end
            self.update()

    def light(self, port: str | None) -> None:
        """Fill the input port that would take the wire if it were let go now."""
        if port != self.lit_port:
            self.lit_port = port
            self.update()

    def show_pictures(self, pictures: Sequence[QImage], cells: Cells | None = None) -> None:
        """Thumbnails in the card; none makes it small again."""
        if bool(pictures) != bool(self.pictures):
            self.prepareGeometryChange()
        self.pictures, self.cells = pictures, cells
        self.update()

    def unfold(self, neurons: int) -> None:
        """Draw so many units one below the other; 0 makes it a card as usual."""
        if neurons != self.neurons:
            self.prepareGeometryChange()
            self.neurons = neurons
            self.update()

    def mark_unit(self, unit: int | None, names: Sequence[str]) -> None:
        """Frame one unit, and write names beside them."""
        if (unit, names) != (self.unit, self.unit_names):
            self.unit, self.unit_names = unit, names
            self.update()

    def neuron_sides(self) -> tuple[list[QPointF], list[QPointF]]:
        """Where links end at its units and begin, in the item's coordinates."""
        places = self._places()
        half = QPointF(NEURON / 2 + 1, 0)
        return [place.center() - half for place in places], [place.center() + half for place in places]

    @property
    def height(self) -> float:
        if self.neurons:
            return unfolded_height(self.neurons)
        return HEIGHT + (PICTURES if self.pictures else 0)

    @property
    def body(self) -> QRectF:
        return QRectF(0, 0, WIDTH, self.height)

    def boundingRect(self) -> QRectF:
        return self.body.adjusted(-12, -14, 16, 8)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.body.adjusted(-8, 0, 8, 0))
        return path

    def input_point(self, port: str) -> QPointF:
        """Where an edge into that port ends, in the item's coordinates."""
        ports = self.layer.ports()
        place = ports.index(port) if port in ports else 0
        return QPointF(0, HEIGHT / 2 + (place - (len(ports) - 1) / 2) * 18)

    def output_point(self) -> QPointF:
        return QPointF(WIDTH, HEIGHT / 2)

    def port_at(self, place: QPointF) -> str | None:
        """The input port under a point in the item's coordinates."""
        for port in self.layer.ports():
            if (self.input_point(port) - place).manhattanLength() < REACH:
                return port
        return None

    def is_output_at(self, place: QPointF) -> bool:
        return self.layer.gives_output and (self.output_point() - place).manhattanLength() < REACH

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        theme = theme_of()
        if painter.worldTransform().m11() < FAR:
            self._paint_from_afar(painter, theme)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_card(painter, theme)
        self._paint_words(painter, theme)
        self._paint_pictures(painter)
        self._paint_ports(painter, theme)
        self._paint_badge(painter, theme)

    def _paint_from_afar(self, painter: QPainter, theme: Theme) -> None:
        """Too small to read: the colour says it, and a frame what is selected or wrong."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        body = self.body
        if self.isSelected() or self.is_wrong:
            painter.fillRect(
                body.adjusted(-10, -10, 10, 10), QColor(theme.accent if self.isSelected() else theme.error)
            )
        painter.fillRect(body, theme.color("card"))
        painter.fillRect(QRectF(0, 0, 34, body.height()), QColor(theme.family[self.layer.family]))

    def _paint_card(self, painter: QPainter, theme: Theme) -> None:
        shadow = QColor(0, 0, 0, 22 if theme.name == "light" else 70)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shadow)
        painter.drawRoundedRect(self.body.translated(0, 2), 7, 7)
        if isinstance(self.layer, FoldedBlock):
            painter.setPen(QPen(theme.color("border"), 1))
            painter.setBrush(theme.color("button"))
            for behind in (8, 4):
                painter.drawRoundedRect(self.body.adjusted(behind, -behind, -behind, -behind), 7, 7)
        border = theme.accent if self.isSelected() else theme.error if self.is_wrong else theme.border
        pen = QPen(QColor(border), 2 if self.isSelected() or self.is_wrong else 1)
        if isinstance(self.layer, Unknown):
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.color("card"))
        painter.drawRoundedRect(self.body, 7, 7)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.family[self.layer.family]))
        painter.drawRoundedRect(QRectF(6, 10, 4, self.height - 20), 2, 2)

    @property
    def is_wrong(self) -> bool:
        """Whether training cannot begin because of it."""
        return any(problem.severity == "error" for problem in self.problems)

    def sentences(self) -> tuple[str, ...]:
        """What is wrong with it, to be read aloud."""
        return tuple(problem.text for problem in self.problems)

    def _paint_words(self, painter: QPainter, theme: Theme) -> None:
        larger = enlargement()
        small = font(NOTE + 0.5)
        count = compact(self.parameters) if self.parameters and not isinstance(self.layer, FoldedBlock) else ""
        count = count if larger == 1 else ""  # in the back row the name counts more
        room = WIDTH - (34 if larger == 1 else 28)
        if count:
            painter.setFont(small)
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(18, 10, WIDTH - 28, 18), Qt.AlignmentFlag.AlignRight | _MIDDLE, count)
            room -= metrics(NOTE + 0.5).horizontalAdvance(count) + 4
        size, narrow = title_type(self.layer.heading, larger, room)
        painter.setFont(font(size, True, narrow))
        painter.setPen(theme.color("text"))
        heading = elided(self.layer.heading, size, True, 100 * room / narrow)
        place = QRectF(18, 6 if larger == 1 else 4, room + 4, 26)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | _MIDDLE, heading)
        painter.setPen(theme.color("muted"))
        self._paint_summary(painter)

    def _paint_summary(self, painter: QPainter) -> None:
        """The settings in one line, or in two where one would be cut off."""
        lines = [self.layer.summary or self.id]
        if isinstance(self.layer, FoldedBlock) and self.parameters:
            lines[0] += f" · {compact(self.parameters)}"
        if elided(lines[0], NOTE + 0.5, False, WIDTH - 28) != lines[0]:
            lines = lines[0].split(" · ", 1)
        larger = enlargement()
        if larger > 1 and len(lines) == 2 and metrics(NOTE * larger).horizontalAdvance(lines[1]) > WIDTH:
            lines = lines[:1]  # too long to be read from the back row
        top, step = (32.0, 20.0) if len(lines) == 1 else (29.0, 14.0) if larger == 1 else (27.0, 16.0)
        for number, line in enumerate(lines):
            size = fitting(line, NOTE + 0.5, larger if len(lines) == 1 else min(larger, TWO_LINES), False, WIDTH - 28)
            painter.setFont(font(size))
            words = elided(line, size, False, WIDTH - 28)
            place = QRectF(18, top + number * step, WIDTH - 26, step)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | _MIDDLE | Qt.TextFlag.TextDontClip, words)

    def _paint_pictures(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if self.neurons:
            self._paint_neurons(painter)
            return
        for picture, place in zip(self.pictures, self._places(), strict=True):
            draw_framed(painter, place, picture)
            if self.cells is not None:
                painter.setFont(font(NOTE))
                self.cells.paint(painter, place.translated(0, place.height() + 1), most_lines=1)
            if self.field is not None:
                scale = QTransform.fromScale(place.width(), place.height())
                painter.setPen(QPen(theme_of().color("accent"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(scale.mapRect(self.field).translated(place.topLeft()))

    def _paint_neurons(self, painter: QPainter) -> None:
        theme = theme_of()
        for number, place in enumerate(self._places()):
            if number < len(self.pictures):
                draw_framed(painter, place, self.pictures[number])
            else:
                painter.setPen(QPen(theme.color("edge"), 1))
                painter.setBrush(theme.color("button"))
                painter.drawRect(place)
            if number == self.unit and self.isSelected():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.color("accent"), 2.4))
                painter.drawRect(place.adjusted(-1.5, -1.5, 1.5, 1.5))
            if number < len(self.unit_names):
                painter.setPen(theme.color("muted"))
                beside = QRectF(14, place.top(), place.left() - 19, place.height())
                painter.setFont(font(fitting(self.unit_names[number], NOTE, enlargement(), False, beside.width())))
                painter.drawText(beside, Qt.AlignmentFlag.AlignRight | _MIDDLE, self.unit_names[number])

    def _places(self) -> list[QRectF]:
        """Where the pictures are."""
        if self.neurons:
            left = (WIDTH - NEURON) / 2
            return [QRectF(left, TOP + number * NEURON_STEP, NEURON, NEURON) for number in range(self.neurons)]
        count = len(self.pictures)
        in_row = max(1, count if count <= 4 else (count + 1) // 2)
        side = min(30.0, (WIDTH - 28) / in_row - 2, 30.0 if count <= 4 else 15.0)
        found = []
        for number, picture in enumerate(self.pictures):
            row, column = divmod(number, in_row)
            wide = side if picture.width() <= picture.height() * 2 else WIDTH - 30
            high = min(side, wide * picture.height() / picture.width()) if is_drawn(picture) else side
            high -= metrics(NOTE).height() + 1 if self.cells is not None else 0
            found.append(QRectF(18 + column * (side + 2), TOP + row * (side + 2), wide, high))
        return found

    def picture_at(self, place: QPointF) -> tuple[int, float, float] | None:
        """The number of the picture under a point, and where in it, as shares of its width and height."""
        for number, found in enumerate(self._places()):
            if found.contains(place):
                x, y = (place.x() - found.left()) / found.width(), (place.y() - found.top()) / found.height()
                return number, min(x, 0.999), min(y, 0.999)
        return None

    def _paint_ports(self, painter: QPainter, theme: Theme) -> None:
        points = [(self.input_point(port), port == self.lit_port, "input") for port in self.layer.ports()]
        if self.layer.gives_output:
            points.append((self.output_point(), False, "output"))
        for point, lit, end in points:
            offered = lit or end == self.offers
            painter.setPen(QPen(theme.color("accent" if offered else "edge"), 2.5 if offered else 1.5))
            painter.setBrush(theme.color("accent" if lit else "card"))
            painter.drawEllipse(point, PORT + 3 * lit, PORT + 3 * lit)

    def _paint_badge(self, painter: QPainter, theme: Theme) -> None:
        if not self.problems:
            return
        severity = self.problems[0].severity
        color = {"error": theme.error, "warning": theme.warning}.get(severity, theme.muted)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        place = QRectF(WIDTH - 10, -9, 19, 19)
        painter.drawEllipse(place)
        painter.setFont(font(BODY + 1, True))
        painter.setPen(theme.color("card"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "!" if severity != "hint" else "?")


def described(id: NodeId, layer: Layer, parameters: int, problems: tuple[Problem, ...]) -> str:
    """A card's tooltip as rich text: what is wrong, what the layer does and computes, how much it learns."""
    about, _, rest = inspect.cleandoc(type(layer).__doc__ or "").partition("\n\n")
    formula = next((line for line in rest.splitlines() if line.startswith("Formula:")), "")
    learned = f"{parameters:,} parameters" if parameters else ""
    lines = [about.replace("\n", " "), formula, learned]
    # A layer's name in a file is anybody's text.
    problem = f"<p><b>{escape(problems[0].text)}</b></p>" if problems else ""
    title = f"<p><b>{escape(layer.type_title or layer.heading)}</b> · {escape(id.lstrip(MARK))}</p>"
    return problem + title + "".join(f"<p>{escape(line)}</p>" for line in lines if line)


_MIDDLE = Qt.AlignmentFlag.AlignVCenter
