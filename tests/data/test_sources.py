from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import sklearn.datasets as theirs

from playground.data.catalogue import CATALOGUE, load
from playground.data.dataset import DataChoice, DataProblem


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_bundled_tables_are_scikit_learns(name):
    ours, their = load(DataChoice(source=name.replace("_", "-"))), getattr(theirs, f"load_{name}")()
    assert ours.inputs == pytest.approx(their.data, rel=1e-6)
    assert np.array_equal(ours.targets, their.target)
    assert ours.class_names == tuple(their.target_names)
    assert ours.feature_names == tuple(their.feature_names)


def test_digits_and_diabetes_are_scikit_learns():
    digits, their = load(DataChoice(source="digits")), theirs.load_digits()
    assert np.array_equal(digits.inputs[:, 0], their.images)
    assert np.array_equal(digits.targets, their.target)
    diabetes, their = load(DataChoice(source="diabetes")), theirs.load_diabetes(scaled=False)
    assert diabetes.inputs == pytest.approx(their.data, rel=1e-6)
    assert diabetes.targets[:, 0] == pytest.approx(their.target)
    assert diabetes.feature_names == tuple(their.feature_names)


def test_reading_the_bundled_data_does_not_import_scikit_learn():
    code = (
        "import sys; from playground.data.catalogue import load; from playground.data.dataset import DataChoice;"
        "load(DataChoice(source='digits')); assert 'sklearn' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_tells_the_truth(name):
    entry, data = CATALOGUE[name], load(DataChoice(source=name))
    assert (entry.kind, entry.task, entry.examples) == (data.kind, data.task, len(data.inputs))


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(DataProblem, match="There is no data set or file “digit”. Did you mean “digits”?"):
        load(DataChoice(source="digit"))


def test_parity_is_the_number_of_ones():
    data = load(DataChoice(source="parity", steps=12))
    assert data.inputs.shape == (2000, 12, 1)
    assert np.array_equal(data.targets, data.inputs.sum(axis=(1, 2)) % 2)


def test_adding_marks_one_number_in_each_half():
    data = load(DataChoice(source="adding"))
    values, marks = data.inputs[:, :, 0], data.inputs[:, :, 1]
    assert (marks[:, :10].sum(axis=1) == 1).all()
    assert (marks[:, 10:].sum(axis=1) == 1).all()
    assert data.targets[:, 0] == pytest.approx((values * marks).sum(axis=1), abs=1e-6)


def test_frequency_is_seen_in_the_spectrum():
    data = load(DataChoice(source="frequency"))
    loudest = np.abs(np.fft.rfft(data.inputs[:, :, 0], axis=1)).argmax(axis=1)
    assert np.mean(loudest == data.targets + 1) > 0.98


def table(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_a_table_has_numbers_words_and_gaps(tmp_path):
    rows = "".join(f"{i},{'ab'[i % 2]},{'yes' if i % 3 else 'no'}\n" for i in range(30))
    data = load(DataChoice(source=table(tmp_path, f"size,letter,wanted\n{rows},a,yes\n")))
    assert data.feature_names == ("size", "letter = a", "letter = b")
    assert data.class_names == ("no", "yes")
    assert len(data.inputs) == 31
    assert data.notes == (
        "No target was named, so the last column, “wanted”, is predicted. "
        "Another can be chosen (in a terminal with --target): size, letter.",
        "Empty cells become the training part's median: size (1).",
    )


def test_a_last_column_that_is_wholly_empty_is_not_what_is_predicted(tmp_path):
    rows = "".join(f"{i},{'yes' if i % 3 else 'no'},\n" for i in range(30))
    data = load(DataChoice(source=table(tmp_path, f"size,wanted,nothing\n{rows}")))
    assert data.class_names == ("no", "yes")
    assert data.feature_names == ("size",)
    assert data.notes[0].startswith("No target was named, so the last column, “wanted”, is predicted.")


def test_a_table_of_two_rows_is_said_to_be_too_few(tmp_path):
    data = load(DataChoice(source=table(tmp_path, "a,b\n1,2.5\n3,4.5\n"), target="b"))
    assert data.notes == ("2 rows are too few to train: at least 10 are needed.",)


def test_the_target_is_named(tmp_path):
    path = table(tmp_path, "a\tb\n" + "".join(f"{i * 0.5}\t{i}\n" for i in range(40)), "t.tsv")
    data = load(DataChoice(source=path, target="a"))
    assert data.task == "numbers"
    assert data.feature_names == ("b",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a,b\nx1,y\n" + "".join(f"w{i},{'yz'[i % 2]}\n" for i in range(40)),
            "has no column of numbers beside the target",
        ),
        ("", "cannot be read as a table"),
        ("a,b\n", "a table needs a header, some rows, and at least two columns"),
        ("a,b\n1,x\n2,x\n3,x\n", "Every row of t.csv has the same b. Choose another target with --target."),
        ("a,b\n1,p\n2,q\n3,r\n", "looks like a label of each row"),
        (b"a,b\n\xff\xfe\xfa,1\n", "has one row of data; one row teaches nothing"),
        ("a,b\n1,\n2,\n", "has no column of numbers beside the target"),
        ('a,b\n"1,2\n3,4', "Row 2 of t.csv opens a quotation mark that is never closed. Close it or take it away"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_a_sentence(tmp_path, text, sentence):
    with pytest.raises(DataProblem, match=sentence):
        load(DataChoice(source=table(tmp_path, text)))


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path):
    with pytest.raises(DataProblem, match="t.csv has no column “c”. It has: a, b."):
        load(DataChoice(source=table(tmp_path, "a,b\n1,2\n"), target="c"))


REAL = {"penguins": "species", "titanic": "survived", "mpg": "mpg", "tips": "tip", "california_housing": "total_rooms"}


@pytest.mark.parametrize(("name", "target"), REAL.items())
def test_real_tables_load_with_nothing_but_the_target(test_data, name, target):
    data = load(DataChoice(source=str(test_data / "csv" / f"{name}.csv"), target=target))
    assert len(data.inputs) > 150
    assert np.isfinite(data.inputs).all()


def test_an_npz_file_of_arrays_is_read_and_never_unpickled(tmp_path):
    x, y = np.random.default_rng(0).random((50, 4)), np.arange(50) % 3
    np.savez(tmp_path / "good.npz", x=x, y=y)
    data = load(DataChoice(source=str(tmp_path / "good.npz")))
    assert (data.signature.outputs, data.task) == (3, "classes")
    np.savez(tmp_path / "bad.npz", x=np.array([{"a": 1}], dtype=object), y=y)
    with pytest.raises(DataProblem, match="is not an .npz file of plain arrays"):
        load(DataChoice(source=str(tmp_path / "bad.npz")))
    np.savez(tmp_path / "names.npz", a=x)
    with pytest.raises(DataProblem, match="has no arrays named x and y"):
        load(DataChoice(source=str(tmp_path / "names.npz")))
    (tmp_path / "no.npz").write_bytes(b"hello")
    with pytest.raises(DataProblem, match="is not an .npz file"):
        load(DataChoice(source=str(tmp_path / "no.npz")))


def test_a_file_of_no_known_kind_is_refused(tmp_path):
    path = tmp_path / "notes.docx"
    path.write_text("hello")
    with pytest.raises(DataProblem, match=r"notes.docx is of no kind that can be read. Use a .csv"):
        load(DataChoice(source=str(path)))
