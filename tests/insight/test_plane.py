from __future__ import annotations

import numpy as np
import pytest

from playground.app.document import make_project
from playground.data.split import prepare
from playground.engine.train import Training
from playground.insight.plane import bent, links, set_weight


def made(template: str) -> Training:
    document, dataset = make_project(template)
    return Training(document.graph, document.recipe, prepare(dataset, document.data))


def test_before_a_linear_layer_the_plane_is_only_stretched():
    training = made("spiral-mlp")
    found = bent(training, "input1", (0, 1), side=5)
    steps = np.diff(found.grid, axis=1)
    np.testing.assert_allclose(steps, np.broadcast_to(steps[0, 0], steps.shape), atol=1e-5)
    assert found.held == pytest.approx(1)
    assert found.points.shape == (300, 2)


def test_two_main_directions_hold_more_than_two_units():
    training = made("spiral-mlp")
    main, two = bent(training, "dense1"), bent(training, "dense1", (0, 1))
    assert main.held >= two.held - 1e-9
    assert main.grid.shape == (21, 21, 2)


def test_other_data_have_no_plane():
    assert bent(made("digits-mlp"), "dense1") is None


def test_a_weight_set_by_hand_counts_at_once():
    training = made("xor-mlp")
    before = training.evaluate("valid").loss
    (first, *_) = links(training)
    old = set_weight(training, first.id, 1, 0, 25.0)
    assert old == pytest.approx(first.weight[1, 0])
    assert links(training)[0].weight[1, 0] == 25.0
    assert training.evaluate("valid").loss != before
    with pytest.raises(ValueError, match="has no weight from 9 to 0"):
        set_weight(training, first.id, 0, 9, 1.0)
