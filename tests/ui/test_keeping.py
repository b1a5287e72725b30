"""What is in no file is kept, remembers which file it is of, and says by a star that it is in none."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from playground.app.changes import SetRecipe
from playground.app.document import make_project
from playground.app.files import Project, read_project, write_project
from playground.app.kept import keep
from playground.app.origin import Origin
from playground.app.settings import kept_sessions
from playground.engine.checkpoint import Checkpoint
from playground.ui.go_on import AT_FIRST
from playground.ui.miniature import SIZE

pytestmark = pytest.mark.usefixtures("torch_at_hand")


@pytest.fixture
def spiral(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    write_project(folder / "spiral.nnplay", Project(make_project("spiral-mlp")[0]))
    return folder / "spiral.nnplay"


@pytest.fixture
def kept(qtbot, opened, spiral):
    """What a window left that opened the file, was edited, and was closed."""
    window = opened()
    open_file(qtbot, window, spiral)
    window.session.do(SetRecipe("epochs", 77))
    window.close()
    [file] = kept_sessions()
    return file


def open_file(qtbot, window, path):
    window.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.path == path, timeout=10_000)


def entries(window):
    window.go_to_welcome()
    return [each for each in window.welcome.go_on.findChildren(QPushButton) if each.isVisibleTo(window.welcome)]


def go_on(qtbot, window, words, epochs=77):
    [entry] = [each for each in entries(window) if words in each.text()]
    entry.click()
    qtbot.waitUntil(lambda: window.session.document.recipe.epochs == epochs, timeout=10_000)


def test_the_first_page_names_the_file_and_its_folder(opened, kept, spiral):
    assert (
        entries(opened())[0]
        .text()
        .startswith(f"spiral.nnplay, with changes that are not saved  —  {spiral.parent}  —  ")
    )


def test_kept_work_goes_back_to_its_file(qtbot, opened, kept, spiral):
    window = opened()
    go_on(qtbot, window, "with changes that are not saved")
    assert window.session.path == spiral
    assert window.windowTitle().startswith("spiral[*]")
    assert window.isWindowModified()
    window.files.save()
    qtbot.waitUntil(lambda: not window.isWindowModified(), timeout=10_000)
    assert read_project(spiral).document.recipe.epochs == 77
    assert read_project(spiral).origin is None


def test_a_file_that_others_wrote_meanwhile_is_not_written_over_unasked(qtbot, opened, kept, spiral):
    write_project(spiral, Project(make_project("xor-mlp")[0]))
    window = opened()
    go_on(qtbot, window, "with changes that are not saved")
    assert window.session.message == (
        "spiral.nnplay was changed by another window or program since: saving asks which of the two is to stay."
    )
    window.files.save()
    [box] = window.findChildren(QMessageBox)
    assert box.defaultButton().text() == "Save under another name…"
    assert read_project(spiral).document.name == make_project("xor-mlp")[0].name
    window.close()
    again = opened()
    go_on(qtbot, again, "with changes that are not saved")
    assert again.files._open_file.has_changed, "kept once more, it still knows how the file was"


def test_of_a_file_that_is_gone_saving_asks_for_a_new_place(qtbot, opened, kept, spiral):
    spiral.unlink()
    window = opened()
    go_on(qtbot, window, "with changes that are not saved")
    assert window.session.path is None
    assert window.isWindowModified()
    assert window.session.message == f"spiral.nnplay is no longer in {spiral.parent}: saving asks for a new place."


def test_opening_the_file_tells_of_newer_work_and_offers_it(qtbot, opened, kept, spiral):
    window = opened()
    open_file(qtbot, window, spiral)
    assert window.session.document.recipe.epochs != 77
    assert window.session.message.startswith("spiral.nnplay has newer changes, kept on ")
    assert window.newer.isVisible()
    window.newer.click()
    qtbot.waitUntil(lambda: window.session.document.recipe.epochs == 77, timeout=10_000)
    assert (window.session.path, window.isWindowModified()) == (spiral, True)
    assert not window.newer.isVisible()


def test_of_work_that_was_saved_since_nothing_is_told(qtbot, opened, kept, spiral):
    window = opened()
    go_on(qtbot, window, "with changes that are not saved")
    assert window.session.message == ""
    window.files.save()
    qtbot.waitUntil(lambda: window.session.message == "Saved spiral.nnplay.", timeout=10_000)
    window.files.new_from("xor-mlp")
    open_file(qtbot, window, spiral)
    assert not window.newer.isVisible()


def test_work_that_was_only_looked_at_again_is_not_kept_twice(qtbot, opened, kept):
    window = opened()
    go_on(qtbot, window, "with changes that are not saved")
    window.close()
    assert kept_sessions() == [kept]
    window = opened()
    go_on(qtbot, window, "with changes that are not saved")
    window.session.do(SetRecipe("epochs", 78))
    window.close()
    assert [read_project(each).document.recipe.epochs for each in kept_sessions()] == [78, 77]


def test_kept_work_has_its_picture(opened, kept):
    [entry] = [each for each in entries(opened()) if "not saved" in each.text()]
    picture = entry.icon().pixmap(SIZE).toImage()
    assert picture.pixelColor(0, 0).alpha() == 255


@pytest.fixture
def many():
    """A session that learned, and after it more than the page shows that did not."""
    document, now = make_project("spiral-mlp")[0], datetime(2026, 5, 4, 12)
    learned = Project(document, Checkpoint({}, {"epoch": 5730}))
    keep(learned, Origin(epochs=5730), now)
    for number in range(1, 15):
        changed = SetRecipe("epochs", number).apply(document)
        keep(Project(changed), Origin(), now + timedelta(minutes=number))


def test_what_learned_nothing_does_not_displace_what_did(opened, many):
    shown = [each.text() for each in entries(opened()) if "session" in each.text()]
    assert len(shown) == AT_FIRST
    assert shown[0].startswith("The last session, not saved to a file: ")
    assert "5,730 epochs" in shown[-1]


def test_all_that_is_kept_can_be_reached_from_the_first_page(opened, many):
    window = opened()
    entries(window)
    more = window.welcome.go_on.more
    assert more.text() == "Older work that is in no file (11) …"
    for _ in range(2):
        assert more.isVisibleTo(window.welcome)
        more.click()
    assert not more.isVisibleTo(window.welcome)
    shown = [each.text() for each in window.welcome.go_on.findChildren(QPushButton) if "session" in each.text()]
    assert len(set(shown)) == len(kept_sessions()) == 15


def test_what_is_thrown_away_is_gone(opened, kept):
    [entry] = [each for each in entries(opened()) if "not saved" in each.text()]
    assert entry.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    [action] = entry.actions()
    assert action.text() == "Throw it away"
    action.trigger()
    assert kept_sessions() == []


def test_a_template_has_a_star_only_when_it_has_learned(qtbot, opened):
    window = opened()
    window.files.new_from("xor-mlp")
    assert not window.isWindowModified()
    qtbot.waitUntil(lambda: window.session.status == "ready", timeout=10_000)
    window.session.play("epoch")
    qtbot.waitUntil(lambda: bool(window.session.epochs) and window.session.status == "paused", timeout=20_000)
    assert window.isWindowModified()


def test_a_fork_has_a_star_and_is_kept(qtbot, opened):
    window = opened("xor-mlp", epochs=3)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    project = Project(window.session.document, window.session.learned().to_write(20), window.session.epochs.copy())
    window.files.restore(project)
    assert window.isWindowModified()
    before = len(kept_sessions())
    window.close()
    assert len(kept_sessions()) == before + 1


def test_a_run_out_of_the_history_is_kept_only_if_it_was_changed(qtbot, opened):
    window = opened("xor-mlp", epochs=3)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    project = Project(window.session.document, window.session.learned().to_write(20), window.session.epochs.copy())
    window.files.restore_run(project)
    before = len(kept_sessions())
    window.close()
    assert len(kept_sessions()) == before


def test_a_file_keeps_its_picture_while_newer_work_of_it_is_taken_up(qtbot, opened, kept, spiral, monkeypatch):
    drawn = []
    monkeypatch.setattr("playground.ui.keeping.keep_miniature", lambda path, *_: drawn.append(path))
    window = opened()
    go_on(qtbot, window, "with changes that are not saved")
    window.files.save()
    qtbot.waitUntil(lambda: window.session.message == "Saved spiral.nnplay.", timeout=10_000)
    qtbot.waitUntil(lambda: bool(drawn), timeout=10_000)
    assert drawn == [spiral], "only when it was saved"
