"""Real files and folders, dropped on the window: read with nothing set by hand but a table's target, ready to train."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from playground.ui.table_dialog import TableDialog
from tests.data.test_all_shared_data import TABLES

OTHERS = {
    "series/GunPoint": "GunPoint",
    "series/JapaneseVowels": "JapaneseVowels",
    "series/airline-passengers.csv": "airline-passengers",
    "series/daily-min-temperatures.csv": "daily-min-temperatures",
    "image_folders/cifar10_png_subset": "cifar10_png_subset",
    "text/names": "names",
    "text/tinyshakespeare": "input",
    "text/eng-fra_subset.txt": "eng-fra_subset",
}


def drop(window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    nothing, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(300, 200), Qt.DropAction.CopyAction, data, left, nothing))


@pytest.mark.parametrize("name", TABLES)
def test_a_dropped_table_is_ready_when_its_target_is_named(qtbot, opened, test_data, name):
    window = opened("table-mlp")
    drop(window, test_data / "csv" / f"{name}.csv")
    dialog = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(dialog.use.isEnabled, timeout=30_000)
    dialog._say_target(TABLES[name])
    qtbot.waitUntil(dialog.use.isEnabled, timeout=30_000)
    dialog.accept()
    session = window.session
    qtbot.waitUntil(lambda: Path(session.document.data.source).stem == name, timeout=30_000)
    qtbot.waitUntil(lambda: session.status == "ready", timeout=30_000)
    assert session.document.data.target == TABLES[name]
    assert session.report.ok


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_other_data_are_read_as_they_are_dropped(qtbot, opened, test_data, name):
    window = opened("digits-mlp")
    drop(window, test_data / name)
    session = window.session
    qtbot.waitUntil(lambda: session.document.data.source == str(test_data / name), timeout=60_000)
    qtbot.waitUntil(lambda: session.examples is not None, timeout=60_000)
    assert session.data_problem is None
    assert session.examples.dataset.title == OTHERS[name]
