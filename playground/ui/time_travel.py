"""What the actions of going back in time do: the row under the curves, and the windows beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from playground.ui.exam_dialog import ExamDialog

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow
    from playground.ui.panes.time_row import TimeRow


def connect_time(window: MainWindow) -> None:
    """Have the row's buttons do what takes more than the row."""
    row = window.learning.time
    row.forked.connect(window.files.restore)
    row.leaving.connect(window.files.keeping.keep)
    row.comparison_wanted.connect(lambda: compare_times(window))
    row.film_wanted.connect(lambda: film_past(window))


def time_handlers(window: MainWindow) -> dict[str, Callable[[], object]]:
    """What the actions do."""
    timeline = window.session.timeline
    return {
        "time_back": lambda: _row(window).step(-1),
        "time_forth": lambda: _row(window).step(1),
        "time_now": lambda: timeline.return_to_now(),
        "time_play": lambda: _row(window).play.toggle(),
        "time_resume": lambda: _row(window).resume_here(),
        "time_fork": lambda: _row(window).fork_here(),
        "time_compare": lambda: compare_times(window),
        "time_film": lambda: film_past(window),
        "exam": lambda: sit_exam(window),
    }


def _row(window: MainWindow) -> TimeRow:
    window.build_plots()
    return window.learning.time


def compare_times(window: MainWindow) -> None:
    """Two moments beside each other."""
    from playground.ui.times_dialog import TimesDialog

    window.build_plots()
    TimesDialog(window.session, window.bridge, window.focus, window).show()


def film_past(window: MainWindow) -> None:
    """The past as a GIF."""
    from playground.ui.film_dialog import FilmDialog

    window.build_plots()
    scenes: dict[str, QWidget] = {
        window.tr("The whole window"): window,
        window.tr("The network"): window.canvas,
        window.tr("Inside the selected layer"): window.right_tabs,
        window.tr("The curves and tables"): window.learning.curves,
    }
    FilmDialog(window.session, window.bridge, scenes, window).show()


def sit_exam(window: MainWindow) -> None:
    """The final exam, of the network as it is now: a past epoch must not be chosen by the test part."""
    window.session.timeline.return_to_now(goes_on=False)
    ExamDialog(window.session, window.bridge, window).open()
