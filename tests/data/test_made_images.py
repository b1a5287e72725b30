from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline
from scipy.ndimage import center_of_mass
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.pen import SIDE, drawn, joined, smooth

NAMES = ("strokes", "shapes")


def made(name: str, **settings):
    return load(DataChoice(source=name, **settings))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_draws_the_same_and_another_draws_others(name):
    first = made(name, samples=60)
    assert np.array_equal(first.inputs, made(name, samples=60).inputs)
    other = made(name, samples=60, seed=1).inputs
    assert not any(np.array_equal(image, theirs) for image in first.inputs for theirs in other)


@pytest.mark.parametrize("name", NAMES)
def test_every_class_is_there_as_often_and_every_image_has_ink_within_its_borders(name):
    data = made(name, samples=600)
    counts = np.bincount(data.targets, minlength=len(data.class_names))
    assert np.ptp(counts) <= 1
    assert data.inputs.shape == (600, 1, 28, 28)
    assert (data.inputs.max(axis=(1, 2, 3)) > 120).all()
    border = np.concatenate(
        [data.inputs[:, 0, (0, -1)].reshape(600, -1), data.inputs[:, 0, :, (0, -1)].reshape(600, -1)]
    )
    assert (border > 0).mean() < 0.03, "hardly anything is cut off"


@pytest.mark.parametrize("name", NAMES)
def test_more_variation_makes_images_of_a_class_differ_more(name):
    calm, usual, wild = (_nearest_of_its_class(made(name, samples=300, variation=share)) for share in (0, 50, 100))
    assert calm < usual < wild


def _nearest_of_its_class(data) -> float:
    """The median distance of an image to the most similar one of its class, in its own lengths."""
    found = []
    for label in range(len(data.class_names)):
        flat = data.inputs[data.targets == label].reshape(-1, 784)
        away = NearestNeighbors(n_neighbors=2).fit(flat).kneighbors(flat)[0][:, 1]
        found.append(away / np.linalg.norm(flat, axis=1))
    return float(np.median(np.concatenate(found)))


def test_noise_is_of_the_size_that_was_asked_for():
    plain, noisy = (made("shapes", samples=200, noise=noise).inputs for noise in (0, 10))
    middle = (plain > 60) & (plain < 190)  # where neither end cuts it off
    assert (noisy - plain)[middle].std() == pytest.approx(25.5, rel=0.1)


def test_many_images_stay_bytes_and_reading_tells_how_far_it_is():
    told = []
    data = load(DataChoice(source="strokes", samples=2000), lambda done, total: told.append((done, total)))
    assert told[-1] == (2000, 2000)
    assert len(told) > 5
    assert data.inputs.dtype == np.float32


def test_reading_ends_when_it_is_stopped():
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    for name in NAMES:
        with pytest.raises(Stopped):
            load(DataChoice(source=name), stop)


def test_logistic_regression_learns_the_digits_but_not_all_of_them():
    data = made("strokes")
    flat = data.inputs.reshape(len(data.inputs), -1) / 255
    score = (
        LogisticRegression(C=0.1, max_iter=200)
        .fit(flat[:2000], data.targets[:2000])
        .score(flat[2000:], data.targets[2000:])
    )
    assert 0.8 < score < 0.97


def test_a_line_covers_as_much_as_its_length_times_its_width():
    for angle in (0.0, 0.3, 0.8, 1.4):
        way = 5 * np.array([np.cos(angle), np.sin(angle)])
        line = np.array([[[14 - way, 14 + way]]], np.float32)
        covered = drawn(line, np.array([1.0], np.float32))
        assert covered.sum() == pytest.approx(10 * 2 + np.pi, rel=0.05)
        assert center_of_mass(covered[0]) == pytest.approx((13.5, 13.5), abs=0.02)


def test_a_filled_outline_covers_its_area():
    corners = np.array([[[4, 4], [20, 4], [20, 16], [4, 16], [4, 4]]], np.float32)
    covered = drawn(joined(corners), np.array([0.0], np.float32), np.array([True]))
    assert covered.sum() == pytest.approx(16 * 12, rel=0.02)
    assert covered[0, 10, 12] == 1
    assert covered[0, 2, 2] == covered[0, 20, 10] == 0
    hollow = drawn(joined(corners), np.array([0.0], np.float32), np.array([False]))
    assert hollow[0, 10, 12] == 0


def test_curves_go_through_their_corners_as_catmull_and_rom_say():
    corners = np.array([[0, 0], [1, 2], [3, 1], [4, 4]], float)
    ends = np.concatenate([corners[:1], corners, corners[-1:]])
    theirs = CubicHermiteSpline(np.arange(4), corners, (ends[2:] - ends[:-2]) / 2)
    assert smooth(4, 13) @ corners == pytest.approx(theirs(np.linspace(0, 3, 13)), abs=1e-5)
    ring = smooth(4, 9, True) @ corners
    assert ring[::2] == pytest.approx(np.concatenate([corners, corners[:1]]), abs=1e-5)
    assert SIDE == 28
