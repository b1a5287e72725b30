"""The 2-D sets obey the published formulas of tensorflow/playground's generators."""

from __future__ import annotations

import numpy as np
import pytest

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.points import HILLS, SETS, engineer


def made(source, **options):
    return load(DataChoice(source=source, **options))


@pytest.mark.parametrize("source", SETS)
def test_every_set_has_its_number_of_examples_and_is_the_same_for_the_same_seed(source):
    first, again, other = made(source), made(source), made(source, seed=1)
    assert len(first.inputs) == (500 if first.task == "classes" else 1200)
    assert np.array_equal(first.inputs, again.inputs)
    assert source == "spiral" or not np.array_equal(first.inputs, other.inputs)


def test_circle_without_noise_is_a_disc_in_a_ring():
    data = made("circle")
    radius = np.hypot(*data.plane.T)
    assert np.array_equal(data.targets == 1, radius < 2.5)
    assert radius.max() <= 5
    assert not ((radius > 2.5001) & (radius < 3.4999)).any()


def test_xor_keeps_clear_of_the_axes_and_follows_the_sign_of_the_product():
    data = made("xor")
    assert np.abs(data.plane).min() >= 0.3 - 1e-6
    assert np.abs(data.plane).max() <= 5.3
    assert np.array_equal(data.targets == 1, data.plane.prod(axis=1) >= 0)


@pytest.mark.parametrize(("noise", "variance"), [(0, 0.5), (50, 4.0)])
def test_gauss_has_two_bells_whose_variance_grows_with_noise(noise, variance):
    data = made("gauss", noise=noise, samples=20_000)
    for label, centre in ((1, 2), (0, -2)):
        cloud = data.plane[data.targets == label]
        assert cloud.mean(axis=0) == pytest.approx([centre, centre], abs=0.1)
        assert cloud.var(axis=0) == pytest.approx([variance, variance], rel=0.06)


def test_spiral_is_the_formula_point_by_point():
    data = made("spiral")
    i = np.arange(250)
    t = 1.75 * i / 250 * 2 * np.pi
    arm = np.stack([5 * i / 250 * np.sin(t), 5 * i / 250 * np.cos(t)], axis=1)
    assert data.plane[:250] == pytest.approx(arm, abs=1e-5)
    assert data.plane[250:] == pytest.approx(-arm, abs=1e-5)
    assert data.targets.tolist() == [1] * 250 + [0] * 250


def test_plane_is_a_tenth_of_the_sum():
    data = made("plane")
    assert data.targets[:, 0] == pytest.approx(data.plane.sum(axis=1) / 10, abs=1e-6)


def test_hills_are_the_highest_of_six_cones():
    data = made("hills")
    x, y = data.plane[7]
    cones = [sign * max(0, 1 - np.hypot(x - a, y - b) / 2) for a, b, sign in HILLS]
    assert data.targets[7, 0] == pytest.approx(max(cones, key=abs), abs=1e-5)
    assert np.abs(data.targets).max() <= 1


def test_noise_moves_only_the_point_whose_label_is_looked_up():
    clean, noisy = made("circle"), made("circle", noise=50)
    radius = np.hypot(*noisy.plane.T)
    assert ((radius < 2.51) | (radius > 3.49)).all()
    assert (noisy.targets != (radius < 2.5)).any()
    assert (clean.targets == (np.hypot(*clean.plane.T) < 2.5)).all()


def test_engineered_inputs_are_what_they_say():
    names = ["x", "y", "x2", "y2", "xy", "sin x", "sin y"]
    values = engineer(np.array([[2.0, -3.0]]), names)[0]
    assert values == pytest.approx([2, -3, 4, 9, -6, np.sin(2), np.sin(-3)])


def test_an_unknown_or_no_input_is_refused():
    with pytest.raises(DataProblem, match="There is no input “z”. Choose from: x, y, x2"):
        engineer(np.zeros((1, 2)), ["z"])
    with pytest.raises(DataProblem, match="A network needs at least one input"):
        engineer(np.zeros((1, 2)), [])
