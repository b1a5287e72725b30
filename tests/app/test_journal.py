"""Unsaved work survives the program: it is journalled as it is done, and had back as it was."""

from __future__ import annotations

import shutil
import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from playground.app import journal as journal_module
from playground.app.changes import SetRecipe
from playground.app.document import Document, make_project
from playground.app.files import FileProblem, read_project
from playground.app.journal import Journal, has_news
from playground.app.recovery import lost_work
from playground.app.settings import recovery_folder
from playground.app.sitting import Sitting
from playground.data.dataset import DataChoice
from playground.engine.checkpoint import Checkpoint
from playground.engine.epochs import Epochs
from playground.engine.events import EpochDone, Scores
from playground.selection.exam import ExamScore
from tests.app.test_session_keeps import insert_relu, learned, numbers, save, train

pytestmark = pytest.mark.usefixtures("torch_at_hand")


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Window:
    """A session with its journal, polled as the window's timer does; a crash leaves the journal's folder behind."""

    def __init__(self, work, template="digits-mlp", **recipe):
        self.work, self.clock = work, Clock()
        self.session = work.open(template, **recipe)
        self.journal = Journal(self.session, self.clock)
        work.until(self.session, lambda: self.session.status == "ready")

    def settle(self, seconds=5.0):
        """Let so much time pass, until everything due is written."""
        self.clock.now += seconds
        for _ in range(8):
            self.session.poll()
            self.journal.poll()
            if self.journal._writing is not None:
                self.journal._writing.exception(10)
            if self.session.run is not None:
                self.session.ask(lambda training: training.step).result(10)

    def crash(self, tmp_path):
        """What a kill leaves: the files, and no owner."""
        [folder] = recovery_folder().iterdir()
        shutil.copytree(folder, tmp_path / "left")
        self.journal.close()
        assert self.session.close()
        shutil.copytree(tmp_path / "left", folder)
        [lost] = lost_work()
        return lost


@pytest.fixture
def window(work):
    made = Window(work, epochs=6)
    yield made
    made.journal.close()


def test_nothing_is_written_of_a_project_that_was_only_opened(window):
    window.settle()
    assert not recovery_folder().exists()


def test_an_edit_is_had_back(window, tmp_path):
    window.session.do(SetRecipe("learning_rate", 0.5))
    window.settle()
    lost = window.crash(tmp_path)
    assert lost.read().document == window.session.document
    assert lost.path is None
    assert lost.name == window.session.document.name


def test_training_goes_on_exactly_where_it_stood(window, work, tmp_path):
    window.session.play("batch", 100)
    work.until(window.session, lambda: window.session.status == "paused")
    window.settle()
    project = window.crash(tmp_path).read()
    assert project.checkpoint.facts["batch"] > 0
    assert [epoch.epoch for epoch in project.epochs] == numbers(window.session)

    again = work.open()
    again.start(project)
    work.until(again, lambda: again.status != "loading")
    train(work, again, 6)
    whole = work.open("digits-mlp", epochs=6)
    work.until(whole, lambda: whole.status == "ready")
    train(work, whole, 6)
    assert numbers(again) == numbers(whole)
    assert np.array_equal(learned(again), learned(whole))


def test_no_more_epochs_are_promised_than_are_had_back():
    """Curves may be ahead of the weights by what was learned while these were on their way."""
    document, folder = make_project("digits-mlp")[0], journal_module._Folder(recovery_folder() / "here")
    scores = Scores(1.0, {})
    epochs = Epochs(EpochDone(number, scores, scores, 0.1, 1.0, 5.0) for number in range(1, 6))
    assert folder.take()
    folder.write_document(document, None, None)
    for done in (3, 4):
        learned = SimpleNamespace(to_write=lambda done=done: Checkpoint({"weights/a": np.zeros(1)}, {"epoch": done}))
        folder.write_state(learned, document, epochs, 0)
        folder.leave()
        [lost] = lost_work()
        assert lost.epochs == done
        assert [epoch.epoch for epoch in lost.read().epochs] == list(range(1, done + 1))


def test_an_exam_that_was_sat_is_had_back_with_what_was_learned(window, work, tmp_path):
    train(work, window.session, 6)
    window.settle()
    exam = Sitting(datetime(2026, 5, 4, 12, tzinfo=UTC), 6, 1, ExamScore("accuracy", 0.8, 0.7, 0.9, 270))
    window.session.comparing.note_exam(exam)
    window.settle()
    assert window.crash(tmp_path).read().exam == exam


def test_a_run_that_went_on_ends_where_it_would_have(window, work, tmp_path):
    train(work, window.session, 6)
    window.session.play("epoch")
    work.until(window.session, lambda: len(window.session.epochs) == 7 and window.session.status == "paused")
    window.settle()
    again = work.open()
    again.start(window.crash(tmp_path).read())
    work.until(again, lambda: again.status != "loading")
    train(work, again, 12)
    assert [epoch.epoch for epoch in again.epochs] == list(range(1, 13))


def test_after_an_edit_the_weights_come_back_without_the_place_in_the_run(window, work, tmp_path):
    train(work, window.session, 6)
    window.settle()
    insert_relu(window.session)
    window.settle(1.5)  # the document is written, what was learned not yet again
    project = window.crash(tmp_path).read()
    assert "relu9" in project.document.graph.nodes
    assert {name.split("/")[0] for name in project.checkpoint.tensors} == {"weights"}
    assert len(project.epochs) == 6


def test_marks_of_edits_are_had_back(window, work, tmp_path):
    train(work, window.session, 6)
    insert_relu(window.session)
    window.session.play("epoch")
    work.until(window.session, lambda: window.session.status == "paused")
    window.settle()
    marks = tuple(window.session.marks)
    assert [mark.words for mark in marks] == [window.session.history.undo_label]
    assert window.crash(tmp_path).read().marks == marks


def test_other_data_leave_nothing_of_what_was_learned(window, work, tmp_path):
    train(work, window.session, 6)
    window.settle()
    window.session.choose_data(DataChoice(source="digits", seed=1))
    work.until(window.session, lambda: window.session.document.data.seed == 1 and window.session.status == "ready")
    window.settle(1.5)
    project = window.crash(tmp_path).read()
    assert project.document.data.seed == 1
    assert project.checkpoint is None
    assert project.epochs == ()


def test_after_reset_nothing_learned_comes_back(window, work, tmp_path):
    window.session.do(SetRecipe("learning_rate", 0.005))
    train(work, window.session, 6)
    window.settle()
    window.session.reset()
    window.settle()
    assert window.crash(tmp_path).read().checkpoint is None


def test_saving_and_closing_leave_no_journal(window, work, tmp_path):
    window.session.do(SetRecipe("learning_rate", 0.5))
    window.settle()
    assert len(list(recovery_folder().iterdir())) == 1
    save(work, window.session, tmp_path / "a.nnplay")
    assert not has_news(window.session)
    window.session.do(SetRecipe("learning_rate", 0.25))
    window.settle()
    window.journal.close()
    assert list(recovery_folder().iterdir()) == []
    assert lost_work() == ()


def test_a_trained_project_that_is_edited_comes_back_with_its_weights(window, work, tmp_path):
    train(work, window.session, 6)
    save(work, window.session, tmp_path / "a.nnplay")
    again = Window(work)
    again.session.start(read_project(tmp_path / "a.nnplay"), tmp_path / "a.nnplay")
    work.until(again.session, lambda: again.session.status != "loading")
    again.session.do(SetRecipe("learning_rate", 0.5))
    again.settle(1.0)
    lost = again.crash(tmp_path)
    assert lost.path == tmp_path / "a.nnplay"
    assert np.array_equal(lost.read().checkpoint.weights["dense1.weight"], learned(window.session))


def test_a_journal_whose_window_lives_is_not_offered(window):
    window.session.do(SetRecipe("learning_rate", 0.5))
    window.settle()
    assert lost_work() == ()


def test_recovered_work_is_kept_on_until_it_is_saved(window, work, tmp_path):
    window.session.do(SetRecipe("learning_rate", 0.5))
    window.settle()
    lost = window.crash(tmp_path)
    again = Window(work)
    again.session.start(lost.read())
    again.session.history.mark_saved(Document())
    assert again.journal.adopt(lost.folder)
    assert lost_work() == ()
    save(work, again.session, tmp_path / "b.nnplay")
    again.journal.close()
    assert list(recovery_folder().iterdir()) == []


def test_a_full_disk_is_told_once_and_tried_again(window, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    real = journal_module.write_whole
    monkeypatch.setattr(journal_module, "write_whole", full)
    window.session.do(SetRecipe("learning_rate", 0.5))
    window.settle()
    assert window.session.message == (
        "Unsaved work cannot be kept safe from a crash: No space left on device. Save it with Ctrl+S."
    )
    window.session.say("")
    window.settle()
    assert window.session.message == ""
    monkeypatch.setattr(journal_module, "write_whole", real)
    window.settle()
    [folder] = recovery_folder().iterdir()
    assert (folder / "document.json").is_file()


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("name", ["document.json", "epochs.jsonl", "state.safetensors"])
def test_whatever_is_damaged_the_rest_comes_back(window, work, tmp_path, name, share):
    train(work, window.session, 6)
    window.settle()
    lost = window.crash(tmp_path)
    path = lost.folder / name
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    if name == "document.json":
        with pytest.raises(FileProblem, match="The work that was kept is damaged and cannot be had back"):
            lost.read()
        assert lost_work() == ()
        return
    project = lost.read()
    assert project.document == window.session.document
    assert (project.checkpoint is None) == (name == "state.safetensors")


def test_the_window_never_waits_for_the_disk(window, monkeypatch):
    may_go, began = threading.Event(), threading.Event()
    real = journal_module.write_whole

    def slow(*args):
        began.set()
        assert may_go.wait(10)
        real(*args)

    monkeypatch.setattr(journal_module, "write_whole", slow)
    window.session.do(SetRecipe("learning_rate", 0.5))
    window.clock.now += 5
    for _ in range(1000):
        window.session.poll()
        window.journal.poll()
        if began.wait(0.01):
            break
    assert began.is_set()
    window.journal.poll()  # returns, though nothing is written yet
    may_go.set()
    window.settle()


def test_a_run_of_the_command_line_leaves_its_epochs_when_it_is_killed(monkeypatch, tmp_path):
    from playground.app.carried import begin
    from playground.app.document import make_project
    from playground.app.journal import RunJournal
    from playground.data.split import prepare
    from playground.engine.events import EpochDone

    monkeypatch.setattr(journal_module, "STATE_EVERY", 0.0)
    document, dataset = make_project("spiral-mlp")
    document = SetRecipe("epochs", 3).apply(document)
    training = begin(document, document.recipe, prepare(dataset, document.data), "cpu", None)
    journal, epochs = RunJournal(document, tmp_path / "a.nnplay"), []
    for event in training.events():
        if isinstance(event, EpochDone):
            epochs.append(event)
            journal._next = 0.0
            journal.take(training.checkpoint, epochs, 0)
            journal._writing.result(10)
    journal.close(is_kept=False)
    [lost] = lost_work()
    project = lost.read()
    assert (lost.path, lost.epochs) == (tmp_path / "a.nnplay", 3)
    assert project.epochs == tuple(epochs)
    assert project.checkpoint.facts == training.checkpoint().facts
