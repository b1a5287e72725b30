"""Own tables on the command line."""

from __future__ import annotations

import openpyxl
import pytest

from playground.app.files import read_project


@pytest.fixture
def sheet(tmp_path):
    book = openpyxl.Workbook()
    for row in [("size", "colour", "kind"), *((n / 3, "red" if n % 2 else None, "ab"[n % 5 > 2]) for n in range(60))]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def test_an_excel_table_becomes_a_project_that_trains(run, sheet, tmp_path):
    made = run("new", "table-mlp", "--data", sheet, "--target", "kind", "-o", tmp_path / "a.nnplay")
    assert made.status == 0
    assert "Empty cells become a category of their own: colour (30)." in made.out
    assert run("train", tmp_path / "a.nnplay", "--epochs", 2).status == 0


def test_without_a_target_it_is_said_which_column_was_taken_and_which_there_are(run, sheet, tmp_path):
    said = run("new", "table-mlp", "--data", sheet, "-o", tmp_path / "a.nnplay").out
    assert "No target was named, so the last column, “kind”, is predicted. Another can be chosen" in said
    assert "size, colour." in said


def test_how_a_table_is_read_can_be_typed(run, refused, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("a;b;y\n" + "".join(f"{n},5;{n % 7};{'uv'[n % 2]}\n" for n in range(60)), encoding="utf-8")
    project = tmp_path / "a.nnplay"
    run("new", "table-mlp", "--data", table, "-o", project)
    said = run("train", project, "--epochs", 1, "--set", 'data.table={"columns": [{"name": "a", "scaling": "robust"}]}')
    assert said.status == 0
    assert read_project(project).document.data.table.of("a").scaling == "robust"
    assert "JSON" in refused("train", project, "--set", "data.table=robust")
