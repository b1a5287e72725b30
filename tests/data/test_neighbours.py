from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.neighbours import NEAREST, standing_out, twins
from playground.data.split import prepare


def examples_of(**choice):
    made = DataChoice(**choice)
    return prepare(load(made), made)


def test_distances_are_those_of_scikit_learn():
    examples = examples_of(source="digits")
    found = standing_out(examples)
    flat = examples.train.inputs.reshape(len(examples.train), -1)
    nearest = NearestNeighbors(n_neighbors=NEAREST + 1).fit(flat)
    theirs = nearest.kneighbors(flat)[0][:, -1]  # the first is the example itself
    assert np.allclose(found.distance[: len(flat)], theirs, atol=1e-4)
    valid = examples.valid.inputs.reshape(len(examples.valid), -1)
    theirs, rows = nearest.kneighbors(valid, NEAREST)
    assert np.allclose(found.distance[len(flat) :], theirs[:, -1], atol=1e-4)
    assert (found.nearest[len(flat) :, 0] == examples.train.rows[rows[:, 0]]).mean() > 0.99  # but for ties


def test_a_wrong_label_stands_out():
    examples = examples_of(source="digits")
    row = int(examples.train.rows[10])
    targets = examples.dataset.targets.copy()
    targets[row] = (targets[row] + 5) % 10
    found = standing_out(replace(examples, dataset=replace(examples.dataset, targets=targets)))
    share = found.strange[found.rows == row][0]
    assert share >= 0.8
    assert (found.strange >= 0.8).mean() < 0.03


def test_what_is_far_from_all_others_comes_first():
    examples = examples_of(source="iris")
    far = examples.train.inputs.copy()
    far[7] += 30
    found = standing_out(replace(examples, train=replace(examples.train, inputs=far)))
    assert found.rows[found.distance.argmax()] == examples.train.rows[7]


def test_words_have_no_distance():
    assert standing_out(examples_of(source="reverse")) is None


def test_the_work_can_be_ended_from_outside():
    def enough(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        standing_out(examples_of(source="digits"), enough)


def test_duplicates_are_found_those_with_different_labels_first():
    examples = examples_of(source="iris")
    inputs = examples.train.inputs.copy()
    inputs[[3, 4, 5]] = 100.0
    labels = examples.dataset.targets.copy()
    labels[examples.train.rows[[3, 4]]] = 0
    labels[examples.train.rows[5]] = 1
    found = twins(replace(examples, train=replace(examples.train, inputs=inputs),
                          dataset=replace(examples.dataset, targets=labels)))  # fmt: skip
    assert found[0].rows.tolist() == examples.train.rows[[3, 4, 5]].tolist()
    assert found[0].differ
    assert not found[0].crosses
    assert all(len(each.rows) > 1 for each in found)
