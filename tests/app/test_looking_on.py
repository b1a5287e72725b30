from __future__ import annotations

import json
import math

import pytest

from playground.app.beside import Beside
from playground.app.looking_on import EVERY, LONGEST_LINE, Following, FollowProblem, added
from playground.app.telling import Telling


def line(epoch: int, loss: float | None = 0.5) -> str:
    scores = {"loss": loss, "accuracy": 0.75}
    values = {"event": "epoch", "epoch": epoch, "train": scores, "valid": scores, "learning_rate": 0.1, "seconds": 1.0}
    return f"{json.dumps({**values, 'samples_per_second': 100.0})}\n"


@pytest.fixture
def told():
    return Telling()


@pytest.fixture
def following(told, monkeypatch):
    monkeypatch.setattr("playground.app.looking_on.EVERY", 0.0)
    beside = Beside()
    yield Following(beside, told.tell, told.say)
    beside.close()


def look(following: Following) -> None:
    """One look at the file, to its end."""
    following.poll()
    while following._is_reading:
        following._beside.poll()


def test_epochs_appear_as_they_are_written(following, told, tmp_path):
    file = tmp_path / "far.jsonl"
    file.write_text('{"event": "started", "device": "cuda"}\n' + line(1))
    following.follow(file)
    look(following)
    assert [epoch.epoch for epoch in following.epochs] == [1]
    assert told.message == "Following far: epoch 1, validation loss 0.5, accuracy 0.75."

    with file.open("a") as more:
        more.write(line(2) + line(3)[:20])
    look(following)
    assert [epoch.epoch for epoch in following.epochs] == [1, 2]

    with file.open("a") as more:
        more.write(line(3)[20:] + '{"event": "finished", "reason": "early_stopping"}\n')
    look(following)
    assert [epoch.epoch for epoch in following.epochs] == [1, 2, 3]
    assert following.ended == "early_stopping"
    assert told.message == "far ended: epoch 3, validation loss 0.5, accuracy 0.75."
    assert not told.is_complaint


def test_after_a_restart_epochs_that_come_again_take_the_place_of_the_old(following, tmp_path):
    file = tmp_path / "far.jsonl"
    file.write_text(line(1) + line(2) + line(3) + line(2, 0.25))
    following.follow(file)

    look(following)

    assert [(epoch.epoch, epoch.valid.loss) for epoch in following.epochs] == [(1, 0.5), (2, 0.25)]


def test_a_file_that_was_begun_anew_is_read_from_its_beginning(following, tmp_path):
    file = tmp_path / "far.jsonl"
    file.write_text(line(1) + line(2) + line(3))
    following.follow(file)
    look(following)

    file.write_text(line(1, 0.125))
    look(following)

    assert [(epoch.epoch, epoch.valid.loss) for epoch in following.epochs] == [(1, 0.125)]


def test_what_is_no_number_is_shown_as_none(following, tmp_path):
    file = tmp_path / "far.jsonl"
    file.write_text(line(1, None) + '{"event": "epoch", "epoch": -1}\n{"event": "epoch", "epoch": 2, "train": 3}\n')
    following.follow(file)

    look(following)

    (epoch,) = following.epochs
    assert math.isnan(epoch.valid.loss)


@pytest.mark.parametrize(
    "content", ["thesis\n", "[1, 2]\n", '{"other": 1}\n', "[" * 5000 + "\n", "a" * (LONGEST_LINE + 9)]
)
def test_a_foreign_file_gets_one_sentence(following, told, tmp_path, content):
    file = tmp_path / "thesis.txt"
    file.write_text(content)
    following.follow(file)

    look(following)

    sentence = "thesis.txt has no events of a run. Follow a file that “playground train --events” writes."
    assert told.message == sentence
    assert following.path is None
    with pytest.raises(FollowProblem, match="has no events"):
        added(file, 0)


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path):
    with pytest.raises(FollowProblem, match="There is no file .* to follow. Name the one that “playground train"):
        added(tmp_path / "none.jsonl", 0)


def test_a_long_file_is_read_in_pieces(tmp_path):
    file = tmp_path / "long.jsonl"
    file.write_text("".join(line(epoch) for epoch in range(1, 9001)))

    first = added(file, 0)
    second = added(file, first.end)

    assert 0 < len(first.lines) < 9000
    assert first.lines[-1]["epoch"] + 1 == second.lines[0]["epoch"]


def test_it_is_not_read_again_at_once(told, tmp_path):
    beside = Beside()
    following = Following(beside, told.tell, told.say)
    file = tmp_path / "far.jsonl"
    file.write_text(line(1))
    following.follow(file)
    look(following)

    following.poll()

    assert EVERY > 0
    assert not following._is_reading
    beside.close()
