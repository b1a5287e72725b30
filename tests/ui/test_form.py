from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from playground.app.changes import EditGraph
from playground.app.document import Document
from playground.app.session import Session
from playground.data.dataset import DataChoice
from playground.graph.arrange import arrange
from playground.graph.edits import AddLayer
from playground.graph.model import Edge, Graph
from playground.graph.problem import Fix, Problem
from playground.layers.activation import LeakyReLU
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.layers.image import Conv2d
from playground.layers.layer import LAYERS
from playground.layers.reshape import Reshape
from playground.ui.bridge import Bridge
from playground.ui.canvas.bubble import ProblemNote
from playground.ui.form import Choice, ChoiceOrNumber, Number, SettingsForm, Switch, Typed, Whole, Words
from playground.ui.panes.layer_form import LayerForm

GRAPH = Graph(
    {
        "input1": Input(dims=(2,)),
        "dense1": Dense(units=8),
        "leaky1": LeakyReLU(),
        "dense2": Dense(units=2),
        "output1": Output(units=2),
    },
    (
        Edge("input1", "dense1", "values"),
        Edge("dense1", "leaky1", "inputs"),
        Edge("leaky1", "dense2", "values"),
        Edge("dense2", "output1", "scores"),
    ),
)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(Document("Test", GRAPH, arrange(GRAPH), DataChoice(source="circle")))
    yield made
    made.close()


@pytest.fixture
def form(qtbot, session) -> Iterator[LayerForm]:
    host = QWidget()
    bridge = Bridge(session, host)
    bridge.stop()
    made = LayerForm(session, bridge, host)
    made.resize(320, 620)
    qtbot.addWidget(host)
    host.resize(320, 620)
    host.show()
    yield made
    bridge.stop()


def notes(form: LayerForm) -> list[ProblemNote]:
    return [note for note in form.findChildren(ProblemNote) if not note.isHidden()]


def test_every_field_of_a_declaration_has_an_editor_that_suits_it(qtbot):
    made = SettingsForm(Conv2d)
    qtbot.addWidget(made)

    kinds = {name: type(editor) for name, editor in made.editors.items()}

    assert kinds == {
        "filters": Whole, "kernel": Typed, "stride": Whole, "padding": ChoiceOrNumber, "dilation": Whole,
        "groups": Whole, "padding_mode": Choice, "activation": Choice, "bias": Switch, "trainable": Switch,
        "shares": Typed,
    }  # fmt: skip
    assert [label.text() for label in made.findChildren(QLabel)][:2] == ["Filters", "Window"]


@pytest.mark.parametrize("name", LAYERS)
def test_the_form_of_every_layer_shows_its_values_and_tells_nobody(qtbot, name):
    made = SettingsForm(LAYERS[name])
    qtbot.addWidget(made)
    told = []
    made.edited.connect(lambda *what: told.append(what))

    made.show_values(LAYERS[name]().model_dump())

    assert told == []
    assert all(editor.accessibleName() for editor in made.editors.values())
    assert all(editor.toolTip() for editor in made.editors.values())


def test_ranges_come_from_the_declaration(qtbot):
    editor = SettingsForm(Conv2d).editors["stride"]

    assert (editor.minimum(), editor.maximum()) == (1, 16)


@pytest.fixture
def conv(form, session) -> LayerForm:
    """The form of a Conv2d behind an image."""
    session.do(EditGraph(AddLayer("conv1", Conv2d())))
    form.show_node("conv1")
    return form


@pytest.mark.parametrize(
    ("typed", "kernel", "shown"), [("5", 5, "5"), ("3x5", (3, 5), "3×5"), ("7,1", (7, 1), "7×1"), ("4×4", 4, "4")]
)
def test_a_window_is_typed_as_one_number_or_two(conv, session, typed, kernel, shown):
    editor = conv.form.editors["kernel"]
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert session.document.graph.nodes["conv1"].kernel == kernel
    assert editor.text() == shown


@pytest.mark.parametrize("typed", ["0", "65", "3×5×7", "wide"])
def test_a_window_that_cannot_be_is_refused_with_a_sentence_and_the_old_one_shown(conv, session, typed):
    editor = conv.form.editors["kernel"]
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert session.document.graph.nodes["conv1"].kernel == 3
    assert session.message == (
        f"A window must be 1 to 64 pixels wide, or two such numbers for height × width, not {typed}."
    )
    assert editor.text() == "3"


@pytest.mark.parametrize(("typed", "padding"), [("2", 2), ("valid", "valid"), ("same (TensorFlow)", "tf_same")])
def test_padding_is_chosen_or_typed_as_a_number(conv, session, typed, padding):
    editor = conv.form.editors["padding"]
    editor.setFocus()
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), typed)
    QTest.keyClick(editor.lineEdit(), Qt.Key.Key_Return)

    assert session.document.graph.nodes["conv1"].padding == padding
    assert editor.currentText() == typed


def test_a_padding_that_cannot_be_is_refused_with_a_sentence(conv, session):
    editor = conv.form.editors["padding"]
    editor.setFocus()
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), "wide")
    QTest.keyClick(editor.lineEdit(), Qt.Key.Key_Return)

    assert session.message == "Padding must be same, valid, tf_same or a number from 0 to 64, not wide."
    assert editor.currentText() == "same"


def test_a_shape_to_make_is_typed(form, session):
    session.do(EditGraph(AddLayer("reshape1", Reshape())))
    form.show_node("reshape1")
    editor = form.form.editors["dims"]
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "1x2x4")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert session.document.graph.nodes["reshape1"].dims == (1, 2, 4)
    assert editor.text() == "1×2×4"


def test_windows_and_padding_that_differ_between_layers_are_shown_as_such_and_tell_nobody(qtbot):
    made = SettingsForm(Conv2d)
    qtbot.addWidget(made)
    told = []
    made.edited.connect(lambda *what: told.append(what))

    made.show_values(Conv2d(kernel=(3, 5), padding=2).model_dump(), mixed={"kernel", "padding"})
    window, padding = made.editors["kernel"], made.editors["padding"]
    window.editingFinished.emit()
    padding.lineEdit().editingFinished.emit()

    assert (window.text(), window.placeholderText(), padding.currentText(), told) == ("", "—", "—", [])
    made.show_values(Conv2d(kernel=(3, 5), padding=2).model_dump())
    assert (window.text(), padding.currentText()) == ("3×5", "2")


def test_what_all_layers_with_weights_share_stands_behind_their_own_settings(qtbot):
    made = SettingsForm(Conv2d)
    qtbot.addWidget(made)

    assert list(made.editors)[-3:] == ["bias", "trainable", "shares"]


def test_a_shape_is_read_only(qtbot):
    editor = SettingsForm(Input).editors["dims"]
    editor.show_value((8, 8, 1))

    assert isinstance(editor, Words)
    assert editor.text() == "8 × 8 × 1"


def test_typing_a_number_edits_the_layer_and_undo_shows_the_old_one(form, session):
    form.show_node("dense1")
    editor = form.form.editors["units"]
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "12")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert session.document.graph.nodes["dense1"].units == 12

    session.undo()

    assert session.document.graph.nodes["dense1"].units == 8
    assert editor.value() == 8
    session.redo()
    assert editor.value() == 12


def test_half_a_number_is_not_an_edit(form, session):
    form.show_node("dense1")
    editor = form.form.editors["units"]
    editor.setFocus()
    editor.selectAll()

    QTest.keyClicks(editor, "12")

    assert session.document.graph.nodes["dense1"].units == 8


def test_a_row_of_steps_is_one_step_of_undo(form, session):
    form.show_node("dense1")
    editor = form.form.editors["units"]
    for _ in range(5):
        QTest.keyClick(editor, Qt.Key.Key_Up)
    assert session.document.graph.nodes["dense1"].units == 13

    session.undo()

    assert session.document.graph.nodes["dense1"].units == 8


def test_a_choice_and_a_switch_edit_the_layer(form, session):
    form.show_node("dense1")
    choice, switch = form.form.editors["activation"], form.form.editors["bias"]

    choice.setFocus()
    QTest.keyClicks(choice, "tanh")
    QTest.keyClick(switch, Qt.Key.Key_Space)

    layer = session.document.graph.nodes["dense1"]
    assert (layer.activation, layer.bias) == ("tanh", False)


@pytest.mark.parametrize("typed", ["0.2", "0,2", "2e-1"])
def test_a_fraction_is_read_as_people_write_it(form, session, typed):
    form.show_node("leaky1")
    editor = form.form.editors["slope"]
    assert isinstance(editor, Number)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert session.document.graph.nodes["leaky1"].slope == 0.2


@pytest.mark.parametrize("typed", ["7", "-1", "nan", "inf"])
def test_a_value_out_of_range_is_refused_with_a_sentence_and_the_old_one_shown(form, session, typed):
    form.show_node("leaky1")
    editor = form.form.editors["slope"]
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert session.document.graph.nodes["leaky1"].slope == 0.01
    assert session.message.startswith("Slope must be at")
    assert editor.text() == "0.01"


def test_words_that_are_no_number_change_nothing(form, session):
    form.show_node("leaky1")
    editor = form.form.editors["slope"]
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "steep")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert editor.text() == "0.01"
    assert session.history.undo_label is None


def test_renaming_keeps_the_layer_in_the_form(form, session):
    form.show_node("dense1")
    form._name.setFocus()
    form._name.selectAll()
    QTest.keyClicks(form._name, "hidden")
    QTest.keyClick(form._name, Qt.Key.Key_Return)

    assert "hidden" in session.document.graph.nodes
    assert form.id == "hidden"


@pytest.mark.parametrize("name", ["output1", "2nd", "class"])
def test_a_name_that_cannot_be_is_refused_with_a_sentence(form, session, name):
    form.show_node("dense1")
    form._name.setFocus()
    form._name.selectAll()
    QTest.keyClicks(form._name, name)
    QTest.keyClick(form._name, Qt.Key.Key_Return)

    assert session.document.graph == GRAPH
    assert f"“{name}”" in session.message
    assert form._name.text() == "dense1"


def test_a_fix_in_the_form_is_told_with_its_button(form, session, qtbot):
    form.show_node("dense2")
    editor = form.form.editors["units"]
    QTest.keyClick(editor, Qt.Key.Key_Up)
    form.show_node("output1")
    (note,) = notes(form)
    assert note.problem.text == "Output needs 2 values, one for each class, but gets 3."

    with qtbot.waitSignal(form.fix_chosen) as told:
        QTest.keyClick(note.buttons()[0], Qt.Key.Key_Space)

    assert told.args[0] == note.problem.fixes[0]


def test_nothing_in_the_form_is_wider_than_the_form(form, session):
    form.show_node("dense2")
    QTest.keyClick(form.form.editors["units"], Qt.Key.Key_Up)
    form.show_node(None)

    assert notes(form)
    assert form.widget().minimumSizeHint().width() <= 320


def test_with_nothing_selected_it_sums_the_network_up(form):
    form.show_node(None)

    assert form._title.text() == "Network"
    assert "42 parameters" in form._figures.text()
    assert form.form is None


def test_a_deleted_layer_leaves_the_form(form, session):
    from playground.app.changes import EditGraph
    from playground.graph.edits import Delete

    form.show_node("leaky1")

    session.do(EditGraph(Delete(("leaky1",))))

    assert form.id is None
    assert form._title.text() == "Network"


def test_a_problem_with_a_long_fix_does_not_widen_the_layers_panel(qtbot):
    pane, page, note = QScrollArea(widgetResizable=True), QWidget(), ProblemNote()
    qtbot.addWidget(pane)
    QVBoxLayout(page).addWidget(note)
    pane.setWidget(page)
    pane.resize(220, 200)
    fix = Fix("Set activation of dense2 to ReLU, which does not saturate for large sums", ())
    note.show_problem(Problem("dense2", "Nine units of ten hardly change any more.", "warning", (fix,)))
    pane.show()

    qtbot.waitUntil(lambda: page.width() == pane.viewport().width(), timeout=5000)
    qtbot.waitUntil(lambda: all(button.geometry().right() <= note.width() for button in note.buttons()), timeout=5000)
