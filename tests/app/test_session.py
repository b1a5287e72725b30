"""A whole session without a window: what the window's panes read, and what its buttons do."""

from __future__ import annotations

import time

import numpy as np

from playground.app.adding import Spot, add_layer
from playground.app.changes import EditGraph, SetRecipe
from playground.app.document import make_project
from playground.app.files import Project
from playground.data.dataset import DataChoice
from playground.graph.edits import Delete, InsertOnEdge, SetSettings
from playground.graph.model import Edge
from playground.layers.activation import ReLU
from tests.app.working import ready


def test_play_brings_epochs_baselines_and_a_verdict(work):
    session = ready(work, epochs=4)
    assert session.play()
    assert session.status == "running"
    work.until(session, lambda: session.status == "ended")
    work.until(session, lambda: len(session.comparing.baselines) == 2 and session.comparing.comparison is not None)
    work.until(session, lambda: len(session.comparing.comparison.models) == 3)
    assert [epoch.epoch for epoch in session.epochs] == [1, 2, 3, 4]
    names = [row.name for row in session.comparing.comparison.models]
    assert sorted(names) == ["logistic", "majority", "network"]
    assert "logistic regression" in session.comparing.comparison.verdict.text


def test_a_run_that_stops_early_says_why(work):
    session = ready(work, epochs=50, patience=3, learning_rate=0.3)
    session.play()
    work.until(session, lambda: session.status == "ended")
    ended = session.ended
    assert ended.epochs == ended.best_epoch + 3 < 50
    assert session.message == (
        f"Stopped early after epoch {ended.epochs}: in 3 epochs validation got no better than in epoch "
        f"{ended.best_epoch}. The weights are those of the last epoch."
    )
    assert not session.is_complaint


def test_pause_stops_the_steps_and_answers_at_once(work):
    session = ready(work, epochs=10**6)
    session.play()
    work.until(session, lambda: session.epochs)
    began = time.perf_counter()
    session.pause()
    first = session.ask(lambda training: training.step).result(5)
    assert time.perf_counter() - began < 0.3
    assert session.status == "paused"
    assert session.ask(lambda training: training.step).result(5) == first


def test_the_learning_rate_is_changed_while_it_runs(work):
    session = ready(work, epochs=10**6)
    session.play()
    work.until(session, lambda: session.epochs)
    run = session.run
    session.do(SetRecipe("learning_rate", 0.5))
    assert session.ask(lambda training: training.recipe.learning_rate).result(5) == 0.5
    assert session.run is run
    assert session.status == "running"


def test_an_edit_while_it_runs_keeps_the_weights_that_fit_and_goes_on(work):
    session = ready(work, epochs=10**6)
    session.play()
    work.until(session, lambda: len(session.epochs) >= 2)
    session.pause()
    kept = session.ask(lambda training: training.checkpoint().weights["dense1.weight"]).result(5)
    before = len(session.epochs)
    edge = next(edge for edge in session.document.graph.edges if edge.source == "dense1")
    session.do(EditGraph(InsertOnEdge(edge, "relu9", ReLU())))
    session.prepare()
    session.play("batch", 1)
    assert (
        np.abs(session.ask(lambda training: training.checkpoint().weights["dense1.weight"]).result(5) - kept).max()
        < 0.1
    )
    session.play()
    work.until(session, lambda: len(session.epochs) > before)
    assert session.epochs[before].epoch == before + 1


def test_an_edit_of_a_running_network_does_not_stop_it(work):
    session = ready(work, epochs=10**6)
    session.play()
    work.until(session, lambda: session.epochs)
    session.do(EditGraph(SetSettings("dense1", (("units", 17),))))
    assert session.status == "running"
    before = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > before)
    assert session.ask(lambda training: training.checkpoint().weights["dense1.weight"].shape).result(5) == (17, 64)


def test_a_broken_network_is_not_played_and_says_why(work):
    session = ready(work)
    session.do(EditGraph(Delete(("flatten1",))))
    assert session.status == "problem"
    assert not session.play()
    assert "8×8×1" in session.message
    session.undo()
    assert session.status == "ready"


def test_a_batch_larger_than_the_data_is_told_and_nothing_is_lost(work):
    session = ready(work, batch=60_000)
    session.play()
    work.until(session, lambda: session.ended is not None)
    assert session.message == "The batch of 60,000 is larger than the 1,257 training examples. Choose 1,257 or fewer."
    session.do(SetRecipe("batch", 64))
    session.play("epoch")
    work.until(session, lambda: session.epochs)


def test_diverging_is_told_and_a_calmer_rate_trains(work):
    session = ready(work, learning_rate=10_000.0, optimiser="sgd", epochs=3)
    session.play()
    work.until(session, lambda: session.status == "ended")
    assert session.ended.reason == "diverged"
    assert session.message.startswith("Training diverged ")
    session.do(SetRecipe("learning_rate", 0.05))
    session.play()
    work.until(session, lambda: session.ended is not None and session.ended.reason == "epochs")


def test_reset_forgets_what_was_learned(work):
    session = ready(work, epochs=2)
    session.play()
    work.until(session, lambda: session.status == "ended")
    session.reset()
    assert (session.epochs, session.status) == ([], "ready")


def test_play_after_the_end_goes_on_where_it_stood(work):
    session = ready(work, epochs=2)
    session.play()
    work.until(session, lambda: session.status == "ended")
    work.until(session, lambda: len(session.epochs) == 2)
    session.play()
    work.until(session, lambda: session.status == "ended" and len(session.epochs) == 4)
    assert [epoch.epoch for epoch in session.epochs] == [1, 2, 3, 4]
    assert session.epochs[2].train.loss < session.epochs[0].train.loss


def test_other_data_are_one_step_and_the_network_follows(work):
    session = ready(work)
    session.choose_data(DataChoice(source="iris"))
    work.until(session, lambda: session.document.data.source == "iris")
    work.until(session, lambda: session.examples is not None)
    assert session.document.graph.nodes["input1"].settings["dims"] == [4]
    assert session.document.graph.nodes["output1"].settings["units"] == 3
    session.undo()
    work.until(session, lambda: session.status == "ready")
    assert session.document.data.source == "digits"


def test_data_that_cannot_be_read_leave_everything_as_it_was(work):
    session = ready(work)
    before = session.document
    session.choose_data(DataChoice(source="nowhere.csv"))
    work.until(session, lambda: session.message)
    assert session.message.startswith("There is no data set or file “nowhere.csv”.")
    assert session.document is before


def test_a_project_is_saved_and_opened_with_weights_and_curves(work, tmp_path):
    session = ready(work, epochs=3)
    session.play()
    work.until(session, lambda: session.status == "ended" and len(session.epochs) == 3)
    learned = session.ask(lambda training: training.checkpoint().weights["dense1.weight"]).result(5)
    session.save(tmp_path / "a.nnplay")
    work.until(session, lambda: session.path is not None)
    assert not session.is_modified

    other = work.open()
    other.open(tmp_path / "a.nnplay")
    work.until(other, lambda: other.path is not None and other.status != "loading")
    assert other.document == session.document
    assert other.epochs == session.epochs
    other.prepare()
    assert np.array_equal(other.ask(lambda t: t.checkpoint().weights["dense1.weight"]).result(10), learned)
    work.until(other, lambda: other.comparing.comparison is not None and other.comparing.comparison.verdict is not None)


def test_a_file_that_is_no_project_leaves_everything_as_it_was(work, tmp_path):
    session = ready(work)
    before = session.document
    (tmp_path / "a.nnplay").write_bytes(b"hello")
    session.open(tmp_path / "a.nnplay")
    work.until(session, lambda: session.message)
    assert "is not a project" in session.message
    assert session.document is before


def test_closing_during_a_run_and_a_fit_ends_both(work):
    session = ready(work, epochs=10**6)
    session.play()
    work.until(session, lambda: session.epochs)
    assert session.close()


def test_layers_are_added_behind_the_loose_end_and_on_an_edge(work):
    session = work.open()
    work.until(session, lambda: session.examples is not None)
    add_layer(session, "Input", Spot())
    add_layer(session, "Output", Spot(after="input1"))
    add_layer(session, "Dense", Spot(edge=session.document.graph.edges[0]))
    assert session.document.graph.edges == (Edge("input1", "dense1", "values"), Edge("dense1", "output1", "scores"))
    assert session.document.graph.nodes["input1"].settings["dims"] == [2]


def test_an_empty_project_has_nothing_to_play(work):
    session = work.open()
    work.until(session, lambda: session.examples is not None)
    assert not session.play()
    assert session.message


def test_an_input_wired_to_an_output_is_no_run_that_fails_but_a_problem_with_a_way_out(work):
    session = work.open()
    work.until(session, lambda: session.examples is not None)
    add_layer(session, "Input", Spot())
    add_layer(session, "Output", Spot(after="input1"))
    session.prepare()
    assert (session.status, session.run) == ("problem", None)
    assert not session.play()
    assert session.message == "No layer before output1 has weights: there is nothing to learn. Put a Dense before it."
    [fix] = session.report.of("output1")[0].fixes
    session.do(EditGraph(fix.edits[0]))
    assert session.play()
    work.until(session, lambda: session.epochs)


def test_a_project_that_is_started_replaces_the_other(work):
    session = ready(work)
    session.start(Project(make_project("spiral-mlp")[0]))
    work.until(session, lambda: session.status == "ready")
    assert session.document.data.source == "spiral"
    assert session.history.undo_label is None
