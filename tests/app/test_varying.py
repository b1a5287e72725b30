"""What may be varied, as a person writes it, and what is said of what may not."""

from __future__ import annotations

import pytest

from playground.app.document import DocumentProblem, from_json, make_project, to_json
from playground.app.suggesting import suggestion, titles
from playground.app.tuning import Settings, TuningProblem, plan_of
from playground.app.varying import read_vary, with_params
from playground.selection.folds import read_folding
from playground.selection.space import Choices


def project():
    return make_project("xor-mlp")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("recipe.learnign_rate=1", "Did you mean recipe.learning_rate?"),
        ("learning_rate=1", "Did you mean recipe.learning_rate?"),
        ("units=1", "Did you mean layers.dense1.units or layers.dense2.units"),
        ("recipe.learning_rate=-1,1", "recipe.learning_rate cannot be -1. Learning rate must be more than 0, not -1."),
        ("recipe.momentum=0..2", "recipe.momentum cannot be 2. Momentum must be less than 1, not 2."),
        ("recipe.epochs", "“recipe.epochs” is not of the form PATH=V1,V2,…"),
        ("recipe.optimiser=sgd..adam", "Only numbers have a range. Write a list, as relu,tanh."),
        ("recipe.l2=0..1:log", "A logarithmic range cannot begin at 0.0. Begin above 0, or leave :log out."),
        ("recipe.l2=1..0", "The range 1.0..0.0 is empty. Write the smaller number first."),
        ("layers.dense1.units=2..8:0.5", "“0.5” is no step of 2..8. Write log, or a step between the two."),
    ],
)
def test_what_cannot_be_varied_is_refused_with_what_can(text, said):
    with pytest.raises(DocumentProblem) as problem:
        read_vary(project()[0], [text])
    assert said in str(problem.value)


def test_values_have_the_type_of_their_setting():
    vary = ["layers.dense1.units=4..16:4", "recipe.keep_best=true,false", "recipe.batch=8..64:log", "recipe.l1=0,1e-3"]
    spaces = read_vary(project()[0], vary)
    assert spaces["layers.dense1.units"].grid() == (4, 8, 12, 16)
    assert spaces["recipe.keep_best"] == Choices((True, False))
    assert spaces["recipe.batch"].grid() == (8, 13, 23, 38, 64)
    assert spaces["recipe.l1"] == Choices((0.0, 0.001))


def test_a_metric_of_the_other_task_is_refused():
    document, dataset = project()
    with pytest.raises(TuningProblem, match="Xor cannot be judged by r2. Use one of: accuracy, loss."):
        plan_of(document, {"recipe.l2": Choices((0.0,))}, Settings(metric="r2"), dataset)
    document, dataset = make_project("table-mlp")
    options = Settings(folding=read_folding("loo"))
    assert plan_of(document, {"recipe.l2": Choices((0.0,))}, options, dataset).metric == "r2"


def test_how_examples_are_changed_is_set_and_varied_like_any_setting():
    document, _ = make_project("digits-cnn")
    spaces = read_vary(document, ["recipe.augment.shift=0,0.1,0.2", "recipe.augment.flip=none,across"])
    assert spaces["recipe.augment.shift"].values == (0.0, 0.1, 0.2)
    changed = with_params(document, {"recipe.augment.shift": 0.1, "recipe.augment.flip": "across"})
    assert changed.recipe.augment.told() == "shift 0.1, flip across"
    assert from_json(to_json(changed)) == changed
    assert from_json(to_json(with_params(changed, {"recipe.augment.shift": 0}))).recipe.augment.asked == ("flip",)
    with pytest.raises(DocumentProblem, match="Shift must be at most 0.5, not 2"):
        with_params(document, {"recipe.augment.shift": 2})
    with pytest.raises(DocumentProblem, match=r"There is no setting “augment.turn”|There is no setting “turn”"):
        with_params(document, {"recipe.augment.turn": 2})
    assert titles(document)["recipe.augment.shift"] == "Augmentation · shift"
    assert "recipe.augment.warp" not in titles(document)
    assert suggestion(document, "recipe.augment.noise") == "0, 0.05, 0.1, 0.2"
