"""Rows of the same person, measured several times, are noticed before anything is trained."""

from __future__ import annotations

import numpy as np

from playground.app.loading import prepared
from playground.data.catalogue import load
from playground.data.dataset import DataChoice
from playground.data.reading import ColumnReading, TableReading
from playground.data.split import prepare
from playground.selection.enough import enough
from playground.selection.folds import Folds, read_folding


def visits(folder):
    random = np.random.default_rng(0)
    lines = ["subject,dose,site,well"]
    for subject in range(20):
        for _ in range(4):
            site = random.choice(["north", "south", "east"])
            lines.append(f"s{subject:02d},{random.normal():.3f},{site},{random.choice(['no', 'yes'])}")
    path = folder / "visits.csv"
    path.write_text("\n".join(lines))
    return path


def test_a_column_of_names_that_repeat_is_told_of(tmp_path):
    choice = DataChoice(source=str(visits(tmp_path)), target="well")
    dataset = load(choice)
    assert [note for note in dataset.notes if note.startswith("“subject” repeats")]
    found = enough(prepare(dataset, choice), 10).findings
    assert [each.text for each in found if each.kind == "groups"] == [
        "Rows with the same “subject” may belong together, and are split between the parts."
    ]


def test_with_the_role_group_the_usual_folds_keep_its_rows_together(tmp_path):
    reading = TableReading(columns=(ColumnReading(name="subject", role="group"),))
    choice = DataChoice(source=str(visits(tmp_path)), target="well", table=reading)
    dataset = prepared(choice).dataset
    assert not [note for note in dataset.notes if "repeats" in note]
    for text in ("5", "5x2", "loo"):
        folds = Folds(dataset, choice, read_folding(text))
        for place, (train, kept_back) in enumerate(folds.rows):
            learns, stops, _ = folds.parts(place)
            assert not set(dataset.groups[train]) & set(dataset.groups[kept_back])
            assert not set(dataset.groups[learns]) & set(dataset.groups[stops])
    assert len(Folds(dataset, choice, read_folding("5x2"))) == 10
