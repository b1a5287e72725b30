"""The slider of how many examples are learned from, and what is said beside scores of what is scarce on purpose."""

from __future__ import annotations

from PySide6.QtCore import Qt


def test_a_slider_chooses_how_many_are_learned_from_and_undo_brings_them_back(qtbot, opened):
    window = opened("digits-mlp", batch=32)
    session, few = window.session, window.data_pane.few
    qtbot.waitUntil(lambda: session.examples is not None, timeout=10_000)
    qtbot.waitUntil(few.isVisible)
    assert few.words.text() == "learn from all 1,257"
    few.slider.setFocus()
    qtbot.keyClick(few.slider, Qt.Key.Key_Home)
    assert few.words.text() == "learn from 10 of 1,257"
    qtbot.waitUntil(lambda: session.document.data.train_on == 10 and session.examples is not None, timeout=10_000)
    assert len(session.examples.train) == 10
    session.play()
    qtbot.waitUntil(lambda: "Choose 10 or fewer" in session.message, timeout=20_000)
    session.undo()
    qtbot.waitUntil(lambda: few.words.text() == "learn from all 1,257", timeout=10_000)


def test_what_is_wrong_on_purpose_is_said_beside_the_data_and_the_scores(qtbot, opened):
    window = opened("digits-mlp", epochs=2)
    session, pane = window.session, window.data_pane
    qtbot.waitUntil(lambda: session.examples is not None, timeout=10_000)
    pane._divide("label_noise", 0.2)
    qtbot.waitUntil(lambda: session.document.data.label_noise == 0.2 and session.examples is not None, timeout=10_000)
    words = "On purpose 20 % of the training labels are wrong."
    qtbot.waitUntil(lambda: pane.few.told.text() == words)
    session.play()
    qtbot.waitUntil(lambda: session.comparing.comparison is not None, timeout=30_000)
    qtbot.waitUntil(lambda: words.rstrip(".") in window.compare._note.text())
    window.show_place("models")
    qtbot.waitUntil(lambda: words.rstrip(".") in window.models.head.text())
