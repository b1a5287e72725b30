"""Labels and examples put right by hand: used, kept in the project, and never a way for test examples to move."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from playground.data.catalogue import load
from playground.data.choices import Corrections
from playground.data.corrections import restored, with_dropped, with_label
from playground.data.dataset import DataChoice
from playground.data.split import divide, prepare


@pytest.fixture
def digits():
    choice = DataChoice(source="digits")
    return choice, load(choice)


def rows(choice):
    return divide(load(choice), choice)


def test_another_label_is_learned_and_nothing_else_changes(digits):
    choice, dataset = digits
    row = int(rows(choice)[0][5])
    before, other = dataset.targets[row], (dataset.targets[row] + 1) % 10
    corrected = with_label(choice, dataset, row, dataset.class_names[other])
    after = prepare(load(corrected), corrected)
    assert after.train.targets[5] == other
    assert after.dataset.targets_as_came[row] == before
    for old, new in zip(rows(choice), rows(corrected), strict=True):
        assert np.array_equal(old, new)
    assert "1 label corrected by hand." in after.dataset.notes


def test_an_example_left_out_is_in_no_part_and_the_others_stay_where_they_are(digits):
    choice, dataset = digits
    train, valid, test = rows(choice)
    corrected = with_dropped(with_dropped(choice, dataset, int(train[3]), True), dataset, int(valid[7]), True)
    new_train, new_valid, new_test = rows(corrected)
    assert np.array_equal(new_train, np.delete(train, 3))
    assert np.array_equal(new_valid, np.delete(valid, 7))
    assert np.array_equal(new_test, test)
    scaled, plain = prepare(load(corrected), corrected), prepare(dataset, choice)
    assert scaled.inputs.shift != plain.inputs.shift  # fitted without it


def test_what_was_corrected_can_be_taken_back(digits):
    choice, dataset = digits
    changed = with_dropped(with_label(choice, dataset, 4, "9"), dataset, 4, True)
    assert changed.corrections is not None
    assert restored(changed, 4) == choice
    assert with_dropped(with_dropped(choice, dataset, 8, True), dataset, 8, False) == choice


def test_the_last_word_on_a_label_counts(digits):
    choice, dataset = digits
    changed = with_label(with_label(choice, dataset, 4, "9"), dataset, 4, "8")
    assert changed.corrections.labels == ((4, "8"),)
    assert load(changed).targets[4] == 8


def test_corrections_of_other_data_are_not_used_and_that_is_said(digits):
    choice, _ = digits
    stale = choice.model_copy(update={"corrections": Corrections(among=1000, labels=((4, "9"),), dropped=(5,))})
    dataset = load(stale)
    assert np.array_equal(dataset.targets, load(choice).targets)
    assert all(np.array_equal(a, b) for a, b in zip(divide(dataset, stale), rows(choice), strict=True))
    assert dataset.notes[-1].startswith("Corrections are not used")


def test_points_generated_anew_are_other_points():
    choice = DataChoice(source="circle")
    dataset = load(choice)
    other = dataset.class_names[1 - dataset.targets[0]]
    corrected = with_label(choice, dataset, 0, other)
    assert load(corrected).targets[0] == 1 - dataset.targets[0]
    noisier = corrected.model_copy(update={"noise": 20})
    assert load(noisier).before_corrections is None


def test_a_row_that_does_not_exist_changes_nothing(digits):
    choice, dataset = digits
    wild = choice.model_copy(update={"corrections": Corrections(among=len(dataset.inputs), dropped=(10**6,))})
    assert len(rows(wild)[0]) == len(rows(choice)[0])
    with pytest.raises(ValidationError):
        Corrections(among=10, dropped=(-1,))


def test_a_project_without_corrections_is_written_as_before(digits):
    choice, dataset = digits
    assert "corrections" not in choice.model_dump()
    changed = with_label(choice, dataset, 4, "9")
    assert DataChoice.model_validate(changed.model_dump(mode="json")) == changed


def test_windows_in_the_order_of_time_are_left_out_too(tmp_path):
    lines = "\n".join(f"{step},{step % 7}" for step in range(120))
    path = tmp_path / "series.csv"
    path.write_text("t,y\n" + lines)
    choice = DataChoice.model_validate({"source": str(path), "target": "y", "series": {"length": 4}})
    dataset = load(choice)
    train = divide(dataset, choice)[0]
    corrected = with_dropped(choice, dataset, int(train[2]), True)
    assert np.array_equal(divide(dataset, corrected)[0], np.delete(train, 2))


def test_a_class_of_which_corrections_leave_no_example_is_gone_and_comes_back(tmp_path):
    lines = ["length,kind", *(f"{at},{'Adelie' if at % 2 else 'Gentoo'}" for at in range(40)), "41,adelie"]
    (tmp_path / "p.csv").write_text("\n".join(lines))
    choice = DataChoice(source=str(tmp_path / "p.csv"))
    dataset = load(choice)
    assert dataset.class_names == ("Adelie", "Gentoo", "adelie")
    assert any(note.startswith("The classes “Adelie” and “adelie” differ only in capitals") for note in dataset.notes)
    corrected = with_label(choice, dataset, 40, "Adelie")
    after = prepare(load(corrected), corrected).dataset
    assert (after.class_names, after.classes_as_came) == (("Adelie", "Gentoo"), dataset.class_names)
    assert after.class_names[after.targets[40]] == "Adelie"
    assert np.array_equal(after.targets[:40], dataset.targets[:40])
    assert "No example is “adelie” any more: the class is gone." in after.notes
    for old, new in zip(divide(dataset, choice), divide(after, corrected), strict=True):
        assert np.array_equal(old, new)
    assert load(restored(corrected, 40)).class_names == dataset.class_names
