from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider, QSpinBox

from playground.app.changes import SetRecipe
from playground.app.files import read_project
from playground.app.settings import kept_sessions, recent_projects, remember_project
from playground.ui.welcome import TemplateCard, WelcomePage


@pytest.mark.parametrize("template", ["spiral-mlp", "digits-cnn", "table-mlp", "frequency-lstm"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_window_opens_on_every_kind_of_data(opened, template, theme):
    window = opened(template, theme)

    assert window.pages.currentWidget() is window.canvas
    assert set(window.canvas.network.nodes) == set(window.session.document.graph.nodes)
    assert all(dock.isVisible() for dock in window.docks.values())
    assert not window.grab().isNull()


def test_ten_seconds_to_a_bending_boundary(qtbot, opened):
    """Journey 1: from the welcome page, a click and a key."""
    window = opened()
    assert window.pages.currentWidget() is window.welcome
    card = window.welcome.findChild(TemplateCard, "template:spiral-mlp")

    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.status == "ready", timeout=10_000)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)

    assert window.session.status == "running"
    qtbot.waitUntil(lambda: window.inside.view.surface._image is not None, timeout=60_000)
    qtbot.waitUntil(lambda: len(window.session.epochs) > 1, timeout=60_000)


def test_the_empty_canvas_says_what_to_do(opened):
    window = opened()

    window.welcome.empty_chosen.emit()

    assert window.pages.currentWidget() is window.canvas
    assert not window.session.document.graph.nodes
    assert window.canvas.overlays.empty.isVisible()


def test_space_in_a_text_field_is_a_space(qtbot, opened):
    window = opened("spiral-mlp")
    field = window.palette_pane.search
    field.setFocus()

    qtbot.keyClick(field, Qt.Key.Key_Space)

    assert field.text() == " "
    assert window.session.status == "ready"


def test_space_plays_wherever_else_the_focus_is(qtbot, opened):
    window = opened("spiral-mlp")
    window.palette_pane.list.setFocus()

    qtbot.keyClick(window.palette_pane.list, Qt.Key.Key_Space)

    assert window.session.status == "running"


def test_undo_says_what_it_takes_back(qtbot, opened):
    window = opened("spiral-mlp")
    undo = window.actions_by_name["undo"]
    assert not undo.isEnabled()

    window.session.do(SetRecipe("epochs", 7))
    assert undo.text() == "Undo: Change epochs"
    qtbot.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert window.session.document.recipe.epochs == 150
    assert window.actions_by_name["redo"].text() == "Redo: Change epochs"


def test_every_layer_and_action_is_in_the_command_palette(qtbot, opened):
    window = opened("spiral-mlp")

    qtbot.keyClick(window.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(window.commands.field, "drop")
    qtbot.keyClick(window.commands.field, Qt.Key.Key_Return)

    assert window.session.document.graph.of_type("Dropout")


def test_a_project_is_saved_and_opened_again(qtbot, opened, tmp_path):
    window = opened("digits-cnn", epochs=1)
    window.actions_by_name["play"].trigger()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    path = tmp_path / "mine.nnplay"

    with qtbot.waitSignal(window.bridge.file, timeout=10_000):
        window.session.save(path)

    assert window.message_line.text() == "Saved mine.nnplay."
    assert "mine" in window.windowTitle()
    assert recent_projects() == [path]
    project = read_project(path)
    assert project.document == window.session.document
    assert len(project.epochs) == 1
    assert project.checkpoint is not None


def test_a_file_that_is_no_project_is_refused_in_a_sentence(qtbot, opened, tmp_path):
    window = opened("spiral-mlp")
    before, path = window.session.document, tmp_path / "bad.nnplay"
    path.write_bytes(b"PK no zip")

    with qtbot.waitSignal(window.bridge.message, timeout=10_000):
        window.files.open_path(path)

    assert "bad.nnplay" in window.message_line.text()
    assert window.session.document is before


def test_a_project_dropped_on_the_window_is_opened(qtbot, opened, tmp_path):
    window = opened("digits-cnn")
    path = tmp_path / "dropped.nnplay"
    with qtbot.waitSignal(window.bridge.file, timeout=10_000):
        window.session.save(path)
    window.session.do(SetRecipe("epochs", 3))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )

    with qtbot.waitSignal(window.bridge.file, timeout=10_000):
        window.dropEvent(event)

    assert window.session.document.recipe.epochs == 15


def test_unsaved_work_is_kept_and_offered_on_the_next_start(qtbot, opened):
    window = opened("spiral-mlp")
    window.session.do(SetRecipe("epochs", 77))

    window.close()

    assert read_project(kept_sessions()[0]).document.recipe.epochs == 77
    page = WelcomePage()
    qtbot.addWidget(page)
    assert any("last session" in button.text().lower() for button in page.findChildren(QAbstractButton))


def test_recent_projects_stand_on_the_first_page(qtbot, opened, tmp_path):
    window = opened("spiral-mlp")
    path = tmp_path / "recent one.nnplay"
    with qtbot.waitSignal(window.bridge.file, timeout=10_000):
        window.session.save(path)
    remember_project(path)

    window.actions_by_name["new"].trigger()

    assert any("recent one" in button.text() for button in window.welcome.findChildren(QAbstractButton))


def test_the_theme_is_toggled_and_remembered(qtbot, opened, qapp):
    window = opened("spiral-mlp", "light")

    window.actions_by_name["theme"].trigger()
    assert qapp.property("theme") == "dark"
    window.close()

    assert opened("spiral-mlp", theme=None).look._theme == "dark"


def test_a_theme_that_one_start_was_told_is_not_that_of_the_next(opened):
    usual = opened("xor-mlp", theme=None).first_theme
    opened("xor-mlp", theme="dark" if usual == "light" else "light").close()

    assert opened("xor-mlp", theme=None).first_theme == usual


def test_panels_are_put_away_and_stay_so_on_the_next_start(qtbot, opened):
    window = opened("spiral-mlp")

    window.actions_by_name["panel_inside"].trigger()
    assert not window.docks["inside"].isVisible()
    window.close()

    again = opened("spiral-mlp")
    assert [name for name, dock in again.docks.items() if not dock.isVisible()] == ["inside"]
    again.actions_by_name["layout"].trigger()
    assert all(dock.isVisible() for dock in again.docks.values())


def test_presentation_mode_enlarges_type_and_hides_the_side_panels_and_goes_back(qtbot, opened):
    window = opened("spiral-mlp")
    usual, size = window.run_bar.play.fontInfo().pixelSize(), window.size()

    window.actions_by_name["present"].trigger()
    assert not window.docks["inputs"].isVisible()
    assert window.docks["below"].isVisible()
    assert window.run_bar.play.fontInfo().pixelSize() > 1.5 * usual
    qtbot.waitUntil(lambda: window.size() == size, timeout=5000)

    window.actions_by_name["present"].trigger()
    assert window.docks["inputs"].isVisible()
    assert window.run_bar.play.fontInfo().pixelSize() == usual
    qtbot.waitUntil(lambda: window.size() == size, timeout=5000)


@pytest.mark.parametrize("height", range(500, 1000, 50))
def test_the_pictures_inside_fit_any_height(qtbot, opened, height):
    """A scroll bar that came and went with the pictures' width once resized them for ever."""
    window = opened("digits-cnn")
    window.canvas.select(("conv1",))
    window.right_tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: bool(window.inside.view.filters._pictures), timeout=60_000)

    window.resize(1280, height)
    qtbot.wait(1)

    assert window.inside.width() <= window.right_tabs.width()


def test_everything_a_person_can_use_has_a_name(opened):
    window = opened("spiral-mlp")

    nameless = [
        widget
        for kind in (QAbstractButton, QComboBox, QLineEdit, QSlider, QSpinBox)
        for widget in window.findChildren(kind)
        if not (widget.accessibleName() or widget.toolTip() or getattr(widget, "text", str)())
        and not widget.objectName().startswith("qt_")
        and widget.isVisible()
    ]

    assert nameless == []


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900), (1920, 1080)])
def test_the_window_fits_its_screen(opened, size):
    window = opened("digits-cnn")

    window.resize(*size)

    assert (window.width(), window.height()) == size
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720
    assert window.canvas.width() > size[0] / 2.5
    assert window.bar.mapTo(window, QPoint(0, 0)).x() == 0


def test_when_presenting_the_network_is_larger_than_before(qtbot, opened):
    window = opened("digits-cnn")
    where_it_stands(qtbot, window)
    usual = window.canvas.transform().m11()

    window.actions_by_name["present"].trigger()

    qtbot.waitUntil(lambda: window.canvas.transform().m11() > 1.1 * usual, timeout=5000)
    assert window.canvas.shown_part().contains(window.canvas.network.content())


def test_the_ticks_of_the_view_menu_say_which_panels_are_shown_when_presenting_too(opened):
    window = opened("spiral-mlp")
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "View")
    inside = window.actions_by_name["panel_inside"]

    window.actions_by_name["present"].trigger()
    menu.aboutToShow.emit()
    assert inside.isChecked()
    inside.trigger()
    assert not window.docks["inside"].isVisible(), "one click hides it"
    menu.aboutToShow.emit()
    assert not inside.isChecked()

    window.actions_by_name["present"].trigger()
    assert window.docks["inside"].isVisible()
    assert not window.look.hidden


def test_until_the_first_step_the_run_bar_and_the_curves_say_that_it_is_starting(qtbot, opened):
    window = opened("spiral-mlp")
    window.session.play()
    window.loss.refresh()

    assert window.run_bar._speed.text() == "Starting …"
    assert window.loss._hint.text().startswith("Starting …")

    qtbot.waitUntil(lambda: bool(window.session.epochs), timeout=60_000)
    qtbot.waitUntil(lambda: "examples/s" in window.run_bar._speed.text(), timeout=5000)


def where_it_stands(qtbot, window) -> dict[str, QRect]:
    """Where the panels are once nothing moves any more."""
    seen = []

    def is_still():
        seen.append({name: dock.geometry() for name, dock in window.docks.items()})
        return len(seen) > 10 and all(each == seen[-1] for each in seen[-10:])

    qtbot.waitUntil(is_still, timeout=20_000)
    return seen[-1]


@pytest.mark.parametrize(("template", "is_beside"), [("spiral-mlp", False), ("digits-cnn", True)])
def test_a_class_sees_network_curves_score_and_the_inside_at_once(qtbot, opened, template, is_beside):
    window = opened(template, epochs=3)
    state = where_it_stands(qtbot, window)
    tab = window.right_tabs.currentIndex()

    window.actions_by_name["present"].trigger()
    where_it_stands(qtbot, window)

    inside, below = window.docks["inside"], window.docks["below"]
    assert window.right_tabs.currentWidget() is window.inside
    assert (inside.y() < below.y()) == is_beside
    assert inside.width() > 0.25 * window.width()
    assert window.canvas.shown_part().contains(window.canvas.network.content())
    assert window.loss.plot.height() > 0.25 * window.height()
    assert window.learning.board.isVisible()
    assert not window.learning.comparison.isVisible()
    assert window.minimumSizeHint().width() <= 1280
    window.session.play()
    qtbot.waitUntil(lambda: "%" in window.learning.board.score.text(), timeout=120_000)
    qtbot.waitUntil(lambda: "logistic" in window.learning.board.verdict.text().lower(), timeout=120_000)
    board = window.learning.board
    assert board.verdict.height() >= board.verdict.heightForWidth(board.verdict.width())
    window.show_place("compare")
    assert window.compare.isVisible()

    window.actions_by_name["present"].trigger()
    after = where_it_stands(qtbot, window)
    assert {name: (at.x(), at.width()) for name, at in after.items()} == {
        name: (at.x(), at.width()) for name, at in state.items()
    }
    assert after["below"].height() == state["below"].height()
    assert window.right_tabs.currentIndex() == tab
    assert not window.learning.board.isVisible()


def test_presenting_the_first_page_shows_no_panels(opened):
    window = opened()
    window.actions_by_name["present"].trigger()
    assert not any(dock.isVisible() for dock in window.docks.values())
    window.actions_by_name["present"].trigger()
    assert not any(dock.isVisible() for dock in window.docks.values())
