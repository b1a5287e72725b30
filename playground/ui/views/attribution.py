"""Which parts of an example speak for a class: saliency, integrated gradients, Grad-CAM, occlusion, over the input."""

from __future__ import annotations

from collections.abc import Generator
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox

from playground.ui.drawing import chance, figure
from playground.ui.looking import Look
from playground.ui.maps import spelled
from playground.ui.views.bars import Bars
from playground.ui.views.focus import Focus
from playground.ui.views.map import Map
from playground.ui.views.naming import counted
from playground.ui.views.pictured import show_example
from playground.ui.views.side_by_side import SideBySide
from playground.ui.views.view import View

if TYPE_CHECKING:
    from playground.engine.train import Training
    from playground.insight.attribution import Attribution, Question

METHODS = {
    "saliency": "how much the score changes with each value: |∂score/∂x|",
    "gradient × input": "slope times value: x · ∂score/∂x",
    "integrated gradients": "the slope averaged on the way from the reference, times the way: it adds up to the score",
    "Grad-CAM": "where the selected convolution found what speaks for the class",
    "Grad-CAM without ReLU": "the same, with what speaks against the class in orange",
    "occlusion": "by how much the score falls where a window is covered",
}
REFERENCES = {
    "mean": "the training part's mean, which the network sees as zeros",
    "background": "what lies at the images' edges: empty paper",
    "blurred": "the example itself, too blurred to be recognised",
}
FOR_TEXT = ("occlusion",)
"""Letters have no gradient."""
USES_REFERENCE = ("integrated gradients", "occlusion")
MOST_BARS = 14


class AttributionView(View):
    """Choose a method and a class."""

    name = "attribution"
    title = "Why this answer"
    group = "Example"
    about = (
        "Which parts of the input speak for a class (blue) or against it (orange). Saliency is |∂score/∂x| (Simonyan "
        "et al. 2014); integrated gradients add up to the difference of the scores (Sundararajan et al. 2017); "
        "Grad-CAM weighs a convolution's maps by their gradients (Selvaraju et al. 2017); occlusion covers the input "
        "window by window (Zeiler and Fergus 2014). The reference is an input that says nothing. They "
        "show what the network used, not what is right. In evaluation mode."
    )
    every = 0.7

    def __init__(self, focus: Focus) -> None:
        super().__init__(focus)
        self._found: Attribution | None = None
        self.method, self.target = self._box(self.tr("Method"), METHODS), self._box(self.tr("Class"), {})
        self.reference = self._box(self.tr("Reference"), REFERENCES, self.tr("reference: "))
        self.window_side = QSpinBox(minimum=0, maximum=64, suffix=self.tr(" px"), prefix=self.tr("window "))
        self.window_side.setSpecialValueText(self.tr("window ¼"))
        self.window_side.setAccessibleName(self.tr("Window"))
        self.window_side.setToolTip(self.tr("Side of what is covered; ¼ of the shorter side is usual."))
        self.window_side.valueChanged.connect(self.ask_again)
        for pair in ((self.method, self.target), (self.reference, self.window_side)):
            row = QHBoxLayout()
            for choice in pair:
                row.addWidget(choice, 1)
            self.column.addLayout(row)
        self.words = QLabel(wordWrap=True)
        self.words.linkActivated.connect(self._go)
        self.input, self.map = Map(self.tr("Example"), most=300), Map(self.tr("Attribution"), most=300)
        for shown in (self.input, self.map):
            shown.share = 0.58  # the probabilities are seen below
        self.bars = Bars(self.tr("Attribution"))
        self.chances = Bars(self.tr("Probabilities"))
        self.pictures = SideBySide((self.input, self.map))
        self.column.addWidget(self.pictures)
        for widget in (self.bars, self.words, self.chances):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        focus.bridge.data.connect(self._fill_targets)
        self._fill_targets()
        self._show_options()

    def _box(self, title: str, entries: dict[str, str], before: str = "") -> QComboBox:
        """A choice of named things, each explained by its tool tip."""
        box = QComboBox()
        box.setAccessibleName(title)
        for name, words in entries.items():
            box.addItem(before + self.tr(name), name)
            box.setItemData(box.count() - 1, self.tr(words), Qt.ItemDataRole.ToolTipRole)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(self.ask_again)
        return box

    def ask_again(self) -> None:
        """What is under way was asked of another example, or in another way."""
        self.cancel()
        self._show_options()
        super().ask_again()

    def _show_options(self) -> None:
        """Only what the method uses, and the data allow."""
        method, kind = self.method.currentData(), self.focus.kind
        self.reference.setVisible(method in USES_REFERENCE and kind == "image")
        self.window_side.setVisible(method == "occlusion" and kind in ("image", "sequence"))

    def _fill_targets(self) -> None:
        examples = self.focus.session.examples
        self.target.clear()
        self.target.addItem(self.tr("its answer"), None)
        if examples is not None and examples.targets is None:
            for number, name in enumerate(examples.dataset.class_names):
                self.target.addItem(name, number)
        self.target.setVisible(self.target.count() > 1)
        is_text = self.focus.kind == "text"
        self.pictures.limit(1 if self.focus.kind == "sequence" else 2)  # one axis of time for both
        model = self.method.model()
        for at in range(self.method.count()):
            is_possible = not is_text or self.method.itemData(at) in FOR_TEXT
            model.setData(model.index(at, 0), None if is_possible else 0, Qt.ItemDataRole.UserRole - 1)  # its flags
        if is_text:
            self.method.setCurrentIndex(self.method.findData(FOR_TEXT[0]))

    def focus_changed(self) -> None:
        if self.focus.layer is not None and self.focus.shape is not None and not self.focus.shape.is_image:
            self.told.emit()
        super().focus_changed()

    def look(self) -> Look | None:
        example, question = self.focus.scaled(), self._question()

        def look(training: Training) -> Any:
            from playground.insight.attribution import attribution

            return attribution(training, example, question)

        def job(training: Training) -> Generator[float, None, Any]:
            from playground.insight.attribution import attributing

            return (yield from attributing(training, example, question))

        if question.method != "occlusion":
            return look
        if not self.is_working:
            self.start(job)
        return None

    def _question(self) -> Question:
        from playground.insight.attribution import Question

        is_seen = self.reference.isVisibleTo(self)
        return Question(
            self.method.currentData(),
            self.target.currentData(),
            self._convolution(),
            self.reference.currentData() if is_seen else "mean",
            self.window_side.value() or None,
        )

    def _convolution(self) -> str:
        """The selected layer if it gives an image, else the last that does."""
        shapes, id = self.focus.session.report.shapes, self.focus.layer
        if id is not None and id in shapes and shapes[id].is_image:
            return id
        images = [other for other, shape in shapes.items() if shape.is_image]
        return images[-1] if images else ""

    def show_answer(self, answer: Any) -> None:
        self._found = answer
        self._show_example(answer)
        self._show_values(answer)
        self.words.setText(self._words(answer))
        self._show_chances(answer)

    def numbers(self) -> dict[str, NDArray[Any]]:
        if self._found is None:
            return {}
        return {"attribution": self._found.values, "probabilities": self._found.chances}

    def in_words(self) -> str:
        return QTextDocumentFragment.fromHtml(self.words.text()).toPlainText()

    def _show_example(self, _found: Attribution) -> None:
        if self.focus.kind in ("image", "sequence"):  # letters stand over the attribution itself
            show_example(self.input, self.focus, self.tr("example"))
        else:
            self.input.clear()

    def _show_values(self, found: Attribution) -> None:
        values = found.values
        is_picture = values.ndim > 1
        self.map.name_cells()
        words = f"{found.method}, {self._name(found.target)}"
        if self.focus.kind == "text":
            self._show_letters(values, words)
            return
        if is_picture:
            flat = values.sum(axis=0) if values.ndim == 3 else values.T if self.focus.kind == "sequence" else values
            is_plain = found.method in ("saliency", "Grad-CAM")
            is_over_time = self.focus.kind == "sequence"
            self.map.show_values(flat, signed=not is_plain, words=words, is_stretched=is_over_time)
            self.bars.show_bars([])
            return
        self.map.clear()
        names = self._names(len(values))
        order = np.argsort(-np.abs(values), kind="stable")[:MOST_BARS]
        self.bars.show_bars([(names[at], float(values[at])) for at in order])

    def _show_letters(self, values: NDArray[Any], words: str) -> None:
        """A cell of colour under each letter."""
        examples = self.focus.session.examples
        self.map.show_values(values[None], words=words, is_stretched=True)
        if examples is not None:
            self.map.name_cells((), spelled(self.focus.raw(), examples.dataset.feature_names))
        self.bars.show_bars([])

    def _names(self, count: int) -> list[str]:
        examples = self.focus.session.examples
        if examples is not None and examples.features:
            return list(examples.features)
        if examples is not None and len(examples.dataset.feature_names) == count:
            return list(examples.dataset.feature_names)
        return [self.tr("value %1").replace("%1", counted(number)) for number in range(count)]

    def _name(self, target: int) -> str:
        examples = self.focus.session.examples
        names = examples.dataset.class_names if examples is not None else ()
        if len(names) == 2 and self._found is not None and len(self._found.chances) == 2 and target == 0:
            return f"“{names[1]}”" if self._is_one_score() else f"“{names[0]}”"
        return f"“{names[target]}”" if target < len(names) else self.tr("the answer")

    def _is_one_score(self) -> bool:
        """Whether two classes share one score: it speaks for the second."""
        graph = self.focus.session.document.graph
        return any(str(graph.nodes[id].settings.get("loss")) != "cross_entropy" for id in graph.of_type("Output"))

    def _show_chances(self, found: Attribution) -> None:
        examples = self.focus.session.examples
        if not len(found.chances) or examples is None:
            self.chances.show_bars([])
            return
        order = np.argsort(-found.chances, kind="stable")[:5]
        names = examples.dataset.class_names
        self.chances.show_bars([(f"P({names[at]})", float(found.chances[at])) for at in order], told=chance)

    def _words(self, found: Attribution) -> str:
        words = (
            self.tr("Score for %1: %2.")
            .replace("%1", escape(self._name(found.target)))
            .replace("%2", figure(found.score))
        )
        if found.method == "integrated gradients":
            more = self.tr(" From the reference's score, %1, it differs by %2; the parts add up to %3.")
            parts = figure(found.baseline), figure(found.score - found.baseline), figure(float(found.values.sum()))
            for number, part in enumerate(parts, 1):
                more = more.replace(f"%{number}", part)
            words += more
        elif found.method.startswith("Grad-CAM"):
            words += self.tr(" Seen at %1.").replace("%1", escape(self._convolution()))
            words += self._why_blank() if not found.values.any() else ""
        return words

    def _why_blank(self) -> str:
        """Why nothing is seen, and what to choose instead, as links."""
        here, graph = self._convolution(), self.focus.session.document.graph
        shapes = self.focus.session.report.shapes
        others = [id for id in graph.order if id in shapes and shapes[id].is_image and graph.nodes[id].ports()]
        words = self.tr(
            " The map is empty: weighed by their gradients, the maps of %1 add up to less than 0 everywhere, "
            "and Grad-CAM keeps only what speaks for the class (its ReLU: Selvaraju et al. 2017, equation 2). "
        ).replace("%1", escape(here))
        ways = [("without ReLU", self.tr("Show it without the ReLU"))]
        ways += [(f"layer {id}", self.tr("see it at %1").replace("%1", id)) for id in others if id != here][-2:]
        ways.append(("occlusion", self.tr("or choose occlusion")))
        return words + ", ".join(f'<a href="{escape(to)}">{escape(told)}</a>' for to, told in ways) + "."

    def _go(self, way: str) -> None:
        """Follow a link of the words."""
        if way.startswith("layer "):
            self.focus.choose_layer(way.removeprefix("layer "))
            return
        method = "Grad-CAM without ReLU" if way == "without ReLU" else way
        self.method.setCurrentIndex(self.method.findData(method))
        self.ask_again()
