from __future__ import annotations

from playground.app.changes import EditGraph, Move, SetRecipe
from playground.app.document import Document
from playground.app.history import History
from playground.graph.edits import AddLayer
from playground.layers.activation import ReLU
from playground.layers.dense import Dense


def add(id: str) -> EditGraph:
    return EditGraph(AddLayer(id, ReLU()), {id: (10.0, 20.0)})


def test_undo_gives_the_very_same_document_back_and_redo_the_later_one():
    history = History(Document())
    before = history.document
    history.do(add("relu1"))
    after = history.document

    assert history.undo()
    assert history.document is before
    assert history.redo()
    assert history.document is after


def test_undo_and_redo_name_the_step():
    history = History(Document())
    history.do(add("relu1"))
    assert history.undo_label == "Add ReLU"
    assert history.redo_label is None
    history.undo()
    assert history.undo_label is None
    assert history.redo_label == "Add ReLU"


def test_dragging_a_setting_is_one_step():
    history = History(Document())
    for rate in (0.1, 0.2, 0.3):
        history.do(SetRecipe("learning_rate", rate))
    assert history.document.recipe.learning_rate == 0.3
    history.undo()
    assert history.document.recipe.learning_rate == Document().recipe.learning_rate
    assert history.undo_label is None


def test_settling_ends_a_row_of_merging_changes():
    history = History(Document())
    history.do(SetRecipe("learning_rate", 0.1))
    history.settle()
    history.do(SetRecipe("learning_rate", 0.2))
    history.undo()
    assert history.document.recipe.learning_rate == 0.1


def test_two_drags_of_one_node_are_two_steps():
    history = History(Document())
    history.do(add("relu1"))
    history.do(Move({"relu1": (1.0, 1.0)}, gesture=1))
    history.do(Move({"relu1": (2.0, 2.0)}, gesture=1))
    history.do(Move({"relu1": (9.0, 9.0)}, gesture=2))
    history.undo()
    assert history.document.positions["relu1"] == (2.0, 2.0)
    history.undo()
    assert history.document.positions["relu1"] == (10.0, 20.0)


def test_a_change_that_changes_nothing_is_no_step():
    history = History(Document())
    assert not history.do(SetRecipe("epochs", Document().recipe.epochs))
    assert history.undo_label is None


def test_a_new_change_forgets_what_could_be_redone():
    history = History(Document())
    history.do(add("relu1"))
    history.undo()
    history.do(EditGraph(AddLayer("dense1", Dense())))
    assert history.redo_label is None
    assert not history.redo()


def test_saved_is_a_document_not_a_count_of_steps():
    history = History(Document())
    history.do(add("relu1"))
    assert not history.is_saved
    history.mark_saved()
    history.undo()
    assert not history.is_saved
    history.redo()
    assert history.is_saved
