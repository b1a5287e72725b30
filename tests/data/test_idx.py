from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.split import prepare


def idx(array):
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def folder(path, count=40, tests=12, packed=False):
    random = np.random.default_rng(0)
    for part, size in (("train", count), ("t10k", tests)):
        files = {"images-idx3": random.integers(0, 256, (size, 5, 6)), "labels-idx1": np.arange(size) % 4}
        for name, array in files.items():
            content = idx(array.astype(np.uint8))
            target = path / f"{part}-{name}-ubyte{'.gz' if packed else ''}"
            target.write_bytes(gzip.compress(content) if packed else content)
    return path


def read(path):
    return load(DataChoice(source=str(path)))


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_is_read_plain_or_packed_and_its_test_part_stays_the_test_part(tmp_path, packed):
    data = read(folder(tmp_path, packed=packed))
    assert data.inputs.shape == (52, 1, 5, 6)
    examples = prepare(data, DataChoice(source=str(tmp_path)))
    assert examples.test.rows.tolist() == list(range(40, 52))
    assert len(examples.valid) == 6


def change(path, name, how):
    content = bytearray((path / name).read_bytes())
    how(content)
    (path / name).write_bytes(content)


def test_a_wrong_header_is_told(tmp_path):
    folder(tmp_path)
    change(tmp_path, "train-images-idx3-ubyte", lambda c: c.__setitem__(2, 0x0D))
    with pytest.raises(DataProblem, match="is not an IDX file of 3-D bytes: its header is 00000d03, not 00000803"):
        read(tmp_path)


def test_too_few_bytes_are_told(tmp_path):
    folder(tmp_path)
    change(tmp_path, "train-images-idx3-ubyte", lambda c: c.__delitem__(slice(-100, None)))
    with pytest.raises(DataProblem, match="has too few bytes: 1,100 instead of 1,200. Copy or download it again"):
        read(tmp_path)


def test_a_header_that_promises_too_much_takes_no_memory(tmp_path):
    folder(tmp_path)
    change(tmp_path, "train-images-idx3-ubyte", lambda c: c.__setitem__(slice(4, 16), b"\xff" * 12))
    with pytest.raises(DataProblem, match=r"at most 2,147,483,648 are read"):
        read(tmp_path)


def test_images_and_labels_must_be_as_many(tmp_path):
    folder(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(7, np.uint8)))
    with pytest.raises(DataProblem, match="has 40 images, but train-labels-idx1-ubyte has 7 labels"):
        read(tmp_path)


def test_labels_that_are_all_the_same_are_told(tmp_path):
    for path in folder(tmp_path).glob("*labels*"):
        change(tmp_path, path.name, lambda c: c.__setitem__(slice(8, None), b"\x03" * (len(c) - 8)))
    with pytest.raises(DataProblem, match=r"Every image in .* has the label 3. Choose data of several classes."):
        read(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    folder(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataProblem, match="has no file train-labels-idx1-ubyte"):
        read(tmp_path)


def test_a_folder_without_such_files_is_refused(tmp_path):
    with pytest.raises(DataProblem, match="has no MNIST-format files"):
        read(tmp_path)


def test_a_damaged_gz_is_told(tmp_path):
    folder(tmp_path, packed=True)
    change(tmp_path, "train-images-idx3-ubyte.gz", lambda c: c.__delitem__(slice(-60, None)))
    with pytest.raises(DataProblem, match="cannot be read: it is damaged or cut short"):
        read(tmp_path)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8), st.integers(0, 400))
def test_whatever_bytes_come_they_are_read_or_refused(tmp_path, changes, cut):
    folder(tmp_path)
    content = bytearray((tmp_path / "train-images-idx3-ubyte").read_bytes())
    for place, value in changes:
        content[place] = value
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content[: len(content) - cut])
    try:
        assert len(read(tmp_path).inputs) == 52
    except DataProblem as problem:
        assert str(problem).endswith(".")  # noqa: PT017 - either outcome is right


def test_fashion_mnist_is_read(test_data):
    data = read(test_data / "fashion_mnist")
    assert data.inputs.shape == (70_000, 1, 28, 28)
    assert np.bincount(data.targets).tolist() == [7000] * 10


def test_fashion_mnist_is_known_by_its_labels_wherever_it_lies_and_its_classes_have_names(test_data, tmp_path):
    for file in (test_data / "fashion_mnist").iterdir():
        content = gzip.decompress(file.read_bytes())
        (tmp_path / file.name.removesuffix(".gz")).write_bytes(content)
    data = read(tmp_path)
    assert data.class_names[:2] + data.class_names[-1:] == ("T-shirt/top", "Trouser", "Ankle boot")


def test_other_labels_stay_numbers(tmp_path):
    assert read(folder(tmp_path)).class_names == ("0", "1", "2", "3")
