"""Columns that say the target by themselves are found before a table is used; columns that only help are not."""

from __future__ import annotations

from playground.data.dataset import DataChoice
from playground.data.describing import describe


def leaks(path, target):
    sight = describe(path, DataChoice(source=str(path), target=target))
    return {each.proposal.name: each.gives_away for each in sight.columns if each.gives_away}


def written(tmp_path, head, rows):
    path = tmp_path / "table.csv"
    path.write_text(head + "\n" + "\n".join(rows), encoding="utf-8")
    return path


def test_the_target_in_other_words_and_in_another_unit_is_found(tmp_path):
    rows = [f"{at},{at * 2.54},{'no' if at % 3 else 'yes'},{at * 7 % 31}" for at in range(1, 60)]
    path = written(tmp_path, "inches,centimetres,third,noise", rows)
    assert leaks(path, "centimetres") == {"inches": "centimetres"}
    rows = [f"{'no' if at % 3 else 'yes'},{int(at % 3 == 0)},{at * 7 % 31}" for at in range(60)]
    assert leaks(written(tmp_path, "alive,survived,noise", rows), "survived") == {"alive": "survived"}


def test_words_that_are_nearly_all_different_and_columns_with_few_cells_tell_nothing(tmp_path):
    rows = [f"w{at // 2},{at if at < 20 else ''},{at}" for at in range(60)]
    assert leaks(written(tmp_path, "name,rarely,score", rows), "score") == {}


def test_what_is_left_out_is_not_said_to_leak(tmp_path):
    rows = [f"{at},{at * 2},{at * 7 % 31}" for at in range(60)]
    path = written(tmp_path, "index,double,noise", rows)
    assert leaks(path, "double") == {}, "the index is a number of each row, and left out"


def test_titanics_alive_is_the_answer_and_nothing_else_is(test_data):
    assert leaks(test_data / "csv" / "titanic.csv", "survived") == {"alive": "survived"}
