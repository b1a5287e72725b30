"""How late the window's event loop is while a search keeps every core busy beside it.

Run: python -m tests.bench.window_search [--seconds 10]. A 5 ms timer's delays in ms: at rest, while a search runs, and
while the network learns too. The search's processes have low priority; the window must stay below 33 ms.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def delays(window: Any, seconds: float) -> dict[str, float]:
    """Percentiles of the delays over a while."""
    from tests.bench.window import lateness

    late = lateness(seconds)
    return {"p50": float(np.percentile(late, 50)), "p99": float(np.percentile(late, 99)), "max": max(late)}


def main() -> int:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0)
    seconds = options.parse_args().seconds
    from PySide6.QtWidgets import QApplication

    from playground.app.changes import SetRecipe
    from playground.app.document import make_project
    from playground.app.files import Project
    from playground.app.tuning import Search
    from playground.selection.pool import cores
    from playground.ui.start import make_window
    from tests.bench.window import live

    app = QApplication([])
    sys.setswitchinterval(0.001)
    document = SetRecipe("epochs", 2000).apply(make_project("digits-cnn")[0])
    window = make_window(Project(document))
    window.resize(1280, 720)
    window.show()
    window.build_plots()
    window.show_place("tune")
    live(app, lambda: window.session.status == "ready", 20)
    print(f"{'':34}{'p50':>8}{'p99':>8}{'max':>8}   ms, {cores()} cores")  # noqa: T201
    rows = [("at rest", delays(window, seconds))]
    pane = window.tune
    pane._refresh_form()
    original, Search.__init__ = Search.__init__, _on_all_cores(Search.__init__)  # type: ignore[method-assign]
    pane.start.click()
    Search.__init__ = original  # type: ignore[method-assign]
    live(app, lambda: False, 8)
    rows.append(("a search on all cores", delays(window, seconds)))
    window.session.play()
    live(app, lambda: bool(window.session.epochs), 30)
    rows.append(("a search, and training", delays(window, seconds)))
    for name, row in rows:
        print(f"{name:34}{row['p50']:8.2f}{row['p99']:8.2f}{row['max']:8.2f}")  # noqa: T201
    window.close()
    return 0


def _on_all_cores(begin: Any) -> Any:
    """The window leaves one core free; here it must not."""
    from dataclasses import replace

    from playground.selection.pool import cores

    def with_all(self: Any, document: Any, spaces: Any, settings: Any, mailbox: Any) -> None:
        begin(self, document, spaces, replace(settings, processes=cores()), mailbox)

    return with_all


if __name__ == "__main__":
    raise SystemExit(main())
