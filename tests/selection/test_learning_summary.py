"""What a learning curve says, on curves that were planted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import curve_fit

from playground.selection.learning_curve import NETWORK, PointDone
from playground.selection.learning_summary import student_interval, summarise
from playground.selection.power_law import fit_power_law, trusted

SIZES = np.unique(np.geomspace(20, 2000, 8).round())


def planted(a, b, c, noise=0.0, repeats=5, model=NETWORK, train=1.0, seed=0):
    """Points whose validation error follows a power law, with some noise of its own each."""
    random = np.random.default_rng(seed)
    return [
        PointDone(model, int(n), repeat, train, 1 - (a * n**-b + c) * (1 + noise * random.normal()))
        for n in SIZES
        for repeat in range(repeats)
    ]


@pytest.mark.parametrize(("a", "b", "c"), [(2.0, 0.5, 0.05), (0.7, 0.2, 0.0), (30.0, 1.3, 0.2), (1.5, 0.35, 0.01)])
def test_a_planted_power_law_is_found(a, b, c):
    law = fit_power_law(SIZES, a * SIZES**-b + c)
    assert (law.a, law.b, law.c) == pytest.approx((a, b, c), rel=1e-3, abs=1e-4)
    assert law.r2 == pytest.approx(1)
    assert law.at(5000) == pytest.approx(a * 5000**-b + c, rel=1e-4)


def test_the_law_is_scipys_least_squares_on_noisy_points():
    random = np.random.default_rng(1)
    errors = (2 * SIZES**-0.5 + 0.05) * (1 + 0.05 * random.normal(size=len(SIZES)))
    law = fit_power_law(SIZES, errors)
    theirs, _ = curve_fit(
        lambda n, a, b, c: a * n**-b + c, SIZES, errors, (1, 0.5, 0.01), sigma=errors, bounds=(0, [np.inf, 4, 1])
    )
    assert (law.a, law.b, law.c) == pytest.approx(tuple(theirs), rel=1e-2)


def test_what_is_no_falling_power_law_is_not_trusted():
    falling = 2 * SIZES**-0.5 + 0.05
    assert trusted(SIZES, falling)
    assert not trusted(SIZES, falling[::-1])
    assert not trusted(SIZES, np.full(8, 0.3))
    assert not trusted(SIZES[:4], falling[:4])
    late = np.where(SIZES > 1000, 0.07, falling)  # learns the rest at once
    assert not trusted(SIZES, late)
    assert trusted(SIZES, late, halves=0.1)  # unless the points are as uncertain as that


def test_no_law_is_fitted_to_too_few_sizes_or_errors_of_nought():
    assert fit_power_law(np.array([10.0, 20.0]), np.array([0.5, 0.4])) is None
    assert fit_power_law(SIZES, np.zeros(8)) is None
    assert fit_power_law(SIZES, np.full(8, np.nan)) is None


def test_the_interval_of_a_mean_is_students():
    values = [0.81, 0.84, 0.79, 0.9]
    low, high = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert student_interval(values) == pytest.approx((low, high))


def test_what_twice_the_data_bring_lies_in_its_interval_nineteen_times_of_twenty():
    truth = 1 - (2 * 4000**-0.5 + 0.05)
    inside = []
    for seed in range(40):
        foreseen = summarise(planted(2, 0.5, 0.05, 0.05, seed=seed), "accuracy", 300).curves[0].foreseen
        if foreseen is not None:
            inside.append(abs(foreseen.score - truth) <= foreseen.half)
    assert len(inside) > 30
    assert np.mean(inside) > 0.85


def test_more_data_are_foreseen_in_words_only_where_the_curve_is_a_power_law():
    found = summarise(planted(2, 0.5, 0.05), "accuracy", 300)
    assert found.text[0] == (
        "With twice the data (4,000 examples) your network would reach about 91.8 ± 0.0 % if the curve goes on as it "
        "does, after 90.5 % now; no promise."
    )
    flat = summarise(planted(0, 0.5, 0.3), "accuracy", 300)
    assert flat.curves[0].foreseen is None
    assert flat.text[0].startswith("What more data would bring cannot be told")


def test_where_the_network_overtakes_is_where_the_planted_curves_cross():
    ours, theirs = planted(4, 0.7, 0.02, 0.02), planted(0.8, 0.2, 0.0, 0.02, model="logistic", seed=1)
    grid = np.linspace(20, 2000, 100_000)
    crossing = grid[np.argmax(4 * grid**-0.7 + 0.02 < 0.8 * grid**-0.2)]
    [found] = summarise([*ours, *theirs], "accuracy", 300).overtaking
    assert found.crossing == pytest.approx(crossing, rel=0.15)
    assert found.low <= found.crossing <= found.high
    assert found.n in SIZES
    assert found.n >= crossing
    text = summarise([*ours, *theirs], "accuracy", 300).text
    assert any(f"surely ahead of logistic regression from {found.n:,} training examples on" in line for line in text)


def test_a_network_that_never_overtakes_is_told():
    found = summarise([*planted(2, 0.3, 0.2), *planted(2, 0.5, 0.05, model="ridge")], "r2", 300)
    assert (found.overtaking[0].n, found.overtaking[0].crossing) == (None, None)
    assert "It is not shown that your network overtakes ridge regression with the data there are." in found.text


def test_a_network_that_is_always_ahead_is_told():
    found = summarise([*planted(2, 0.5, 0.05, 0.001), *planted(3, 0.5, 0.3, 0.001, model="majority")], "accuracy", 300)
    assert found.overtaking[0].n == 20
    assert "Your network is ahead of the majority class at every size, from 20 training examples on." in found.text


@pytest.mark.parametrize(
    ("train", "rival", "kind"), [(0.99, 0.5, "over-fitting"), (0.905, 0.5, "neither"), (0.91, 0.01, "under-fitting")]
)
def test_the_gap_that_is_left_is_named(train, rival, kind):
    ours = planted(2, 0.5, 0.05, train=train)
    found = summarise([*ours, *planted(0, 0.5, rival, model="knn")], "accuracy", 300)
    assert found.gap.n == 2000
    assert found.gap.gap == pytest.approx(train - (1 - 2 * 2000**-0.5 - 0.05))
    assert found.gap.kind == kind
    assert any(("stands out" if kind == "neither" else kind) in line.lower() for line in found.text)


def test_a_single_repeat_has_no_interval():
    [curve] = summarise(planted(2, 0.5, 0.05, repeats=1), "accuracy", 300).curves
    assert np.isnan(curve.sizes[0].low)
    assert np.isnan(curve.foreseen.half)


def test_points_that_are_no_numbers_and_a_beginning_are_taken_as_they_are():
    some = planted(2, 0.5, 0.05)[:7]
    broken = PointDone(NETWORK, 20, 9, float("nan"), float("nan"))
    found = summarise([*some, broken], "accuracy", 300)
    assert found.curves[0].sizes[0].repeats == 5
    assert summarise([], "accuracy", 300).text == ()
