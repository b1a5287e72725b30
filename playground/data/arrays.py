"""Arrays saved by numpy as .npz: x and y, or x_train, y_train, x_test, y_test. Never unpickled."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataProblem, Dataset, Kind

MOST_BYTES = 2 * 2**30


def load_npz(path: Path) -> Dataset:
    """Read an .npz file. Whole numbers and words as targets are classes. Raises DataProblem."""
    return _dataset(path, _arrays(path))


def inputs_in(path: Path) -> NDArray[np.float32]:
    """The inputs alone: x, or x_test, or x_train. Raises DataProblem."""
    found = _arrays(path)
    name = next((name for name in ("x", "x_test", "x_train") if name in found), None)
    if name is None:
        raise DataProblem(f"{path.name} has no array named x. Save it anew with numpy.savez(…, x=…).")
    try:
        inputs = _inputs(found[name])
    except ValueError as error:
        raise DataProblem(f"The array {name} in {path.name} cannot be used: {error}.") from error
    if not inputs.size:
        raise DataProblem(f"The array {name} in {path.name} is empty. Save it anew with at least one example.")
    return inputs


def _arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > MOST_BYTES:
            raise DataProblem(f"{path.name} would take {size / 2**20:,.0f} MB; at most 2,048 MB are read.")
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files if name in _NAMES}
    except _UNREADABLE as error:
        raise DataProblem(f"{path.name} is not an .npz file of plain arrays. Save it anew with numpy.savez.") from error


_UNREADABLE = (
    OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
    MemoryError,  # a header that promises more than there is
    RuntimeError, NotImplementedError,  # a zip with a password, or packed in another way
)  # fmt: skip
_NAMES = ("x", "y", "x_train", "y_train", "x_test", "y_test")


def _dataset(path: Path, found: dict[str, NDArray[np.generic]]) -> Dataset:
    if {"x_train", "y_train"} <= found.keys():
        pairs = [(found["x_train"], found["y_train"])]
        if {"x_test", "y_test"} <= found.keys():
            pairs.append((found["x_test"], found["y_test"]))
    elif {"x", "y"} <= found.keys():
        pairs = [(found["x"], found["y"])]
    else:
        raise DataProblem(
            f"{path.name} has no arrays named x and y (or x_train, y_train). Save it anew with those names."
        )
    try:
        inputs = np.concatenate([_inputs(x) for x, _ in pairs])
        targets = np.concatenate([_column(y) for _, y in pairs])
    except (ValueError, TypeError) as error:
        raise DataProblem(f"The arrays in {path.name} do not fit together: {error}.") from error
    if len(inputs) != len(targets):
        raise DataProblem(
            f"{path.name} has {len(inputs)} inputs, but {len(targets)} targets. Save it anew with as many."
        )
    if not inputs.size or not targets.size:
        raise DataProblem(f"The arrays in {path.name} are empty. Save it anew with at least one value an example.")
    kinds: dict[int, Kind] = {2: "table", 3: "sequence", 4: "image"}
    test_from = len(pairs[0][0]) if len(pairs) > 1 else None
    about = f"{len(inputs):,} examples from {path.name}."
    kind = kinds[inputs.ndim]
    if targets.shape[1] == 1 and targets.dtype.kind in "biuUS":
        codes, classes = _classes(path, targets[:, 0])
        return Dataset(path.name, path.stem, kind, inputs, codes, "classes", classes, (), about, test_from)
    values = _real(targets)
    return Dataset(path.name, path.stem, kind, inputs, values, "numbers", (), (), about, test_from)


def _column(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Targets as (n, columns): whole numbers and words are classes, other real numbers are regressed."""
    values = np.asarray(values)
    if values.dtype.kind not in "biufUS" or (values.dtype.kind in "US" and values.size != len(values)):
        raise ValueError(f"targets of type {values.dtype} are neither classes nor numbers")
    return values.reshape(len(values), -1) if values.size else np.zeros((len(values), 0))


def _classes(path: Path, labels: NDArray[np.generic]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    words, codes = np.unique(labels, return_inverse=True)
    if len(words) < 2:
        raise DataProblem(f"Every target in {path.name} is {words[0]}. A network needs two classes to tell apart.")
    if len(words) > len(labels) / 2:
        raise DataProblem(
            f"The targets in {path.name} have {len(words)} different whole values in {len(labels)} examples. Save them "
            "as floating-point numbers to have them predicted as numbers."
        )
    names = (word.decode(errors="replace") if isinstance(word, bytes) else str(word) for word in words)
    return codes.reshape(-1).astype(np.int64), tuple(names)


def _real(values: NDArray[np.generic]) -> NDArray[np.float32]:
    """As float32; what is too large becomes infinite, which split.prepare refuses."""
    if values.dtype.kind not in "biuf":
        raise ValueError(f"inputs of type {values.dtype} are no real numbers")
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _inputs(values: NDArray[np.generic]) -> NDArray[np.float32]:
    """As (n, units), (n, steps, features) or (n, channels, height, width).

    Bytes (n, height, width) are grey images; a last side of 1, 3 or 4 after height and width holds the channels.
    """
    made = _real(np.asarray(values))
    if made.ndim == 3 and values.dtype == np.uint8:
        return made[:, None]
    if made.ndim == 4 and made.shape[-1] in (1, 3, 4):
        return np.ascontiguousarray(made.transpose(0, 3, 1, 2))
    if made.ndim not in (2, 3, 4):
        raise ValueError(f"inputs have {made.ndim} dimensions, from 2 to 4 can be used")
    return made
