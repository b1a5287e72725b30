from __future__ import annotations

import gc
import sys
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog, QGraphicsItem, QMenu

from playground.ui.garbage import IMPORTS, Collector


@pytest.fixture
def collector(qapp):
    made = Collector(qapp)
    made.begin()
    yield made
    made.end()
    made.deleteLater()


def thrown_away(thing: object) -> list[str]:
    """Make it part of a cycle that nobody holds; the names of the threads on which it goes, as it does."""
    gone: list[str] = []
    weakref.finalize(thing, lambda: gone.append(threading.current_thread().name))
    thing.itself = thing
    return gone


def make_many_objects() -> list[list[int]]:
    """As many as make Python collect, if it does so by itself."""
    return [[] for _ in range(100_000)]


def elsewhere(work) -> None:
    thread = threading.Thread(target=work, name="training")
    thread.start()
    thread.join()


class Item(QGraphicsItem):
    pass


@pytest.mark.parametrize("kind", [QMenu, Item, QObject])
def test_a_thread_that_makes_many_objects_destroys_nothing_of_the_window(collector, kind, qtbot):
    gone, kept = thrown_away(kind()), []
    elsewhere(lambda: kept.extend(make_many_objects()))
    assert gone == []
    qtbot.waitUntil(lambda: gone == ["MainThread"])


def test_without_it_the_thread_would(qapp):
    gc.enable()
    gone = thrown_away(QObject())
    elsewhere(make_many_objects)
    assert gone == ["training"]


def test_what_an_import_brings_is_set_aside_and_not_looked_through(collector, monkeypatch):
    many = [[] for _ in range(50_000)]
    for number in range(IMPORTS):
        monkeypatch.setitem(sys.modules, f"imported{number}", sys)
    collector.collect()
    assert gc.get_freeze_count() >= len(many)
    assert len(gc.get_objects()) < len(many)


def test_garbage_goes_in_a_dialogs_own_loop_too(collector):
    dialog = QDialog()
    gone = thrown_away(QObject())
    kept = make_many_objects()
    watching = QTimer(dialog, interval=10)
    watching.timeout.connect(lambda: dialog.close() if gone else None)
    watching.start()
    dialog.exec()
    assert gone == ["MainThread"]
    assert kept


def test_afterwards_python_collects_by_itself_again(qapp):
    collector = Collector(qapp)
    collector.begin()
    assert not gc.isenabled()
    collector.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    collector.deleteLater()
