from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from playground.app.changes import EditGraph, SetRecipe
from playground.app.document import make_project
from playground.app.files import Project, write_project
from playground.app.session import Session
from playground.data.dataset import DataChoice
from playground.engine.train import Training
from playground.graph.edits import SetSettings


class Desk:
    """Sessions polled as the window's timer does."""

    def __init__(self):
        self.sessions = []

    def open(self, template="iris-mlp", epochs=5, **data):
        document = document_of(template, epochs, **data)
        self.sessions.append(Session(document))
        return self.sessions[-1]

    def until(self, session, is_so, seconds=120):
        end = time.monotonic() + seconds
        while not is_so():
            session.poll()
            assert time.monotonic() < end, f"still {session.status}: {session.message}"
            time.sleep(0.001)

    def trained(self, **settings):
        session = self.open(**settings)
        self.until(session, lambda: session.status == "ready")
        session.play()
        comparing = session.comparing
        self.until(session, lambda: session.status == "ended" and len(comparing.baselines) == 2)
        self.until(session, lambda: comparing.comparison is not None and len(comparing.comparison.models) == 3)
        return session


def document_of(template="table-mlp", epochs=5, seed=0, **data):
    document = make_project("table-mlp", "iris" if template == "iris-mlp" else None)[0]
    document = SetRecipe("epochs", epochs).apply(document)
    document = SetRecipe("seed", seed).apply(document)
    return replace(document, data=document.data.model_copy(update=data)) if data else document


@pytest.fixture
def desk():
    made = Desk()
    yield made
    for session in made.sessions:
        session.close()


def kept_run(desk, session):
    """The id of a run that ended and is in the history with its answers."""
    runs = session.recording.runs
    desk.until(session, lambda: any(run.has_answers for run in runs.search()))
    return runs.search()[0].id


def names(session):
    return [row.name for row in session.comparing.comparison.models]


def test_a_run_of_the_history_stands_beside_the_network_and_is_judged_with_it(desk):
    session = desk.trained()
    id = kept_run(desk, session)
    first = session.comparing.comparison.models[0]
    session.do(SetRecipe("seed", 5))
    session.comparing.contenders.add(f"run:{id}")
    session.play()
    desk.until(session, lambda: session.status == "ended" and session.comparing.comparison is not None)
    desk.until(session, lambda: f"run:{id}" in names(session))
    row = next(row for row in session.comparing.comparison.models if row.name == f"run:{id}")
    assert row.score == first.score
    assert row.loss == pytest.approx(first.loss, rel=1e-6)
    assert row.multiply_adds == first.multiply_adds
    assert f"run:{id}" in session.comparing.comparison.pairs
    assert len(session.comparing.contenders.found[f"run:{id}"].epochs) == 5


def test_all_can_be_set_against_a_run_and_again_against_the_strongest_baseline(desk):
    session = desk.trained()
    key = f"run:{kept_run(desk, session)}"
    session.comparing.contenders.add(key)
    session.comparing.set_against(key)
    desk.until(session, lambda: session.comparing.comparison.against == key)
    assert set(session.comparing.comparison.pairs) == {"network", "logistic", "majority"}
    session.comparing.set_against("")
    desk.until(session, lambda: session.comparing.comparison.against == "logistic")


def test_a_run_that_is_taken_away_leaves_the_table(desk):
    session = desk.trained()
    key = f"run:{kept_run(desk, session)}"
    session.comparing.contenders.add(key)
    desk.until(session, lambda: key in names(session))
    session.comparing.contenders.remove(key)
    desk.until(session, lambda: key not in names(session))
    assert key not in session.comparing.contenders


def test_a_run_on_another_split_keeps_its_own_score_but_is_set_against_nobody(desk):
    session = desk.trained()
    key = f"run:{kept_run(desk, session)}"
    score = session.comparing.comparison.models[0].score
    other = desk.trained(seed=1, valid=0.3)
    other.comparing.contenders.add(key)
    desk.until(other, lambda: key in names(other))
    row = next(row for row in other.comparing.comparison.models if row.name == key)
    assert row.score == score
    assert "others" in row.note
    assert key not in other.comparing.comparison.pairs
    assert not other.comparing.contenders.found[key].is_paired


def test_contenders_are_read_anew_for_other_data(desk):
    session = desk.trained()
    key = f"run:{kept_run(desk, session)}"
    session.comparing.contenders.add(key)
    desk.until(session, lambda: key in session.comparing.contenders.found)
    assert session.comparing.contenders.found[key].is_paired
    session.choose_data(session.document.data.model_copy(update={"seed": 3}))
    desk.until(session, lambda: session.document.data.seed == 3)
    desk.until(session, lambda: key in session.comparing.contenders.found)
    assert not session.comparing.contenders.found[key].is_paired
    session.undo()
    desk.until(session, lambda: session.document.data.seed == 0 and key in session.comparing.contenders.found)
    desk.until(session, lambda: session.comparing.contenders.found[key].is_paired)


def test_one_that_cannot_be_compared_with_the_next_project_leaves_without_a_word(desk):
    session = desk.trained()
    key = f"run:{kept_run(desk, session)}"
    session.comparing.contenders.add(key)
    desk.until(session, lambda: key in session.comparing.contenders.found)
    session.start(Project(document_of("table-mlp")))  # it predicts numbers
    desk.until(session, lambda: key not in session.comparing.contenders)
    assert session.message == ""


def write_trained(path, document, examples):
    training = Training(document.graph, document.recipe, examples)
    epochs = [event for event in training.events() if type(event).__name__ == "EpochDone"]
    write_project(path, Project(document, training.checkpoint(), tuple(epochs)))
    return training


def test_another_project_is_evaluated_as_it_was_stored(desk, tmp_path):
    session = desk.trained()
    path = tmp_path / "pupil.nnplay"
    training = write_trained(path, document_of("iris-mlp", 2, 9), session.examples)
    session.comparing.contenders.add(f"file:{path}")
    desk.until(session, lambda: f"file:{path}" in names(session))
    row = next(row for row in session.comparing.comparison.models if row.name == f"file:{path}")
    assert row.title == "pupil"
    assert row.score == np.mean(training.predict("valid") == session.examples.valid.targets)
    assert f"file:{path}" in session.comparing.comparison.pairs


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: write_project(path, Project(document_of())), "has not been trained"),
        (lambda path: path.write_text("no project"), "not a project"),
        (lambda path: path, "There is no file"),
    ],
)
def test_a_project_that_cannot_be_compared_is_told_in_a_sentence(desk, tmp_path, spoil, sentence):
    session = desk.trained()
    path = tmp_path / "bad.nnplay"
    spoil(path)
    session.comparing.contenders.add(f"file:{path}")
    desk.until(session, lambda: f"file:{path}" not in session.comparing.contenders)
    assert sentence in session.message
    assert session.is_complaint


def test_a_network_changed_since_it_was_trained_is_refused(desk, tmp_path):
    session = desk.trained()
    path = tmp_path / "changed.nnplay"
    document = document_of("iris-mlp", 1)
    training = write_trained(path, document, session.examples)
    dense = document.graph.of_type("Dense")[0]
    wider = EditGraph(SetSettings(dense, {"units": 3})).apply(document)
    write_project(path, Project(wider, training.checkpoint()))
    session.comparing.contenders.add(f"file:{path}")
    desk.until(session, lambda: f"file:{path}" not in session.comparing.contenders)
    assert "was changed since it was trained" in session.message


def test_more_baselines_are_fitted_when_they_are_wanted_and_can_be_taken_away(desk):
    session = desk.trained(epochs=2)
    session.comparing.drop("majority")
    desk.until(session, lambda: "majority" not in names(session))
    session.comparing.want("majority")
    assert session.comparing.is_fitting
    desk.until(session, lambda: "majority" in session.comparing.baselines)
    desk.until(session, lambda: "majority" in names(session))
    session.comparing.drop("majority")
    assert "majority" not in session.comparing.baselines
    desk.until(session, lambda: "majority" not in names(session))


def test_data_choice_is_left_alone_by_reading_a_contender(desk):
    session = desk.trained(epochs=1)
    before = session.document
    session.comparing.contenders.add(f"run:{kept_run(desk, session)}")
    desk.until(session, lambda: not session.comparing.contenders.is_reading)
    assert session.document is before
    assert isinstance(before.data, DataChoice)
