"""A real window for each test, on a project, closed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from playground.app import timeline as timeline_module
from playground.app.document import Document, make_project
from playground.app.files import Project
from playground.ui.main_window import MainWindow
from playground.ui.theme import LIGHT, apply

Opened = Callable[..., MainWindow]


@pytest.fixture(autouse=True)
def usual_look() -> Iterator[None]:
    """Leave the program light and of its usual size to the next test."""
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication) and app.property("theme") is not None:
        apply(app, LIGHT)


@pytest.fixture
def opened(qtbot) -> Iterator[Opened]:
    """Open a shown window on a template, by its name and changes of the recipe; its data are read, its panes built."""
    windows: list[MainWindow] = []

    def open_on(template: str | None = None, theme: str = "light", **recipe: object) -> MainWindow:
        document = make_project(template)[0] if template is not None else None
        window = MainWindow(Project(_with(document, recipe)) if document is not None else None, theme)
        windows.append(window)
        window.resize(1280, 720)
        window.show()
        qtbot.waitExposed(window)
        window.build_plots()
        window.windowHandle().requestActivate()  # shortcuts count only in the active window
        qtbot.waitUntil(window.isActiveWindow, timeout=5000)
        if template is not None:
            qtbot.waitUntil(lambda: window.session.status != "loading", timeout=10_000)
        return window

    yield open_on
    for window in windows:
        window.close()
        window.deleteLater()
        qtbot.wait(1)


def _with(document: Document, recipe: dict[str, object]) -> Document:
    from dataclasses import replace

    return replace(document, recipe=document.recipe.model_copy(update=recipe))


@pytest.fixture
def learned(qtbot, opened, monkeypatch):
    """A window whose network has learned six epochs, with a moment for each."""
    monkeypatch.setattr(timeline_module, "LEAST", 0.0)
    monkeypatch.setattr(timeline_module, "SHARE", 1.0)
    monkeypatch.setattr(timeline_module, "WITHIN", 1e9)  # none within an epoch, however busy the machine is
    window = opened("spiral-mlp", epochs=6)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=180_000)
    qtbot.waitUntil(lambda: len(window.session.timeline.moments()) == 7, timeout=60_000)
    return window
