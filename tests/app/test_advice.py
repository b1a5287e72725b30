from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from playground.app.advice import advice
from playground.app.document import Document, make_project
from playground.app.evidence import Evidence
from playground.data.dataset import DataChoice, Dataset
from playground.data.split import prepare
from playground.data.suspicions import suspicions
from playground.engine.epochs import Epochs
from playground.engine.events import EpochDone, Scores
from playground.graph.check import check
from playground.insight.checkup import LayerCheck
from playground.selection.outcome import Comparison, Row, Verdict


@pytest.fixture(scope="module")
def document() -> Document:
    return make_project("digits-mlp")[0]


def curve(train: list[float], valid: list[float] | None = None, accuracy: float = 0.7) -> Epochs:
    pairs = zip(train, valid or train, strict=True)
    measures = {"accuracy": accuracy}
    return Epochs(
        EpochDone(number, Scores(a, measures), Scores(b, measures), 0.01, 0.1, 1000.0)
        for number, (a, b) in enumerate(pairs, 1)
    )


def kinds(evidence: Evidence) -> list[str]:
    return [each.kind for each in advice(evidence)]


def only(evidence: Evidence):
    (found,) = advice(evidence)
    return found


def test_of_nothing_nothing_is_said(document):
    assert advice(Evidence(document)) == ()


def test_a_run_that_goes_well_is_left_in_peace(document):
    losses = [2.0 * 0.8**number for number in range(30)]
    assert kinds(Evidence(document, epochs=curve(losses, [loss * 1.05 for loss in losses], 0.99))) == []


def test_over_fitting_names_its_epochs_and_losses(document):
    valid = [1, 0.8, 0.6, 0.5, 0.55, 0.6, 0.7, 0.8]
    found = only(Evidence(document, epochs=curve([1, 0.7, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1], valid)))
    assert found.kind == "over-fitting"
    assert found.seen == (
        "The validation loss was lowest in epoch 4 (0.5) and is 0.8 now, while the training loss fell from 0.4 to 0.1."
    )
    assert [experiment.label for experiment in found.experiments] == [
        "Stop after 5 epochs without a better one",
        "Keep weights small: L2 of 0.001",
        "Drop half of what reaches dense2",
    ]


def test_a_rise_that_is_nothing_beside_what_was_learned_is_no_over_fitting(document):
    train, valid = (
        [0.69, 0.3, 0.1, 0.02, 0.015, 0.01, 0.009, 0.008],
        [0.69, 0.3, 0.1, 0.011, 0.012, 0.013, 0.014, 0.014],
    )
    assert "over-fitting" not in kinds(Evidence(document, epochs=curve(train, valid, 1.0)))


def test_leaps_of_the_loss_are_laid_to_the_learning_rate(document):
    found = only(Evidence(document, epochs=curve([1, 2, 0.9, 1.8, 1.1, 2.2, 1.0, 2.1, 0.8, 2.0])))
    assert found.kind == "learning rate too high"
    assert found.seen.startswith("The training loss rose in 5 of the last 9 epochs, between 0.8 and 2.2")
    assert found.experiments[0].apply(document).recipe.learning_rate == pytest.approx(
        document.recipe.learning_rate / 10
    )


def test_an_overflow_is_laid_to_the_learning_rate(document):
    assert kinds(Evidence(document, reason="diverged")) == ["learning rate too high"]


def test_a_slow_steady_fall_asks_for_a_higher_rate(document):
    found = only(Evidence(document, epochs=curve([2.3 * 0.99**number for number in range(12)])))
    assert found.kind == "learning rate too low"
    assert "by only 1.0%" in found.seen
    assert found.experiments[-1].apply(document).recipe.learning_rate == 10 * document.recipe.learning_rate


def test_a_loss_that_stands_still_is_a_plateau_unless_all_is_learned(document):
    losses = [2.0, 1.5, 1.2, *[1.1] * 9]
    assert kinds(Evidence(document, epochs=curve(losses))) == ["plateau"]
    assert kinds(Evidence(document, epochs=curve(losses, accuracy=0.995))) == []


def test_a_loss_that_is_no_number_does_not_stand_still(document):
    losses = [2.3, 1.5, *[1.1] * 2000]
    assert kinds(Evidence(document, epochs=curve(losses))) == ["plateau"]
    for place in (-1, -400):
        broken = [*losses]
        broken[place] = math.nan
        assert "plateau" not in kinds(Evidence(document, epochs=curve(broken)))


def test_a_linear_network_that_stands_still_is_told_of_the_hidden_layer_that_it_has_not(document):
    neuron = make_project("one-neuron")[0]
    found = only(Evidence(neuron, epochs=curve([0.7, *[0.69] * 11], accuracy=0.6)))
    assert found.kind == "no hidden layer"
    assert found.seen == (
        "The network has no hidden layer, and stands at an accuracy of 0.600 on its own training examples."
    )
    (layer,) = [
        each for id, each in found.experiments[0].apply(neuron).graph.nodes.items() if id not in neuron.graph.nodes
    ]
    assert (layer.units, layer.activation) == (8, "tanh")
    assert kinds(Evidence(neuron, epochs=curve([0.7, *[0.1] * 11], accuracy=0.99))) == []


def rows(network: float, logistic: float, verdict: Verdict | None = None) -> Comparison:
    models = (
        Row("network", "network", network, network, network, 10, 1.0, "Network"),
        Row("logistic", "baseline", logistic, logistic, logistic, 10, 1.0, "Logistic regression"),
    )
    return Comparison("accuracy", 100, models, verdict)


def test_a_network_that_cannot_learn_its_own_examples_is_too_small(document):
    epochs = curve([2.0, 1.5, 1.2, *[1.1] * 9], accuracy=0.6)
    found = advice(Evidence(document, epochs=epochs, comparison=rows(0.6, 0.9)))
    assert found[0].kind == "under-fitting"
    assert found[0].seen == (
        "After 12 epochs the accuracy on the network's own training examples is 0.600; "
        "logistic regression reaches 0.900 on new ones."
    )
    wider = found[0].experiments[0].apply(document).graph
    assert wider.nodes["dense1"].units == 2 * document.graph.nodes["dense1"].units
    assert wider.nodes["dense2"] == document.graph.nodes["dense2"]


def test_a_verdict_against_the_network_is_repeated_with_its_figures(document):
    verdict = Verdict("logistic", -0.2, -0.3, -0.1, 0.001, False, "Worse than logistic regression by 20.0 points.")
    found = only(Evidence(document, comparison=rows(0.7, 0.9, verdict)))
    assert (found.kind, found.seen) == ("worse than the baseline", verdict.text)
    assert advice(Evidence(document, comparison=rows(0.7, 0.9, replace(verdict, p_value=0.2)))) == ()


@pytest.mark.parametrize(
    ("facts", "kind", "figure"),
    [
        (LayerCheck(dead=0.5), "dead ReLUs", "50% of the units of dense1 answer 0"),
        (LayerCheck(saturated=0.8), "saturation", "80% of the answers of dense1 lie within 2 %"),
    ],
)
def test_layers_that_no_longer_learn_are_named_and_mended(document, facts, kind, figure):
    found = only(Evidence(document, layers={"dense1": facts}))
    assert (found.kind, found.layer) == (kind, "dense1")
    assert figure in found.seen
    mended = found.experiments[0].apply(document)
    assert mended.graph.nodes["dense1"].activation == ("leaky_relu" if facts.dead else "relu")
    assert check(mended.graph).ok


def test_where_every_answer_is_right_saturation_is_no_problem(document):
    done = EpochDone(3, Scores(0.0, {"accuracy": 1.0}), Scores(0.0, {"accuracy": 1.0}), 0.1, 1.0, 100.0)
    layers = {"dense1": LayerCheck(saturated=0.8)}
    assert "saturation" not in [
        found.kind for found in advice(Evidence(document, epochs=Epochs([done]), layers=layers))
    ]
    worse = replace(done, valid=Scores(0.1, {"accuracy": 0.9}))
    assert "saturation" in [found.kind for found in advice(Evidence(document, epochs=Epochs([worse]), layers=layers))]


def test_few_dead_units_are_no_cause_for_alarm(document):
    assert advice(Evidence(document, layers={"dense1": LayerCheck(dead=0.2, saturated=0.4)})) == ()


def test_gradients_that_vanish_or_explode_are_told_with_their_size(document):
    sizes = {f"dense{number}": LayerCheck(gradient=10.0 ** (number - 8)) for number in range(1, 6)}
    found = only(Evidence(document, layers=sizes))
    assert found.kind == "vanishing gradients"
    assert "1.0e-07 and at dense5 1.0e-03" in found.seen
    found = only(Evidence(document, layers={"dense1": LayerCheck(gradient=3.0)}, gradient=5000.0))
    assert (found.kind, found.layer) == ("exploding gradients", "dense1")
    assert found.experiments[0].apply(document).recipe.clip == 1


# The data


def table(inputs: np.ndarray, targets: np.ndarray, scaling: str = "none", classes: int = 2, **choice):
    names = tuple(f"class {number}" for number in range(classes))
    features = tuple(f"f{number}" for number in range(inputs.shape[1]))
    data = Dataset("t", "T", "table", inputs.astype(np.float32), targets, "classes", names, features)
    return prepare(data, DataChoice(source="t", scaling=scaling, **choice))


def told(document: Document, examples) -> Evidence:
    data = document.data.model_copy(update={"scaling": "none"})
    return Evidence(replace(document, data=data), examples, suspicions=suspicions(examples))


@pytest.fixture
def random():
    return np.random.default_rng(3)


def test_inputs_of_unequal_size_are_to_be_scaled(document, random):
    inputs = random.normal(size=(100, 2)) * [1, 500]
    evidence = told(document, table(inputs, np.arange(100) % 2))
    found = only(evidence)
    assert found.kind == "unscaled inputs"
    assert found.experiments[0].apply(evidence.document).data.scaling == "standard"
    assert kinds(told(document, table(random.normal(size=(100, 2)), np.arange(100) % 2))) == []


def test_unequal_classes_are_told_with_what_blind_answers_reach(document, random):
    targets = (np.arange(100) < 10).astype(np.int64)
    examples = table(random.normal(size=(100, 2)), targets)
    rare, train = int(examples.train.targets.sum()), len(examples.train)
    found = only(told(document, examples))
    assert found.kind == "unequal classes"
    assert f"“class 0” has {train - rare} training examples, “class 1” {rare}" in found.seen
    assert f"right in {(train - rare) / train:.1%}" in found.seen
    assert found.experiments[0].view == "confusion"


def test_examples_on_both_sides_of_the_split_are_counted_and_can_be_left_out(document, random):
    inputs = np.repeat(random.normal(size=(50, 2)), 2, axis=0)
    examples = table(inputs, np.repeat(np.arange(50) % 2, 2))
    known = {row.tobytes() for row in examples.train.inputs}
    shared = sum(row.tobytes() in known for row in examples.valid.inputs)
    found = only(told(document, examples))
    assert found.kind == "leakage"
    assert found.seen == f"{shared} of the 15 validation examples have the same inputs as a training example."
    assert found.experiments[0].apply(document).data.distinct
    without = table(inputs, np.repeat(np.arange(50) % 2, 2), distinct=True)
    assert sum(map(len, (without.train, without.valid, without.test))) == 50
    assert suspicions(without).shared == 0


def test_a_column_that_is_the_answer_is_named_and_can_be_left_out(random):
    document = make_project("table-mlp")[0]
    targets = np.arange(100) % 2
    inputs = np.column_stack([random.normal(size=100), targets * 3.0, random.normal(size=100)])
    evidence = told(document, table(inputs, targets))
    found = next(each for each in advice(evidence) if each.kind == "leakage")
    assert "“f1” (1.0000)" in found.seen
    mended = found.experiments[0].apply(document).graph.nodes["input1"]
    assert (mended.columns, mended.dims) == ("1,3", (2,))


def test_a_label_seen_once_is_named(document, random):
    targets = np.array([0] * 60 + [1] * 39 + [2])
    evidence = told(document, table(random.normal(size=(100, 2)), targets, classes=3))
    found = [each for each in advice(evidence) if each.kind == "a label seen once"]
    assert found[0].seen == "Only one training example: “class 2”."


def test_columns_that_never_change_are_found(random):
    inputs = random.normal(size=(100, 3))
    inputs[:, 1] = 4
    assert suspicions(table(inputs, np.arange(100) % 2)).constant == (1,)
