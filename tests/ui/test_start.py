from __future__ import annotations

import os
import subprocess
import sys

import pytest
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
    with pytest.raises(ValueError, match=r"There is no panel “nothing”. There are: layer, inside, loss"):
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
print("status", start.open_window(Path({str(spiral)!r})))
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, env=environment
    )

    assert "status 0" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr
