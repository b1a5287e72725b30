"""What may go wrong while runs are recorded, and that training never hears of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from playground.app import recorder as recorders
from playground.app import runs_file, runs_tables
from playground.app.processes import is_gone, process_key
from playground.app.recording import Recording
from playground.app.runs import RunHistory
from playground.app.runs_file import HistoryProblem
from playground.app.settings import history_file
from playground.engine.events import EpochDone
from playground.engine.train import Training
from tests.app.history_runs import document, epoch, record, wait_for
from tests.engine.nets import gauss, recipe

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from playground.app.recording import Recording
from tests.app.history_runs import document, epoch
from tests.engine.nets import gauss, recipe

with Recording() as recording:
    recorder = recording.begin(document(sys.argv[1]), recipe(), gauss())
    number = 0
    for line in sys.stdin:
        for _ in range(int(line)):
            number += 1
            recorder.epoch(epoch(number))
        print(recorder.id, flush=True)
"""


class Saying(list):
    """What a person was told."""

    def __call__(self, sentence):
        self.append(sentence)


@pytest.fixture
def saying():
    return Saying()


@pytest.fixture
def writers():
    """Other programs that record a run; each line sent to one is a number of epochs to do."""
    begun = []

    def begin(name):
        begun.append(
            subprocess.Popen(
                [sys.executable, "-c", WRITER, name], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        )
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def ask(process, epochs):
    process.stdin.write(f"{epochs}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def broken_ones():
    return sorted(path.name for path in history_file().parent.glob("runs.sqlite.broken-*"))


def test_killing_the_program_in_mid_run_leaves_a_readable_history(writers):
    process = writers("Killed")
    id = ask(process, 3)
    runs = RunHistory()
    wait_for(lambda: [run.epochs for run in runs.search()] == [3])
    assert runs.get(id).is_running
    runs.close()
    assert runs.get(id).is_running, "its program still runs"
    process.kill()
    process.wait()
    runs.close()
    run = runs.get(id)
    assert (run.reason, run.epochs, run.is_running) == ("interrupted", 3, False)
    assert runs.curves(id) == (epoch(1), epoch(2), epoch(3))
    assert runs.document(id) == document("Killed")
    runs.close()


def test_two_programs_write_into_one_history_at_once(writers):
    processes = [writers(name) for name in ("A", "B")]
    for process in processes:
        process.stdin.write("500\n" * 4)
        process.stdin.close()
    with Recording() as recording:
        recorder = recording.begin(document("C"), recipe(), gauss())
        for number in range(1, 2001):
            recorder.epoch(epoch(number))
        for process in processes:
            assert process.wait(60) == 0
    runs = RunHistory()
    assert sorted((run.name, run.epochs, run.reason) for run in runs.search()) == [
        (name, 2000, "stopped") for name in "ABC"
    ]
    assert {len(runs.curves(run.id)) for run in runs.search()} == {2000}
    runs.close()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at" * 100, "cut"])
def test_a_broken_history_is_set_aside_and_a_new_one_begun(content, saying):
    with Recording() as recording:
        record(recording, document(epochs=1))
    whole = history_file().read_bytes()
    history_file().write_bytes(whole[: len(whole) // 2] if content == "cut" else content)
    broken = history_file().read_bytes()
    with Recording(say=saying) as recording:
        id = record(recording, document(epochs=1))
        recording.poll()
        assert [run.id for run in recording.runs.search()] == [id]
    [name] = broken_ones()
    assert (history_file().parent / name).read_bytes() == broken
    assert saying == [
        "The run history was damaged and could not be read. It was set aside as "
        f"{name} in {history_file().parent}, and a new one was begun."
    ]


def test_a_history_that_breaks_in_mid_run_loses_the_past_and_not_the_run(saying, tmp_path):
    with Recording(say=saying) as recording:
        recorder = recording.begin(document(), recipe(), gauss())
        recorder.epoch(epoch(1))
        wait_for(lambda: recording.runs.search())
        recording.runs.close()
        (tmp_path / "other").write_bytes(b"put there by a careless program" * 500)
        (tmp_path / "other").replace(history_file())
        for log in history_file().parent.glob("runs.sqlite-*"):
            log.unlink()  # else SQLite mends the file with it
        recorder.epoch(epoch(2))
        wait_for(broken_ones)
        wait_for(lambda: [run.epochs for run in recording.runs.search()] == [2])
        assert recording.runs.curves(recorder.id)[-1] == epoch(2)
        assert recording.runs.document(recorder.id) == document()


def test_where_nothing_can_be_written_training_goes_on_and_it_is_told_once(saying):
    history_file().parent.parent.mkdir(parents=True)
    history_file().parent.write_text("a file where the folder should be")
    with Recording(say=saying) as recording:
        project = document(epochs=3)
        recorder = recording.begin(project, project.recipe, gauss())
        training = Training(project.graph, project.recipe, gauss())
        events = []
        for event in training.events():
            recorder.take(event)
            events.append(event)
        recorder.look_at(training)
        wait_for(lambda: recording.poll() or saying)
    assert sum(isinstance(event, EpochDone) for event in events) == 3
    [sentence] = saying
    assert sentence.startswith(f"The run history {history_file()} cannot be used: ")
    assert sentence.endswith(" Training goes on; its runs may be missing from the history.")
    with pytest.raises(HistoryProblem, match="cannot be used"):
        recording.runs.search()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_history_in_a_folder_that_is_read_only_can_be_looked_at(saying):
    with Recording() as recording:
        id = record(recording, document(epochs=1))
    folder = history_file().parent
    try:
        history_file().chmod(0o444)
        folder.chmod(0o555)
        with Recording(say=saying) as recording:
            assert [run.id for run in recording.runs.search()] == [id]
            with pytest.raises(HistoryProblem, match="cannot be written. Check who may write in that folder"):
                recording.runs.star(id)
            recording.begin(document(), recipe(), gauss()).epoch(epoch(1))
    finally:
        folder.chmod(0o755)
    assert saying == [
        f"The run history {history_file()} cannot be written. Check who may write in that folder. "
        "Training goes on; its runs may be missing from the history."
    ]


def test_a_full_disk_is_told_of_and_what_waited_is_written_when_there_is_room(saying, monkeypatch):
    monkeypatch.setattr("playground.app.recording.RETRY", 0.01)
    with Recording(say=saying) as recording:
        recorder = recording.begin(document(), recipe(), gauss())
        recorder.epoch(epoch(1))
        wait_for(lambda: recording.runs.search())
        pages = recording._file.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
        recording._file.read(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchall())
        for number in range(2, 5000):
            recorder.epoch(epoch(number))
        wait_for(lambda: recording.poll() or saying)
        recording._file.read(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchall())
        wait_for(lambda: recording.runs.search()[0].epochs == 4999)
        assert len(recording.runs.curves(recorder.id)) == 4999
    assert saying == [
        f"The disk of {history_file().parent} is full: the run history cannot be written. Make room there. "
        "Training goes on; its runs may be missing from the history."
    ]


def test_a_locked_history_makes_nobody_wait_and_is_written_later(saying, monkeypatch):
    monkeypatch.setattr("playground.app.recording.RETRY", 0.01)
    RunHistory().search()
    other = sqlite3.connect(history_file(), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with Recording(say=saying, timeout=0.01) as recording:
        recorder = recording.begin(document(), recipe(), gauss())
        recorder.epoch(epoch(1))
        wait_for(lambda: recording.poll() or saying)
        recorder.epoch(epoch(2))
        other.execute("ROLLBACK")
        other.close()
        wait_for(lambda: [run.epochs for run in recording.runs.search()] == [2])
    assert saying == [
        f"The run history {history_file()} is held by another program. Close that one, or try again in a moment. "
        "Training goes on; its runs may be missing from the history."
    ]


def test_while_the_file_cannot_be_written_the_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr(recorders, "MOST_WAITING", 10)
    recorder = Recording().begin(document(), recipe(), gauss())
    recorder._stir = lambda _: None
    for number in range(1, 101):
        recorder.epoch(epoch(number))
    assert [done.epoch for done in recorder.epochs] == list(range(91, 101))


def test_a_history_of_a_newer_version_is_left_alone(saying):
    RunHistory().search()
    with sqlite3.connect(history_file()) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with Recording(say=saying) as recording:
        recording.begin(document(), recipe(), gauss()).epoch(epoch(1))
    assert saying == [
        "The run history was written by a newer version of the program (format 99, this one knows up to 2). Update "
        "the program to see it; runs of this version are not kept. Training goes on; its runs may be missing from "
        "the history."
    ]
    assert broken_ones() == []


def test_an_older_history_is_brought_up_to_date_with_its_runs(monkeypatch):
    with Recording() as recording:
        id = record(recording, document(epochs=1))
    step = "ALTER TABLE runs ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'; CREATE INDEX runs_mood ON runs (mood)"
    for module in (runs_file, runs_tables):
        monkeypatch.setattr(module, "STEPS", (*runs_tables.STEPS, step))
    runs = RunHistory()
    assert [run.id for run in runs.search()] == [id]
    moods = runs._file.read(lambda connection: connection.execute("SELECT mood FROM runs").fetchall())
    assert [row[0] for row in moods] == ["calm"]
    runs.close()


def test_a_migration_that_fails_leaves_the_history_as_it_was(monkeypatch):
    with Recording() as recording:
        id = record(recording, document(epochs=1))
    with monkeypatch.context() as patched:
        for module in (runs_file, runs_tables):
            patched.setattr(module, "STEPS", (*runs_tables.STEPS, "ALTER TABLE runs ADD COLUMN a; NONSENSE"))
        with pytest.raises(HistoryProblem, match="cannot be used: near"):
            RunHistory().search()
    assert [run.id for run in RunHistory().search()] == [id]


def test_a_slow_run_is_written_at_once_and_a_fast_one_in_batches():
    with Recording() as recording:
        recorder = recording.begin(document(), recipe(), gauss())
        recorder.epoch(epoch(1))
        wait_for(lambda: [run.epochs for run in recording.runs.search()] == [1])
        writes = []
        write = recording._file.write
        recording._file.write = lambda work: (writes.append(threading.current_thread().name), write(work))
        for number in range(2, 3001):
            recorder.epoch(epoch(number))
        wait_for(lambda: recording.runs.search()[0].epochs == 3000)
    assert len(writes) <= 4
    assert set(writes) == {"recording"}


def test_nothing_is_written_before_the_first_epoch_is_done():
    with Recording() as recording:
        recording.begin(document(), recipe(), gauss())
    assert not history_file().exists()


def test_recording_can_be_switched_off():
    with Recording() as recording:
        recording.is_on = False
        recording.begin(document(), recipe(), gauss()).epoch(epoch(1))
    assert not history_file().exists()


def test_a_program_is_gone_when_its_process_is():
    own = process_key()
    machine, number, began = own.rsplit(":", 2)
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert not is_gone(own)
    assert is_gone(f"{machine}:{child.pid}:1")
    assert not is_gone(f"elsewhere:{child.pid}:1"), "of another machine nothing is known"
    assert is_gone(f"{machine}:nonsense:1")
    assert is_gone(f"{machine}:{number}:{began}0") or not began, "the number was given to another process"
