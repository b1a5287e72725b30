"""Starting the window, and drawing it once for a screenshot.

The window is on the screen before torch is imported: only the training thread does that.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, sleep

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from playground.app.files import Project, read_project
from playground.app.log import begin_log, end_log
from playground.app.session import Session
from playground.app.system import share_memory_between_threads
from playground.ui import early
from playground.ui.application import Application
from playground.ui.garbage import Collector
from playground.ui.main_window import MainWindow
from playground.ui.recovery import offer_lost_work
from playground.ui.unexpected import Unexpected
from playground.ui.views import view_classes

PANELS = (
    "layer",
    "inside",
    "code",
    "loss",
    "score",
    "confusion",
    "trying",
    "models",
    "tune",
    "repeats",
    "runs",
    "analyze",
    "compare",
    "why",
)
PATIENCE = 180.0
"""Seconds a screenshot waits for the baselines and pictures at most."""


def open_window(
    project: Path | None = None,
    *,
    screenshot: Path | None = None,
    size: tuple[int, int] = (1440, 900),
    theme: str | None = None,
    panel: str | None = None,
    view: str | None = None,
    train_steps: int = 0,
    beside: Sequence[Path] = (),
    follow: Path | None = None,
) -> int:
    """Open the window, on a project if one is named; the exit status when it is closed.

    beside: other projects, as rows of the comparison. follow: the events of a run elsewhere, whose curves are shown.
    With screenshot: train so many steps, write a PNG of that size, and return.
    Raises: FileProblem: If the project cannot be read. ValueError: If there is no panel or view of that name.
    """
    if panel is not None and panel not in PANELS:
        raise ValueError(f"There is no panel “{panel}”. There are: {', '.join(PANELS)}.")
    if view is not None and view not in (names := [made.name for made in view_classes()]):
        raise ValueError(f"There is no view “{view}”. There are: {', '.join(names)}.")
    early.breathe()
    content = read_project(project) if project is not None else None
    if screenshot is not None and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    settle_process()
    app = QApplication.instance() or Application(sys.argv[:1])
    assert isinstance(app, Application)
    window = make_window(content, project, theme)
    if window.was_closed:
        return 0
    collector = Collector(app)
    collector.begin()
    try:
        if beside or follow is not None:
            window.show()
            show_others(window, beside, follow)
        if screenshot is not None:
            return _draw(app, window, screenshot, size, panel, view, train_steps)
        window.show()
        if view is not None:
            show_view(window, view)
        elif panel is not None:
            show_panel(window, panel)
        return _played(app, window)
    finally:
        collector.end()


def settle_process() -> None:
    """Set how Python and malloc behave where there is a window. Before threads begin."""
    # A waiting window gets Python's lock within a millisecond from a training thread in plain Python code.
    sys.setswitchinterval(0.001)
    share_memory_between_threads()


def _played(app: Application, window: MainWindow) -> int:
    """Let the window live, with the log, and with what a crash left; the exit status when it is closed."""
    begin_log()
    unexpected = Unexpected(window)
    unexpected.install()
    offer_lost_work(window)
    app.hand_files_to(window.files.open_all)

    def end(*_: object) -> None:
        """Close in the loop of events, which would never end if its last window were gone before it began."""
        QTimer.singleShot(0, window.close)

    before = {name: signal.signal(name, end) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        status = app.exec()
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        unexpected.remove()
        end_log()
    if any(thread.name == "training" for thread in threading.enumerate()):
        # In a step that takes minutes. All is kept, and Python would abort when it takes the thread's world away.
        sys.stdout.flush()
        os._exit(status)
    return status


def make_window(content: Project | None, path: Path | None = None, theme: str | None = None) -> MainWindow:
    """A window on a project, not yet shown."""
    window = early.take()
    if window is None:
        window = MainWindow(content, theme)
    elif not window.was_closed:
        window.build(content)
    if path is not None and window.is_built:
        window.session.path = path
        window.files.remember()
        window.refresh()
    return window


def show_others(window: MainWindow, beside: Sequence[Path], follow: Path | None) -> None:
    """Other projects as rows of the comparison, and the curves of a run elsewhere."""
    if beside:
        window.files.set_beside(beside)
    if follow is not None:
        window.files.follow(follow)


def show_panel(window: MainWindow, panel: str) -> None:
    """Bring one of PANELS to the front."""
    window.build_plots()
    window.show_place(panel)


def show_view(window: MainWindow, view: str) -> None:
    """Bring a view of the inside forward."""
    window.build_plots()
    window.inside.show_view(view)


def _draw(
    app: QApplication, window: MainWindow, file: Path, size: tuple[int, int], panel: str | None, view: str | None,
    steps: int,
) -> int:  # fmt: skip
    window.resize(*size)
    window.show()
    window.build_plots()
    session = window.session
    if panel is not None:
        show_panel(window, panel)
    if view is not None:
        show_view(window, view)
    if session.document.graph.nodes:
        _wait(app, lambda: session.status != "loading")
        if steps and session.play("batch", steps):
            _wait(app, lambda: session.status != "running")
            session.pause()
            _wait(app, lambda: len(session.comparing.baselines) == 2 or bool(session.comparing.problem))
            if session.epochs:
                session.pause()
                _wait(app, lambda: _is_compared(session))
        _wait(app, lambda: session.run is not None or session.status == "problem")
        _wait(app, lambda: not session.comparing.contenders.is_reading)
        _settle(app, 1.2)
    window.canvas.fit()
    _settle(app, 0.4)
    window.resize(*size)
    saved = window.grab().save(str(file))
    window.close()
    _settle(app, 0.05)
    if not saved:
        raise ValueError(f"{file} cannot be written. Choose another folder, and a name that ends in .png.")
    return 0


def _is_compared(session: Session) -> bool:
    """Whether every baseline that was fitted stands beside the network."""
    comparison = session.comparing.comparison
    return comparison is not None and len(comparison.models) == 1 + len(session.comparing.baselines)


def _wait(app: QApplication, is_so: Callable[[], bool]) -> bool:
    """Let the window live until something is so."""
    end = monotonic() + PATIENCE
    while not is_so() and monotonic() < end:
        _live(app)
    return is_so()


def _settle(app: QApplication, seconds: float) -> None:
    """Let the window live for a while, so that the last pictures arrive."""
    end = monotonic() + seconds
    while monotonic() < end:
        _live(app)


def _live(app: QApplication) -> None:
    """Handle what has happened, and leave the training thread some time."""
    app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    sleep(0.01)
