"""From the command to the first frame, the network, the plots, the first step of training; memory beside bare torch.

The first frame is the window with the outlines of its panels; the network is the frame that has the canvas.

Each is a process of its own, in turns with an empty PySide6 window and a bare torch script; medians over the rounds.
A process prints what it has reached and when, by the clock that its parent began with.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

EMPTY = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    told = False
    def paintEvent(self, event):
        if not self.told:
            self.told = True
            print("frame", time.time(), flush=True)
            app.quit()
window = Window()
window.resize(1440, 900)
window.show()
app.exec()
"""
OURS = """
import resource, sys, time
from playground.ui.application import Application  # before Qt, as the program does
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

class Told(QObject):
    seen = set()
    def tell(self, what):
        if what not in self.seen:
            self.seen.add(what)
            print(what, time.time(), "torch" in sys.modules, flush=True)
            print("reached:", what, file=sys.stderr, flush=True)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.tell("frame")
            if type(watched.parent()).__name__ == "CanvasView":
                self.tell("network")
        return False
    def look(self):
        (window,) = [each for each in QApplication.topLevelWidgets() if hasattr(each, "is_built")]
        if not window.is_built:
            return
        session = window.session
        if getattr(window, "loss", None) is not None and window.loss.isVisible():
            self.tell("plots")
            if session.status == "ready" and "play" not in self.seen:
                self.seen.add("play")
                session.play()
        if session.progress is not None or session.epochs:
            self.tell("step")
            print("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
            self.timer.stop()
            window.close()

plain = Application.__init__
def watched(app, arguments):
    plain(app, arguments)
    app.told = Told()
    app.installEventFilter(app.told)
    app.told.timer = QTimer(interval=2)
    app.told.timer.timeout.connect(app.told.look)
    app.told.timer.start()
Application.__init__ = watched

from playground.__main__ import main
main()
"""
"""The program's own main(), with somebody who watches it."""
BARE = """
import resource, torch
from torch import nn
net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
rule = torch.optim.Adam(net.parameters())
x, y = torch.randn(1797, 64), torch.randint(0, 10, (1797,))
for rows in torch.randperm(1797).split(32):
    rule.zero_grad()
    nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
    rule.step()
print("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


PACKAGES = ("PySide6", "numpy", "pydantic", "pyqtgraph", "playground")
PACKAGES_OF = {"shiboken6": "PySide6", "pydantic_core": "pydantic"}
OTHERS = "others"


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed programs are compiled; that is not measured
    run = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environment, timeout=300)
    if run.returncode:
        raise RuntimeError(run.stderr)
    return run


def reached(source: str, *words: str) -> dict[str, tuple[float, ...]]:
    """What a program said: seconds since it was begun, or megabytes."""
    import time

    began = time.time()
    run = _run("-c", source, *words)
    found: dict[str, tuple[float, ...]] = {}
    for line in run.stdout.splitlines():
        name, value, *more = line.split()
        taken = float(value) if name == "memory" else float(value) - began
        found[name] = (taken, *(float(word == "True") for word in more))
    return found


def imports(*words: str) -> dict[str, float]:
    """Seconds of each package's modules until the plots, without those that they import: python -X importtime."""
    found = dict.fromkeys((*PACKAGES, OTHERS), 0.0)
    for line in _run("-X", "importtime", "-c", OURS, *words).stderr.splitlines():
        if line == "reached: plots":
            break
        if told := re.fullmatch(r"import time: +(\d+) \| +\d+ \| +(\S+)", line):
            package = told[2].split(".")[0]
            found[PACKAGES_OF.get(package, package if package in found else OTHERS)] += int(told[1]) / 1e6
    return found


def measure(rounds: int) -> dict[str, float]:
    """Seconds and megabytes, and their ratios."""
    from playground.app.document import make_project
    from playground.app.files import Project, write_project

    with TemporaryDirectory() as folder:
        project = Path(folder) / "digits.nnplay"
        write_project(project, Project(make_project("digits-mlp")[0]))
        opened = ("open", str(project))
        rows = [(reached(EMPTY), reached(OURS, *opened), reached(BARE)) for _ in range(rounds)]
        taken = [imports(*opened) for _ in range(rounds)]
    empty = median(row[0]["frame"][0] for row in rows)
    return {
        "empty window, s": empty,
        "first frame, s": median(row[1]["frame"][0] for row in rows),
        "first frame over an empty window's": median(row[1]["frame"][0] / row[0]["frame"][0] for row in rows),
        "network over an empty window's": median(row[1]["network"][0] / row[0]["frame"][0] for row in rows),
        "plots over an empty window's": median(row[1]["plots"][0] / row[0]["frame"][0] for row in rows),
        **{f"of the plots: importing {name}": median(row[name] for row in taken) / empty for name in taken[0]},
        "torch imported by then": max(row[1]["frame"][1] + row[1]["network"][1] for row in rows),
        "first training step, s": median(row[1]["step"][0] for row in rows),
        "memory, MB": median(row[1]["memory"][0] for row in rows),
        "memory above bare torch, MB": median(row[1]["memory"][0] - row[2]["memory"][0] for row in rows),
    }
