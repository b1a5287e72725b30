"""What a session must never lose: weights through edits, files and failures, and the numbering of the curves."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from playground.app import carried
from playground.app.changes import EditGraph, SetRecipe
from playground.app.files import read_project, write_project
from playground.data.dataset import DataChoice
from playground.graph.edits import InsertOnEdge
from playground.layers.activation import ReLU
from tests.app.working import ready


def learned(session):
    return session.ask(lambda training: training.checkpoint().weights["dense1.weight"]).result(10)


def numbers(session):
    return [epoch.epoch for epoch in session.epochs]


def insert_relu(session):
    edge = next(edge for edge in session.document.graph.edges if edge.source == "dense1")
    session.do(EditGraph(InsertOnEdge(edge, "relu9", ReLU())))


def train(work, session, epochs):
    session.play()
    work.until(session, lambda: session.status == "ended" and len(session.epochs) == epochs)


def save(work, session, path):
    session.message = ""
    session.save(path)
    work.until(session, lambda: "aved" in session.message)
    assert session.message == f"Saved {path.name}."


def opened(work, path):
    session = work.open()
    session.open(path)
    work.until(session, lambda: session.path is not None and session.status != "loading")
    return session


@pytest.fixture
def trained(work, tmp_path):
    """A file of three epochs, and the weights in it."""
    session = ready(work, epochs=3)
    train(work, session, 3)
    save(work, session, tmp_path / "a.nnplay")
    return tmp_path / "a.nnplay", learned(session)


def test_an_opened_project_goes_on_for_as_many_epochs_again(work, trained):
    session = opened(work, trained[0])
    train(work, session, 6)
    assert numbers(session) == [1, 2, 3, 4, 5, 6]


def test_reset_of_an_opened_project_begins_anew(work, trained):
    session = opened(work, trained[0])
    session.reset()
    train(work, session, 3)
    assert numbers(session) == [1, 2, 3]
    fresh = ready(work, epochs=3)
    train(work, fresh, 3)
    assert np.array_equal(learned(session), learned(fresh))


def test_other_data_begin_anew(work, trained):
    session = opened(work, trained[0])
    session.choose_data(DataChoice(source="digits", seed=1))
    work.until(session, lambda: session.document.data.seed == 1 and session.status == "ready")
    session.prepare()
    assert not np.array_equal(learned(session), trained[1])
    assert session.epochs == []


def test_an_edit_of_an_opened_project_keeps_its_weights_and_counts_on(work, trained):
    session = opened(work, trained[0])
    insert_relu(session)
    session.prepare()
    assert np.array_equal(learned(session), trained[1])
    train(work, session, 6)
    assert numbers(session) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("is_prepared", [True, False])
def test_what_was_learned_before_an_edit_is_saved_with_it(work, trained, tmp_path, is_prepared):
    session = opened(work, trained[0])
    session.prepare()
    insert_relu(session)
    if is_prepared:
        session.prepare()
    save(work, session, tmp_path / "b.nnplay")
    assert np.array_equal(read_project(tmp_path / "b.nnplay").checkpoint.weights["dense1.weight"], trained[1])
    again = opened(work, tmp_path / "b.nnplay")
    train(work, again, 6)
    assert numbers(again) == [1, 2, 3, 4, 5, 6]


def test_a_project_paused_within_an_epoch_is_saved_opened_and_saved_again(work, tmp_path):
    session = ready(work, epochs=3)
    session.play("batch", 50)
    work.until(session, lambda: session.status == "paused")
    save(work, session, tmp_path / "a.nnplay")
    again = opened(work, tmp_path / "a.nnplay")
    again.prepare()
    save(work, again, tmp_path / "b.nnplay")
    first, second = (read_project(tmp_path / f"{name}.nnplay").checkpoint for name in "ab")
    assert first.facts == second.facts
    assert first.facts["batch"] > 0
    assert np.array_equal(first.tensors["random/shuffle"], second.tensors["random/shuffle"])


def test_a_batch_too_large_costs_nothing_that_was_learned(work):
    session = ready(work, epochs=3)
    train(work, session, 3)
    kept = learned(session)
    session.do(SetRecipe("batch", 60_000))
    session.play()
    work.until(session, lambda: session.status == "ended")
    assert session.message.startswith("The batch of 60,000 is larger than the 1,257 training examples.")
    session.do(SetRecipe("batch", 64))
    session.prepare()
    assert np.array_equal(learned(session), kept)
    train(work, session, 6)
    assert numbers(session) == [1, 2, 3, 4, 5, 6]


def test_a_project_whose_run_failed_can_be_saved(work, tmp_path):
    session = ready(work, batch=60_000)
    session.play()
    work.until(session, lambda: session.status == "ended")
    save(work, session, tmp_path / "a.nnplay")
    assert read_project(tmp_path / "a.nnplay").checkpoint is None


def test_after_numbers_overflowed_another_recipe_begins_new_curves(work):
    session = ready(work, epochs=2, optimiser="sgd", learning_rate=0.01)
    train(work, session, 2)
    session.do(SetRecipe("learning_rate", 90_000.0))
    session.play()
    work.until(session, lambda: session.ended is not None and session.ended.reason == "diverged")
    session.do(SetRecipe("optimiser", "adam"))
    session.do(SetRecipe("learning_rate", 0.001))
    train(work, session, 2)
    assert numbers(session) == [1, 2]


def test_a_file_written_late_belongs_to_the_project_it_was_written_of(work, tmp_path, trained, monkeypatch):
    session = ready(work)
    may_go = threading.Event()

    def slow(path, project):
        assert may_go.wait(10)
        write_project(path, project)

    monkeypatch.setattr(carried, "write_project", slow)
    session.save(tmp_path / "first.nnplay")
    session.start(read_project(trained[0]), trained[0])
    may_go.set()
    work.until(session, lambda: (tmp_path / "first.nnplay").exists() and session.message)
    assert session.path == trained[0]
    assert not session.is_modified


def test_an_edit_is_undone_while_it_runs(work):
    session = ready(work, epochs=10**6)
    session.play()
    work.until(session, lambda: session.epochs)
    insert_relu(session)
    work.until(session, lambda: session.epochs[-1].epoch > 3)
    assert session.undo()
    count = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > count + 2)
    assert numbers(session) == list(range(1, len(session.epochs) + 1))
    assert "relu9" not in session.ask(lambda training: [step.id for step in training.network.steps]).result(5)


def test_the_way_of_the_weights_goes_on_under_another_recipe_alone(work):
    session = ready(work, epochs=3)
    train(work, session, 3)
    session.do(SetRecipe("epochs", 5))
    train(work, session, 5)
    assert session.run.path.epochs == (0, 1, 2, 3, 4, 5)

    insert_relu(session)
    train(work, session, 10)
    assert session.run.path.epochs == (5, 6, 7, 8, 9, 10)  # another network, another way


def test_a_loss_that_is_changed_gets_baselines_of_its_own(work):
    session = ready(work, "spiral-mlp", epochs=2)
    train(work, session, 2)
    work.until(session, lambda: len(session.comparing.baselines) == 2)
    before = session.comparing.baselines["logistic"].loss
    from playground.graph.edits import SetSettings

    session.do(EditGraph(SetSettings("output1", (("loss", "hinge"),))))
    train(work, session, 4)
    work.until(session, lambda: len(session.comparing.baselines) == 2)
    assert session.comparing.baselines["logistic"].loss != before


def test_of_two_savings_in_a_row_the_later_one_stays(work, tmp_path, monkeypatch):
    session = ready(work)
    first_may_go, writes = threading.Event(), []

    def slow(path, project):
        writes.append(project.document.recipe.epochs)
        assert len(writes) > 1 or first_may_go.wait(10)
        write_project(path, project)

    monkeypatch.setattr(carried, "write_project", slow)
    for epochs in (7, 8):
        session.do(SetRecipe("epochs", epochs))
        session.save(tmp_path / "a.nnplay")
    first_may_go.set()
    work.until(session, lambda: len(writes) == 2 and not session.is_modified)
    assert read_project(tmp_path / "a.nnplay").document.recipe.epochs == 8
