from __future__ import annotations

import numpy as np

from playground.app.document import from_json, to_json
from playground.app.redrawing import Drawing


def cloud(x: float, y: float, count: int = 20) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in np.random.default_rng(count).normal((x, y), 0.5, (count, 2))]


def drawn(work, template="xor-mlp", **recipe):
    session = work.open(template, **recipe)
    work.until(session, lambda: session.status == "ready")
    drawing = Drawing(session)
    drawing.stroke(cloud(-2, -2), 1)
    drawing.stroke(cloud(2, 2), 2)
    return session, drawing


def test_drawing_makes_the_points_the_data_and_each_stroke_is_undone_alone(work):
    session, drawing = drawn(work)
    assert session.status == "ready"
    assert session.document.data.source == "drawn"
    assert len(session.examples.dataset.inputs) == 40
    assert session.history.undo_label == "Draw points"

    session.undo()
    assert len(drawing.points.points) == 20
    work.until(session, lambda: session.status == "problem")
    assert session.data_problem == "All points are of class 1. Draw some of another class: press its number."
    session.undo()
    work.until(session, lambda: session.status == "ready")
    assert session.document.data.source == "xor"
    session.redo()
    session.redo()
    assert len(session.examples.dataset.inputs) == 40


def test_the_network_grows_an_answer_for_a_third_class(work):
    session, drawing = drawn(work)
    drawing.stroke(cloud(2, -2), 3)
    assert session.report.ok
    assert session.report.shapes["output1"].size == 3


def test_a_network_that_learns_goes_on_with_the_new_points(work):
    session, drawing = drawn(work, epochs=10**5)
    session.play()
    work.until(session, lambda: len(session.epochs) >= 3)
    before = session.epochs[-1].epoch

    drawing.stroke(cloud(2, 2, 30), 2)

    assert session.status == "running"
    work.until(session, lambda: session.epochs[-1].epoch > before + 3)
    assert [each.epoch for each in session.epochs[:3]] == [1, 2, 3], "the curves go on"
    assert len(session.run.ask(lambda training: training.examples.train).result(10)) > 28
    session.pause()


def test_learning_rests_while_there_are_too_few_points_and_undo_brings_it_back(work):
    session, drawing = drawn(work, epochs=10**5)
    session.play()
    work.until(session, lambda: len(session.epochs) >= 2)
    drawing.clear()
    work.until(session, lambda: session.status == "problem")
    assert session.data_problem.startswith("0 points are drawn; at least 10 are needed")
    session.undo()
    assert session.examples is not None
    assert session.play()
    work.until(session, lambda: session.status == "running" and session.epochs[-1].epoch > 2)


def test_points_of_another_set_are_taken_over_and_erased(work):
    session = work.open("spiral-mlp")
    work.until(session, lambda: session.status == "ready")
    drawing = Drawing(session)
    assert drawing.take_over()
    assert len(session.examples.dataset.inputs) == 500
    assert not drawing.take_over()
    drawing.erase([(0.0, 0.0)], 1.0)
    assert 300 < len(session.examples.dataset.inputs) < 500
    assert session.history.undo_label == "Erase points"


def test_the_points_are_kept_in_the_project_while_it_learns_from_other_data(work):
    session, drawing = drawn(work)
    session.choose_data(session.document.data.model_copy(update={"source": "gauss"}))
    work.until(session, lambda: session.document.data.source == "gauss" and session.status == "ready")
    assert len(drawing.points.points) == 40
    assert from_json(to_json(session.document)).data == session.document.data
    drawing.choose()
    assert session.status == "ready"
    assert len(session.examples.dataset.inputs) == 40


def test_a_stroke_of_nothing_is_no_step(work):
    session, drawing = drawn(work)
    before = session.document
    drawing.erase([(5.9, -5.9)], 0.1)
    drawing.stroke([], 1)
    assert session.document is before
