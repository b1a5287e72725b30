from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from playground.app.document import make_project
from playground.app.files import Project, write_project
from playground.ui.start import open_window

SHOWN = """
import sys
from PySide6.QtWidgets import QApplication
from playground.ui.main_window import MainWindow
app = QApplication([])
window = MainWindow()
window.show()
app.processEvents()
heavy = [name for name in ("torch", "sklearn", "pandas") if name in sys.modules]
window.close()
print(heavy)
"""


def test_the_window_is_shown_before_torch_is_imported():
    done = subprocess.run([sys.executable, "-c", SHOWN], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.strip() == "[]", done.stderr


def test_importing_the_window_imports_no_plots():
    code = "import sys, playground.ui.main_window; print('pyqtgraph' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout.strip() == "False False", done.stderr


@pytest.fixture
def spiral(tmp_path):
    path = tmp_path / "spiral.nnplay"
    write_project(path, Project(make_project("spiral-mlp")[0]))
    return path


def test_a_screenshot_is_trained_drawn_and_written(spiral, tmp_path):
    picture = tmp_path / "window.png"
    words = ["open", str(spiral), "--screenshot", str(picture), "--size", "1280x720", "--theme", "dark"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}

    done = subprocess.run(
        [sys.executable, "-m", "playground", *words, "--train-steps", "70"],
        capture_output=True, text=True, timeout=120, check=False, env=environment,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1280, 720)
    colors = {image.pixelColor(x, y).name() for x in range(0, 1280, 16) for y in range(0, 720, 16)}
    assert len(colors) > 20, "a picture with something on it"


def test_an_unknown_panel_is_refused_with_the_names_there_are(spiral):
    with pytest.raises(ValueError, match=r"There is no panel “nothing”. There are: layer, inside, code, loss"):
        open_window(spiral, panel="nothing")


def test_the_window_closes_on_control_c(spiral):
    code = f"""
import os, signal
from pathlib import Path
from PySide6.QtCore import QTimer
from playground.ui import start
made = start.make_window
def watched(*words):
    window = made(*words)
    QTimer.singleShot(300, lambda: os.kill(os.getpid(), signal.SIGINT))
    return window
start.make_window = watched
raise SystemExit(start.open_window(Path({str(spiral)!r})))
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, env=environment
    )

    assert done.returncode == 0, done.stderr  # also where the thread that imports torch has to be left behind
    assert "Traceback" not in done.stderr


def test_a_window_that_is_ended_before_its_loop_begins_ends(spiral):
    code = f"""
import os, signal
from pathlib import Path
from playground.ui import start
class Ended(start.Application):
    def exec(self):
        os.kill(os.getpid(), signal.SIGTERM)
        return super().exec()
start.Application = Ended
raise SystemExit(start.open_window(Path({str(spiral)!r})))
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, env=environment
    )

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_from_the_first_page_one_comes_back_to_the_project(qtbot, opened):
    window = opened("digits-mlp")
    window.canvas.select(("dense1",))
    window.go_to_welcome()
    assert window.welcome.back.isVisibleTo(window.welcome)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.canvas
    assert window.canvas.selected() == ("dense1",)


def test_another_project_begins_with_nothing_selected(opened):
    window = opened("digits-mlp")
    window.canvas.select(("input1",))
    window.files.new_from("spiral-mlp")
    assert window.canvas.selected() == ()


def test_work_that_was_not_saved_is_kept_beside_what_was_kept_before(opened):
    from playground.app.changes import SetRecipe
    from playground.app.files import read_project
    from playground.app.kept import MOST_KEPT
    from playground.app.settings import kept_sessions

    window = opened("digits-mlp")
    for epochs in range(101, MOST_KEPT + 103):
        window.session.do(SetRecipe("epochs", epochs))
        window.files.new_from("digits-mlp")
    kept = [read_project(path).document.recipe.epochs for path in kept_sessions()]
    assert kept == list(range(MOST_KEPT + 102, 102, -1))


def test_enter_opens_the_first_network_that_was_found(qtbot, opened):
    window = opened()
    window.go_to_welcome()
    window.welcome.search.setText("lenet")
    qtbot.keyClick(window.welcome.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "LeNet" in window.session.document.name, timeout=10_000)
