"""The learning curve in a process of its own: everything that happens there comes into the mailbox, or nothing more."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic, sleep

from playground.app.document import make_project
from playground.app.loading import prepared
from playground.app.repeating import RepeatEnded, Repeating
from playground.app.runner import Mailbox
from playground.data.dataset import DataChoice
from playground.selection.learning_curve import CurvePlan, CurveProgress, CurveStarted, LearningCurve, PointDone


def document_of(template, **recipe):
    document = make_project(template)[0]
    return replace(document, recipe=document.recipe.model_copy(update=recipe))


def test_a_curve_from_the_process_is_the_one_trained_here():
    document, plan = document_of("table-mlp", epochs=2), CurvePlan((20, 60), 2, ("ridge",))
    box = Mailbox()
    assert Repeating(document, plan, box).join(240)
    facts = box.empty()
    here = LearningCurve(document.graph, document.recipe, prepared(document.data), document.data, plan)

    def seen(events):
        return [replace(event, seconds=0.0) for event in events if isinstance(event, PointDone)]

    assert isinstance(facts[0], CurveStarted)
    assert facts[-1] == RepeatEnded()
    assert any(isinstance(fact, CurveProgress) for fact in facts)
    assert seen(facts) == seen(here.events())


def test_a_curve_that_cannot_begin_says_why(capfd):
    box = Mailbox()
    document = replace(document_of("table-mlp"), data=DataChoice(source="gone.csv"))
    assert Repeating(document, CurvePlan(), box).join(240)
    [ended] = box.empty()
    assert ended.message.startswith("There is no data set or file “gone.csv”.")
    assert "Traceback" not in capfd.readouterr().err


def test_a_cancelled_curve_says_nothing_more():
    box = Mailbox()
    job = Repeating(document_of("digits-mlp", epochs=100_000), CurvePlan((1000,)), box)
    until, facts = monotonic() + 240, []
    while not facts and monotonic() < until:
        sleep(0.01)
        facts = box.empty()
    assert isinstance(facts[0], CurveStarted)
    job.stop()
    assert job.join(120)
    assert box.empty()[-1] == RepeatEnded()
