"""Files that are written together: what stands there and was not named is nobody's to replace."""

from __future__ import annotations

import pytest

from playground.exchange.problem import ExportProblem
from playground.exchange.writing import write_all


def test_of_files_that_go_together_only_those_of_a_named_one_are_replaced(tmp_path):
    named, beside = tmp_path / "a.txt", tmp_path / "a_more.txt"
    beside.write_text("somebody else's")

    with pytest.raises(
        ExportProblem, match=r"^a_more\.txt, a file that goes with .* Choose another name than a\.txt, or move"
    ):
        write_all({named: "new", beside: "new"})

    assert not named.exists()
    assert beside.read_text() == "somebody else's"
    named.write_text("old")
    write_all({named: "new", beside: "new"})
    assert (named.read_text(), beside.read_text()) == ("new", "new")
