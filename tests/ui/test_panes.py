from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtWidgets import QApplication, QTabWidget, QVBoxLayout, QWidget

from playground.app.changes import SetRecipe
from playground.engine.events import EpochDone, Scores
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.model import Graph
from playground.layers.ends import Input
from playground.ui.looking import Looking
from playground.ui.panes.curves import Smoother
from playground.ui.panes.layer_form import network_figures
from playground.ui.panes.learning import _Rows


def epoch(number: int, valid: float) -> EpochDone:
    return EpochDone(number, Scores(1 / number, {"accuracy": 0.5}), Scores(valid, {"accuracy": 0.5}), 0.1, 0.1, 1000.0)


def grown(window, losses: list[float]) -> None:
    window.session.epochs.extend(epoch(number, loss) for number, loss in enumerate(losses, 1))
    window.bridge.curves.emit()


def test_the_settings_stand_still_while_the_epochs_gain_digits(qtbot, opened):
    window = opened("spiral-mlp", epochs=5000)
    bar = window.run_bar
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    bar.layout().activate()
    place = bar.editors["learning_rate"].mapTo(window, QPoint(0, 0))

    grown(window, [0.7] * 1404)
    qtbot.waitUntil(lambda: bar._epoch.text() == "1404 / 5000", timeout=5000)
    bar.layout().activate()

    assert bar.editors["learning_rate"].mapTo(window, QPoint(0, 0)) == place


@pytest.mark.parametrize("is_presenting", [False, True])
@pytest.mark.parametrize("epochs", [20_000, 1_000_000])
def test_the_run_bar_fits_a_small_screen_however_many_epochs_there_are(qtbot, opened, epochs, is_presenting):
    window = opened("spiral-mlp")
    bar = window.run_bar
    if is_presenting:
        window.actions_by_name["present"].trigger()
    window.session.do(SetRecipe("epochs", epochs))
    qtbot.waitUntil(lambda: bar._epoch.text() == f"0 / {epochs}", timeout=5000)

    bar._device.show()
    bar._speed.setText("888.8 k examples/s")
    bar.layout().activate()

    assert window.minimumSizeHint().width() <= 1280
    assert bar.layout().minimumSize().width() <= bar.width() <= 1280
    hidden = [name for name, column in bar._columns.items() if column.isHidden()]
    if is_presenting:
        return
    assert hidden
    assert all(bar._others._rows.isRowVisible(bar._others.editors[name]) for name in hidden)
    shown = set(bar.editors) - set(hidden)
    assert not any(bar._others._rows.isRowVisible(bar._others.editors[name]) for name in shown)
    assert "seed" in hidden
    bar._others.editors["seed"].setValue(7)
    assert window.session.document.recipe.seed == 7


def test_with_few_epochs_every_field_has_its_place_in_the_run_bar_of_a_small_window(opened):
    bar = opened("spiral-mlp", epochs=300).run_bar
    assert all(column.isVisible() for column in bar._columns.values())


def test_what_is_told_of_a_curve_under_the_mouse_goes_with_the_mouse(qtbot, opened):
    window = opened("spiral-mlp")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    grown(window, [0.7, 0.6])
    curves = window.loss
    curves._hover(curves.plot.sceneBoundingRect().center())
    assert curves.readout.text().startswith("epoch ")

    QApplication.sendEvent(curves.plot, QEvent(QEvent.Type.Leave))

    assert curves.readout.text() == ""


def test_a_readout_too_long_for_its_line_stands_instead_of_the_legend_and_not_over_it(qtbot, opened):
    window = opened("spiral-mlp")
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    grown(window, [0.7, 0.6])
    curves, legend = window.loss, window.loss._legend
    middle = curves.plot.sceneBoundingRect().center()

    for width, is_roomy in ((1000, True), (460, False)):
        curves.setParent(None)
        curves.resize(width, 220)
        curves.show()
        curves._hover(middle)
        qtbot.waitUntil(lambda: curves.readout.shown == curves.readout.text(), timeout=5000)
        assert legend.isVisible() == is_roomy
        if is_roomy:
            assert legend.width() >= legend.sizeHint().width()
        curves._tell("")
        assert legend.isVisible()
    curves.close()


@pytest.mark.parametrize("is_presenting", [False, True])
def test_before_training_the_plot_s_sentence_lies_on_neither_axis_nor_words(qtbot, opened, monkeypatch, is_presenting):
    window = opened("spiral-mlp")
    curves = window.loss
    if is_presenting:
        window.actions_by_name["present"].trigger()
        qtbot.waitUntil(lambda: window.docks["below"].height() > 300, timeout=5000)
        qtbot.waitUntil(lambda: curves.plot.height() > 200, timeout=5000)
    monkeypatch.setattr(curves, "_show_baseline", lambda _: None)
    curves.baseline.setValue(0.685)
    curves.baseline.show()
    curves._baseline_words = "logistic regression 0.685"
    curves._place_hint()
    curves._show_words()
    qtbot.waitUntil(lambda: not curves.words._soon.isActive(), timeout=5000)

    box = curves.plot.getViewBox()
    room = box.mapRectToScene(QRectF(0, 0, box.width(), box.height()))
    assert room.adjusted(-1, -1, 1, 1).contains(QRectF(curves._hint.geometry()))
    [place] = curves.words.places().values()
    assert not place.intersects(curves._hint.place(0.685))


def test_noise_and_inputs_of_points_change_the_data_and_the_network_follows(qtbot, opened):
    window = opened("spiral-mlp")
    pane = window.data_pane

    pane.noise.setValue(20)
    qtbot.waitUntil(lambda: window.session.document.data.noise == 20, timeout=10_000)
    qtbot.mouseClick(pane.inputs["x2"], Qt.MouseButton.LeftButton, pos=pane.inputs["x2"].rect().center() / 2)
    pane.inputs["xy"].click()
    qtbot.waitUntil(lambda: "xy" in window.session.document.data.features, timeout=10_000)

    features = window.session.document.data.features
    assert window.session.document.graph.nodes["input1"].dims == (len(features),)
    assert window.session.report.ok


def test_the_last_input_cannot_be_taken_away(qtbot, opened):
    window = opened("spiral-mlp")

    window.data_pane.inputs["x"].click()
    qtbot.waitUntil(lambda: window.session.document.data.features == ("y",), timeout=10_000)
    window.data_pane.inputs["y"].click()

    assert window.session.message == "A network needs at least one input."
    assert window.data_pane.inputs["y"].isChecked()


def test_the_split_is_changed_in_its_form(qtbot, opened):
    window = opened("digits-cnn")

    window.data_pane._divided.edited.emit("valid", 0.3)
    qtbot.waitUntil(lambda: window.session.document.data.valid == 0.3, timeout=10_000)

    assert window.session.examples is not None
    assert len(window.session.examples.valid) == 539
    assert "valid 539" in window.data_pane._counts.text()
    assert "known to ± 4.2 points" in window.data_pane._counts.text()


def test_one_layer_is_one_and_not_several():
    graph = Graph({"input1": Input(dims=(2,))}, ())
    assert network_figures(total(costs(graph, check(graph))), 1).startswith("1 layer\n")


def test_a_share_that_is_none_is_refused_in_a_sentence(opened):
    window = opened("digits-cnn")

    window.data_pane._divided.edited.emit("test", 1.5)

    assert window.session.message == "Test must be less than 0.9, not 1.5."
    assert window.session.document.data.test == 0.15


def test_before_play_the_curves_say_what_will_be_here(qtbot, opened):
    window = opened("spiral-mlp")
    assert window.loss._hint.isVisible()
    assert not window.loss.best.isVisible()

    grown(window, [0.5])

    assert not window.loss._hint.isVisible()


def test_the_best_epoch_is_marked(opened):
    window = opened("spiral-mlp")

    grown(window, [0.7, 0.3, 0.4, 0.5])

    assert window.loss.best.isVisible()
    assert window.loss.best.value() == 2
    assert list(window.loss.valid.getData()[1]) == pytest.approx([0.7, 0.3, 0.4, 0.5])


def test_a_logarithmic_axis_shows_the_logarithms(opened):
    window = opened("spiral-mlp")
    grown(window, [1.0, 0.1, 0.01])

    window.loss.log.setChecked(True)

    assert list(window.loss.valid.getData()[1]) == pytest.approx([0, -1, -2])


def test_smoothed_curves_jump_less_and_keep_their_level(opened):
    window = opened("spiral-mlp")
    losses = [0.5 + 0.2 * (-1) ** number for number in range(60)]
    grown(window, losses)

    window.loss.smooth.setChecked(True)
    drawn = window.loss.valid.getData()[1]

    assert np.ptp(drawn[-10:]) < 0.3 * np.ptp(losses)
    assert drawn[-10:].mean() == pytest.approx(0.5, abs=0.02)
    assert Smoother()([3.0])[0] == pytest.approx(3.0)


def test_a_regression_shows_r2_and_no_confusion(opened):
    window = opened("table-mlp")

    assert window.learning.curves.tabText(1) == "R²"
    assert not window.learning.curves.isTabVisible(2)


def test_the_confusion_matrix_counts_every_validation_example(qtbot, opened):
    window = opened("digits-cnn")
    window.learning.curves.setCurrentIndex(2)

    qtbot.waitUntil(lambda: window.confusion.counts is not None, timeout=60_000)

    assert window.confusion.counts.shape == (10, 10)
    assert window.confusion.counts.sum() == len(window.session.examples.valid)
    assert "of 270 validation examples are right" in window.confusion.accessibleDescription()


def test_cards_get_the_feature_maps_of_the_example_and_the_next_one(qtbot, opened):
    window = opened("digits-cnn")
    nodes = window.canvas.network.nodes
    qtbot.waitUntil(lambda: len(nodes["conv1"].pictures) == 4, timeout=60_000)
    first = nodes["input1"].pictures[0]

    window.inside._steps[1].click()

    qtbot.waitUntil(lambda: nodes["input1"].pictures[0] != first, timeout=60_000)
    assert "validation example 2 of 270" in window.inside._which.text()


def test_neurons_of_a_plane_get_their_half_planes(qtbot, opened):
    window = opened("spiral-mlp")

    qtbot.waitUntil(lambda: len(window.canvas.network.nodes["dense1"].pictures) > 0, timeout=60_000)
    qtbot.waitUntil(lambda: window.inside.view.surface._image is not None, timeout=60_000)


class Slow:
    """A session whose network takes its time to answer."""

    status = "running"
    run = shown = examples = None

    def __init__(self, seconds: float) -> None:
        self.asked, self._seconds = 0, seconds

    def ask(self, look):
        self.asked += 1
        answer: Future = Future()
        answer.set_result(("picture", self._seconds))
        return answer


def test_pictures_take_their_share_of_the_time_and_not_more(qtbot, opened, monkeypatch):
    from playground.ui import looking
    from playground.ui.budget import SHARE, Budget

    window = opened("spiral-mlp")
    clock = [100.0]
    monkeypatch.setattr(looking, "monotonic", lambda: clock[0])
    window.bridge.budget = Budget(lambda: clock[0])
    session, seen, widget = Slow(0.1), [], QWidget()
    qtbot.addWidget(widget)
    widget.show()
    made = Looking(session, window.bridge, widget, lambda: lambda _: None, seen.append)  # type: ignore[arg-type]

    for _ in range(100):
        window.bridge.budget.begin_beat()
        made._tick()
        clock[0] += 0.1
    # Ten seconds at a share of SHARE leave time for so many looks of 0.1 s.
    assert session.asked <= 10 * SHARE / 0.1 + 1
    assert len(seen) >= 4
    widget.hide()
    before = session.asked
    clock[0] += 100
    made._tick()
    made._tick()
    assert session.asked == before, "what cannot be seen is not asked for"


def test_the_axis_keeps_its_figures_in_presentation_mode_and_after(opened, qtbot):
    window = opened("spiral-mlp", epochs=3)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=30_000)
    window.loss.plot.setYRange(0.1, 0.6)
    for _ in range(2):
        window.look.present()
        assert window.loss.plot.getAxis("left").autoSIPrefixScale == 1.0


def test_the_ticks_follow_the_range(qtbot, opened):
    """An axis keeps its picture until it is told that it is out of date."""
    window = opened("spiral-mlp")
    grown(window, [1.0, 0.5, 0.25])
    axis = window.loss.plot.getAxis("left")
    window.loss.plot.grab()
    before = axis.picture
    grown(window, [40.0, 30.0])
    window.loss.refresh()
    window.loss.plot.grab()
    window.loss.plot.grab()
    assert axis.range[1] > 30
    assert axis.picture is not before


def test_the_comparison_is_given_the_width_that_its_rows_came_to_need(qtbot):
    content, rows = QWidget(), _Rows()
    column = QVBoxLayout(content)
    rows.setWidgetResizable(True)
    rows.setWidget(content)
    tabs = QTabWidget()
    tabs.addTab(rows, "Compare")
    qtbot.addWidget(tabs)
    tabs.show()
    before = tabs.minimumSizeHint().width()
    wide = QWidget()
    wide.setMinimumWidth(before + 200)
    column.addWidget(wide)
    qtbot.waitUntil(lambda: tabs.minimumSizeHint().width() >= before + 200, timeout=5000)


def test_the_accuracy_is_drawn_in_per_cent_as_the_comparison_has_it(opened):
    window = opened("spiral-mlp")
    window.learning.show_place("score")
    grown(window, [0.7, 0.3])
    assert list(window.score.valid.getData()[1]) == pytest.approx([50, 50])
    assert window.score.plot.getAxis("left").labelText == "accuracy, %"


def test_the_comparison_keeps_its_rows_faded_until_there_are_new_ones(qtbot, opened):
    window = opened("xor-mlp", epochs=2)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.status == "ended", timeout=60_000)
    pane = window.compare
    qtbot.waitUntil(
        lambda: len(pane._lines) >= 3 and window.session.comparing.comparison.verdict is not None, timeout=120_000
    )
    pane.refresh()
    cells, words = [line.cells for line in pane._lines], pane.verdict.text()

    window.session.comparing.clear()
    pane.refresh()
    assert [line.cells for line in pane._lines] == cells, "the same labels"
    assert all(cell.isVisible() and not cell.isEnabled() for cell in cells[1])
    assert pane.verdict.text() == words

    window.session.comparing.is_stale = True
    qtbot.waitUntil(lambda: window.session.comparing.comparison is not None, timeout=60_000)
    pane.refresh()
    assert all(cell.isEnabled() for cell in cells[1])

    window.session.reset()
    pane.refresh()
    assert not any(cell.isVisible() for cell in cells[1])


def test_a_message_takes_the_colours_of_the_theme_that_is_chosen_after_it(opened):
    from playground.ui.theme import DARK

    window = opened("spiral-mlp")
    window.session.say("Something was done.", is_complaint=False)
    window.actions_by_name["theme"].trigger()
    assert window.message_line.palette().color(window.message_line.foregroundRole()).name() == DARK.text.lower()
