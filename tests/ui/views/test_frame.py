from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPixmap

from playground.app.changes import EditGraph
from playground.graph.edits import Delete
from playground.ui.looking import LongLook
from playground.ui.theme import THEMES
from playground.ui.views import view_classes
from playground.ui.views.chooser import GROUPS
from playground.ui.views.frame import ViewWindow
from playground.ui.views.keeping import KeepProblem, save_numbers, save_picture
from playground.ui.views.map import Map
from playground.ui.views.marks import Mark
from playground.ui.views.picture_grid import PictureGrid, Tile

NARROWEST = 266
"""Pixels that the panel leaves a view at its usual width."""


def picture(width=8, height=8) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB888)
    made.fill(Qt.GlobalColor.gray)
    return made


@pytest.mark.parametrize("made", view_classes(), ids=lambda made: made.name)
def test_every_view_says_what_it_is_in_some_sentences(made):
    assert made.group in GROUPS
    assert made.title
    assert len(made.about) > 80
    assert made.about.count(".") >= 2
    assert made.name.isidentifier()


def test_names_of_views_are_different():
    names = [made.name for made in view_classes()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("template", ["spiral-mlp", "digits-cnn", "lstm-many-to-one", "table-mlp"])
def test_every_view_shows_something_or_says_what_it_lacks_on_any_project(qtbot, opened, template):
    window = opened(template)
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    window.canvas.select((next(id for id, layer in window.session.document.graph.nodes.items() if layer.ports()),))
    window.right_tabs.setCurrentWidget(window.inside)
    for name in window.inside.names:
        view = window.inside.show_view(name)
        qtbot.waitUntil(lambda view=view: bool(view.lacks() or view.problem or not view.is_stale), timeout=20_000)
        assert not view.problem, (name, view.problem)
        assert view.minimumSizeHint().width() <= NARROWEST, name


def test_an_example_is_chosen_in_the_frame_and_every_view_follows(looked, qtbot):
    frame = looked.inside

    frame._steps[1].click()

    assert looked.focus.example == 1
    assert "validation example 2 of 270" in frame._which.text()
    frame._steps[0].click()
    frame._steps[0].click()
    assert looked.focus.example == 269


def test_a_unit_that_the_layer_has_not_is_not_chosen(looked):
    focus = looked.focus

    focus.choose_unit((0, 1, 2))
    assert focus.unit == (0, 1, 2)
    focus.choose_unit((999, 0, 0))
    assert focus.unit == (0, 1, 2)
    looked.canvas.select(("output1",))
    assert focus.unit is None


def test_numbers_are_saved_as_tables_and_as_arrays(looked, tmp_path):
    numbers = looked.inside.view.numbers()

    written = save_numbers(numbers, tmp_path / "seen.npy")
    assert len(written) == len(numbers)
    np.testing.assert_array_equal(np.load(tmp_path / "seen-answers.npy"), numbers["answers"])
    save_numbers({"one": np.array([[1.5, 2], [3, 4]])}, tmp_path / "one.csv")
    assert (tmp_path / "one.csv").read_text().splitlines() == ["1.5,2.0", "3.0,4.0"]
    save_numbers({"from, to": np.array([[1.5, 2], [3, 4]])}, tmp_path / "named.csv")
    assert (tmp_path / "named.csv").read_text().splitlines()[0] == "from,to"
    save_numbers({"a gate: weight, product": np.array([[1.5, 2]]), "b": np.array([1.0, 2.0])}, tmp_path / "said.csv")
    assert (tmp_path / "said-a-gate.csv").read_text().splitlines() == ["weight,product", "1.5,2.0"]
    assert (tmp_path / "said-b.csv").read_text().splitlines() == ["b", "1.0", "2.0"]
    save_numbers({"cube": np.arange(8).reshape(2, 2, 2)}, tmp_path / "cube.csv")
    assert (tmp_path / "cube.csv").read_text().splitlines()[:2] == ["axis 1,axis 2,axis 3,value", "1,1,1,0"]


def test_numbers_never_take_the_place_of_files_that_nobody_named(tmp_path):
    (tmp_path / "seen-b.csv").write_text("my own")
    numbers = {"a": np.zeros(3), "b: value": np.ones(3)}

    with pytest.raises(KeepProblem) as caught:
        save_numbers(numbers, tmp_path / "seen.csv")

    assert str(caught.value) == (
        "seen-b.csv, a file that goes with seen.csv, is there already and would be lost. "
        "Choose another name than seen.csv, or move seen-b.csv away."
    )
    assert [each.name for each in tmp_path.iterdir()] == ["seen-b.csv"]
    assert [each.name for each in save_numbers(numbers, tmp_path / "new.csv")] == ["new-a.csv", "new-b.csv"]


def test_what_cannot_be_written_is_told_in_a_sentence(looked, tmp_path):
    nowhere = tmp_path / "none" / "x.csv"
    with pytest.raises(KeepProblem, match=r"x\.csv cannot be written\. Choose another folder\."):
        save_numbers({"a": np.zeros(3)}, nowhere)
    with pytest.raises(KeepProblem, match="cannot be written"):
        save_picture(looked.inside.view, nowhere.with_suffix(".png"), "Overview")


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_a_picture_is_saved(looked, tmp_path, suffix):
    file = tmp_path / f"seen.{suffix}"
    save_picture(looked.inside.view, file, "Overview")
    if suffix == "png":
        assert QImage(str(file)).width() == 2 * looked.inside.view.width(), "sharper than the screen"
        assert QImage(str(file)).height() > 2 * looked.inside.view.height(), "the title has a line of its own"
    else:
        text = file.read_text(encoding="utf-8")
        assert text.startswith("<?xml")
        assert "<title>Overview</title>" in text


def test_a_picture_is_copied(looked):
    looked.inside._fill_menu()
    copy = looked.inside._menu.actions()[1]
    copy.trigger()
    assert not QGuiApplication.clipboard().pixmap().isNull()


def test_the_menu_saves_where_the_person_says(looked, tmp_path, monkeypatch):
    from playground.ui.views import frame

    target = tmp_path / "kept"
    monkeypatch.setattr(frame.QFileDialog, "getSaveFileName", lambda *_: (str(target), "CSV (*.csv)"))
    looked.inside._fill_menu()
    looked.inside._menu.actions()[2].trigger()

    assert looked.session.message == "Saved kept.csv."
    offered = []
    monkeypatch.setattr(frame.QFileDialog, "getSaveFileName", lambda *asked: offered.append(asked[2]) or ("", ""))
    looked.inside._menu.actions()[0].trigger()
    assert offered == [str(tmp_path / "overview.png")], "the next one is offered beside the last"
    assert list(Path(tmp_path).glob("kept-*.csv"))


def test_a_view_opens_in_a_window_of_its_own_and_shares_the_focus(looked, qtbot):
    made = looked.inside.open_window()
    assert isinstance(made, ViewWindow)
    qtbot.waitExposed(made)
    assert made.windowTitle() == "Overview"
    qtbot.waitUntil(lambda: "answers" in made.view.numbers(), timeout=10_000)
    made._steps[1].click()
    assert "example 2 of" in looked.inside._which.text()
    made.close()


def test_what_a_view_is_can_be_read_where_it_is_chosen(looked):
    tip = looked.inside.chooser.itemData(0, Qt.ItemDataRole.ToolTipRole)
    assert tip == looked.inside.view.about
    assert looked.inside.view.whatsThis() == tip


def count_to(number, seen):
    def job(_training):
        for at in range(number):
            seen.append(at)
            yield at / number
        return number

    return job


def test_long_work_goes_on_in_slices_and_tells_how_far_it_is(looked, qtbot):
    told, done, seen = [], [], []
    work = LongLook(looked.session, looked.bridge, looked, done.append, told.append, done.append)

    work.start(count_to(50, seen))
    qtbot.waitUntil(lambda: bool(done), timeout=10_000)

    assert done == [50]
    assert seen == list(range(50))
    assert told[0] == 0.0
    assert told[-1] is None
    assert not work.is_running


def test_long_work_that_fails_says_so_and_one_that_is_cancelled_says_nothing(looked, qtbot):
    done, failed = [], []
    work = LongLook(looked.session, looked.bridge, looked, done.append, lambda _: None, failed.append)

    def bad(_training):
        yield 0.5
        raise ValueError("The picture is too small.")

    work.start(bad)
    qtbot.waitUntil(lambda: bool(failed), timeout=10_000)
    assert failed == ["The picture is too small."]

    work.start(count_to(10**9, []))
    qtbot.wait(1)
    work.cancel()
    assert not work.is_running
    assert done == []


def test_a_grid_is_used_by_mouse_and_by_keys(qtbot):
    grid = PictureGrid("Channels")
    qtbot.addWidget(grid)
    grid.resize(300, 10)
    grid.show()
    taken = []
    grid.clicked.connect(taken.append)
    grid.show_tiles([Tile(picture(), str(number)) for number in range(9)], 64)

    assert grid.height() >= 3 * 64  # four in a row of 300 pixels
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.place(5).center().toPoint())
    assert taken == [5]
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert taken == [5, 1]
    grid.show_tiles([], 64)
    assert grid.chosen is None


def test_a_map_tells_its_cells_and_its_scale(qtbot):
    shown = Map("Values")
    qtbot.addWidget(shown)
    shown.resize(200, 10)
    shown.show()
    values = np.arange(-6.0, 6.0).reshape(3, 4)
    shown.show_values(values, words="weights")
    shown.marks = [Mark(1, 1, 2, 2, "valid", "field")]
    clicks = []
    shown.clicked.connect(lambda row, column: clicks.append((row, column)))

    place = shown.place()
    assert place.width() / place.height() == pytest.approx(4 / 3)
    corner = place.bottomRight().toPoint()
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=corner - type(corner)(3, 3))
    assert clicks == [(2, 3)]
    qtbot.keyClick(shown, Qt.Key.Key_Left)
    qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert clicks[1:] == [(2, 2), (2, 2)]
    assert shown._scale == ("−6", "0", "6")
    shown.clear()
    assert shown.values is None


def test_the_status_line_tells_what_pictures_take_and_lets_it_be_chosen(looked, qtbot):
    from playground.ui.share import ShareButton

    button = looked.findChild(ShareButton)
    assert not button.isVisible()
    looked.session.play()
    qtbot.waitUntil(button.isVisible, timeout=10_000)
    qtbot.waitUntil(lambda: button.text().startswith("Pictures take "), timeout=10_000)
    button.menu().actions()[-1].trigger()
    assert looked.bridge.budget.share == 0.2


def test_every_view_can_be_reached_from_the_commands(looked):
    words = [command.title for command in looked.offers._views()]
    assert "Look at: Overview" in words
    assert len(words) == len(looked.inside.names)


def test_a_view_that_waits_for_its_first_answer_says_so(opened, qtbot):
    window = opened("digits-cnn")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    go = Event()
    window.session.ask(lambda _: go.wait(30))
    window.right_tabs.ask()
    view = window.inside.show_view("reliability")
    qtbot.waitUntil(lambda: window.inside._empty.words.text() == "Computing …", timeout=5000)
    assert window.inside._empty.isVisible()
    go.set()
    qtbot.waitUntil(lambda: view.has_answer, timeout=30_000)
    assert not window.inside._empty.isVisible()


def test_escape_closes_a_window_of_its_own_which_fits_the_screen(looked, qtbot):
    made = looked.inside.open_window()
    qtbot.waitExposed(made)
    screen = looked.screen().availableGeometry()
    assert made.width() <= screen.width()
    assert made.height() < screen.height()

    with qtbot.waitSignal(made.destroyed, timeout=5000):
        qtbot.keyClick(made, Qt.Key.Key_Escape)


def test_the_figures_of_a_colour_scale_have_room_under_a_narrow_picture(qtbot):
    made = Map()
    qtbot.addWidget(made)
    made.resize(280, 300)
    made.show_values(np.array([[-0.999], [0.2], [0.5], [0.999]]))
    painter = QPainter()
    picture = QPixmap(280, 300)
    assert painter.begin(picture)
    needed = sum(painter.fontMetrics().horizontalAdvance(words) for words in ("−0.999", "0", "0.999"))
    assert made._scale_width(painter, QRectF(0, 0, 20, 80)) > needed
    painter.end()


def test_a_white_map_has_a_frame_in_both_themes(qtbot, looked):
    grid = PictureGrid()
    qtbot.addWidget(grid)
    grid.resize(200, 100)
    blank = QImage(8, 8, QImage.Format.Format_RGB32)
    for theme in THEMES.values():
        blank.fill(theme.color("panel"))
        grid.show_tiles([Tile(blank)])
        picture = QPixmap(grid.size())
        picture.fill(theme.color("panel"))
        grid.render(picture)
        place = grid.place(0)
        edge = picture.toImage().pixelColor(round(place.left()), round(place.center().y()))
        assert edge != theme.color("panel")


def test_a_view_that_does_not_suit_the_next_project_gives_way(qtbot, opened):
    window = opened("spiral-mlp")
    window.inside.show_view("links")
    before = window.right_tabs.currentWidget()
    window.files.new_from("digits-cnn")
    qtbot.waitUntil(lambda: window.inside.view.name == "overview", timeout=20_000)
    assert window.right_tabs.currentWidget() is before
    window.inside.show_view("filters")
    window.files.new_from("digits-mlp")
    qtbot.waitUntil(lambda: window.session.status == "ready", timeout=20_000)
    assert window.inside.view.name == "filters"


def test_while_an_edit_that_took_the_layer_away_is_not_checked_yet_no_view_asks_for_it(qtbot, opened):
    window = opened("digits-cnn")
    window.canvas.select(("conv1",))
    before = window.session.document
    window.session.history.do(EditGraph(Delete(("conv1",))))  # the report is still of the network before
    assert "conv1" in window.session.report.shapes
    assert "conv1" not in window.session.document.graph.nodes
    assert window.focus.shape is None
    assert all(isinstance(window.inside.show_view(name).lacks(), str) for name in window.inside.names)
    window.session.undo()
    assert window.session.document == before
    assert window.focus.shape is not None
