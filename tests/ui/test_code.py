"""The Code panel follows the network, marks what is selected, and leads back to the layers."""

from __future__ import annotations

import pytest
import torch  # noqa: F401 a window that closes while its training thread imports torch would wait for that
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest

from playground.app.changes import EditGraph
from playground.data.dataset import DataChoice
from playground.exchange.python_code import python_code
from playground.graph.edits import SetSettings
from playground.ui.code_colours import pieces
from playground.ui.code_sheet import CodeSheet
from playground.ui.theme import THEMES


@pytest.fixture
def shown(opened, qtbot):
    """A window on digits-cnn whose Code panel is in front."""
    window = opened("digits-cnn")
    window.show_place("code")
    qtbot.waitUntil(lambda: window.code.code is not None, timeout=5000)
    return window


def test_it_shows_what_the_export_writes(shown, qtbot):
    whole = python_code(shown.session.document).text
    qtbot.waitUntil(lambda: len(shown.code.sheet.toPlainText()) >= len(whole), timeout=5000)  # it comes in pieces
    assert shown.code.sheet.toPlainText() == whole


def test_selecting_a_layer_marks_its_lines_and_brings_them_into_sight(shown):
    shown.canvas.select(("dense1",))

    code, sheet = shown.code.code, shown.code.sheet
    assert sheet.marked == code.of("dense1")
    lines = sheet.toPlainText().splitlines()
    assert "self.dense1 = nn.Linear(" in lines[sheet.marked[0].start]
    assert "self.dense1(" in lines[sheet.marked[1].start]
    first = sheet.firstVisibleBlock().blockNumber()
    assert first <= sheet.marked[0].start < first + 40
    assert shown.right_tabs.currentWidget() is shown.code


def test_clicking_a_line_selects_its_layer_and_enter_does_too(shown, qtbot):
    sheet = shown.code.sheet
    line = shown.code.code.lines["conv2"].start
    cursor = sheet.textCursor()
    cursor.setPosition(sheet.document().findBlockByNumber(line).position() + 12)
    sheet.setTextCursor(cursor)
    place = sheet.cursorRect().center()

    QTest.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.canvas.selected() == ("conv2",)

    cursor.setPosition(sheet.document().findBlockByNumber(shown.code.code.lines["conv1"].start).position())
    sheet.setTextCursor(cursor)
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert shown.canvas.selected() == ("conv1",)


def test_an_edit_is_followed_where_the_person_reads(shown, qtbot):
    shown.canvas.select(("conv1",))
    before = shown.code.sheet.verticalScrollBar().value()

    shown.session.do(EditGraph(SetSettings("conv1", (("filters", 23),))))

    qtbot.waitUntil(lambda: "nn.Conv2d(1, 23, 3" in shown.code.sheet.toPlainText(), timeout=5000)
    assert shown.code.sheet.toPlainText() == python_code(shown.session.document).text
    assert shown.code.sheet.verticalScrollBar().value() == before


def test_a_network_with_a_problem_says_so_and_cannot_be_copied(shown, qtbot):
    shown.session.do(EditGraph(SetSettings("dense1", (("units", 3),))))

    qtbot.waitUntil(lambda: not shown.code.copy.isEnabled(), timeout=5000)
    assert shown.code._words.text().startswith("The network cannot be written as code yet. output1: ")
    shown.session.undo()
    qtbot.waitUntil(shown.code.copy.isEnabled, timeout=5000)


def test_copy_puts_all_of_it_on_the_clipboard(shown):
    QTest.mouseClick(shown.code.copy, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().text() == shown.code.sheet.toPlainText()
    assert shown.session.message == "The code is on the clipboard."


def test_its_place_grows_while_it_is_seen_and_shrinks_again(shown, qtbot):
    dock = shown.docks["inside"]
    qtbot.waitUntil(lambda: dock.width() > 450, timeout=5000)

    shown.show_place("layer")

    qtbot.waitUntil(lambda: dock.width() < 400, timeout=5000)


def test_the_width_it_took_is_given_back_when_the_panel_was_away_meanwhile(shown, qtbot):
    dock = shown.docks["inside"]
    qtbot.waitUntil(lambda: dock.width() > 450, timeout=5000)

    shown.go_to_welcome()
    shown.right_tabs.setCurrentIndex(0)
    shown.go_to_canvas()

    qtbot.waitUntil(lambda: dock.width() < 400, timeout=5000)


def test_the_width_it_took_is_not_that_of_the_next_start(shown, opened, qtbot):
    qtbot.waitUntil(lambda: shown.docks["inside"].width() > 450, timeout=5000)

    shown.close()
    again = opened("digits-cnn")

    qtbot.wait(1)  # panels are given their places one turn after the window is shown
    assert 200 < again.docks["inside"].width() < 400


def test_a_width_that_a_person_dragged_while_it_was_seen_stays(shown, qtbot):
    dock = shown.docks["inside"]
    qtbot.waitUntil(lambda: dock.width() > 450 and shown.code._given == dock.width(), timeout=5000)

    shown.resizeDocks([dock], [480], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: dock.width() == 480, timeout=5000)
    shown.show_place("layer")

    qtbot.wait(1)
    assert dock.width() == 480


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\nb\nc", "a\nx\nc"),
        ("a\nb\nc", "a\nc"),
        ("a\nc", "a\nb\nc"),
        ("a", ""),
        ("", "a\nb"),
        ("a\nb", "a\nb\nc"),
        ("a\nb\nc", "a\nb"),
        ("a\na\na", "a\na"),
        ("b\na", "a"),
        ("a\nb\n", "a\nb\nc\n"),
    ],
)
def test_any_text_takes_the_place_of_any_other(qtbot, old, new):
    sheet = CodeSheet()
    qtbot.addWidget(sheet)
    sheet.show_code(old)
    sheet.show_code(new)

    assert sheet.toPlainText() == new


def test_a_long_text_comes_in_pieces_and_is_scrolled_to_when_it_is_there(qtbot):
    sheet = CodeSheet()
    qtbot.addWidget(sheet)
    text = "\n".join(f"line{number}" for number in range(1000))

    sheet.show_code(text)
    sheet.mark((range(900, 902),))
    assert sheet.blockCount() < 200

    qtbot.waitUntil(lambda: sheet.toPlainText() == text, timeout=5000)
    assert sheet.firstVisibleBlock().blockNumber() > 800
    assert len(sheet.extraSelections()) == 2
    sheet.show_code("short")
    assert sheet.toPlainText() == "short"


def test_words_numbers_and_texts_are_told_apart():
    line = '    def forward(self, x=1.5e-3) -> "Tensor":  # the rest'
    found = {line[at : at + length]: kind for kind, at, length in pieces(line, False)[0]}

    assert found == {
        "def": "word", "forward": "named", "self": "word", "1.5e-3": "number", '"Tensor"': "text",
        "# the rest": "comment",
    }  # fmt: skip
    assert pieces('"""A title', False)[1]
    assert pieces('end."""  x = 1', True) == ([("text", 0, 7), ("number", 13, 1)], False)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_colours_of_code_can_be_read_on_its_ground(theme):
    for name in ("muted", "good", "text", "accent", "warning"):
        assert contrast(getattr(theme, name), theme.panel) >= 4.5


def contrast(first: str, second: str) -> float:
    """Source: WCAG 2.1, relative luminance."""

    def light(name: str) -> float:
        parts = QColor(name).getRgbF()[:3]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)


SERIES = "@univariate true\n@classLabel true up down\n@data\n" + "1,2,3,4:up\n4,3:down\n" * 20


def test_it_follows_the_data_where_they_are_series_of_unequal_length(opened, qtbot, tmp_path):
    (tmp_path / "made.ts").write_text(SERIES)
    window = opened("frequency-lstm")
    window.show_place("code")
    qtbot.waitUntil(lambda: window.code.code is not None, timeout=5000)
    assert "own_steps" not in window.code.code.text

    window.session.choose_data(DataChoice(source=str(tmp_path / "made.ts")))

    qtbot.waitUntil(lambda: window.session.examples.dataset.lengths is not None, timeout=20_000)
    wanted = python_code(window.session.document, is_ragged=True).text
    qtbot.waitUntil(lambda: window.code.sheet.toPlainText() == wanted, timeout=5000)
    assert "own_steps" in wanted
