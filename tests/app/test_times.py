"""Two moments beside each other: held against numpy on weights made by hand; films against Pillow's own reading."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from playground.app.film import LAST, Still, can_write_mp4, reduced, write_film, write_gif
from playground.app.times import Score, at_end, moved, scores
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone, Scores


def checkpoint(**weights):
    return Checkpoint({f"weights/{name.replace('__', '.')}": np.asarray(value) for name, value in weights.items()})


def test_a_layers_change_is_that_of_all_its_weights_as_one_vector():
    a = checkpoint(dense1__weight=[[3.0]], dense1__bias=[4.0], norm1__running_mean=[9.0], norm1__weight=[1.0])
    b = checkpoint(dense1__weight=[[4.0]], dense1__bias=[-3.0], norm1__running_mean=[1.0], norm1__weight=[2.0])
    dense, norm = moved(a, b)
    assert (dense.layer, dense.weights) == ("dense1", 2)
    assert dense.change == pytest.approx(np.sqrt(50) / 5)
    assert dense.turn == pytest.approx(90)
    assert (norm.weights, norm.change, norm.turn) == (1, 1.0, 0.0)


def test_layers_that_begin_at_nothing_change_without_bound_and_others_not_at_all():
    zero, one = checkpoint(a__weight=[0.0]), checkpoint(a__weight=[1.0])
    assert moved(zero, one)[0].change == float("inf")
    assert moved(zero, zero)[0].change == 0


def test_scores_that_are_known_of_one_moment_alone_stand_there_alone():
    assert scores({"loss": 1.0}, {"loss": 0.5, "accuracy": 0.9}) == (
        Score("loss", 1.0, 0.5),
        Score("accuracy", None, 0.9),
    )
    done = EpochDone(3, Scores(0.5, {"accuracy": 0.8}), Scores(0.6, {}), 0.1, 1.0, 10.0)
    assert at_end([done], 3.0) == {"train loss": 0.5, "train accuracy": 0.8}
    assert at_end([done], 2.5) == {}


def test_a_film_has_a_picture_a_moment_and_its_last_one_stands_longer(tmp_path):
    colors = [(200, 10, 10), (10, 200, 10), (10, 10, 200)]
    stills = [Still(8, 4, bytes((*color, 255)) * 32) for color in colors]
    write_gif(tmp_path / "a.gif", [reduced(still) for still in stills], 120)
    with Image.open(tmp_path / "a.gif") as film:
        assert (film.n_frames, film.size, film.info["loop"]) == (3, (8, 4), 0)
        for number, color in enumerate(colors):
            film.seek(number)
            assert film.info["duration"] == (LAST if number == 2 else 120)
            assert np.abs(np.array(film.convert("RGB").getpixel((0, 0))) - color).max() <= 8


def test_a_film_as_mp4_has_the_same_pictures(tmp_path):
    reading = pytest.importorskip("imageio_ffmpeg")
    assert can_write_mp4()
    colors = [(200, 10, 10), (10, 200, 10), (10, 10, 200)]
    stills = [Still(65, 33, bytes((*color, 255)) * 65 * 33) for color in colors]  # H.264 has even sides alone
    write_film(tmp_path / "a.mp4", [reduced(still) for still in stills], 100)
    frames = reading.read_frames(tmp_path / "a.mp4", pix_fmt="rgb24")
    facts = next(frames)
    assert (facts["size"], facts["fps"], facts["codec"]) == ((66, 34), 10.0, "h264")
    found = [np.frombuffer(frame, np.uint8).reshape(34, 66, 3)[10, 10] for frame in frames]
    assert len(found) == 2 + LAST // 100
    for number, color in enumerate(colors):
        assert np.abs(found[number].astype(int) - color).max() <= 12  # colours are halved in size and put into YUV


def test_an_mp4_that_ffmpeg_cannot_make_leaves_nothing(tmp_path, monkeypatch):
    pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "false")
    with pytest.raises(OSError, match="FFmpeg said"):
        write_film(tmp_path / "a.mp4", [reduced(Still(8, 4, bytes(128)))], 100)
    assert list(tmp_path.glob("*.mp4")) == []
