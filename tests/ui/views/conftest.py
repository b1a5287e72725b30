"""A view of the inside on a layer of a template, its first answer shown."""

from __future__ import annotations

import pytest


@pytest.fixture
def on(qtbot, opened):
    """Open a template, select a layer if one is named, and show a view; the window and the view."""

    def look(template: str, layer: str, name: str):
        window = opened(template)
        qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
        if layer:
            window.canvas.select((layer,))
        view = window.inside.show_view(name)
        qtbot.waitUntil(lambda: bool(view.lacks()) or not view.is_stale or bool(view.problem), timeout=60_000)
        return window, view

    return look


@pytest.fixture
def looked(qtbot, opened):
    """A window on the small image network, its first picture shown."""
    window = opened("digits-cnn")
    window.canvas.select(("conv1",))
    window.right_tabs.setCurrentWidget(window.inside)
    qtbot.waitUntil(lambda: bool(window.inside.view.numbers().get("answers") is not None), timeout=60_000)
    return window
