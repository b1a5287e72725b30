from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from playground.app import weight_path
from playground.app.weight_path import MOST, WeightPath


class Walking:
    """A training whose one weight is the number of its epoch."""

    def __init__(self, count: int = 1) -> None:
        self.epoch = 0
        self.network = SimpleNamespace(count=count, parameters=lambda: [torch.full((1,), float(self.epoch))])


def walked(epochs: int) -> WeightPath:
    path, training = WeightPath(), Walking()
    for training.epoch in range(epochs + 1):
        path.note(training)
    return path


def test_every_epoch_of_a_short_run_is_kept():
    points = walked(20).points
    assert [epoch for epoch, _ in points] == list(range(21))
    assert [float(weights[0]) for _, weights in points] == list(range(21))


def test_a_long_run_is_thinned_evenly_and_keeps_its_beginning():
    path = walked(5000)
    epochs = [epoch for epoch, _ in path.points]
    assert MOST / 2 <= len(epochs) <= MOST
    assert epochs[0] == 0
    assert set(np.diff(epochs)) == {path.every}


def test_the_weights_take_no_more_room_than_allowed(monkeypatch):
    monkeypatch.setattr(weight_path, "MOST_BYTES", 200)
    path = walked(100)
    assert sum(weights.nbytes for _, weights in path.points) <= 200


def test_a_longer_way_takes_no_more_room():
    path = walked(MOST - 1)
    room = path._rows
    for epochs in (MOST, 3 * MOST, 40 * MOST):
        training = Walking()
        for training.epoch in range(path.epochs[-1] + 1, epochs + 1):
            path.note(training)
        assert path._rows is room
        assert [float(weights[0]) for _, weights in path.points] == list(path.epochs)


def test_what_was_asked_for_stays_as_it_was():
    path = walked(MOST - 1)
    asked = path.points
    training = Walking()
    for training.epoch in range(MOST, 3 * MOST):
        path.note(training)
    assert [float(weights[0]) for _, weights in asked] == list(range(MOST))


def test_a_run_that_goes_on_lengthens_the_way():
    path, training = walked(20), Walking()
    for training.epoch in range(20, 31):
        path.note(training)
    assert path.epochs == tuple(range(31))


@pytest.mark.parametrize("begin", [0, 401])
def test_back_at_an_earlier_epoch_the_way_begins_anew(begin):
    path, training = walked(3 * MOST), Walking()
    for training.epoch in range(begin, begin + 4):
        path.note(training)
    assert path.epochs == tuple(range(begin, begin + 4))


def test_another_network_begins_a_way_of_its_own():
    path, training = walked(5), Walking()
    training.network.parameters = lambda: [torch.zeros(3)]
    training.epoch = 6
    path.note(training)
    assert [(epoch, len(weights)) for epoch, weights in path.points] == [(6, 3)]


def test_nothing_is_kept_of_a_network_too_large(monkeypatch):
    monkeypatch.setattr(weight_path, "MOST_BYTES", 39)
    path = walked(3)
    assert path.is_too_large
    assert path.points == ()


@pytest.mark.parametrize("begin", [0, 7])
def test_a_run_that_goes_on_begins_where_it_is(begin):
    path, training = WeightPath(), Walking()
    for training.epoch in range(begin, begin + 4):
        path.note(training)
    assert path.points[0][0] == begin
