"""Decoded images: kept, found again, made anew, thrown out; and large sets streamed from them."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest
import torch
from PIL import Image

from playground.data import image_cache, streamed
from playground.data.choices import ImageReading
from playground.data.dataset import DataChoice, Dataset
from playground.data.image_cache import cache_folder, decoded, prune
from playground.data.split import fit_scaler, prepare
from playground.data.streamed import Rows, Streamed
from playground.data.suspicions import first_of_each, suspicions
from playground.engine.events import EpochDone
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.templates import TEMPLATES


def files(folder, count=300, side=8):
    """Files of noise, each another."""
    random = np.random.default_rng(0)
    folder.mkdir(exist_ok=True)
    pixels = random.integers(0, 256, (count, side, side), dtype=np.uint8)
    for number, each in enumerate(pixels):
        Image.fromarray(each).save(folder / f"{number:04}.png")
    return [f"{number:04}.png" for number in range(count)], pixels


def kept():
    return sorted(each.name for each in cache_folder().iterdir())


def no_reading(*_args):
    raise AssertionError("a file was decoded again")


def test_pixels_come_from_the_cache_the_second_time(tmp_path, monkeypatch):
    names, pixels = files(tmp_path / "i")
    first = decoded(tmp_path / "i", names, ImageReading())
    assert np.array_equal(first.pixels[:, 0], pixels)
    monkeypatch.setattr(image_cache, "read_image", no_reading)
    assert np.array_equal(decoded(tmp_path / "i", names, ImageReading()).pixels[:, 0], pixels)
    assert len(kept()) == 2


def test_other_options_or_another_file_are_another_cache(tmp_path):
    names, _ = files(tmp_path / "i", 20)
    decoded(tmp_path / "i", names, ImageReading())
    assert decoded(tmp_path / "i", names, ImageReading(height=4)).pixels.shape == (20, 1, 4, 4)
    Image.new("L", (8, 8), 7).save(tmp_path / "i" / "0003.png")
    assert decoded(tmp_path / "i", names, ImageReading()).pixels[3].max() == 7
    assert len(kept()) == 6


@pytest.mark.parametrize("damage", ["short", "note", "shape", "no note"])
def test_a_damaged_cache_is_made_anew(tmp_path, damage):
    names, pixels = files(tmp_path / "i", 20)
    decoded(tmp_path / "i", names, ImageReading())
    (content,) = cache_folder().glob("*.bytes")
    note = content.with_suffix(".json")
    if damage == "short":
        content.write_bytes(content.read_bytes()[:-5])
    elif damage == "no note":
        note.unlink()
    else:
        note.write_text("{" if damage == "note" else '{"shape": [20, 1, 9, 9], "kept": [], "left": []}')
    assert np.array_equal(decoded(tmp_path / "i", names, ImageReading()).pixels[:, 0], pixels)


def test_progress_counts_to_the_end_and_what_it_raises_ends_the_reading(tmp_path):
    names, _ = files(tmp_path / "i", 300)
    seen = []

    class Cancelled(Exception):
        pass

    def cancel(done, total):
        if done > 350:
            raise Cancelled

    with pytest.raises(Cancelled):
        decoded(tmp_path / "i", names, ImageReading(), cancel)
    assert kept() == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decoding")]
    decoded(tmp_path / "i", names, ImageReading(), lambda done, total: seen.append((done, total)))
    assert seen == [(number, 600) for number in range(1, 601)]


def test_what_was_not_used_longest_is_thrown_out(tmp_path):
    names, _ = files(tmp_path / "i", 20)
    for side in (4, 5, 6):
        decoded(tmp_path / "i", names, ImageReading(height=side))
    ages = {16: 300, 25: 100, 36: 200}
    for each in cache_folder().glob("*.bytes"):
        age = ages[each.stat().st_size // 20]
        os.utime(each, (10**9 - age, 10**9 - age))
    prune(most=20 * 25 + 20 * 36)
    assert sorted(each.stat().st_size // 20 for each in cache_folder().glob("*.bytes")) == [25, 36]
    assert len(kept()) == 4


def test_the_disk_is_asked_before_anything_is_decoded(tmp_path, monkeypatch):
    names, _ = files(tmp_path / "i", 20)
    monkeypatch.setattr(image_cache, "MOST_BYTES", 1000)
    with pytest.raises(Exception, match="Choose a smaller size, or fewer images."):
        decoded(tmp_path / "i", names, ImageReading())


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A set of images in a file that counts as too large to hold, and the same in memory."""
    random = np.random.default_rng(1)
    labels = np.arange(400) % 4
    pixels = random.integers(0, 200, (400, 3, 8, 8), dtype=np.uint8)
    pixels[np.arange(400), :, labels] += 50
    pixels.tofile(tmp_path / "p.bytes")
    mapped = np.memmap(tmp_path / "p.bytes", np.uint8, "r", shape=pixels.shape)

    def made(inputs):
        return Dataset("n", "N", "image", inputs, labels, "classes", tuple("abcd"))

    held = prepare(made(pixels.astype(np.float32)), DataChoice())
    monkeypatch.setattr(streamed, "ABOVE", 1000)
    return prepare(made(mapped), DataChoice()), held


def test_streamed_inputs_are_the_held_ones(large):
    far, near = large
    assert isinstance(far.train.inputs, Streamed)
    there, here = far.train.inputs, near.train.inputs
    assert there.shape == here.shape
    assert np.allclose(np.asarray(there), here, atol=1e-6)
    for key in (3, slice(5, 40, 3), np.array([7, 7, 0]), (slice(0, 9), 1), (2, 0, slice(1, 3))):
        assert np.allclose(there[key], here[key], atol=1e-6)
    assert there.min() == pytest.approx(float(here.min()), abs=1e-6)
    assert np.allclose(np.stack(list(there)), here, atol=1e-6)


def test_figures_of_bytes_are_those_of_numpy(large):
    raw, rows = np.asarray(large[0].dataset.inputs), large[0].train.rows
    standard = fit_scaler(raw, rows, "standard", True)
    assert standard.shift.item() == pytest.approx(raw[rows].mean(), rel=1e-6)
    assert standard.scale.item() == pytest.approx(raw[rows].std(), rel=1e-6)
    unit = fit_scaler(raw, rows, "unit", True)
    assert (unit.shift.item(), unit.scale.item()) == (raw[rows].min(), np.ptp(raw[rows]))


def test_learning_from_a_stream_gives_the_numbers_of_learning_from_memory(large):
    losses = []
    for examples in large:
        graph = TEMPLATES["image-cnn"].build(examples.signature)
        training = Training(graph, Recipe(epochs=3, batch=32), examples, "cpu")
        done = [event for event in training.events() if isinstance(event, EpochDone)]
        losses.append([(event.train.loss, event.valid.loss) for event in done])
    assert np.allclose(*losses, atol=1e-4)


def test_batches_are_scaled_on_the_device_as_the_scaler_scales_them(large):
    examples = large[0]
    training = Training(TEMPLATES["image-cnn"].build(examples.signature), Recipe(batch=32), examples, "cpu")
    rows = torch.tensor([5, 2, 5])
    drawn = training._parts["train"][0].index_select(0, rows)
    assert np.array_equal(drawn.numpy(), examples.train.inputs[rows.numpy()])


def test_what_is_suspicious_is_found_in_a_stream_too(large):
    assert suspicions(large[0]).shared == suspicions(large[1]).shared == 0
    inputs = np.asarray(large[0].dataset.inputs)
    assert first_of_each(np.concatenate([inputs[:3], inputs[:2]])).tolist() == [True, True, True, False, False]


def test_a_file_cut_short_while_it_is_read_is_told(tmp_path):
    np.zeros((10, 4), np.uint8).tofile(tmp_path / "p")
    rows = Rows(np.memmap(tmp_path / "p", np.uint8, "r", shape=(10, 4)))
    os.truncate(tmp_path / "p", 20)
    with pytest.raises(OSError, match="was cut short while it was read"):
        rows.take(np.array([9]))
