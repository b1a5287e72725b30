"""The X server goes away under the window: the program ends, and the next start has the work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from playground.app.journal import STATE
from playground.app.recovery import lost_work
from playground.app.settings import recovery_folder
from playground.app.tensors import unpacked

WINDOW = """
from PySide6.QtWidgets import QApplication
from playground.app.changes import SetRecipe
from playground.app.document import make_project
from playground.app.files import Project
from playground.ui.start import make_window

app = QApplication([])
window = make_window(Project(SetRecipe("epochs", 10**6).apply(make_project("digits-mlp")[0])))
window.show()
window.session.do(SetRecipe("learning_rate", 0.0123))
window.bridge.data.connect(window.session.play)
app.exec()
"""


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """An X server of its own on a free display, and that display's name."""
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(writing,), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as said:
        display = said.readline().strip()
    yield server, f":{display}"
    server.kill()
    server.wait(10)


def written() -> int:
    """The last epoch of which the journal of the other program has the weights; 0 before any."""
    found = [unpacked(path.read_bytes())[1] for path in recovery_folder().glob(f"*/{STATE}")]
    return max((int(notes["last"]) for notes in found), default=0)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="there is no X server to lose")
def test_a_display_that_is_lost_costs_no_work(server):
    process, display = server
    env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    window = subprocess.Popen([sys.executable, "-c", WINDOW], env=env, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 300
    while written() < 3 and time.monotonic() < end:
        assert window.poll() is None, window.stderr.read()
        time.sleep(0.1)
    known = written()
    assert known >= 3

    process.kill()

    window.communicate(timeout=120)
    assert window.returncode != 0
    [lost] = lost_work()
    project = lost.read()
    assert project.document.recipe.learning_rate == 0.0123
    assert [epoch.epoch for epoch in project.epochs] == list(range(1, len(project.epochs) + 1))
    assert len(project.epochs) >= known
    assert project.checkpoint is not None
    assert project.checkpoint.facts["epoch"] >= known
