from __future__ import annotations

import time

from playground.app.document import make_project
from playground.app.loading import prepared
from playground.engine.train import Training
from playground.selection.network import outcome_of


def test_the_time_of_an_answer_is_that_of_computing_it_though_the_epochs_answers_are_kept(monkeypatch):
    document = make_project("digits-mlp")[0]
    training = Training(document.graph, document.recipe, prepared(document.data), "cpu")
    training.evaluate("valid")
    compute = training.judge.scores

    def slow(inputs):
        time.sleep(0.02)
        return compute(inputs)

    monkeypatch.setattr(training.judge, "scores", slow)

    outcome = outcome_of(training)

    assert outcome.predict_seconds * len(training.examples.valid) >= 0.02
    assert outcome.loss == training.evaluate("valid").loss
