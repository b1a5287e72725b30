from __future__ import annotations

import threading
import time

import pytest

from playground.app.beside import Beside
from playground.app.loading import Loading
from playground.data import catalogue
from playground.data.dataset import DataChoice


@pytest.fixture
def beside():
    made = Beside()
    yield made
    made.close()


def until(beside, is_so):
    end = time.monotonic() + 10
    while not is_so():
        beside.poll()
        assert time.monotonic() < end
        time.sleep(0.001)


def test_reading_tells_how_far_it_is_and_can_be_stopped(beside, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(choice, progress):
        progress(30, 100)
        begun.set()
        go_on.wait(10)
        progress(31, 100)

    monkeypatch.setattr(catalogue, "load", slow)
    loading, answers = Loading(beside), []
    loading.read(DataChoice(source="big.csv"), answers.append)
    assert begun.wait(10)
    assert loading.progress == (30, 100)
    loading.stop()
    go_on.set()
    until(beside, lambda: answers)
    assert answers == ["big.csv was stopped before its end. Choose it again, or “Read again” beside the data."]
    assert loading.progress is None


def test_what_was_read_stays_at_hand(beside):
    loading, answers = Loading(beside), []
    loading.read(DataChoice(source="iris"), answers.append)
    until(beside, lambda: answers)
    loading.read(DataChoice(source="iris"), answers.append)
    assert answers[1] is answers[0]
    assert loading.progress is None


def test_large_data_leave_no_room_for_those_before(beside, monkeypatch):
    loading, answers = Loading(beside), []
    for source in ("iris", "wine"):
        loading.read(DataChoice(source=source), answers.append)
        until(beside, lambda source=source: loading.at_hand(DataChoice(source=source)))
    assert loading.at_hand(DataChoice(source="iris")) is answers[0]
    monkeypatch.setattr("playground.app.loading.KEPT_BYTES", answers[0].nbytes)
    loading.read(DataChoice(source="digits"), answers.append)
    until(beside, lambda: len(answers) == 3)
    assert loading.at_hand(DataChoice(source="digits")) is answers[2]
    assert loading.at_hand(DataChoice(source="wine")) is loading.at_hand(DataChoice(source="iris")) is None


def test_a_reading_can_still_be_stopped_when_the_file_is_read_and_the_rest_is_not(beside, monkeypatch):
    answers: list[object] = []
    loading = Loading(beside)

    def read(choice, progress):
        progress(100, 100)
        assert loading.progress == (100, 100)
        progress(0, 0)
        assert loading.progress == (0, 0)  # a bar that only says that something is done
        loading.stop()
        return

    monkeypatch.setattr(catalogue, "load", read)
    loading.read(DataChoice(source="big.csv"), answers.append)
    until(beside, lambda: answers)
    assert answers == ["big.csv was stopped before its end. Choose it again, or “Read again” beside the data."]


def test_data_made_in_no_time_show_no_bar(beside, monkeypatch):
    seen: list[object] = []
    loading = Loading(beside)
    monkeypatch.setattr("playground.data.split.prepare", lambda *_: seen.append(loading.progress))
    loading.read(DataChoice(source="spiral"), seen.append)
    until(beside, lambda: len(seen) == 2)
    assert seen == [None, None]
