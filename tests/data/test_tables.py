"""Tables understood, described and loaded; what was understood can be said otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.describing import describe
from playground.data.reading import ColumnReading, TableReading
from playground.data.sniffing import sniff_decimal
from playground.data.split import prepare
from playground.data.table_files import read, understand


@pytest.fixture
def written(tmp_path):
    def write(text, name="t.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def loaded(path, *columns, target=None, **settings):
    reading = TableReading(columns=columns, **settings)
    return load(DataChoice(source=str(path), target=target, table=reading))


def rows(count, line):
    return "".join(line(number) + "\n" for number in range(count))


@pytest.mark.parametrize(
    ("cells", "separator", "signs"),
    [
        (["1.5", "2.25"], ",", (".", "")),
        (["1,5", "2,25"], ";", (",", "")),
        (["1.234,5", "7"], ";", (",", ".")),
        (["1,234.5"], "\t", (".", ",")),
        (["1,234", "5,678"], "\t", (".", ",")),
        (["0,123", "0,456"], ";", (",", "")),
        (["$1,234,567"], ",", (".", ",")),
    ],
)
def test_decimal_and_thousands_signs_are_told_apart(cells, separator, signs):
    assert sniff_decimal(cells, separator) == signs


def test_numbers_are_read_in_many_spellings(written):
    path = written("a;b;c;d\n" + "1.234,50;12 %;€ 3,50;−4\n" * 9 + "1,5;50%;3 €;+4\n")
    table = read(path, understand(path))
    assert [column.values[0] for column in table.columns] == [1234.5, 0.12, 3.5, -4]
    assert [column.values[-1] for column in table.columns] == [1.5, 0.5, 3, 4]


def test_what_a_person_says_wins_over_what_was_understood(written):
    path = written("1;2,5;x\n3;4,5;y\n" * 10)
    assert understand(path).header is False
    plan = understand(path, TableReading(header=True, separator=";", decimal=".", encoding="latin-1"))
    assert (plan.names, plan.encoding, plan.decimal) == (("1", "2,5", "x"), "latin-1", ".")
    assert understand(path, TableReading(separator=",")).names == ("column 1", "column 2")
    skipped = understand(path, TableReading(skip=3, header=False))
    assert read(path, skipped).rows == 17
    assert read(path, understand(path, TableReading(missing=("x",)))).columns[2].words == ("y",)


def test_which_way_round_days_and_months_are_can_be_said(written):
    path = written("when,b\n" + "03/04/2020,1\n" * 5)
    assert understand(path).columns[0].format == "%d/%m/%Y"
    assert understand(path, TableReading(day_first=False)).columns[0].format == "%m/%d/%Y"
    certain = written("when,b\n" + "03/14/2020,1\n" * 5)
    assert understand(certain).columns[0].format == "%m/%d/%Y"


@pytest.mark.parametrize(
    "settings",
    [{"separator": "ab"}, {"separator": '"'}, {"encoding": "rot13"}, {"skip": -1}, {"quotes": "x"}, {"decimal": ";"}],
)
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(ValidationError):
        TableReading(**settings)


def test_a_choice_with_a_table_goes_through_json_and_is_a_key():
    choice = DataChoice(source="t.csv", table=TableReading(columns=(ColumnReading(name="a", role="group"),)))
    again = DataChoice.model_validate_json(choice.model_dump_json())
    assert again == choice
    assert {choice: 1}[again] == 1


def test_columns_get_types_and_those_of_no_use_are_left_out_and_said(written):
    path = written(
        "id,size,smoker,town,note,same,day,kind\n"
        + rows(60, lambda i: f"{i},{i / 7:.2f},{'yes' if i % 3 else 'no'},{'abcd'[i % 4]},"
               f"this is remark number {i} of all,1,2020-01-{i % 28 + 1:02},{'xy'[i % 2]}")
    )  # fmt: skip
    sight = describe(path, DataChoice(source=str(path)))
    assert [(each.proposal.type, each.proposal.role) for each in sight.columns] == [
        ("id", "left out"), ("number", "input"), ("yes/no", "input"), ("category", "input"), ("text", "left out"),
        ("constant", "left out"), ("date", "input"), ("category", "target"),
    ]  # fmt: skip
    data = load(DataChoice(source=str(path)))
    assert data.feature_names == (
        "size", "smoker = yes", "town = a", "town = b", "town = c", "town = d", "day (year)", "day (time of year, sin)",
        "day (time of year, cos)",
    )  # fmt: skip
    assert "Left out, a whole number of its own in each row: id." in data.notes
    assert "Left out, always the same: same." in data.notes
    assert "Left out, different words in each row: note." in data.notes


def test_a_table_is_described_from_its_beginning(written):
    path = written("a,b,when\n" + rows(30_000, lambda i: f"{i % 50 if i else ''},w{i % 3},2020-01-{i % 28 + 1:02}"))
    sight = describe(path, DataChoice(source=str(path), target="b"))
    a, b, when = sight.columns
    assert (a.gaps, a.kinds, a.low, a.high, a.examples[:2]) == (1, 50, "0", "49", ("1", "2"))
    assert (b.kinds, b.examples, b.low) == (3, ("w0", "w1", "w2"), "")
    assert (when.low, when.high) == ("2020-01-01", "2020-01-28")
    assert sight.rows[:2] == (("", "w0", "2020-01-01"), ("1", "w1", "2020-01-02"))
    assert len(sight.rows) == 50
    assert not sight.is_whole
    assert sight.seen < 30_000 or sight.seen == 30_000
    assert (sight.targets, sight.notes) == (("b",), ())


def test_without_a_target_the_last_column_is_taken_and_the_others_are_named(written):
    data = load(DataChoice(source=str(written("p,q,r\n" + rows(30, lambda i: f"{i},{i * 2 % 7},{i / 3}")))))
    assert data.notes == (
        "No target was named, so the last column, “r”, is predicted. "
        "Another can be chosen (in a terminal with --target): p, q.",
    )


def test_several_columns_of_numbers_can_be_predicted(written):
    path = written("a,b,c\n" + rows(40, lambda i: f"{i},{i / 2},{i * i}"))
    roles = [ColumnReading(name=name, role="target") for name in "bc"]
    examples = prepare(loaded(path, *roles), DataChoice(source=str(path), table=TableReading(columns=tuple(roles))))
    assert examples.signature.outputs == 2
    assert examples.dataset.targets[3].tolist() == [1.5, 9]
    assert examples.dataset.feature_names == ("a",)
    with pytest.raises(DataProblem, match="“b” is words, which cannot be predicted as a number"):
        loaded(written("a,b,c\n" + rows(40, lambda i: f"{i},{'xy'[i % 2]},{i * i}")), *roles)


def test_the_target_of_the_choice_wins(written):
    path = written("a,b,c\n" + rows(40, lambda i: f"{i},{i / 2},{i * i}"))
    data = loaded(path, ColumnReading(name="b", role="target"), target="c")
    assert data.feature_names == ("a",)
    assert data.targets[3, 0] == 9


def test_a_type_that_is_said_is_taken(written):
    path = written("plz,size,y\n" + rows(60, lambda i: f"{i % 3 + 1},{i},{i % 5}"))
    assert load(DataChoice(source=str(path))).feature_names == ("plz", "size")
    data = loaded(path, ColumnReading(name="plz", type="category"), ColumnReading(name="y", type="number"))
    assert data.feature_names == ("plz = 1", "plz = 2", "plz = 3", "size")
    assert data.task == "numbers"


def test_rows_can_be_dropped_where_a_column_is_empty(written):
    path = written("a,b,y\n" + rows(40, lambda i: f"{i if i % 4 else ''},{i * 3 % 11},{i % 2}"))
    assert len(load(DataChoice(source=str(path))).inputs) == 40
    data = loaded(path, ColumnReading(name="a", missing="drop"))
    assert len(data.inputs) == 30
    assert "10 of 40 rows have gaps in a and were left out." in data.notes


def test_a_column_whose_kind_changes_far_down_is_read_as_words(written):
    path = written("a,b,y\n" + rows(9000, lambda i: f"{i if i < 6000 else 'pq'[i % 2]},{i % 7},{i % 2}"))
    table = read(path, understand(path))
    assert table.by_name["a"].storage == "words"
    assert table.by_name["a"].words[-2:] == ("p", "q")


def test_a_few_odd_cells_count_as_empty_and_are_told(written):
    path = written("a,b,y\n" + rows(300, lambda i: f"{'broken' if i == 250 else i},{'inf' if i == 7 else i},{i % 2}"))
    notes = load(DataChoice(source=str(path))).notes
    assert "a: 1 cell is no number and counts as empty: “broken”." in notes
    assert "b: 1 infinite value counts as empty." in notes


def test_names_are_made_unique_and_whole(written):
    path = written("a,a,,b\x00c\n" + rows(20, lambda i: f"{i},{i},{i},{i % 2}"))
    assert understand(path).names == ("a", "a (2)", "column 3", "bc")
    latin = written("größe,übung\n" + rows(20, lambda i: f"{i},{i % 2}"), encoding="latin-1")
    assert understand(latin).names == ("größe", "übung")


def test_a_column_in_other_words_than_the_target_is_told(written):
    path = written("alive,age,survived\n" + rows(40, lambda i: f"{'yes' if i % 3 else 'no'},{i},{int(i % 3 > 0)}"))
    notes = load(DataChoice(source=str(path), target="survived")).notes
    assert any(note.startswith("“alive” says the same as the target in other words.") for note in notes)
    assert not any("“age”" in note for note in notes)


def test_progress_is_told_and_can_end_the_reading(written):
    from playground.data.tables import load_table

    path = written("a,b,y\n" + rows(300_000, lambda i: f"{i},{i % 7},{i % 2}"))
    told = []
    load_table(path, DataChoice(source=str(path)), lambda done, total: told.append((done, total)))
    read = [done for done, total in told if total]
    assert read == sorted(read)
    assert told[len(read) - 1] == (path.stat().st_size, path.stat().st_size)
    assert set(told[len(read) :]) == {(0, 0)}  # what is done with it then takes a while too, nobody knows how long

    class Cancelled(Exception):
        pass

    def cancel(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        load_table(path, DataChoice(source=str(path)), cancel)


@pytest.mark.parametrize("after", ["6,7\n7,8\n", "6,7", "", "6," + "long " * 40_000 + "\n7,8\n"])
def test_a_quotation_mark_that_is_never_closed_is_told_by_its_row(written, after):
    """As a spreadsheet counts: from the file's first line, and a cell of two lines is in one row."""
    path = written(f'A remark\n\na,b\n1,"two\nlines"\n2,3\n\n5,"6\n{after}')

    with pytest.raises(DataProblem) as caught:
        load(DataChoice(source=str(path)))

    assert str(caught.value) == (
        "Row 7 of t.csv opens a quotation mark that is never closed. Close it or take it away, and read the file again."
    )


def test_a_quotation_mark_that_is_never_closed_is_refused_before_memory_is_taken(written, monkeypatch):
    import playground.data.text_rows

    monkeypatch.setattr(playground.data.text_rows, "LONGEST_CHUNK", 500_000)
    path = written("a,b\n" + "1,2\n" * 20_000 + '3,"4\n' + "1,2\n" * 200_000)
    with pytest.raises(DataProblem, match="A row of t.csv does not end: a quotation mark may be open"):
        read(path, understand(path))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 9_000_000, "Line 1 of t.csv is longer than 8,000,000 characters"),
        (",".join("a" * 20_001) + "\n" + ",".join("1" * 20_001), "t.csv has 20,001 columns; at most 20,000 are read"),
        ("\n" * 100, "t.csv cannot be read as a table: it is empty"),
        (b"PK\x03\x04" + b"\0" * 200, "t.csv is an Excel table or a ZIP archive"),
    ],
)
def test_files_beyond_all_measure_are_refused_in_a_sentence(written, text, sentence):
    path = written(text)
    with pytest.raises(DataProblem, match=sentence):
        load(DataChoice(source=str(path)))


def test_a_target_that_is_one_class_because_longer_rows_were_left_out_says_so(written):
    path = written("a,b,y\n" + "1,2,no\n3,4,no\n" * 10 + "1,2,3,yes\n" * 10)
    with pytest.raises(DataProblem) as problem:
        load(DataChoice(source=str(path)))
    assert str(problem.value) == (
        "Every row that is left of t.csv has the same y. 10 rows have more cells than there are columns and were left "
        "out (rows 22, 23, 24, 25, 26, 27, 28, 29…). Mend them in the file: each row needs a cell a column."
    )


def test_rows_that_turn_long_far_down_are_counted_or_passed_by(written):
    path = written("a,b\n" + "1,2\n" * 9000 + "1,2,3,4\n" * 70 + "5,6\n")
    table = read(path, understand(path))
    assert table.rows == 9001
    assert table.notes == (
        "70 rows have more cells than there are columns and were left out (rows 9,002, 9,003, 9,004, 9,005, 9,006, "
        "9,007, 9,008, 9,009…).",
    )
    absurd = written("a,b\n" + "1,2\n" * 9000 + "1," * 5000 + "\n5,6\n")
    table = read(absurd, understand(absurd))
    assert (table.rows, table.notes) == (9001, ("Rows of more than 2 cells were passed by.",))


def test_whole_columns_of_numbers_equal_pandas(test_data):
    import pandas as pd

    for name in ("california_housing", "penguins", "mpg", "tips"):
        path = test_data / "csv" / f"{name}.csv"
        table, wanted = read(path, understand(path)), pd.read_csv(path)
        assert [column.name for column in table.columns] == list(wanted.columns)
        for column in table.columns:
            if column.storage == "number":
                assert np.array_equal(column.values, wanted[column.name].to_numpy(float), equal_nan=True)
            else:
                spelled = [column.words[code] if code >= 0 else None for code in column.values]
                assert spelled == [None if pd.isna(each) else each for each in wanted[column.name]]


def test_rows_with_too_many_or_too_few_cells_are_named_and_become_what_is_asked(written):
    path = written('a,b\n1,2\n"3\n3",4,5\n\n6,7\n8,9,10\n11\n')
    long = "2 rows have more cells than there are columns"
    short = "1 row has fewer cells than there are columns"
    table = read(path, understand(path))
    assert table.by_name["b"].values[:2].tolist() == [2, 7]
    assert np.isnan(table.by_name["b"].values[2])
    assert table.notes == (
        f"{long} and were left out (rows 3, 6).",
        f"{short} (row 7): those that are missing count as empty.",
    )
    reading = TableReading(long_rows="keep", short_rows="drop")
    kept = read(path, understand(path, reading))
    assert kept.by_name["b"].values.tolist() == [2, 4, 7, 9]
    assert kept.notes == (
        f"{long} (rows 3, 6): what is beyond the last column was left off.",
        f"{short} and was left out (row 7).",
    )
    reading = TableReading(long_rows="widen")
    wide = read(path, understand(path, reading))
    assert [column.name for column in wide.columns] == ["a", "b", "column 3"]
    assert [wide.by_name["column 3"].cell(row) for row in range(wide.rows)] == ["", "5", "", "10", ""]
    assert wide.notes[0] == f"{long} (rows 3, 6): 1 unnamed column was added."
    assert (wide.long.count, wide.long.first, wide.short.first) == (2, (3, 6), (7,))


def test_a_table_is_widened_for_long_rows_far_down_and_its_target_stays(written):
    body = "".join(f"{at},{at % 7},{'ab'[at % 2]}\n" for at in range(9000))
    path = written("size,other,kind\n" + body + "1,2,a,word,,5\n" * 30 + "3,4,b\n")
    choice = DataChoice(source=str(path), table=TableReading(long_rows="widen"))
    dataset = load(choice)
    assert dataset.class_names == ("a", "b")
    assert "30 rows have more cells than there are columns" in " ".join(dataset.notes)
    assert "2 unnamed columns were added." in " ".join(dataset.notes)  # the one between holds nothing
    said = {column.name: (column.role, column.why) for column in dataset.columns}
    assert said["column 4"][0] == said["column 6"][0] == "left out"
    assert "column 5" not in said


def test_trailing_separators_and_columns_without_any_cell_make_no_row_too_short_or_too_long(written):
    path = written("a,b,\n1,2,\n3,4\n5,6,,\n")
    table = read(path, understand(path))
    assert (table.rows, table.notes, table.long.count, table.short.count) == (3, (), 0, 0)
