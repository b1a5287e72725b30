"""The row under the curves in a real window: back in time by mouse and keys, on from there, side by side, as a film."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSpinBox

from playground.app.changes import EditGraph
from playground.app.edit_marks import Mark
from playground.app.files import read_project
from playground.app.pasts import MEGABYTE
from playground.graph.edits import InsertOnEdge, SetSettings, Several
from playground.layers.activation import ReLU
from playground.ui.film_dialog import FilmDialog
from playground.ui.looking import Looking
from playground.ui.panes.time_row import BUDGETS
from playground.ui.times_dialog import TimesDialog


def settled(qtbot, window):
    qtbot.waitUntil(lambda: window.session.timeline.is_settled, timeout=60_000)


def shown(window):
    """The looks whose answers can be seen."""
    return [look for look in window.findChildren(Looking) if look.parent().isVisible()]


def first_weight(window):
    return window.session.ask(lambda training: training.checkpoint().weights["dense1.weight"][0, 0]).result(20)


def then(window, epoch):
    return window.session.timeline.nearest(epoch).checkpoint().weights["dense1.weight"][0, 0]


def test_before_anything_was_learned_the_row_says_what_will_be_there(opened):
    row = opened("spiral-mlp").learning.time

    assert row.where.text() == "Once it has learned, you can go back in time here."
    assert not row.slider.isEnabled()
    assert not row.resume.isVisible()


def test_of_a_trained_project_that_is_opened_the_row_says_that_its_past_is_not_kept(qtbot, learned):
    timeline, row = learned.session.timeline, learned.learning.time
    learned.session.start(timeline.project(timeline.moments()[-1]))
    qtbot.waitUntil(lambda: learned.session.status == "paused", timeout=60_000)

    assert len(learned.session.epochs) == 6
    assert row.where.text().startswith("Earlier moments are not kept with a project: train on, ")
    assert row.used().startswith("No moments yet: ")
    assert not row.slider.isEnabled()
    learned.session.play("batch")
    qtbot.waitUntil(lambda: row.slider.isEnabled(), timeout=60_000)
    assert row.where.text() == "now"


def test_a_sentence_too_long_for_the_row_is_cut_and_leaves_the_slider_its_length(qtbot, opened):
    window = opened("spiral-mlp")
    row = window.learning.time
    words = row.where.text()
    assert row.where.shown == words

    row.setParent(None)
    row.resize(300, row.height())
    row.show()

    assert row.slider.width() >= 120
    assert row.where.shown != words
    assert row.where.shown.endswith("…")
    assert row.where.text() == words
    row.close()


def test_the_slider_leads_back_and_every_pane_is_asked_of_then(qtbot, learned):
    row = learned.learning.time
    now = first_weight(learned)

    row.slider.setValue(2)
    settled(qtbot, learned)

    assert row.where.text() == "epoch 2"
    assert first_weight(learned) == then(learned, 2) != now
    assert learned.loss.marks._now.isVisible()
    assert learned.loss.marks._now.value() == 2
    row.now.click()
    assert first_weight(learned) == now
    assert row.where.text() == "now"


def test_keys_lead_back_and_escape_returns(qtbot, learned):
    row = learned.learning.time
    row.slider.setFocus()

    qtbot.keyClick(row.slider, Qt.Key.Key_Home)
    assert learned.session.timeline.looked_at.epoch == 0
    qtbot.keyClick(row.slider, Qt.Key.Key_Right)
    assert learned.session.timeline.looked_at.epoch == 1
    qtbot.keyClick(row.slider, Qt.Key.Key_Escape)
    assert learned.session.timeline.looked_at is None
    learned.actions_by_name["time_back"].trigger()
    assert learned.session.timeline.looked_at.epoch == 6


def test_the_run_bar_shows_the_epoch_that_is_looked_at_and_says_that_it_is_past(learned):
    bar = learned.run_bar
    assert (bar._when.text(), bar._epoch.text()) == ("EPOCH", "6 / 6")
    learned.learning.time.slider.setValue(2)
    assert (bar._when.text(), bar._epoch.text()) == ("PAST EPOCH", "2 / 6")
    learned.learning.time.now.click()
    assert (bar._when.text(), bar._epoch.text()) == ("EPOCH", "6 / 6")


def test_the_comparison_is_of_then_and_of_now_again(qtbot, learned):
    def is_of(epoch):
        found = learned.session.comparing.comparison
        losses = [row.loss for row in found.models if row.name == "network"] if found is not None else []
        return losses == [pytest.approx(learned.session.epochs[epoch - 1].valid.loss, rel=1e-4)]

    qtbot.waitUntil(lambda: is_of(6), timeout=60_000)
    learned.learning.time.slider.setValue(1)
    qtbot.waitUntil(lambda: is_of(1), timeout=60_000)
    named = learned.compare._lines[1].cells[0]
    assert named.text() == "Network, epoch 1"
    took = {row.name: row.seconds for row in learned.session.comparing.comparison.models}
    assert took["network"] == pytest.approx(learned.session.epochs[0].seconds)
    learned.learning.time.now.click()
    qtbot.waitUntil(lambda: is_of(6), timeout=60_000)
    assert named.text() == "Your network"


def test_the_picture_of_the_plane_says_of_which_epoch_it_is_and_now_only_of_now(qtbot, learned):
    view = learned.inside.show_view("overview")
    learned.right_tabs.setCurrentWidget(learned.inside)
    qtbot.waitUntil(lambda: bool(view._past), timeout=20_000)

    learned.learning.time.slider.setValue(2)
    qtbot.waitUntil(lambda: view.epoch.text() == "epoch 2", timeout=20_000)
    assert view.epoch.isVisible()
    learned.learning.time.slider.setValue(4)
    qtbot.waitUntil(lambda: view.epoch.text() == "epoch 4", timeout=20_000)
    learned.learning.time.now.click()
    qtbot.waitUntil(lambda: view.epoch.text() == "now, epoch 6", timeout=20_000)


def test_before_resuming_it_says_how_many_epochs_it_sets_aside(qtbot, learned):
    row = learned.learning.time
    row.slider.setValue(2)
    assert row.before.text() == "Resuming sets 4 later epochs aside"
    row.slider.setValue(5)
    assert row.before.text() == "Resuming sets 1 later epoch aside"
    row.slider.setValue(6)
    assert row.before.text() == ""


def test_the_slider_keeps_its_place_and_length_when_the_past_is_looked_at(qtbot, learned):
    row = learned.learning.time
    before = row.slider.mapTo(learned, QPoint(0, 0)), row.slider.width()
    row.slider.setValue(2)
    settled(qtbot, learned)
    assert row.resume.isVisible()
    assert (row.slider.mapTo(learned, QPoint(0, 0)), row.slider.width()) == before


def test_resuming_cuts_the_curves_and_goes_on_from_there(qtbot, learned):
    from playground.app.settings import kept_sessions

    before = list(learned.session.epochs)
    learned.learning.time.slider.setValue(3)
    settled(qtbot, learned)

    learned.learning.time.resume.click()

    assert [epoch.epoch for epoch in learned.session.epochs] == [1, 2, 3]
    assert learned.session.message.startswith("Back at epoch 3: Play goes on from there. What came later stands on the")
    assert list(read_project(kept_sessions()[0]).epochs) == before
    learned.session.play()
    qtbot.waitUntil(lambda: learned.session.status == "ended", timeout=180_000)
    assert [epoch.valid for epoch in learned.session.epochs] == [epoch.valid for epoch in before]


def test_a_fork_is_another_project_and_the_first_one_is_kept(qtbot, learned):
    from playground.app.settings import kept_sessions

    learned.session.marks = [Mark(2.5, "Set units of dense1 to 20"), Mark(5.5, "Change learning rate")]
    learned.learning.time.slider.setValue(4)
    settled(qtbot, learned)
    wanted, kept = then(learned, 4), len(kept_sessions())

    learned.learning.time.fork.click()

    assert learned.session.document.name.endswith(" from epoch 4")
    assert len(learned.session.epochs) == 4
    assert [mark.epoch for mark in learned.session.marks] == [2.5], "edits after it belong to the other one"
    assert [mark.epoch for mark in read_project(kept_sessions()[0]).marks] == [2.5, 5.5]
    assert "on the first page, under “Go on with”" in learned.session.message
    assert len(kept_sessions()) == kept + 1
    qtbot.waitUntil(lambda: learned.session.run is not None, timeout=60_000)
    assert first_weight(learned) == wanted


def test_without_a_moment_chosen_resume_says_what_to_do(learned):
    learned.actions_by_name["time_resume"].trigger()
    assert learned.session.message == "Drag the slider under the curves back to a moment first."
    learned.learning.time.slider.setValue(2)
    assert learned.message_line.text() == ""


def test_the_past_is_played_back_to_its_end(qtbot, learned):
    seen = []
    row = learned.learning.time
    row._clock.setInterval(1)
    learned.bridge.past.connect(lambda: seen.append(learned.session.timeline.looked_at))

    row.play.click()
    qtbot.waitUntil(lambda: not row.play.isChecked(), timeout=30_000)

    epochs = [past.epoch for past in dict.fromkeys(seen) if past is not None]
    assert epochs == [0, 1, 2, 3, 4, 5, 6]
    assert learned.session.timeline.looked_at is None


def test_an_edit_is_marked_on_the_curves(qtbot, learned):
    learned.session.do(EditGraph(SetSettings("dense1", (("units", 20),))))
    qtbot.waitUntil(lambda: learned.session.run is not None, timeout=60_000)
    learned.loss.refresh()

    [line] = learned.loss.marks._lines

    assert line.value() == 6
    assert learned.session.history.undo_label in learned.loss.words.places()
    assert learned.session.history.undo_label in learned.loss.marks.said_at(6)
    learned.session.undo()
    learned.loss.refresh()
    assert not line.isVisible()


@pytest.fixture
def edited(qtbot, learned):
    """Six epochs, a layer more and one wider, and six epochs again."""
    session = learned.session
    edge = next(edge for edge in session.document.graph.edges if edge.source == "dense1")
    widen = SetSettings("dense1", (("units", 20),))
    session.do(EditGraph(Several("Change it", (InsertOnEdge(edge, "relu9", ReLU()), widen))))
    session.play()
    qtbot.waitUntil(lambda: session.status == "ended" and len(session.epochs) == 12, timeout=180_000)
    qtbot.waitUntil(lambda: session.timeline.moments()[-1].epoch == 12, timeout=60_000)
    return learned


def test_the_slider_leads_back_before_an_edit_to_the_network_of_then(qtbot, edited):
    row = edited.learning.time
    assert "relu9" in edited.canvas.network.nodes

    row.slider.setValue(2)
    settled(qtbot, edited)

    assert (row.where.text(), row.before.text()) == (
        "epoch 2",
        "Resuming sets 10 later epochs aside · an earlier network, before “Change it”",
    )
    assert "relu9" not in edited.canvas.network.nodes
    assert first_weight(edited) == then(edited, 2)
    row.slider.setValue(10)
    settled(qtbot, edited)
    assert "relu9" in edited.canvas.network.nodes
    assert row.before.text() == "Resuming sets 3 later epochs aside"
    row.slider.setValue(1)
    QTest.keyClick(row.slider, Qt.Key.Key_Escape)
    assert "relu9" in edited.canvas.network.nodes


@pytest.mark.slow
def test_every_view_follows_over_an_edit_and_back(qtbot, edited):
    row = edited.learning.time
    for name in edited.inside.names:
        edited.show_place(name)
        edited.canvas.select(("dense1",))
        for place in (2, 9, row.slider.maximum()):
            row.slider.setValue(place)
            settled(qtbot, edited)
            qtbot.waitUntil(lambda: not any(look.is_stale for look in shown(edited)), timeout=60_000)


def test_a_setting_of_an_earlier_network_stays_as_it_was(qtbot, edited):
    edited.canvas.select(("dense1",))
    edited.show_place("layer")
    edited.learning.time.slider.setValue(2)
    settled(qtbot, edited)
    units = next(each for each in edited.form.findChildren(QSpinBox) if each.value() != 20 and each.isVisible())
    was = units.value()

    units.setValue(was + 3)
    units.editingFinished.emit()

    assert edited.session.message.startswith("This is how the network was.")
    assert units.value() == was
    assert edited.session.history.document.graph.nodes["dense1"].settings["units"] == 20


def test_no_note_is_put_on_an_earlier_network(qtbot, edited):
    edited.learning.time.slider.setValue(2)
    settled(qtbot, edited)
    edited.actions_by_name["note"].trigger()
    assert edited.session.message.startswith("This is how the network was.")
    assert not edited.canvas.network.notes


def test_two_times_are_compared(qtbot, learned):
    learned.actions_by_name["time_compare"].trigger()
    dialog = learned.findChild(TimesDialog)
    qtbot.waitUntil(lambda: dialog.layers.rowCount() == 3, timeout=60_000)

    assert [choice.currentText() for choice in dialog.choices] == ["epoch 0", "epoch 6"]
    a, b = (learned.session.timeline.nearest(at).checkpoint().weights for at in (0, 6))
    flat = [np.concatenate([w["dense1.weight"].ravel(), w["dense1.bias"]]).astype(float) for w in (a, b)]
    change = np.linalg.norm(flat[1] - flat[0]) / np.linalg.norm(flat[0])
    assert dialog.layers.item(0, 2).text() == f"{100 * change:.3g} %"
    one, other = (plane.field.values for plane in dialog.planes.maps)
    assert dialog.planes.isVisible()
    assert (one != other).any()
    dialog.choices[0].setCurrentIndex(5)
    dialog.choices[0].activated.emit(5)
    qtbot.waitUntil(lambda: dialog.scores.item(0, 0).text() == "train loss", timeout=60_000)
    valid = learned.session.epochs[4].valid.loss
    row = next(row for row in range(4) if dialog.scores.item(row, 0).text() == "validation loss")
    assert float(dialog.scores.item(row, 1).text()) == pytest.approx(valid, rel=1e-2)
    dialog.close()


def test_a_comparison_that_is_closed_before_its_answer_came_is_gone_without_a_word(qtbot, learned):
    learned.actions_by_name["time_compare"].trigger()
    dialog = learned.findChild(TimesDialog)
    with qtbot.waitSignal(dialog.destroyed, timeout=20_000):
        dialog.close()

    qtbot.waitUntil(lambda: not learned.session.beside._awaited, timeout=60_000)  # an exception would fail the test


def test_the_past_becomes_a_film(qtbot, learned, tmp_path):
    learned.actions_by_name["time_film"].trigger()
    dialog = learned.findChild(FilmDialog)
    dialog.scene.setCurrentIndex(1)
    dialog.count.setValue(4)
    dialog.width_.setValue(300)

    dialog.film(tmp_path / "past.gif")
    qtbot.waitUntil(lambda: learned.session.message == "Saved past.gif.", timeout=60_000)

    with Image.open(tmp_path / "past.gif") as film:
        assert (film.n_frames, film.size[0]) == (4, 300)
        frames = []
        for number in range(film.n_frames):
            film.seek(number)
            frames.append(np.asarray(film.convert("RGB"), int))
    assert all((one != other).any() for one, other in pairwise(frames))
    assert learned.session.timeline.looked_at is None


def test_a_film_that_cannot_be_written_says_so(qtbot, learned, tmp_path):
    learned.actions_by_name["time_film"].trigger()
    dialog = learned.findChild(FilmDialog)
    dialog.count.setValue(2)

    dialog.film(tmp_path / "nowhere" / "past.gif")
    qtbot.waitUntil(lambda: "could not be written" in dialog.words.text(), timeout=60_000)

    assert dialog.words.text().endswith("Choose another folder.")
    dialog.reject()


def test_a_film_can_be_broken_off(qtbot, learned, tmp_path):
    learned.actions_by_name["time_film"].trigger()
    dialog = learned.findChild(FilmDialog)
    dialog.film(tmp_path / "past.gif")
    dialog.reject()

    assert learned.session.timeline.looked_at is None
    assert not (tmp_path / "past.gif").exists()


def test_the_budget_is_shown_and_kept_for_the_next_start(qtbot, learned, opened):
    row = learned.learning.time
    assert row.used().startswith("7 moments: ")
    assert row.used().endswith("of 256 MB in memory, 0 MB of 1 GB on disk")

    row.set_budget(*BUDGETS[2])

    assert learned.session.timeline.pasts.memory == 1024 * MEGABYTE
    assert opened("spiral-mlp").session.timeline.pasts.disk == 4096 * MEGABYTE
