from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from playground.data.published import PUBLISHED
from playground.ui.download_dialog import DownloadDialog
from tests.data.server import Behaviour, serving
from tests.data.test_downloads import few_digits, published


@pytest.fixture
def server(monkeypatch):
    with serving(Behaviour()) as behaviour:
        monkeypatch.setitem(PUBLISHED, "mnist", published(behaviour, few_digits()))
        yield behaviour
    for thread in threading.enumerate():
        if thread.name == "download":
            thread.join(5)
            assert not thread.is_alive()


def asked(window) -> DownloadDialog:
    place = window.data_pane.combo.findData("mnist")
    window.data_pane.combo.setCurrentIndex(place)
    window.data_pane._choose(place)
    return window.findChild(DownloadDialog)


def test_a_person_is_told_everything_before_anything_is_asked_for(opened, server):
    window = opened("digits-cnn")
    dialog = asked(window)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for said in ("0.0 MB", "Creative Commons", "LeCun", server.address, str(PUBLISHED["mnist"].folder), "by hand"):
        assert said in words
    assert window.data_pane.combo.currentData() == "digits", "it is not used yet"
    dialog.cancel.click()
    assert server.asked == []


def test_after_consent_it_is_downloaded_and_used(opened, server, qtbot):
    window = opened("digits-cnn")
    asked(window).begin.click()
    qtbot.waitUntil(lambda: window.session.document.data.source == "mnist", timeout=30_000)
    assert len(window.session.examples.dataset.inputs) == 52
    assert window.session.report.ok


def test_what_went_wrong_is_said_and_can_be_tried_again(opened, server, qtbot):
    window = opened("digits-cnn")
    files = dict(server.files)
    server.files.clear()
    dialog = asked(window)
    dialog.begin.click()
    qtbot.waitUntil(lambda: dialog.begin.isEnabled(), timeout=30_000)
    assert dialog.words.text().startswith("127.0.0.1 answered 404 when asked for train-images")
    assert dialog.begin.text() == "Try again"
    server.files |= files
    dialog.begin.click()
    qtbot.waitUntil(lambda: window.session.document.data.source == "mnist", timeout=30_000)


def test_closing_the_dialog_stops_the_download(opened, server, qtbot):
    window = opened("digits-cnn")
    server.breaks_after = [100] * 100
    dialog = asked(window)
    dialog.begin.click()
    qtbot.waitUntil(lambda: bool(server.asked), timeout=10_000)
    download = dialog.download
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: download.state == "stopped", timeout=10_000)
    assert window.session.document.data.source == "digits"


def test_a_project_whose_data_are_missing_offers_to_get_them(opened, server, qtbot):
    window = opened("digits-cnn")
    window.session.do(_use_mnist(window.session.document.data))
    qtbot.waitUntil(lambda: window.session.status == "problem", timeout=10_000)
    pane = window.data_pane
    assert pane._about.text().startswith("MNIST is not on this computer yet.")
    assert pane.get.isVisible()
    pane.get.click()
    window.findChild(DownloadDialog).begin.click()
    qtbot.waitUntil(lambda: window.session.examples is not None, timeout=30_000)
    assert window.session.status == "ready"
    assert not pane.get.isVisible()


def _use_mnist(choice):
    from playground.app.changes import ChooseData
    from playground.layers.shape import Shape, Signature

    return ChooseData(choice.model_copy(update={"source": "mnist"}), Signature(Shape((1, 28, 28)), 10, "classes"))
