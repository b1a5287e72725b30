"""Two processes on loopback that train one network together, held against one process with the whole batch."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.team_members import alone, team_of

SURE = {"layers.drop1.rate": "0"}
"""Settings without which processes draw different numbers."""


def agree(
    shared: dict[str, np.ndarray], one: dict[str, np.ndarray], begin: str, most: float, least: float = 1e-6
) -> None:
    """Hold all arrays whose names begin so against each other, by the largest number of each, or that least."""
    names = [name for name in one if name.startswith(begin)]
    assert names
    for name in names:
        largest = max(least, float(np.abs(one[name]).max()))
        assert np.abs(shared[name] - one[name]).max() <= most * largest, name


def test_two_processes_take_the_step_that_one_takes_with_the_whole_batch(tmp_path):
    # Adam makes of the smallest gradients, which are how their sums are rounded, steps as large as of the others.
    steady = {"recipe.optimiser": "sgd", "recipe.momentum": "0.9", "recipe.learning_rate": "0.01"}
    changes = {"recipe.epochs": "2", "recipe.batch": "101", **steady, **SURE}
    asked = {"template": "digits-cnn", "changes": changes}

    first, second = team_of(2, "trains", tmp_path, **asked)

    one = alone(asked)
    assert first["first loss"] == pytest.approx(one["first loss"], abs=1e-6)
    agree(first, one, "gradient ", 1e-6)
    agree(first, one, "weight ", 1e-3)
    for figures in ("train", "valid"):
        assert first[figures] == pytest.approx(one[figures], abs=2e-3)
        assert (first[figures] == second[figures]).all()
    assert all((first[name] == second[name]).all() for name in first if name.startswith("weight "))


@pytest.mark.slow
def test_synchronised_batch_normalisation_sees_the_examples_of_all(tmp_path):
    changes = {"recipe.epochs": "1", "recipe.batch": "65", "data.train_on": "130", "recipe.optimiser": "sgd"}
    asked = {"template": "digits-cnn", "changes": changes, "normalised": True}

    (first, _), one = team_of(2, "trains", tmp_path, **asked, synchronised=True), alone(asked)

    agree(first, one, "gradient ", 1e-5, least=0.1)  # of a bias before the normalisation it is rounding alone
    agree(first, one, "weight norm1.running_var", 1e-4)
    assert first["valid"] == pytest.approx(one["valid"], abs=1e-3)


@pytest.mark.slow
def test_when_one_is_asked_to_stop_all_stop_at_the_same_step(tmp_path):
    first, second = team_of(2, "one_stops", tmp_path, template="spiral-mlp", changes={"recipe.epochs": "1000"})

    assert first["stopped"]
    assert second["stopped"]
    assert first["steps"] == second["steps"] <= 20


@pytest.mark.slow
def test_what_the_first_has_read_is_told_to_all(tmp_path):
    for found in team_of(2, "hears", tmp_path):
        assert found["weights/a.b"].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert found["epoch"] == 4
        assert found["nothing"]
