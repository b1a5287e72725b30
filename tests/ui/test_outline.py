"""The window on the screen before the program is imported, and how it becomes what it outlines."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from playground.app.document import make_project
from playground.app.files import Project, write_project
from playground.ui.look import BELOW, INSIDE
from playground.ui.main_window import MainWindow
from playground.ui.outline import PLACES
from playground.ui.preferences import preferences
from playground.ui.theme import DARK

STARTED = """
import sys
from PySide6.QtWidgets import QApplication
from playground.ui import early
plain = early.show_outline
def shown(*words):
    plain(*words)
    (window,) = QApplication.topLevelWidgets()
    heavy = [name for name in ("numpy", "pydantic", "playground.cli", "playground.ui.building") if name in sys.modules]
    print(type(window).__name__, window.isVisible(), window.was_painted, window.is_built, heavy, flush=True)
    {then}
early.show_outline = shown
from playground.__main__ import main
main()
"""


@pytest.fixture
def early(qtbot):
    """A window of which only the outline is on the screen."""
    window = MainWindow(theme="dark", is_early=True)
    window.resize(1440, 900)
    window.show()
    qtbot.waitUntil(lambda: window.was_painted)
    yield window
    window.close()


def started(words: list[str], then: str) -> subprocess.CompletedProcess[str]:
    """The program with those words, and what happens as soon as the outline is there."""
    code = STARTED.format(then=then)
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=120, check=False
    )


def test_it_is_painted_before_the_program_is_imported():
    done = started([], "window.close()")

    assert done.stdout.strip() == "MainWindow True True False []", done.stderr
    assert done.returncode == 0, "closed before there was more: that is all the person wanted"


def test_a_file_that_cannot_be_read_ends_it_with_a_sentence(tmp_path):
    broken = tmp_path / "broken.nnplay"
    broken.write_bytes(b"PK\x03\x04 nothing")

    done = started(["open", str(broken)], "pass")

    assert done.returncode == 2
    assert len([line for line in done.stderr.splitlines() if "broken.nnplay" in line]) == 1
    assert "Traceback" not in done.stderr


def test_options_and_missing_files_are_told_without_a_window(tmp_path):
    for words in (["open", str(tmp_path / "missing.nnplay")], ["open", "--size", "wrong"], ["templates"]):
        assert "MainWindow" not in started(words, "pass").stdout


def test_it_has_the_theme_and_then_everything_in_its_place(early, qtbot):
    early.places = ()
    assert QColor(early.grab().toImage().pixel(5, 5)).name() == DARK.window.lower()

    early.build(Project(make_project("spiral-mlp")[0]))

    qtbot.waitUntil(lambda: early.docks["inside"].width() == INSIDE)
    qtbot.waitUntil(lambda: hasattr(early, "loss"))
    assert early.docks["below"].height() == BELOW
    assert early.canvas.width() > early.width() // 2
    assert early.updatesEnabled()


def test_it_is_drawn_where_the_panels_were_when_it_was_closed(qtbot, tmp_path):
    first = MainWindow(Project(make_project("spiral-mlp")[0]), "light")
    first.resize(1440, 900)
    first.show()
    qtbot.waitUntil(lambda: hasattr(first, "loss"))
    first.actions_by_name["theme"].trigger()
    left = first.docks["inputs"].geometry()
    first.close()

    again = MainWindow(is_early=True)
    again.expect_panels()

    assert left in again.places
    assert again.first_theme == "dark"
    again.close()


@pytest.mark.parametrize("kept", [["a", "b", "c", "d"], ["9" * 30] * 4, ["-1", "0", "5", "5"], "word", ["1", "2"]])
def test_a_damaged_settings_file_leaves_the_outline_without_panels(qtbot, kept):
    preferences().setValue(PLACES, kept)
    window = MainWindow(is_early=True)

    window.expect_panels()

    assert window.places == ()
    window.close()


def test_panels_have_their_sizes_after_the_first_page_too(early, qtbot):
    early.build(None)
    qtbot.waitUntil(lambda: hasattr(early, "loss"))

    early.files.new_from("spiral-mlp")

    qtbot.waitUntil(lambda: early.docks["inside"].width() == INSIDE)
    assert early.docks["below"].height() == BELOW


def test_all_windows_of_one_that_was_an_outline_are_painted(early, qtbot):
    """While it is built nothing in it is; what was made as a part of it then, and is a window now, would stay so."""
    early.build(Project(make_project("xor-mlp")[0]))
    qtbot.waitUntil(early.updatesEnabled)
    early.build_plots()

    assert [type(each).__name__ for each in QApplication.allWidgets() if not each.updatesEnabled()] == []


def test_a_project_opened_so_is_the_sessions(early, tmp_path):
    path = tmp_path / "spiral.nnplay"
    project = Project(make_project("spiral-mlp")[0])
    write_project(path, project)

    early.build(project)

    assert early.session.document == project.document


IMPORTS = """
{first}
{second}
import colorsys, linecache
assert colorsys.__file__ not in linecache.cache
"""


@pytest.mark.parametrize(
    "order", [("import playground.ui", "import PySide6.QtCore"), ("import PySide6.QtCore", "import playground.ui")]
)
def test_no_source_of_what_is_imported_is_read_and_kept(order):
    """100 MB, once torch was there."""
    subprocess.run([sys.executable, "-c", IMPORTS.format(first=order[0], second=order[1])], check=True)
