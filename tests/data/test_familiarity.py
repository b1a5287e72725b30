"""What lies far from the training data is told by distances that others compute too, and seldom wrongly."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from playground.data.familiarity import (
    ALARMS,
    MOST_VALUES,
    NEAREST,
    familiarity,
    feature_view,
    from_arrays,
    input_view,
    spread,
    to_arrays,
)


@pytest.fixture
def bell():
    """Training and validation examples of one bell in ten dimensions."""
    random = np.random.default_rng(0)
    return random.normal(size=(600, 10)).astype(np.float32), random.normal(size=(300, 10)).astype(np.float32)


def test_the_distance_is_that_to_the_fifth_nearest_as_scikit_learn_has_it(bell):
    known, usual = bell
    found = familiarity({"inputs": known}, {"inputs": usual}).views["inputs"]
    ours = NearestNeighbors(n_neighbors=NEAREST).fit(known).kneighbors(usual)[0][:, -1]
    assert found.usual == pytest.approx(ours, rel=5e-3)  # the known ones are kept with half the digits
    own = NearestNeighbors(n_neighbors=NEAREST).fit(known).kneighbors()[0][:, -1]
    assert found.own == pytest.approx(own, rel=5e-3)


@pytest.mark.parametrize("held_out", [20, 60, 300])
def test_new_examples_of_the_same_kind_are_seldom_flagged(held_out):
    shares = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        known, usual, new = (random.normal(size=(n, 6)).astype(np.float32) for n in (400, held_out, 500))
        found = familiarity({"inputs": known}, {"inputs": usual})
        shares.append(found.are_strange(found.farness({"inputs": new})).mean())
    assert np.mean(shares) <= ALARMS + 0.01


def test_others_are_flagged_in_whichever_view_they_differ(bell):
    known, usual = bell
    both = familiarity({"inputs": known, "features": known[:, :3]}, {"inputs": usual, "features": usual[:, :3]})
    far_inputs = {"inputs": usual[:50] + 4, "features": usual[:50, :3]}
    far_features = {"inputs": usual[:50], "features": usual[:50, :3] + 6}
    for views in (far_inputs, far_features):
        assert both.are_strange(both.farness(views)).mean() > 0.95
    assert both.are_strange(both.farness({"inputs": usual, "features": usual[:, :3]})).mean() <= ALARMS


def test_too_few_examples_say_nothing(bell):
    known, usual = bell
    assert familiarity({"inputs": known}, {"inputs": usual[:9]}) is None
    assert familiarity({"inputs": known[:NEAREST]}, {"inputs": usual}) is None


def test_it_is_kept_as_arrays_and_damaged_ones_are_refused(bell):
    known, usual = bell
    found = familiarity({"inputs": known}, {"inputs": usual})
    again = from_arrays(to_arrays(found))
    farness = found.farness({"inputs": usual + 1})
    assert np.array_equal(again.farness({"inputs": usual + 1})["inputs"], farness["inputs"])
    for spoilt in ({}, to_arrays(found) | {"inputs/own": np.zeros(3)}, to_arrays(found) | {"inputs/usual": usual}):
        with pytest.raises(ValueError, match="known examples"):
            from_arrays(spoilt)


def test_large_inputs_are_compared_as_means_of_blocks():
    images = np.random.default_rng(0).normal(size=(3, 3, 64, 64)).astype(np.float32)
    view = input_view(images)
    assert view.shape == (3, 768)
    assert view[0, 0] == pytest.approx(images[0, 0, :4, :4].mean(), abs=1e-5)
    assert input_view(np.ones((2, 5001), np.float32)).shape[1] <= MOST_VALUES
    assert np.array_equal(input_view(images[:, :1, :8, :8]), images[:, :1, :8, :8].reshape(3, 64))


def test_features_are_compared_by_direction_alone():
    features = np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)
    assert feature_view(features).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]
    assert spread(1000, 3).tolist() == [0, 499, 999]
    assert spread(2, 5).tolist() == [0, 1]
