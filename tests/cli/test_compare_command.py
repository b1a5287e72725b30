from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from playground.app.files import read_project, write_project


@pytest.fixture
def trained(run, digits):
    """A project with three epochs behind it."""
    assert run("train", digits, "--epochs", 3).status == 0
    return digits


def test_compare_as_json_has_the_keys_of_the_contract(run, trained):
    said = run("compare", trained, "--json").json

    assert list(said) == ["metric", "split", "n", "models", "verdict", "exam"]
    assert (said["metric"], said["split"], said["n"]) == ("accuracy", "valid", 270)
    assert [model["name"] for model in said["models"]] == ["network", "logistic", "majority"]
    for model in said["models"]:
        assert list(model) == ["name", "kind", "score", "low", "high", "parameters", "seconds"]
    assert list(said["verdict"]) == ["against", "difference", "low", "high", "p_value", "better", "text"]
    assert said["verdict"]["against"] == "logistic"
    assert said["exam"] is None


def test_the_network_is_scored_as_it_was_stored(run, trained):
    project = read_project(trained)

    network = run("compare", trained, "--json", "--baselines", "majority").json["models"][0]

    assert network["score"] == pytest.approx(project.epochs[-1].valid.measures["accuracy"])
    assert network["seconds"] == pytest.approx(sum(epoch.seconds for epoch in project.epochs))
    assert network["parameters"] == 4810


def test_compare_prints_the_table_and_the_verdict(run, trained):
    said = run("compare", trained)

    assert said.status == 0
    assert "On 270 validation examples:" in said.out
    assert "Logistic regression" in said.out
    assert "logistic regression" in said.out.splitlines()[-1]
    assert "McNemar's exact test" in said.out.splitlines()[-1]


def test_a_regression_is_set_against_ridge(run, tmp_path):
    path = tmp_path / "table.nnplay"
    run("new", "table-mlp", "-o", path)
    run("train", path, "--epochs", 1)

    said = run("compare", path, "--json").json

    assert said["metric"] == "r2"
    assert [model["name"] for model in said["models"]] == ["network", "ridge", "mean"]


def test_what_cannot_be_compared_is_refused(refused, digits):
    assert f"{digits} has not been trained yet. Run “playground train {digits}” first." in refused("compare", digits)


def test_an_unknown_baseline_is_refused(refused, trained):
    assert "There is no baseline “ridge” for these data. There are: majority, knn, logistic," in refused(
        "compare", trained, "--baselines", "logistic,ridge"
    )


def test_no_baseline_named_is_refused(refused, trained):
    assert "--baselines names none. Write it as --baselines logistic,majority, or leave it out." in refused(
        "compare", trained, "--baselines", ","
    )


def test_a_regression_without_numbers_for_answers_is_told_as_such(run, tmp_path):
    path = tmp_path / "table.nnplay"
    run("new", "table-mlp", "-o", path)
    run("train", path, "--epochs", 1)
    write_project(path, with_weights(read_project(path), 1e30))

    told, said = run("compare", path), run("compare", path, "--json").json

    assert "not all its answers on the 66 examples are numbers" in told.out
    assert said["models"][0]["score"] is None
    assert said["verdict"]["p_value"] is None


@pytest.mark.parametrize("words", [("compare",), ("train", "--resume")])
def test_weights_that_are_no_numbers_are_refused_and_not_drawn_anew(refused, trained, words):
    write_project(trained, with_weights(read_project(trained), np.nan))

    assert f"Some weights in {trained} are no numbers. Train it anew with" in refused(words[0], trained, *words[1:])


def with_weights(project, value):
    """The project as if training had ended with that one number in every weight."""
    tensors = {
        name: np.full_like(array, value) if name.startswith("weights/") else array
        for name, array in project.checkpoint.tensors.items()
    }
    return replace(project, checkpoint=replace(project.checkpoint, tensors=tensors))


def test_a_network_changed_since_is_not_compared_with_weights_drawn_anew(refused, trained):
    project = read_project(trained)
    graph = project.document.graph
    changed = graph.with_node("dense1", graph.nodes["dense1"].with_settings(units=9))
    changed = changed.with_node("dense2", graph.nodes["dense2"])
    write_project(trained, replace(project, document=replace(project.document, graph=changed)))

    assert "was changed since it was trained. Run “playground train" in refused("compare", trained)
