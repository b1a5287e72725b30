"""Real files and folders, dropped on the window: read with nothing set by hand but a table's target, ready to train."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from playground.ui.table_dialog import TableDialog
from tests.data.test_all_shared_data import TABLES

OTHERS = {
    "fashion_mnist": "Fashion-MNIST",
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


def above_its_baseline(session) -> bool:
    """Whether an epoch was better than the most frequent class, or than the mean."""
    examples, scores = session.examples, [each.valid.measures for each in session.epochs]
    if examples.targets is not None:
        return any(score["r2"] > 0 for score in scores)
    usual = np.bincount(np.ravel(examples.train.targets)).argmax()
    return any(score["accuracy"] > (examples.valid.targets == usual).mean() for score in scores)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*(f"csv/{name}.csv" for name in TABLES), *OTHERS])
def test_what_is_dropped_on_the_first_page_learns_at_play_with_nothing_set_but_a_target(qtbot, opened, test_data, name):
    window = opened()
    session, path = window.session, test_data / name
    drop(window, path)
    if path.stem in TABLES:
        dialog = next(child for child in window.children() if isinstance(child, TableDialog))
        qtbot.waitUntil(dialog.use.isEnabled, timeout=30_000)
        dialog._say_target(TABLES[path.stem])
        qtbot.waitUntil(dialog.use.isEnabled, timeout=30_000)
        dialog.accept()
    qtbot.waitUntil(lambda: session.document.data.source == str(path), timeout=60_000)
    qtbot.waitUntil(lambda: session.examples is not None, timeout=60_000)
    session.play()
    qtbot.waitUntil(lambda: above_its_baseline(session) or session.status == "ended", timeout=180_000)
    assert above_its_baseline(session)
