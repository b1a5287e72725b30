from __future__ import annotations

import platform
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from playground.app import learned, settings
from playground.app.document import Document, make_project
from playground.app.learned import read_answers
from playground.app.recording import Recording
from playground.app.run_facts import fingerprint, split_fingerprint
from playground.app.runs import RunHistory
from playground.app.runs_file import HistoryProblem
from playground.data.dataset import DataChoice
from playground.engine.events import Ended
from playground.engine.train import Training
from tests.app.history_runs import document, epoch, record, wait_for
from tests.engine.nets import gauss, numbers, recipe


@pytest.fixture
def recording():
    with Recording() as recording:
        yield recording


@pytest.fixture
def runs(recording):
    return recording.runs


def test_the_history_lies_in_the_tests_own_folder(tmp_path):
    assert settings.history_file() == tmp_path / "home" / "data" / "runs.sqlite"


def test_a_history_without_runs_is_empty(runs):
    assert runs.search() == ()
    assert runs.tags() == ()


def test_a_run_is_kept_with_all_that_made_it(recording, runs):
    project = document(epochs=3, seed=7)
    run = runs.get(record(recording, project))
    assert (run.name, run.epochs, run.reason, run.seed, run.device) == ("Two points", 3, "epochs", 7, "cpu")
    assert run.recipe == project.recipe.model_dump(mode="json")
    assert run.parameters == Training(project.graph, project.recipe, gauss()).network.count
    assert run.data == fingerprint(gauss().dataset)
    assert run.split == split_fingerprint(gauss())
    assert set(run.versions) == {"playground", "python", "torch", "numpy"}
    assert run.versions["numpy"] == np.__version__
    assert run.machine.startswith(platform.node())
    assert timedelta() <= datetime.now(UTC) - run.started < timedelta(minutes=1)
    assert run.ended is not None
    assert run.ended >= run.started
    assert not run.is_running


def test_the_document_comes_back_as_it_was(recording, runs):
    for project in (document(learning_rate=0.1 + 0.2), make_project("lenet-5")[0], replace(document(), name="Ünïcödé")):
        with Recording() as other:
            recorder = other.begin(project, project.recipe, gauss())
            recorder.epoch(epoch(1))
        assert runs.document(recorder.id) == project


def test_curves_come_back_exactly(recording, runs):
    project = document(epochs=5)
    events = [e for e in Training(project.graph, project.recipe, gauss()).events() if type(e) is type(epoch(1))]
    recorder = recording.begin(project, project.recipe, gauss())
    for event in events:
        recorder.take(event)
    wait_for(lambda: len(runs.search()) == 1 and runs.search()[0].epochs == 5)
    assert runs.curves(recorder.id) == tuple(events)
    assert runs.get(recorder.id).last == events[-1].valid
    best = min(events, key=lambda event: event.valid.loss)
    assert (runs.get(recorder.id).best_epoch, runs.get(recorder.id).best) == (best.epoch, best.valid)


def test_weights_and_answers_are_those_of_the_network(recording, runs):
    project = document(epochs=2)
    training = Training(project.graph, project.recipe, gauss())
    list(training.events())
    id = record(recording, project)
    assert {k: v.tolist() for k, v in runs.weights(id).items()} == {
        name: value.tolist() for name, value in training.checkpoint().weights.items()
    }
    answers = runs.answers(id)
    assert np.array_equal(answers["predicted"], training.predict("valid"))
    assert np.array_equal(answers["truth"], gauss().valid.targets)


def test_answers_in_numbers_are_in_the_datas_own_units(recording, runs):
    from tests.engine.nets import net

    project = Document("Line", net(inputs=3, loss="mean_squared_error", units=1), recipe=recipe(epochs=1))
    answers = runs.answers(record(recording, project, numbers()))
    examples = numbers()
    assert np.allclose(answers["truth"], examples.targets.undo(examples.valid.targets))
    assert answers["predicted"].shape == answers["truth"].shape


def test_best_and_last_weights_are_both_kept_where_the_recipe_keeps_the_best(recording, runs, monkeypatch):
    project = document(epochs=10, keep_best=True, learning_rate=10.0, optimiser="sgd")
    training = Training(project.graph, project.recipe, gauss())
    list(training.events())
    assert training.best_epoch < 10, "choose a worse recipe: the best was the last"
    id = record(recording, project)
    assert runs.get(id).last == runs.get(id).best, "the score told is that of the weights it ended with"
    kept = training.checkpoint()
    for which, group in (("best", "best"), ("last", "last")):
        for name, value in runs.weights(id, which).items():
            assert np.array_equal(value, kept.group(group)[name])


def test_a_restored_project_goes_on_with_its_weights_and_curves(recording, runs):
    project = document(epochs=2)
    restored = runs.project(record(recording, project))
    assert restored.document == project
    assert [done.epoch for done in restored.epochs] == [1, 2]
    again = Training(project.graph, project.recipe, gauss(), checkpoint=restored.checkpoint)
    assert again.epoch == 0
    for name, value in again.checkpoint().weights.items():
        assert np.array_equal(value, restored.checkpoint.weights[name])


def test_without_weights_the_project_alone_is_restored(recording, runs, monkeypatch):
    monkeypatch.setattr(learned, "MOST_WEIGHTS", 10)
    project = document(epochs=1)
    id = record(recording, project)
    assert not runs.get(id).has_weights
    assert runs.weights(id) is None
    assert runs.project(id).document == project
    assert (runs.project(id).checkpoint, runs.project(id).epochs) == (None, ())


def test_answers_that_are_too_many_are_left_out(recording, runs, monkeypatch):
    project = document(epochs=1)
    monkeypatch.setattr(learned, "MOST_ANSWERS", 10)
    recorder = recording.begin(project, project.recipe, gauss())
    training = Training(project.graph, project.recipe, gauss())
    for event in training.events():
        recorder.take(event)
    recorder.look_at(training)
    wait_for(lambda: [run.has_weights for run in runs.search()] == [True])
    assert runs.answers(recorder.id) is None


def test_a_bomb_of_answers_is_not_unpacked():
    import zlib

    bomb = zlib.compress(bytes(learned.MOST_UNPACKED + 1), 9)
    with pytest.raises(ValueError, match="do not belong together"):
        read_answers(bomb)


def test_runs_are_found_by_words_tag_star_and_data(recording, runs):
    first = record(recording, document("Café au lait", epochs=1))
    second = record(recording, document("Tea", epochs=1), gauss(60))
    runs.tag(first, "for  the report")
    runs.set_note(second, "Überraschend gut")
    runs.star(second)
    found = {
        "newest first": runs.search(),
        "words": runs.search("CAFÉ lait"),
        "note": runs.search("überraschend"),
        "tag word": runs.search("report"),
        "layer": runs.search("dense tea"),
        "percent": runs.search("%"),
        "tag": runs.search(tag="for the report"),
        "star": runs.search(starred=True),
        "data": runs.search(data=fingerprint(gauss().dataset)),
        "limit": runs.search(limit=1, offset=1),
    }
    assert {name: [run.id for run in some] for name, some in found.items()} == {
        "newest first": [second, first],
        "words": [first],
        "note": [second],
        "tag word": [first],
        "layer": [second],
        "percent": [],
        "tag": [first],
        "star": [second],
        "data": [first],
        "limit": [first],
    }
    assert runs.tags() == ("for the report",)
    runs.untag(first, "for the report")
    runs.star(second, False)
    assert runs.search("report") == runs.search(starred=True) == ()


def test_a_run_is_renamed_and_found_by_its_new_name_alone(recording, runs):
    id = record(recording, document("Old", epochs=1))
    runs.rename(id, "  New ")
    runs.rename(id, "   ")
    assert runs.get(id).name == "New"
    assert [run.id for run in runs.search("new")] == [id]
    assert runs.search("old") == ()
    assert runs.document(id).name == "Old"


def test_two_runs_are_comparable_on_the_same_examples_only(recording, runs):
    same = [runs.get(record(recording, document(epochs=1, seed=seed))) for seed in (0, 1)]
    other = runs.get(record(recording, document(epochs=1), gauss(60)))
    assert same[0].is_comparable(same[1])
    assert not same[0].is_comparable(other)


def test_the_fingerprint_is_of_names_shapes_and_values():
    dataset = gauss().dataset
    changed = (
        replace(dataset, feature_names=("a", "b")),
        replace(dataset, class_names=("yes", "no")),
        replace(dataset, inputs=dataset.inputs + np.float32(1e-3)),
        replace(dataset, targets=1 - dataset.targets),
        replace(dataset, inputs=dataset.inputs[:, :, None]),
    )
    assert fingerprint(dataset) == fingerprint(replace(dataset, name="elsewhere.csv", title="Copied"))
    assert len({fingerprint(dataset), *map(fingerprint, changed)}) == 6
    assert split_fingerprint(gauss()) != split_fingerprint(other_split())


def other_split():
    from playground.data.catalogue import load
    from playground.data.split import prepare

    choice = DataChoice(source="gauss", samples=100, seed=3)
    return prepare(load(choice), choice)


def test_a_deleted_run_is_out_of_sight_and_comes_back(recording, runs):
    kept, gone = record(recording, document(epochs=1)), record(recording, document("Bad", epochs=1))
    runs.delete(gone)
    assert [run.id for run in runs.search()] == [kept]
    with pytest.raises(HistoryProblem, match=f"There is no run {gone} in the history. It may have been deleted."):
        runs.rename(gone, "Good")
    runs.undelete(gone)
    assert len(runs.search()) == 2
    assert runs.get(gone).name == "Bad"


def test_closing_the_program_makes_deleting_final(recording, runs):
    ids = [record(recording, document(epochs=1)) for _ in range(2)]
    runs.delete(*ids)
    recording.close()
    runs.undelete(*ids)
    assert runs.search() == ()
    assert runs.curves(ids[0]) == ()
    assert runs.weights(ids[0]) is None


def test_the_oldest_unstarred_weights_go_first_and_the_rows_stay():
    one = None
    with Recording() as recording:
        one = record(recording, document(epochs=1))
        size = len(recording.runs._blob(one, "weights"))
        recording.runs.star(one)
    with Recording(budget=int(2.5 * size)) as recording:
        others = [record(recording, document(epochs=1, seed=seed)) for seed in (1, 2)]
        runs = {run.id: run for run in recording.runs.search()}
    assert [runs[id].has_weights for id in (one, *others)] == [True, False, True]
    assert all(run.has_answers for run in runs.values())


def test_overflowing_in_the_first_epoch_is_a_result(recording, runs):
    recorder = recording.begin(document(), recipe(), gauss())
    recorder.take(Ended("diverged", 0, 0, None, None, "The loss overflowed."))
    wait_for(lambda: runs.search())
    run = runs.get(recorder.id)
    assert (run.reason, run.message, run.epochs, run.best) == ("diverged", "The loss overflowed.", 0, None)


def test_a_missing_run_is_told_of(runs):
    for ask in (runs.get, runs.document, runs.project, runs.star):
        with pytest.raises(HistoryProblem, match="There is no run nobody in the history"):
            ask("nobody")


def test_a_damaged_row_does_not_hide_the_others(recording, runs):
    good, bad = record(recording, document(epochs=1)), record(recording, document(epochs=1))
    runs._file.write(
        lambda connection: connection.execute("UPDATE runs SET recipe = '[[', document = '{}' WHERE id = ?", (bad,))
    )
    assert [run.id for run in runs.search()] == [good]
    with pytest.raises(HistoryProblem, match=f"What the history holds of run {bad} is damaged. Delete that run."):
        runs.get(bad)
    with pytest.raises(HistoryProblem, match=f"The project of run {bad} cannot be restored"):
        runs.document(bad)
    runs._file.write(lambda connection: connection.execute("UPDATE blobs SET content = x'00'"))
    with pytest.raises(HistoryProblem, match=f"The weights of run {good} are damaged"):
        runs.weights(good)
    with pytest.raises(HistoryProblem, match=f"The predictions of run {good} are damaged"):
        runs.answers(good)


def test_a_history_that_is_deleted_while_it_is_open_is_begun_anew(recording, runs):
    record(recording, document(epochs=1))
    for path in settings.history_file().parent.glob("runs.sqlite*"):
        path.unlink()
    id = record(recording, document(epochs=1))
    assert [run.id for run in RunHistory().search()] == [id]
