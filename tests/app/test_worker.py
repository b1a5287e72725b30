"""Baselines are fitted in a process of their own, and whatever happens there ends in a sentence."""

from __future__ import annotations

from playground.app.runner import Mailbox
from playground.app.worker import BaselineDone, BaselineFailed, BaselineFit, BaselineStarted
from playground.data.dataset import DataChoice


def fitted(choice, names, loss="cross_entropy"):
    box = Mailbox()
    fit = BaselineFit(choice, names, loss, box)
    assert fit.join(120)
    return [fact for fact in box.empty() if not isinstance(fact, BaselineStarted)]


def test_each_baseline_comes_as_it_is_done():
    choice = DataChoice(source="iris")
    facts = fitted(choice, ("logistic", "majority"))
    assert [fact.outcome.name for fact in facts] == ["logistic", "majority"]
    assert all(isinstance(fact, BaselineDone) and fact.choice == choice for fact in facts)


def test_data_that_are_gone_are_told(capfd):
    facts = fitted(DataChoice(source="gone.csv"), ("logistic",))
    assert [type(fact) for fact in facts] == [BaselineFailed]
    assert facts[0].message.startswith(
        "The baseline logistic could not be fitted: There is no data set or file “gone.csv”."
    )
    assert "Traceback" not in capfd.readouterr().err


def test_a_baseline_that_fails_does_not_take_the_next_with_it():
    facts = fitted(DataChoice(source="iris"), ("ridge", "majority"))
    assert "There is no baseline “ridge” for these data." in facts[0].message
    assert facts[1].outcome.name == "majority"


def test_a_cancelled_fit_says_nothing():
    box = Mailbox()
    fit = BaselineFit(DataChoice(source="digits"), ("logistic",), "cross_entropy", box)
    fit.cancel()
    assert fit.join(120)
    assert box.empty() == []
