"""Every row is told under the number that it has in the file: each file here says it itself, in a column of its own."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.reading import TableReading
from playground.data.split import prepare
from playground.data.table_files import read, understand

WIDE = 4


def messy(seed: int, quoted: bool, remarks: bool) -> str:
    """A file whose column “place” is the row that a spreadsheet shows it in."""
    random = np.random.default_rng(seed)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    row = 1
    if remarks:
        out.write("# written by hand\n")
        row += 1
    writer.writerow(["place", "words", "size", "kind"])
    for _ in range(300):
        row += 1
        fate = random.integers(0, 12)
        if fate == 0:
            out.write(random.choice(["\n", "  \n"]))
        elif fate == 1 and remarks:
            out.write("# a remark, with a separator\n")
        else:
            words = "two\nlines, and “more”" if quoted and fate == 2 else "plain"
            cells = [row, words, "" if fate == 3 else row * 1.25, "ab"[row % 2]]
            cells = cells[:2] if fate == 4 else [*cells, "beyond"] if fate == 5 else cells
            cells = [*cells[:3], ""] if fate == 6 and len(cells) == WIDE else cells
            writer.writerow(cells)
    return out.getvalue()


@pytest.fixture
def written(tmp_path):
    def write(text: str, encoding: str = "utf-8", name: str = "t.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("remarks", [False, True])
@pytest.mark.parametrize("ragged", [{}, {"long_rows": "widen"}, {"long_rows": "keep", "short_rows": "drop"}])
def test_no_row_is_told_under_another_ones_number(written, seed, quoted, remarks, ragged):
    path = written(messy(seed, quoted, remarks))
    table = read(path, understand(path, TableReading(**ragged)))
    assert table.rows > 200
    assert table.file_rows.tolist() == table.by_name["place"].values.tolist()
    places = {int(place): row for place, row in told(path)}
    assert all(len(places[place]) > WIDE for place in table.long.first)
    assert all(len(places[place]) < WIDE for place in table.short.first)
    assert table.long.count == sum(len(row) > WIDE for row in places.values())
    assert table.short.count == sum(len(row) < WIDE for row in places.values())


def told(path):
    """The rows of data with the number that each says, by Python's own reader."""
    with path.open(newline="") as file:
        for row in csv.reader(file):
            if len(row) > 1 and row[0].isdigit():
                yield row[0], row


@pytest.mark.parametrize(
    ("encoding", "end"), [("utf-16", "\n"), ("utf-8-sig", "\r\n"), ("cp1252", "\r"), ("utf-8", "\n")]
)
def test_neither_encoding_nor_line_ends_shift_the_numbers(written, encoding, end):
    text = messy(7, quoted=False, remarks=False).replace("plain", "schön").replace("\n", end)
    path = written(text, encoding)
    table = read(path, understand(path))
    assert table.file_rows.tolist() == table.by_name["place"].values.tolist()


def test_a_long_file_is_counted_across_all_its_blocks(written, monkeypatch):
    monkeypatch.setattr("playground.data.row_numbers.BLOCK", 1000)
    monkeypatch.setattr("playground.data.row_numbers.MOST_AT_ONCE", 17)
    for quoted in (False, True):
        path = written(messy(3, quoted, remarks=False).rstrip("\n"))
        table = read(path, understand(path))
        assert table.file_rows.tolist() == table.by_name["place"].values.tolist()


def test_rows_left_out_shuffled_and_divided_keep_their_numbers(written):
    path = written(messy(1, quoted=True, remarks=True))
    choice = DataChoice(source=str(path), target="kind", seed=5)
    dataset = load(choice)
    examples = prepare(dataset, choice)
    sizes = dataset.table.by_name["size"].values
    seen = ~np.isnan(sizes)
    assert 0 < seen.sum() < len(seen)
    assert np.array_equal(dataset.file_rows[seen] * 1.25, sizes[seen])
    parts = [dataset.file_rows[part.rows] for part in (examples.train, examples.valid, examples.test)]
    assert len(np.unique(np.concatenate(parts))) == len(dataset.inputs)


def test_a_file_with_a_title_above_its_header_is_counted_from_its_first_row(written):
    body = "\n".join(f"{row},{row * 0.5},{'ab'[row % 2]}" for row in range(5, 40))
    path = written(f"Measured in May,,\nby hand,,\n\nplace,size,kind\n{body}\n")
    table = read(path, understand(path))
    assert table.file_rows.tolist() == table.by_name["place"].values.tolist() == list(range(5, 40))


def test_rows_of_excel_have_the_numbers_that_excel_shows(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["place", "size", "kind"])
    for row in range(2, 60):
        book.active.append([] if row % 9 == 0 else [row, row / 4, "ab"[row % 2]])
    path = tmp_path / "t.xlsx"
    book.save(path)
    table = read(path, understand(path))
    assert table.file_rows.tolist() == table.by_name["place"].values.tolist()


def test_rows_of_parquet_are_counted_from_one(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    parquet.write_table(arrow.table({"size": [0.5, 1.5, 2.5], "kind": ["a", "b", "a"]}), tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet", understand(tmp_path / "t.parquet")).file_rows.tolist() == [1, 2, 3]


def test_where_python_and_pandas_disagree_no_number_is_told(written):
    path = written("size,kind\n" + "1,a\n2,b\n" * 20 + '""\n' + "3,a\n")  # to one an empty row, to the other a row
    assert read(path, understand(path)).file_rows is None
