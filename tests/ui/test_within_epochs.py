"""The thin line of the training loss within epochs that take long."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.events import EpochDone, Progress, Scores
from playground.ui.panes.within_epochs import LONG, MOST


def moved(window, epoch: float, loss: float = 1.0) -> None:
    window.session.progress = Progress(epoch, int(epoch * 100), loss, 1000.0)
    window.loss.within.take()


def ended(window, number: int, seconds: float) -> None:
    scores = Scores(0.5, {"accuracy": 0.5})
    window.session.epochs.append(EpochDone(number, scores, scores, 0.1, seconds, 1000.0))


def drawn(window) -> tuple[list[float], list[float]]:
    window.loss.refresh()
    x, y = window.loss.within._line.getData()
    return ([] if x is None else x.tolist()), ([] if y is None else y.tolist())


def test_the_loss_is_drawn_before_the_first_epoch_is_done(opened):
    window = opened("spiral-mlp")

    for step in range(1, 4):
        moved(window, step / 10, loss=1 / step)

    assert drawn(window) == ([0.1, 0.2, 0.3], [1, 1 / 2, 1 / 3])
    assert "within the epoch" in window.loss._legend.text()
    assert not window.loss._hint.isVisible()


def test_epochs_that_are_short_show_their_ends_alone(opened):
    window = opened("spiral-mlp")
    moved(window, 0.5)
    ended(window, 1, seconds=LONG / 2)

    moved(window, 1.5)

    assert drawn(window) == ([], [])
    assert "within the epoch" not in window.loss._legend.text()


def test_the_line_goes_with_the_first_short_epoch_though_no_frame_comes(opened):
    window = opened("spiral-mlp")
    moved(window, 0.5)

    ended(window, 1, seconds=LONG / 2)

    assert drawn(window) == ([], [])
    assert "within the epoch" not in window.loss._legend.text()


def test_a_run_that_begins_anew_begins_its_line_anew(opened):
    window = opened("spiral-mlp")
    moved(window, 0.5)
    moved(window, 0.9)

    moved(window, 0.1)

    assert drawn(window)[0] == [0.1]


def test_reset_takes_the_line_away(opened):
    window = opened("spiral-mlp")
    moved(window, 0.5)

    window.session.progress = None

    assert drawn(window) == ([], [])


def test_a_long_run_keeps_a_bounded_number_of_points_and_their_mean(opened):
    window = opened("spiral-mlp")
    losses = np.linspace(3, 1, 10 * MOST)

    for step, loss in enumerate(losses):
        moved(window, step / 500, loss=float(loss))

    x, y = drawn(window)
    assert MOST / 4 < len(x) <= MOST
    assert np.all(np.diff(x) > 0)
    assert x[-1] > 0.99 * len(losses) / 500
    assert y == pytest.approx(np.interp(x, np.arange(len(losses)) / 500, losses), abs=1e-6)
