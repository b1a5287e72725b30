"""Undo brings back the weights a document had; labels put right take none away; an exam needs learned weights."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from playground.app.carried import Carried
from playground.app.changes import ChooseData, EditGraph
from playground.app.document import Document, make_project
from playground.app.exam import NotTrained, sit
from playground.app.remembered import MOST, Moment, Remembered
from playground.app.starting import fitting_template
from playground.data.catalogue import load
from playground.data.corrections import with_label
from playground.data.dataset import DataChoice
from playground.engine.checkpoint import Checkpoint
from playground.engine.epochs import Epochs
from playground.engine.recipe import Recipe
from playground.graph.check import check
from playground.graph.edits import SetSettings
from playground.graph.templates import TEMPLATES
from playground.layers.shape import Shape, Signature
from tests.app.working import ready


def weights(session):
    session.prepare()
    return session.ask(lambda training: training.checkpoint().weights["dense1.weight"]).result(10)


def trained(work):
    session = ready(work, epochs=3)
    session.play()
    work.until(session, lambda: session.status == "ended")
    return session, weights(session)


def test_undo_brings_back_the_weights_and_curves_that_the_network_had(work):
    session, learned = trained(work)
    session.do(EditGraph(SetSettings("dense1", (("units", 5),))))
    assert weights(session).shape != learned.shape
    assert not session.epochs or session.epochs[-1].epoch == 3
    session.play()
    work.until(session, lambda: session.status == "ended")
    changed = weights(session)
    session.undo()
    np.testing.assert_array_equal(weights(session), learned)
    assert [epoch.epoch for epoch in session.epochs] == [1, 2, 3]
    session.redo()
    np.testing.assert_array_equal(weights(session), changed)


def test_undo_of_another_network_brings_back_the_weights_of_the_first(work):
    session, learned = trained(work)
    session.do(ChooseData(DataChoice(source="wine"), load(DataChoice(source="wine")).signature))
    work.until(session, lambda: session.status == "ready")
    session.undo()
    work.until(session, lambda: session.status != "loading")
    np.testing.assert_array_equal(weights(session), learned)
    assert len(session.epochs) == 3


def test_a_label_put_right_keeps_what_was_learned_and_undo_gives_back_what_there_was(work):
    session, learned = trained(work)
    row = int(session.examples.train.rows[0])
    dataset = session.examples.dataset
    other = dataset.class_names[(int(dataset.targets[row]) + 1) % 10]
    session.do(ChooseData(with_label(session.document.data, dataset, row, other)))
    work.until(session, lambda: session.status != "loading")
    np.testing.assert_array_equal(weights(session), learned)
    assert len(session.epochs) == 3
    session.play()
    work.until(session, lambda: session.status == "ended" and len(session.epochs) > 3)
    assert not np.array_equal(weights(session), learned)
    session.undo()
    work.until(session, lambda: session.status != "loading")
    np.testing.assert_array_equal(weights(session), learned)


def test_the_test_part_stays_closed_to_a_network_whose_weights_are_drawn(work):
    session, _ = trained(work)
    assert sit(session.ask).result(10).n == len(session.examples.test)
    session.do(EditGraph(SetSettings("dense1", (("units", 5),))))
    session.prepare()
    with pytest.raises(NotTrained, match="This network has not been trained since it was changed"):
        sit(session.ask).result(10)
    session.undo()
    session.prepare()
    assert sit(session.ask).result(10).n == len(session.examples.test)


def test_the_memory_is_bounded():
    memory, documents = Remembered(), [make_project("xor-mlp")[0] for _ in range(MOST + 5)]
    for document in documents:
        there: Future[Checkpoint] = Future()
        there.set_result(Checkpoint({"weights/a": np.zeros(4)}))
        memory.keep(Moment(document, Carried(there), Epochs()))
    assert memory.of(documents[-1]) is not None
    assert memory.of(documents[4]) is None
    assert memory.of(replace(documents[-1], data=DataChoice(source="iris"))) is None


SOURCES = ("spiral", "iris", "diabetes", "digits", "frequency", "running-parity", "alice", "reverse")


@pytest.mark.parametrize("source", SOURCES)
def test_data_of_ones_own_beside_an_empty_network_begin_with_a_template_that_fits(source):
    signature = load(DataChoice(source=source)).signature
    document = ChooseData(DataChoice(source="mine.npz"), signature).apply(Document())
    assert document.graph.nodes
    assert not check(document.graph, signature).errors
    assert document.recipe == Recipe.model_validate(dict(TEMPLATES[fitting_template(signature)].recipe))


def test_series_labelled_as_a_whole_begin_with_convolutions_and_forecasts_with_a_memory():
    labelled, forecast = (Signature(Shape((20, 1)), 2, task) for task in ("classes", "numbers"))
    assert (fitting_template(labelled), fitting_template(forecast)) == ("series-cnn", "frequency-lstm")


def test_texts_begin_with_a_network_that_reads_and_pairs_with_one_that_also_writes():
    def text(steps: int | None, outputs: int) -> Signature:
        return Signature(Shape((20,)), outputs, "classes", steps, symbols=80)

    assert fitting_template(text(None, 18)) == "char-lm"  # a class for each: codes are no amounts
    assert fitting_template(text(20, 80)) == "char-lm"
    assert fitting_template(text(20, 200)) == "encoder-decoder"


def test_a_few_examples_of_ones_own_are_learned_from_in_small_batches_and_for_more_epochs():
    signature = load(DataChoice(source="digits")).signature
    recipe = ChooseData(DataChoice(source="mine.npz"), signature, count=45).apply(Document()).recipe
    assert (recipe.batch, recipe.epochs) == (8, 67)
    with_a_network = replace(make_project("image-cnn")[0], recipe=Recipe(batch=64, epochs=3))
    recipe = ChooseData(DataChoice(source="mine.npz"), signature, count=45).apply(with_a_network).recipe
    assert (recipe.batch, recipe.epochs) == (8, 3)


@pytest.mark.parametrize("source", ["iris", "digits", "drawn"])
def test_data_from_the_catalogue_leave_an_empty_network_to_be_built_by_hand(source):
    signature = load(DataChoice(source="iris")).signature
    assert not ChooseData(DataChoice(source=source), signature).apply(Document()).graph.nodes
