"""Forms made from declarations: any pydantic model's fields become labelled editors with ranges and tooltips.

Used for layers and for the recipe. An editor tells what a person chose; whoever owns the form makes the edit.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QWidget

from playground.layers.layer import Weighted

NAMES = {
    "none": "none", "relu": "ReLU", "leaky_relu": "leaky ReLU", "gelu": "GELU", "elu": "ELU", "selu": "SELU",
    "celu": "CELU", "silu": "SiLU", "mish": "Mish", "hard_swish": "hard swish", "hard_sigmoid": "hard sigmoid",
    "hard_tanh": "hard tanh", "heaviside": "step (0 or 1)", "tf_same": "same (TensorFlow)", "sgd": "SGD",
    "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "cross_entropy": "cross-entropy",
    "binary_cross_entropy": "binary cross-entropy", "mean_squared_error": "squared error",
    "last": "last state", "sequence": "whole sequence", "plateau": "÷10 on plateau", "step": "÷10 in steps",
}  # fmt: skip
"""How a choice's value is written on the screen, where it is not its own name."""


MIXED = "—"
"""Shown where several layers have different values."""


class Calm:
    """A wheel over an editor without focus scrolls the panel, not the value."""

    def stay_calm(self) -> None:
        """Not take the focus by the wheel either, which Qt would give before the wheel is told."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # type: ignore[attr-defined]

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class Choice(Calm, QComboBox):
    """One of several values."""

    edited = Signal(object)

    def __init__(self, values: Iterable[Any]) -> None:
        super().__init__()
        self.stay_calm()
        for value in values:
            self.addItem(NAMES.get(str(value), str(value)), value)
        self.setPlaceholderText(MIXED)
        self.activated.connect(lambda index: self.edited.emit(self.itemData(index)))

    def show_value(self, value: Any) -> None:
        self.setCurrentIndex(self.findData(value))

    def show_mixed(self, value: Any) -> None:
        """Several values, of which this is one."""
        self.setCurrentIndex(-1)


class Whole(Calm, QSpinBox):
    """A whole number within its bounds."""

    edited = Signal(object)
    _is_mixed = False  # asked by Qt before __init__ is through
    _is_typed = False

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.stay_calm()
        self.setRange(low, min(high, 2**31 - 1))
        self.setKeyboardTracking(False)
        self.setGroupSeparatorShown(True)
        self.valueChanged.connect(self._changed)
        self.lineEdit().textEdited.connect(self._typed)
        self.editingFinished.connect(self._finish)

    def show_value(self, value: Any) -> None:
        self._is_mixed = self._is_typed = False
        blocked = self.blockSignals(True)
        self.setValue(int(value))
        self.blockSignals(blocked)

    def show_mixed(self, value: Any) -> None:
        """Several values, of which this is one: steps begin there."""
        self.show_value(value)
        self._is_mixed = True
        self.lineEdit().setText(MIXED)

    def _typed(self) -> None:
        # Typing the value that was there already is an edit too: the other layers have other ones.
        self._is_typed, self._is_mixed = self._is_typed or self._is_mixed, False

    def _changed(self, value: int) -> None:
        self._is_mixed = self._is_typed = False
        self.edited.emit(value)

    def _finish(self) -> None:
        if self._is_typed:
            self._changed(self.value())

    def commit(self) -> None:
        """Take what is typed."""
        self.interpretText()
        self._finish()

    def stepBy(self, steps: int) -> None:
        self._is_mixed = False
        super().stepBy(steps)

    def textFromValue(self, value: int) -> str:
        return MIXED if self._is_mixed else super().textFromValue(value)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        if self._is_mixed and text == MIXED:
            return (QValidator.State.Acceptable, text, place)
        return super().validate(text, place)

    def valueFromText(self, text: str) -> int:
        return self.value() if text == MIXED else super().valueFromText(text)


class Number(QLineEdit):
    """A number typed as people write it: 0.05, 1e-4; taken on Enter or when the editor is left."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: float | None = 0.0
        self.editingFinished.connect(self._finish)

    def show_value(self, value: Any) -> None:
        self._shown = float(value)
        if not self.hasFocus() or not self.isModified():
            self.setText(f"{self._shown:.10g}")
            self.setCursorPosition(0)  # of a long one the beginning says more than the end

    def show_mixed(self, value: Any) -> None:
        """Several values, of which this is one."""
        self._shown = None
        self.setPlaceholderText(MIXED)
        if not self.hasFocus() or not self.isModified():
            self.clear()

    def _finish(self) -> None:
        value = self._shown
        with suppress(ValueError):
            value = float(self.text().strip().replace(",", "."))
        self.setModified(False)
        self.setText("" if value is None else f"{value:.10g}")
        self.setCursorPosition(0)
        if value != self._shown and value is not None:
            self.edited.emit(value)

    commit = _finish


class Switch(QCheckBox):
    """Yes or no."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.clicked.connect(self._clicked)

    def show_value(self, value: Any) -> None:
        self.setTristate(False)
        self.setChecked(bool(value))

    def show_mixed(self, value: Any) -> None:
        """Some yes, some no."""
        self.setTristate(True)
        self.setCheckState(Qt.CheckState.PartiallyChecked)

    def _clicked(self, is_checked: bool) -> None:
        self.setTristate(False)
        self.edited.emit(is_checked)


class Typed(QLineEdit):
    """Text, or whole numbers written with × between them; taken on Enter or when the editor is left.

    What is typed is told as text: the declaration reads it, and refuses it with a sentence.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.editingFinished.connect(self._finish)

    def show_value(self, value: Any) -> None:
        self._shown = "×".join(str(part) for part in value) if isinstance(value, tuple | list) else str(value)
        if not self.hasFocus() or not self.isModified():
            self.setText(self._shown)

    def show_mixed(self, value: Any) -> None:
        """Several values, of which this is one."""
        self._shown = ""
        self.setPlaceholderText(MIXED)
        if not self.hasFocus() or not self.isModified():
            self.clear()

    def _finish(self) -> None:
        text = self.text().strip()
        self.setModified(False)
        if text != self._shown:
            self.edited.emit(text)

    commit = _finish


class ChoiceOrNumber(Calm, QComboBox):
    """One of several values, or a whole number that is typed."""

    edited = Signal(object)

    def __init__(self, values: Iterable[Any]) -> None:
        super().__init__()
        self._shown: Any = None
        self.stay_calm()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for value in values:
            self.addItem(NAMES.get(str(value), str(value)), value)
        self.activated.connect(lambda index: self._tell(self.itemData(index)))
        line = self.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._finish)

    def show_value(self, value: Any) -> None:
        self._shown = value
        index = self.findData(value)
        self.setCurrentIndex(index)
        if index < 0:
            self.setEditText(str(value))

    def show_mixed(self, value: Any) -> None:
        """Several values, of which this is one."""
        self._shown = MIXED
        self.setCurrentIndex(-1)
        self.setEditText(MIXED)

    def _finish(self) -> None:
        text = self.currentText().strip()
        index = self.findText(text)
        self._tell(self.itemData(index) if index >= 0 else text)

    commit = _finish

    def _tell(self, value: Any) -> None:
        if str(value) != str(self._shown):
            self._shown = value
            self.edited.emit(value)


class Words(QLabel):
    """A value that is not changed here."""

    edited = Signal(object)

    def show_value(self, value: Any) -> None:
        self.setText(" × ".join(str(part) for part in value) if isinstance(value, tuple | list) else str(value))

    def show_mixed(self, value: Any) -> None:
        """Several values, of which this is one."""
        self.setText(MIXED)


Editor = Choice | ChoiceOrNumber | Whole | Number | Switch | Typed | Words


def taking_typed(act: Callable[[], object]) -> Callable[[], object]:
    """The same act, after what is being typed in an editor was taken, as if the editor had been left.

    Buttons and keys that run something take no keyboard focus: without this they would run with the value before.
    """

    def acting() -> object:
        widget = QApplication.focusWidget()
        while widget is not None and not callable(getattr(widget, "commit", None)):
            widget = widget.parentWidget()
        if widget is not None:
            widget.commit()  # type: ignore[attr-defined]
        return act()

    return acting


def editor_for(field: FieldInfo) -> Editor:
    """The editor that suits a field's type and bounds."""
    editor = _made_for(field)
    editor.setToolTip(f"<p>{field.description or field.title}</p>")
    editor.setAccessibleName(field.title or "")
    editor.setAccessibleDescription(field.description or "")
    return editor


def _made_for(field: FieldInfo) -> Editor:
    kinds: list[Any] = [field.annotation]
    if get_origin(field.annotation) in (Union, UnionType):
        kinds = [part for part in get_args(field.annotation) if part is not type(None)]
    choices = [value for kind in kinds if get_origin(kind) is Literal for value in get_args(kind)]
    kind = kinds[0]
    if choices:
        return ChoiceOrNumber(choices) if len(kinds) > 1 else Choice(choices)
    if len(kinds) > 1 or kind is str or _is_typed(field):
        return Typed()
    if kind is bool:
        return Switch()
    if kind is int:
        return Whole(*_bounds(field))
    return Number() if kind is float else Words()


def _is_typed(field: FieldInfo) -> bool:
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get("typed"))


def _bounds(field: FieldInfo) -> tuple[int, int]:
    low, high = 0, 2**31 - 1
    for constraint in field.metadata:
        low = int(getattr(constraint, "ge", getattr(constraint, "gt", low - 1) + 1))
        high = int(getattr(constraint, "le", high))
    return low, high


def in_order(model: type[BaseModel]) -> list[str]:
    """A model's fields, those that all layers with weights share behind its own."""
    shared = Weighted.model_fields if issubclass(model, Weighted) else {}
    return [*(name for name in model.model_fields if name not in shared), *shared]


class SettingsForm(QWidget):
    """Editors for some fields of a model, a row each."""

    edited = Signal(str, object)
    """A field's name and the value a person gave it."""

    def __init__(
        self, model: type[BaseModel], names: Iterable[str] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.editors: dict[str, Editor] = {}
        layout = self._rows = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name in names or in_order(model):
            field = model.model_fields[name]
            editor = editor_for(field)
            editor.setObjectName(name)
            editor.edited.connect(lambda value, name=name: self.edited.emit(name, value))
            self.editors[name] = editor
            label = QLabel(field.title or name)
            label.setToolTip(editor.toolTip())
            label.setBuddy(editor)
            layout.addRow(label, editor)

    def show_values(self, values: Mapping[str, Any], mixed: Container[str] = ()) -> None:
        """Show the model's present values, without telling anyone; mixed: settings that several layers differ in."""
        for name, editor in self.editors.items():
            if name in mixed:
                editor.show_mixed(values[name])
            else:
                editor.show_value(values[name])

    def show_row(self, name: str, is_shown: bool) -> None:
        """A field with its label, or none of it."""
        self._rows.setRowVisible(self.editors[name], is_shown)

    def relabel(self, name: str, words: str) -> None:
        """Other words beside an editor."""
        label = self._rows.labelForField(self.editors[name])
        if isinstance(label, QLabel):
            label.setText(words)
