"""Learning curves: the same points as scikit-learn's for a baseline, nested parts, and networks trained either way."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import learning_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from playground.app.document import make_project
from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.split import assembled, prepare
from playground.engine.recipe import Recipe
from playground.engine.train import Training
from playground.graph.templates import chain
from playground.layers.activation import Tanh
from playground.layers.dense import Dense
from playground.layers.ends import Input, Output
from playground.selection.baseline_models import ALPHAS
from playground.selection.folds import set_apart
from playground.selection.learning_curve import (
    NETWORK,
    CurvePlan,
    CurveProblem,
    CurveProgress,
    CurveStarted,
    LearningCurve,
    PointDone,
    PointFailed,
    recipe_for,
)
from playground.selection.subsets import nested_order, sizes_of


def project(template, **recipe):
    document, dataset = make_project(template)
    document = replace(document, recipe=document.recipe.model_copy(update=recipe))
    return document.graph, document.recipe, prepare(dataset, document.data), document.data


def baseline_alone(source, name, sizes, repeats=2, **options):
    choice = DataChoice(source=source, **options)
    examples = prepare(load(choice), choice)
    graph = chain(Input(dims=(1,)), Dense(units=1), Output(loss="mean_squared_error", units=1))
    plan = CurvePlan(sizes, repeats, (name,), trains_network=False)
    return LearningCurve(graph, Recipe(), examples, choice, plan)


def points(curve):
    return [event for event in curve.events() if isinstance(event, PointDone)]


def without_times(found):
    return [replace(point, seconds=0.0) for point in found]


def theirs(curve, estimator, repeat, scoring):
    """scikit-learn's training and validation scores over the beginnings of the same order."""
    dataset = curve.examples.dataset
    inputs, targets = dataset.inputs.reshape(len(dataset.inputs), -1), dataset.targets.reshape(len(dataset.targets))
    order, valid = curve.rows(len(curve.examples.train), repeat), curve.examples.valid.rows
    _, train, held = learning_curve(
        estimator, inputs, targets, train_sizes=np.array(curve.sizes), cv=[(order, valid)], scoring=scoring
    )
    return train[:, 0], held[:, 0]


@pytest.mark.parametrize(
    ("source", "name", "scaling", "make", "scoring", "tolerance"),
    [
        ("iris", "logistic-none", "standard", lambda: LogisticRegression(C=np.inf, max_iter=1000), "accuracy", 0),
        ("digits", "logistic-none", "none", lambda: LogisticRegression(C=np.inf, max_iter=1000), "accuracy", 0),
        ("diabetes", "ridge", "standard", lambda: RidgeCV(alphas=ALPHAS), "r2", 1e-4),
    ],
)
def test_a_baselines_points_are_scikit_learns(source, name, scaling, make, scoring, tolerance):
    curve = baseline_alone(source, name, (20, 50, 100), scaling=scaling)
    estimator = make_pipeline(StandardScaler(), make()) if scaling == "standard" else make()
    if source == "diabetes":  # the penalty is chosen for a target of deviation 1
        from sklearn.compose import TransformedTargetRegressor

        estimator = TransformedTargetRegressor(estimator, transformer=StandardScaler())
    found = points(curve)
    for repeat in range(2):
        train, valid = theirs(curve, estimator, repeat, scoring)
        own = [point for point in found if point.repeat == repeat]
        assert [point.train for point in own] == pytest.approx(list(train), abs=tolerance)
        assert [point.valid for point in own] == pytest.approx(list(valid), abs=tolerance)


def test_parts_lie_within_one_another_and_repeats_differ():
    curve = LearningCurve(*project("digits-mlp"), CurvePlan(repeats=2))
    parts = [set(curve.rows(n, 0)) for n in curve.sizes]
    assert all(small < large for small, large in pairwise(parts))
    assert parts[-1] == set(curve.examples.train.rows)
    assert set(curve.rows(curve.sizes[0], 1)) != parts[0]


def test_each_beginning_has_each_class_in_its_share():
    choice = DataChoice(source="wine")
    examples = prepare(load(choice), choice)
    labels = examples.dataset.targets[nested_order(examples, 3)]
    assert sorted(labels[:3]) == [0, 1, 2]
    whole = np.bincount(labels) / len(labels)
    for n in range(1, len(labels) + 1):
        assert np.abs(np.bincount(labels[:n], minlength=3) - n * whole).max() <= 1


def test_groups_come_whole_and_the_latest_moments_first():
    choice = DataChoice(source="iris")
    examples = prepare(load(choice), choice)
    groups, times = np.arange(150) % 9, np.arange(150) * 1.0
    order = nested_order(replace(examples, dataset=replace(examples.dataset, groups=groups)), 0)
    changes = int((np.diff(groups[order]) != 0).sum())
    assert changes == len(np.unique(groups[order])) - 1
    latest = nested_order(replace(examples, dataset=replace(examples.dataset, times=times)), 0)
    assert list(latest) == sorted(examples.train.rows, reverse=True)
    windows = nested_order(replace(examples, dataset=replace(examples.dataset, gap=2)), 5)
    assert list(windows) == sorted(examples.train.rows, reverse=True)


def test_sizes_are_equally_far_apart_as_logarithms():
    *_, examples, _ = project("digits-mlp")
    sizes = sizes_of(examples)
    assert (sizes[0], sizes[-1], len(sizes)) == (20, 1257, 8)
    assert np.diff(np.log(sizes)) == pytest.approx(np.log(1257 / 20) / 7, abs=0.05)


def test_everything_is_fitted_to_the_subset_alone():
    curve = LearningCurve(*project("table-mlp"), CurvePlan((40, 310)))
    examples = curve.subset(40, 0)
    own = examples.dataset.inputs[curve.rows(40, 0)]
    assert np.ravel(examples.inputs.shift) == pytest.approx(own.mean(axis=0, dtype=np.float64), rel=1e-6)
    assert np.ravel(examples.inputs.scale) == pytest.approx(own.std(axis=0, dtype=np.float64), rel=1e-6)
    assert np.array_equal(examples.valid.rows, curve.examples.valid.rows)
    assert len(examples.test) == 0


def test_a_network_is_trained_as_alone_whether_repeats_are_stacked_or_not():
    arguments = project("digits-mlp", epochs=3)
    stacked, alone = (
        points(LearningCurve(*arguments, CurvePlan((30, 300), 3, stacks=stacks))) for stacks in (True, False)
    )
    assert len(stacked) == 6
    for one, other in zip(stacked, alone, strict=True):
        assert (one.n, one.repeat) == (other.n, other.repeat)
        assert one.valid == pytest.approx(other.valid, abs=1e-6)
        assert one.train == pytest.approx(other.train, abs=1e-6)


def test_a_point_is_what_training_on_that_subset_gives():
    graph, recipe, examples, choice = project("table-mlp", epochs=4)
    curve = LearningCurve(graph, recipe, examples, choice, CurvePlan((60,), 2))
    [_, second] = points(curve)
    own = recipe_for(recipe, 60, len(examples.train), "steps").model_copy(update={"seed": recipe.seed + 1})
    apart = set_apart(examples.dataset, np.sort(curve.rows(60, 1)))
    learning = assembled(examples.dataset, choice, (*apart, examples.valid.rows))
    training = Training(graph, own, learning, "cpu", final_exam=True)
    ended = list(training.events())[-1]
    assert [len(part) for part in (learning.train, learning.valid)] == [48, 12]
    assert second.valid == pytest.approx(ended.test.measures["r2"], abs=1e-5)
    assert second.train == pytest.approx(training.evaluate("train").measures["r2"], abs=1e-5)


def test_the_same_arguments_give_the_same_points():
    arguments = (*project("table-mlp", epochs=2), CurvePlan((20, 80), 2, ("ridge",)))
    first, second = (without_times(points(LearningCurve(*arguments))) for _ in range(2))
    assert first == second
    assert len(first) == 8


def test_events_begin_with_the_plan_and_progress_never_falls():
    curve = LearningCurve(*project("digits-mlp", epochs=2), CurvePlan((30, 60), 2, ("majority",)))
    events = list(curve.events())
    assert events[0] == CurveStarted("accuracy", (30, 60), 2, (NETWORK, "majority"), 270)
    shares = [event.share for event in events if isinstance(event, CurveProgress)]
    assert shares == sorted(shares)
    assert shares[-1] <= 1


@pytest.mark.parametrize("stacks", [True, False])
def test_a_curve_can_be_stopped_within_a_point(stacks):
    curve = LearningCurve(*project("digits-mlp", epochs=500), CurvePlan((30, 60), 2, stacks=stacks))
    seen = []
    for event in curve.events():
        seen.append(event)
        if isinstance(event, CurveProgress):
            curve.stop()
    assert len(seen) <= 3
    assert not any(isinstance(event, PointDone) for event in seen)


def test_smaller_parts_take_as_many_steps_unless_that_is_ten_times_the_epochs():
    recipe = Recipe(epochs=20, batch=32, patience=5, warmup=2, schedule_epochs=10)
    half = recipe_for(recipe, 160, 320, "steps")
    assert (half.epochs, half.batch, half.patience, half.warmup, half.schedule_epochs) == (40, 32, 10, 4, 20)
    assert (recipe_for(recipe, 10, 32_000, "steps").epochs, recipe_for(recipe, 10, 32_000, "steps").batch) == (200, 10)
    assert recipe_for(recipe, 320, 320, "steps") == recipe
    assert recipe_for(recipe, 160, 320, "epochs") == recipe


@pytest.mark.parametrize(
    ("template", "baseline"),
    [("autoencoder", "mean"), ("lstm-many-to-many", "logistic"), ("digits-cnn", "majority"), ("spiral-mlp", "knn")],
)
def test_networks_of_every_kind_have_a_curve(template, baseline):
    graph, recipe, examples, choice = project(template, epochs=1)
    plan = CurvePlan((20, 40), 1, (baseline,), hold="epochs")
    found = points(LearningCurve(graph, recipe, examples, choice, plan))
    assert [(point.model, point.n) for point in found] == [
        (baseline, 20), (NETWORK, 20), (baseline, 40), (NETWORK, 40),
    ]  # fmt: skip
    assert np.isfinite([point.valid for point in found]).all()


def test_words_that_a_part_of_a_table_has_not_are_no_inputs_of_it(tmp_path):
    random = np.random.default_rng(0)
    words = random.choice(["a", "b", "c", "d", "e"], 200, p=[0.9, 0.04, 0.03, 0.02, 0.01])
    lines = [
        f"{word},{x:.4f},{'yes' if x > 0 else 'no'}" for word, x in zip(words, random.normal(size=200), strict=True)
    ]
    path = tmp_path / "words.csv"
    path.write_text("\n".join(["word,x,answer", *lines]))
    choice = DataChoice(source=str(path))
    examples = prepare(load(choice), choice)
    width = examples.train.inputs.shape[1]
    graph = chain(Input(dims=(width,)), Dense(units=4), Tanh(), Dense(units=2), Output(units=2))
    curve = LearningCurve(graph, Recipe(epochs=1), examples, choice, CurvePlan((10, len(examples.train)), 2))
    assert curve.subset(10, 0).train.inputs.shape[1] < width
    assert len(points(curve)) == 4


def test_a_network_that_diverges_is_told_and_the_others_go_on():
    graph, recipe, examples, choice = project("table-mlp", epochs=3, optimiser="sgd", learning_rate=90_000.0)
    events = list(LearningCurve(graph, recipe, examples, choice, CurvePlan((20, 40), 2, ("ridge",))).events())
    failed = [event for event in events if isinstance(event, PointFailed)]
    assert {event.model for event in failed} == {NETWORK}
    assert "learning rate" in failed[0].message
    assert sum(isinstance(event, PointDone) for event in events) == 4


def test_plans_that_cannot_be_carried_out_are_refused():
    arguments = project("digits-mlp")
    with pytest.raises(CurveProblem, match="rise from 2 to the 1,257 training examples"):
        LearningCurve(*arguments, CurvePlan((50, 2000)))
    with pytest.raises(CurveProblem, match="There is no baseline “ridge” for these data"):
        LearningCurve(*arguments, CurvePlan(baselines=("ridge",)))
    with pytest.raises(CurveProblem, match="nothing to train"):
        LearningCurve(*arguments, CurvePlan(trains_network=False))
