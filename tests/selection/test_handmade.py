from __future__ import annotations

import numpy as np
import pytest

from playground.selection.handmade import CLIP, ORIENTATIONS, grams, hog, summary


def edge(angle, size=28):
    """A soft edge; its gradient points in that direction, in degrees."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    along = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    return (1 / (1 + np.exp(-along)))[None, None].astype(np.float32)


@pytest.mark.parametrize(("angle", "bin"), [(0, 0), (40, 2), (80, 4), (160, 8)])
def test_an_edge_falls_into_the_bin_of_its_direction(angle, bin):
    blocks = hog(edge(angle)).reshape(-1, 4, ORIENTATIONS)
    strength = blocks.sum(axis=(0, 1))
    assert strength.argmax() == bin
    assert strength[bin] > 0.6 * strength.sum()


def test_a_direction_between_two_bins_is_shared_by_them():
    strength = hog(edge(30)).reshape(-1, ORIENTATIONS).sum(axis=0)  # a bin is 20 degrees wide: 30 lies between 1 and 2
    assert strength[1] == pytest.approx(strength[2], rel=0.15)


def test_light_and_contrast_do_not_matter_and_blocks_are_clipped():
    image = edge(20) + edge(100)
    assert hog(3 * image + 5) == pytest.approx(hog(image), abs=1e-3)
    blocks = hog(image).reshape(-1, 4 * ORIENTATIONS)
    lengths = np.sqrt((blocks**2).sum(axis=1))
    assert np.all((lengths < 1.001) & ((lengths > 0.9) | (lengths < 0.1)))
    assert CLIP == 0.2


def test_of_colours_the_strongest_gradient_counts():
    down, across = (each.astype(np.float32)[None, None] for each in np.mgrid[:28, :28])
    colours = np.concatenate([0.1 * across, down, 0.2 * across], axis=1)
    assert hog(colours) == pytest.approx(hog(down), abs=1e-5)
    assert hog(colours) != pytest.approx(hog(across), abs=0.1)


@pytest.mark.parametrize("shape", [(2, 1, 8, 8), (2, 3, 32, 32), (2, 1, 2, 2), (2, 1, 5, 40)])
def test_images_of_any_size_have_features(shape):
    found = hog(np.random.default_rng(0).normal(size=shape).astype(np.float32))
    assert found.shape[0] == 2
    assert np.isfinite(found).all()


def test_the_summary_of_a_wave_knows_its_frequency_and_slope():
    time = np.arange(60)
    wave = np.sin(2 * np.pi * 5 * time / 60)[None, :, None]
    line = (0.5 * time)[None, :, None]
    features = summary(wave)[0]
    assert features[:2] == pytest.approx([wave.mean(), wave.std()], abs=1e-6)
    assert 5 in features[-6:-3]
    assert summary(line)[0][4] == pytest.approx(0.5)
    lag = np.corrcoef(wave[0, 1:, 0], wave[0, :-1, 0])[0, 1]
    assert features[6] == pytest.approx(lag, abs=0.03)


def test_grams_count_symbols_and_pairs_of_the_training_part():
    count = grams(np.array([[0, 1, 0, 1], [2, 2, 2, 2]]))
    found = np.expm1(count(np.array([[0, 1, 0, 1], [1, 0, 0, 0]])))
    # 0, 1, 2, then 01, 10, 22 as codes 3 + 3a + b
    assert found[0] == pytest.approx([2, 2, 0, 2, 1, 0], abs=1e-5)
    assert found[1] == pytest.approx([3, 1, 0, 0, 1, 0], abs=1e-5)
