from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from playground.selection.outcome import Comparison, Row, Verdict
from playground.selection.table import BY_NAME, COLUMNS, as_csv, as_latex, as_markdown, lines, ranked, seconds_words

NAN = float("nan")


@pytest.fixture
def comparison():
    rows = (
        Row("network", "network", 0.985, 0.963, 0.994, 9930, 0.6, "Your network", 0.05, "", 2e-5, 88_100),
        Row("logistic", "baseline", 0.967, 0.938, 0.982, 650, 0.2, "Logistic regression", 0.108, "C = 1", NAN, 640),
        Row("forest", "baseline", -np.inf, -np.inf, -np.inf, 0, 75, "Random_forest 100 %|x", NAN, "some", 0.002, None),
    )
    pair = Verdict("logistic", 0.019, -0.002, 0.039, 0.12, False, "words", 0.24)
    return Comparison("accuracy", 270, rows, pair, against="logistic", pairs={"network": pair})


def test_lines_are_ranked_by_any_column_and_empty_ones_stand_last_either_way(comparison):
    found = lines(comparison)
    for is_descending in (False, True):
        by_loss = ranked(found, BY_NAME["loss"], is_descending)
        assert by_loss[-1].row.name == "forest"
    assert [line.row.name for line in ranked(found, BY_NAME["score"], True)] == ["network", "logistic", "forest"]
    assert [line.row.name for line in ranked(found, BY_NAME["model"])] == ["logistic", "forest", "network"]


def test_cells_read_as_a_person_would_write_them(comparison):
    network, logistic, forest = lines(comparison)
    assert BY_NAME["score"].text(network) == "98.5"
    assert BY_NAME["interval"].text(network) == "96.3 to 99.4"
    assert BY_NAME["difference"].text(network) == "+1.9 (−0.2 to 3.9)"
    assert BY_NAME["difference"].text(logistic) == "–"
    assert BY_NAME["p"].text(network) == "0.24"
    assert BY_NAME["predict_seconds"].text(network) == "20 µs"
    assert BY_NAME["multiply_adds"].text(forest) == "–"
    assert BY_NAME["score"].text(forest) == "–"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2.4e-5, "24 µs"), (0.0031, "3.1 ms"), (0.25, "250 ms"), (7.25, "7.2 s"), (75, "1:15 min"), (7260, "2:01 h")],
)
def test_times_have_a_unit_that_suits_them(seconds, words):
    assert seconds_words(seconds) == words


def test_csv_has_plain_numbers_and_leaves_gaps_empty(comparison):
    read = list(csv.DictReader(io.StringIO(as_csv(lines(comparison)))))
    assert float(read[0]["score"]) == 0.985
    assert float(read[0]["p_adjusted"]) == 0.24
    assert read[1]["difference"] == ""
    assert read[1]["predict_seconds"] == ""
    assert read[2]["multiply_adds"] == ""


def test_markdown_keeps_its_columns_when_a_name_has_a_bar(comparison):
    table = as_markdown(lines(comparison)).splitlines()
    assert {line.replace(r"\|", "").count("|") for line in table} == {len(COLUMNS) + 1}


def test_latex_escapes_names_and_makes_the_best_bold(comparison):
    text = as_latex(lines(comparison), comparison)
    assert r"\textbf{98.5}" in text
    assert r"Random\_forest 100 \%|x" in text
    assert "differences to: Logistic regression" in text
    body = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert len({line.count("&") - line.count(r"\&") for line in body}) == 1
