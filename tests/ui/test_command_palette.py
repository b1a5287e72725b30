from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from playground.ui.command_palette import Command, CommandPalette, rank


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def palette(qtbot, done) -> CommandPalette:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(900, 600)
    host.show()
    titles = (("Add Dense", "dense", "linear"), ("Add Dropout", "normalisation", ""), ("Undo", "action", ""))
    commands = [Command(title, group, lambda title=title: done.append(title), words) for title, group, words in titles]
    made = CommandPalette(host)
    made.host = host
    made.offer(commands)
    return made


def offered(palette: CommandPalette) -> list[str]:
    return [palette.list.item(row).text() for row in range(palette.list.count())]


def test_it_opens_with_everything_and_the_first_chosen(palette):
    assert offered(palette) == ["Add Dense", "Add Dropout", "Undo"]
    assert palette.list.currentRow() == 0
    assert palette.field.hasFocus()


def test_letters_in_order_are_enough_and_enter_does_it(palette, done):
    QTest.keyClicks(palette.field, "adrp")
    assert offered(palette) == ["Add Dropout"]

    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    assert done == ["Add Dropout"]
    assert not palette.isVisible()


def test_down_and_up_choose_and_stop_at_the_ends(palette, done):
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(palette.field, key)
    assert palette.list.currentRow() == 2

    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    assert done == ["Undo"]


def test_escape_closes_it_and_does_nothing(palette, done):
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)

    assert not palette.isVisible()
    assert done == []


def test_a_click_does_what_it_says(palette, done):
    place = palette.list.visualItemRect(palette.list.item(1)).center()

    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert done == ["Add Dropout"]


def test_where_nothing_fits_it_says_so_and_enter_keeps_it_open(palette, done):
    QTest.keyClicks(palette.field, "zzz")
    assert palette.nothing.isVisible()

    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    assert done == []
    assert palette.isVisible()
    palette.field.clear()
    assert not palette.nothing.isVisible()


def test_opening_it_again_begins_anew(palette):
    QTest.keyClicks(palette.field, "undo")
    palette.hide()

    palette.offer([Command("Fit", "action", lambda: None)])

    assert palette.field.text() == ""
    assert offered(palette) == ["Fit"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("add", 0), ("dense", 1), ("linear", 2), ("aens", 3), ("esned", None), ("", 0), ("ADD", 0)],
)
def test_what_begins_with_the_letters_comes_before_what_holds_them(wanted, expected):
    assert rank(wanted, Command("Add Dense", "layer", lambda: None, "linear")) == expected


def test_rows_are_drawn_with_their_group(palette):
    assert not palette.grab().isNull()
