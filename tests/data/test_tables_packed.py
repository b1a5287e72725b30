"""Excel and Parquet files, from friends and from strangers."""

from __future__ import annotations

import datetime
import subprocess
import sys
import zipfile

import numpy as np
import openpyxl
import pytest

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.table_files import read, understand

SHEET = "xl/worksheets/sheet1.xml"
DAY = datetime.datetime(2024, 2, 29, 12)


def saved(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def changed(path, name, change):
    """The zip with one of its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return path


@pytest.fixture
def sheet(tmp_path):
    rows = [("size", "name", "when", "ok", "y")]
    rows += [(number / 4, "abc"[number % 3], DAY, number % 2 == 0, number * number) for number in range(60)]
    return saved(tmp_path / "t.xlsx", rows)


def test_an_excel_table_is_data_like_any_other(sheet):
    data = load(DataChoice(source=str(sheet), target="y"))
    assert data.feature_names[:5] == ("size", "name = a", "name = b", "name = c", "when (year)")
    assert data.feature_names[-1] == "ok = True"
    assert data.inputs[:3, 0].tolist() == [0, 0.25, 0.5]
    assert data.targets[3, 0] == 9


def test_titles_above_and_remarks_beside_an_excel_table_are_no_part_of_it(tmp_path):
    rows = [
        ("Sales of 2024",),
        (),
        ("a", "b", "c"),
        *((n, n * 2, n * n, "remark" if n == 3 else None) for n in range(9)),
    ]
    path = saved(tmp_path / "t.xlsx", rows)
    table = read(path, understand(path))
    assert [column.name for column in table.columns] == ["a", "b", "c"]
    assert table.columns[2].values.tolist() == [n * n for n in range(9)]


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b"<!-- nothing here --><!DOCTYPE x [<!ENTITY a 'b'>]>",
        b" " * 70_000 + b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    ],
)
def test_xml_that_declares_entities_is_refused(sheet, declared):
    path = changed(sheet, SHEET, lambda xml: declared + xml[xml.index(b"<worksheet") :])
    with pytest.raises(DataProblem, match="t.xlsx declares entities in its XML, which is not safe to read. Save it as"):
        understand(path)


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(sheet):
    path = changed(sheet, "docProps/app.xml", lambda xml: xml + b" " * 300_000_000)
    with pytest.raises(DataProblem, match="t.xlsx grows more than 500-fold when unpacked. Save it as CSV."):
        understand(path)
    assert path.stat().st_size < 2_000_000


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>',
        b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(100, 2200)),
    ],
)
def test_rows_and_columns_without_end_are_refused(sheet, row):
    path = changed(sheet, SHEET, lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))
    with pytest.raises(DataProblem, match="t.xlsx has more than 1,048,576 rows or 30,000,000 cells. Save it as CSV."):
        read(path, understand(path))


def test_damaged_excel_files_are_read_or_refused_in_a_sentence(sheet):
    whole, random = sheet.read_bytes(), np.random.default_rng(0)
    refused = 0
    for _ in range(60):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 8):
            damaged[place] = random.integers(0, 256)
        sheet.write_bytes(damaged)
        try:
            load(DataChoice(source=str(sheet), target="y"))
        except DataProblem as problem:
            refused += 1
            assert str(problem).endswith(".")  # noqa: PT017 - either outcome is right
    assert refused > 10


def test_text_under_an_excel_name_is_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataProblem, match="t.xlsx cannot be read as an Excel file. Save it anew as .xlsx, or as CSV."):
        understand(path)


def test_parquet_without_its_reader_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "t.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(DataProblem, match=r"needs pyarrow. Install it with “pip install nn-playground\[parquet\]”"):
        load(DataChoice(source=str(path)))


@pytest.fixture
def parquet(tmp_path):
    """Columns of every kind, and what they are."""
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    columns = {
        "number": [None if n == 3 else n / 4 for n in range(60)],
        "whole": list(range(60)),
        "word": [None if n == 5 else "abc"[n % 3] for n in range(60)],
        "ok": [n % 2 == 0 for n in range(60)],
        "when": [DAY] * 30 + [DAY + datetime.timedelta(days=1)] * 30,
        "list": [[n] for n in range(60)],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    return tmp_path / "t.parquet"


def test_a_parquet_table_keeps_its_types(parquet):
    table = read(parquet, understand(parquet))
    assert table.by_name["number"].values[:5].tolist()[:3] == [0, 0.25, 0.5]
    assert np.isnan(table.by_name["number"].values[3])
    assert (table.by_name["word"].words, table.by_name["word"].values[5]) == (("a", "b", "c"), -1)
    assert table.by_name["ok"].words == ("False", "True")
    assert table.by_name["when"].values[0] == DAY.replace(tzinfo=datetime.UTC).timestamp()
    data = load(DataChoice(source=str(parquet), target="whole"))
    assert "ok = True" in data.feature_names
    assert "Left out, different words in each row: list." in data.notes


def test_damaged_parquet_files_are_read_or_refused_in_a_sentence(parquet):
    whole, random = parquet.read_bytes(), np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 4):
            damaged[place] = random.integers(0, 256)
        parquet.write_bytes(damaged)
        try:
            load(DataChoice(source=str(parquet)))
        except DataProblem as problem:
            assert str(problem).endswith(".")  # noqa: PT017 - either outcome is right


def test_csv_is_read_alike_whether_pyarrow_is_there_or_not(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "".join(f"{n if n % 7 else ''},{'pq '[n % 3]},{n % 2}\n" for n in range(90)))
    code = (
        "import sys; {};from pathlib import Path; from playground.data.table_files import read, understand;"
        "p = Path(sys.argv[1]); t = read(p, understand(p)); print([(c.words, c.values.tolist()) for c in t.columns])"
    )
    said = [
        subprocess.run([sys.executable, "-c", code.format(first), str(path)], capture_output=True, check=True).stdout
        for first in ("pass", "sys.modules['pyarrow'] = None")
    ]
    assert said[0] == said[1]
    assert len(said[0]) > 500
