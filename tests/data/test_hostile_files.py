"""Files from strangers: whatever is in them, they are read, or refused in one sentence."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem, Dataset
from playground.data.split import divide, prepare

QUICK = settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(path):
    return load(DataChoice(source=str(path)))


def usable(path):
    """Read, divided and scaled; or the sentence why not."""
    try:
        return prepare(read(path), DataChoice(source=str(path)))
    except DataProblem as problem:
        assert str(problem).endswith((".", "?"))  # noqa: PT017 - either outcome is right
        return None


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_none(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    usable(tmp_path / "t.csv")


CELL = st.sampled_from(
    ["1", "2.5", "-3", "x", "", "nan", "inf", "1e300", "?", '"', "true", "9" * 40, "2020-01-01", "é"]
)


@QUICK
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=40))
def test_any_cells_are_a_table_or_none(tmp_path, rows):
    text = "\n".join(["a,b,c", *(",".join(row) for row in rows)])
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    examples = usable(tmp_path / "t.csv")
    assert examples is None or np.isfinite(examples.train.inputs).all()


def saved(path, **arrays):
    np.savez(path, **arrays)
    return path


def npz(path, **arrays):
    return read(saved(path / "a.npz", **arrays))


X = np.random.default_rng(0).random((50, 4))
TWO = np.arange(50) % 2


@pytest.mark.parametrize(
    ("targets", "names"),
    [(TWO == 0, ("False", "True")), (np.array(["no", "yes"])[TWO], ("no", "yes")), (TWO[:, None], ("0", "1"))],
)
def test_truths_words_and_columns_of_whole_numbers_are_classes(tmp_path, targets, names):
    data = npz(tmp_path, x=X, y=targets)
    assert (data.task, data.class_names, data.targets.shape) == ("classes", names, (50,))


def test_a_publishers_own_test_arrays_stay_the_test_part(tmp_path):
    data = npz(tmp_path, x_train=X, y_train=TWO, x_test=X[:9], y_test=TWO[:9])
    assert prepare(data, DataChoice(source="a")).test.rows.tolist() == list(range(50, 59))


def test_pixels_become_images_with_their_channels_first(tmp_path):
    pixels = np.zeros((50, 5, 6, 3), np.uint8)
    assert npz(tmp_path, x=pixels, y=TWO).inputs.shape == (50, 3, 5, 6)
    assert npz(tmp_path, x=pixels[..., 0], y=TWO).inputs.shape == (50, 1, 5, 6)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": X, "y": TWO[:40]}, "a.npz has 50 inputs, but 40 targets. Save it anew with as many."),
        ({"x": X, "y": TWO * 0}, "Every target in a.npz is 0. A network needs two classes to tell apart."),
        ({"x": X, "y": np.arange(50)}, "The targets in a.npz have 50 different whole values in 50 examples."),
        ({"x": X[:, :0], "y": TWO}, "The arrays in a.npz are empty."),
        ({"x": X[:0], "y": TWO[:0]}, "The arrays in a.npz are empty."),
        ({"x": X, "y": np.zeros((50, 0))}, "The arrays in a.npz are empty."),
        ({"x": X + 1j, "y": TWO}, "inputs of type complex128 are no real numbers."),
        ({"x": X, "y": TWO + 1j}, "targets of type complex128 are neither classes nor numbers."),
        ({"x": np.zeros((50, 1, 1, 1, 1)), "y": TWO}, "inputs have 5 dimensions, from 2 to 4 can be used."),
    ],
)
def test_arrays_that_cannot_be_used_are_refused_with_the_reason(tmp_path, arrays, sentence):
    with pytest.raises(DataProblem) as problem:
        npz(tmp_path, **arrays)
    assert sentence in str(problem.value)


def test_numbers_too_large_are_refused_without_a_warning(tmp_path):
    with pytest.raises(DataProblem, match="has values that are not finite numbers. Remove those rows."):
        prepare(npz(tmp_path, x=X * 1e300, y=TWO), DataChoice(source="a"))
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{i}e300,{i}.5\n" for i in range(1, 40)))
    with pytest.raises(DataProblem, match="categories. a: 39 values are too large to compute with and count as empty."):
        read(tmp_path / "t.csv")


def test_a_number_too_large_to_compute_with_counts_as_an_empty_cell(tmp_path):
    rows = "".join(f"{'1e302' if i == 7 else i},{i}.5\n" for i in range(1, 40))
    (tmp_path / "t.csv").write_text("a,b\n" + rows)
    data = read(tmp_path / "t.csv")
    assert "a: 1 value is too large to compute with and counts as empty." in data.notes
    assert np.isfinite(prepare(data, DataChoice(source="t.csv")).train.inputs).all()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"\x89PNG\r\n\x1a\n" + b"\0" * 90,
            "t.csv is a PNG image, whatever its name says, .* Images are opened",
        ),
        (b"PK\x03\x04" + b"\0" * 90, "an Excel table or a ZIP archive, .* Give it the ending .xlsx and open it again."),
        (b"%PDF-1.7\n1,2\n3,4\n", "t.csv is a PDF document, .* Save it as CSV with the program that made it."),
        (np.random.default_rng(0).bytes(3000), "t.csv is no text: it holds signs that no table is written with."),
    ],
)
def test_what_is_no_table_is_told_by_what_it_is(tmp_path, content, sentence):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataProblem, match=sentence):
        read(tmp_path / "t.csv")


def test_a_header_that_promises_terabytes_takes_no_memory(tmp_path):
    header, rest = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**13, 4)})
    np.save(rest, TWO)
    with zipfile.ZipFile(tmp_path / "h.npz", "w") as archive:
        archive.writestr("x.npy", header.getvalue())
        archive.writestr("y.npy", rest.getvalue())
    with pytest.raises(DataProblem, match="h.npz is not an .npz file of plain arrays. Save it anew with numpy.savez."):
        read(tmp_path / "h.npz")


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=10), st.sampled_from([0, 14])
)
def test_whatever_an_npz_file_holds_it_is_read_or_refused(tmp_path, changes, packed):
    content = io.BytesIO()
    np.save(content, X)
    with zipfile.ZipFile(tmp_path / "f.npz", "w", packed) as archive:  # 14: LZMA
        archive.writestr("x.npy", content.getvalue())
        archive.writestr("y.npy", content.getvalue())
    damaged = bytearray((tmp_path / "f.npz").read_bytes())
    for place, value in changes:
        damaged[place % len(damaged)] = value
    (tmp_path / "f.npz").write_bytes(damaged)
    usable(tmp_path / "f.npz")


@pytest.mark.parametrize("name", ["x" * 300, "~nobody-of-that-name/t.csv", "a\0b", "", "~"])
def test_a_name_that_no_file_can_have_is_told_as_any_other(name):
    with pytest.raises(DataProblem, match="There is no data set or file “|has no MNIST-format files"):
        load(DataChoice(source=name))


@QUICK
@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=12),
    st.floats(0.01, 0.6),
    st.floats(0.01, 0.6),
    st.integers(0, 5),
)
def test_no_example_is_in_two_parts_however_small_the_classes(sizes, valid, test, seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    names = tuple(str(number) for number in range(len(sizes)))
    data = Dataset("d", "D", "table", np.zeros((len(labels), 2), np.float32), labels, "classes", names)
    try:
        parts = divide(data, DataChoice(source="d", valid=valid, test=test, seed=seed))
    except DataProblem:
        return
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))


def test_four_classes_of_three_are_divided_without_a_leak():
    labels = np.repeat([0, 1, 2, 3], 3)
    data = Dataset("d", "D", "table", np.zeros((12, 2), np.float32), labels, "classes", tuple("abcd"))
    parts = divide(data, DataChoice(source="d", valid=0.45, test=0.45))
    assert sorted(np.concatenate(parts)) == list(range(12))
    assert [len(part) for part in parts] == [2, 5, 5]


def test_a_scaled_part_keeps_the_examples_it_names():
    choice = DataChoice(source="wine", scaling="none")
    data = load(choice)
    examples = prepare(replace(data), choice)
    for part in (examples.train, examples.valid, examples.test):
        assert np.array_equal(part.inputs, data.inputs[part.rows])
        assert np.array_equal(part.targets, data.targets[part.rows])
