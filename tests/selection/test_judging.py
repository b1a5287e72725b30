"""Intervals of answers at each step of a sequence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from playground.selection.judging import SequenceAnswers
from playground.selection.outcome import Outcome


def outcome(name: str, answers: np.ndarray) -> Outcome:
    return Outcome(name, name, "network", answers, 0.0, 0, 0.0)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_no_interval_of_sequences_is_without_width(share):
    truth = np.ones((300, 8), int)
    both = [outcome(name, (truth * share).astype(int)) for name in ("a", "b")]
    scored = SequenceAnswers(both, truth)
    wanted = binomtest(round(300 * share), 300).proportion_ci(method="wilson")
    for row in scored.rows:
        assert (row.low, row.high) == pytest.approx((wanted.low, wanted.high), abs=1e-4)
    verdict = scored.judge(0, 1)
    assert verdict.low < 0 < verdict.high
    assert not verdict.better


def test_where_sequences_differ_whole_ones_are_resampled():
    random = np.random.default_rng(0)
    truth = np.ones((200, 5), int)
    answers = np.repeat(random.random((200, 1)) < 0.7, 5, axis=1).astype(int)  # all steps right, or none
    (row,) = SequenceAnswers([outcome("a", answers)], truth).rows
    wanted = binomtest(int(answers[:, 0].sum()), 200).proportion_ci(method="wilson")
    assert (row.low, row.high) == pytest.approx((wanted.low, wanted.high), abs=0.015)
