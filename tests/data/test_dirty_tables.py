"""Files that break readers, held against the parse that their authors publish."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from time import perf_counter

import numpy as np
import pytest

from playground.data.cells import dates
from playground.data.dataset import DataChoice, DataProblem
from playground.data.reading import AS_UNDERSTOOD, TableReading
from playground.data.table_files import SUFFIXES, beginning, read, understand
from playground.data.tables import load_table
from playground.data.text_rows import chunks

SPECTRUM = (
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf",
    "quotes_and_newlines", "simple", "simple_crlf", "utf8",
)  # fmt: skip


@pytest.fixture
def dirty(test_data):
    return test_data / "csv_dirty"


@pytest.fixture
def csvkit(dirty):
    return dirty / "csvkit_examples"


@pytest.mark.parametrize("name", SPECTRUM)
def test_every_file_of_csv_spectrum_is_parsed_as_its_authors_say(dirty, name):
    wanted = json.loads((dirty / "csv-spectrum" / "json" / f"{name}.json").read_text(encoding="utf-8"))
    path = dirty / "csv-spectrum" / "csvs" / f"{name}.csv"
    header, *rows = [row for row in beginning(path).records if any(row)]
    assert [dict(zip(header, row, strict=True)) for row in rows] == wanted
    plan = understand(path)
    assert plan.names == tuple(wanted[0])
    frames = [frame.fillna("") for frame, _ in chunks(path, plan, dict.fromkeys(range(plan.width), True))]
    assert [dict(zip(plan.names, row, strict=True)) for row in frames[0].to_numpy().tolist()] == wanted


@pytest.mark.parametrize(
    ("name", "encoding", "last"),
    [
        ("test_utf8.csv", "utf-8", "ʤ"),
        ("test_utf8_bom.csv", "utf-8", "ʤ"),
        ("test_utf16_big.csv", "utf-16", "ʤ"),
        ("test_utf16_little.csv", "utf-16", "ʤ"),
        ("test_latin1.csv", "cp1252", "©"),
    ],
)
def test_the_encoding_is_found_out(csvkit, name, encoding, last):
    plan = understand(csvkit / name)
    assert plan.encoding == encoding
    assert plan.names in (("a", "b", "c"), ("foo", "bar", "baz"))
    assert last in read(csvkit / name, plan).columns[2].words


@pytest.mark.parametrize(
    ("name", "separator", "names", "skip"),
    [
        ("sniff_limit.csv", ";", ("a", "b", "c"), 0),
        ("dummy.tsv", "\t", ("a", "b", "c"), 0),
        ("no_header_row3.csv", ",", ("column 1", "column 2", "column 3"), 0),
        ("test_skip_lines.csv", ",", ("a", "b", "c"), 3),
        ("mac_newlines.csv", ",", ("a", "b", "c"), 0),
        ("test_header_newline.csv", ",", ("start end", "b", "c"), 0),
        ("test_empty_columns.csv", ",", ("a", "b", "c", "column 4", "column 5"), 0),
        ("join_a.csv", ",", ("a", "b", "c"), 0),
        ("optional_quote_characters.csv", ",", ("a", "b", "c"), 0),
        ("null_byte.csv", ",", ("a", "b", "c"), 0),
    ],
)
def test_separator_and_header_are_found_out(csvkit, name, separator, names, skip):
    plan = understand(csvkit / name)
    assert (plan.separator, plan.names, plan.skip) == (separator, names, skip)
    assert read(csvkit / name, plan).rows >= 1


def test_other_files_of_the_world_are_understood(dirty):
    milk = understand(dirty / "CleverCSV" / "milk.csv")
    assert milk.separator == "\t"
    airedale = understand(dirty / "CleverCSV" / "airedale.csv")
    assert (airedale.decimal, airedale.thousands, airedale.columns[2].format) == (".", ",", "%d/%m/%Y")
    amount = read(dirty / "CleverCSV" / "airedale.csv", airedale).by_name["Amount"]
    assert amount.values[0] == 43774.58
    title = understand(dirty / "csvkit_examples" / "realdata" / "Datagov_FY10_EDU_recp_by_State.csv")
    assert (title.skip, title.names[0], title.names[-1]) == (2, "State Name", "TOTAL")


def test_decimal_commas_are_read(csvkit):
    table = read(csvkit / "test_locale.csv", understand(csvkit / "test_locale.csv"))
    assert [column.values[0] for column in table.columns[:2]] == [1.7, 200_000_000]
    assert table.columns[2].gaps.all()


def test_words_for_nothing_are_gaps(csvkit):
    table = read(csvkit / "blanks.csv", understand(csvkit / "blanks.csv"))
    assert len(table.columns) == 6
    assert all(column.gaps.all() for column in table.columns)


@pytest.mark.parametrize("name", ["test_date_format", "test_numeric_date_format"])
def test_dates_are_what_they_say(csvkit, name):
    table = read(csvkit / f"{name}.csv", understand(csvkit / f"{name}.csv"))
    with (csvkit / "test_date_format_converted.csv").open(newline="") as file:
        wanted = [datetime.fromisoformat(row["a"] + "+00:00").timestamp() for row in csv.DictReader(file)]
    assert table.columns[0].values.tolist() == wanted


def test_a_row_that_is_too_long_is_left_out_and_said(csvkit):
    table = read(csvkit / "bad.csv", understand(csvkit / "bad.csv"))
    assert table.rows == 2
    assert table.notes == (
        "1 row has more cells than there are columns and was left out (row 2).",
        "1 row has fewer cells than there are columns (row 3): those that are missing count as empty.",
    )
    assert table.by_name["column_c"].values[1] == 17


@pytest.mark.parametrize("name", ["test", "test_skip_lines"])
def test_excel_gives_what_its_conversion_gives(csvkit, name):
    path, wanted_path = csvkit / f"{name}.xlsx", csvkit / "testxlsx_converted.csv"
    excel = read(path, understand(path))
    wanted = read(wanted_path, understand(wanted_path))
    for column in ("integer", "float", "date", "datetime"):
        assert np.array_equal(excel.by_name[column].values, wanted.by_name[column].values, equal_nan=True), column
    assert excel.by_name["text"].words == wanted.by_name["text"].words
    assert [word.lower() for word in excel.by_name["boolean"].words] == ["false", "true"]


def test_the_first_sheet_that_is_not_empty_is_read(csvkit):
    plan = understand(csvkit / "sheets.xlsx")
    assert (plan.sheet, plan.sheets) == ("data", ("not this one", "data", "ʤ"))
    assert understand(csvkit / "sheets.xlsx", TableReading(sheet="ʤ")).names == ("a", "b", "c")
    with pytest.raises(DataProblem, match="sheets.xlsx has no sheet “x”. It has: not this one, data, ʤ."):
        understand(csvkit / "sheets.xlsx", TableReading(sheet="x"))


@pytest.mark.parametrize("name", ["dummy.xls", "sheets.xls", "test.xls"])
def test_the_old_excel_format_is_refused_with_a_way_out(csvkit, name):
    with pytest.raises(DataProblem, match="is in Excel's old format, or has a password. Save it as .xlsx"):
        understand(csvkit / name)


def test_every_dirty_file_is_read_or_refused_in_a_sentence_and_soon(dirty):
    files = [path for path in dirty.rglob("*") if path.suffix.lower() in SUFFIXES]
    assert len(files) > 80
    for path in files:
        began = perf_counter()
        try:
            data = load_table(path, DataChoice(source=str(path)))
        except DataProblem as problem:
            assert str(problem).endswith("."), path  # noqa: PT017 - either outcome is right
        else:
            assert np.isfinite(data.inputs).all(), path
        assert perf_counter() - began < 5, path


def test_every_format_is_pythons_own():
    wanted = datetime.fromisoformat("2014-02-03T14:05:06+00:00").timestamp()
    for text, format in (("03/02/2014 14:05:06", "%d/%m/%Y %H:%M:%S"), ("2014-02-03T14:05:06", "%Y-%m-%dT%H:%M:%S")):
        assert dates([text, "nothing"], format)[0] == wanted
        assert np.isnan(dates([text, "nothing"], format)[1])
    assert TableReading() == AS_UNDERSTOOD
