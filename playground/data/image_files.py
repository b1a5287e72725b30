"""Which image files a folder or a table names, and what each is an example of. Decodes nothing.

A folder holds a folder a class, perhaps within train and test (and valid). Links that lead out of it are not followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playground.data.choices import LeftOut
from playground.data.dataset import DataProblem
from playground.data.images import SUFFIXES

MOST_FILES = 1_000_000
"""Files of any kind that are looked at."""
_TRAIN = frozenset({"train", "training", "train_images"})
_TEST = frozenset({"test", "testing", "test_images"})
_VALID = frozenset({"valid", "val", "validation", "dev"})


@dataclass
class Found:
    """Image files in a fixed order, those of the publisher's test part last."""

    folder: Path
    files: list[str] = field(default_factory=list)
    """Paths within the folder, with /."""
    labels: list[int] = field(default_factory=list)
    names: tuple[str, ...] = ()
    test_from: int | None = None
    left: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looked: int = 0
    """Files of any kind that were looked at."""


def is_image_folder(folder: Path) -> bool:
    """Whether there are image files in it, at most three folders deep; looks at few."""
    looked = 0
    for _, names in _walk(folder, deepest=3):
        for name in names:
            if Path(name).suffix.lower() in SUFFIXES:
                return True
            if (looked := looked + 1) > 10_000:
                return False
    return False


def find_images(folder: Path) -> Found:
    """All image files below the folder with their classes. Raises DataProblem if there are no two classes."""
    found = Found(folder)
    inner = {entry.name.lower(): entry.name for entry in _folders(folder)}
    train, test, valid = (_named(inner, names) for names in (_TRAIN, _TEST, _VALID))
    if train and not test and valid:
        test, valid = valid, ""
        found.notes.append(f"The folder {test} is kept as the test part.")
    elif valid and train:
        found.notes.append(f"The images in {valid} join those in {train}: validation is taken of both.")
    parts = [name for name in (train, valid) if name] if train else [""]
    classes = sorted({entry.name for part in parts for entry in _folders(folder / part)}, key=str.casefold)
    for part in parts:
        for label, name in enumerate(classes):
            _gather(found, Path(part, name), label)
    found.names = tuple(classes)
    if train and test:
        _gather_test(found, test, classes)
    return _checked(found)


def _gather_test(found: Found, test: str, classes: list[str]) -> None:
    start = len(found.files)
    for entry in _folders(found.folder / test):
        if entry.name in classes:
            _gather(found, Path(test, entry.name), classes.index(entry.name))
        else:
            found.notes.append(f"The test images of “{entry.name}” were left out: there are none to learn from.")
    found.test_from = start if len(found.files) > start else None


def _checked(found: Found) -> Found:
    """Without classes that are empty. Raises DataProblem if fewer than two are left."""
    seen = sorted({*found.labels})
    if len(seen) < 2:
        only = f"only “{found.names[seen[0]]}”" if seen else "none"
        raise DataProblem(
            f"{found.folder} needs a folder of images for each of at least two classes, but has {only}. "
            "Put the images of each class into a folder of that name."
        )
    again = {label: number for number, label in enumerate(seen)}
    found.labels = [again[label] for label in found.labels]
    found.names = tuple(found.names[label] for label in seen)
    return found


def _gather(found: Found, part: Path, label: int) -> None:
    """Add the image files below one class's folder, in the order of their names."""
    root = found.folder.resolve()
    for folder, names in _walk(found.folder / part):
        found.looked += len(names)
        if found.looked > MOST_FILES:
            raise DataProblem(f"{found.folder} has more than {MOST_FILES:,} files. Use a part of them.")
        for name in sorted(names):
            if name.startswith(".") or Path(name).suffix.lower() not in SUFFIXES:
                continue
            path = folder / name
            inside = path.relative_to(found.folder).as_posix()
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                found.left.append(LeftOut(inside, "it is a link that leads out of the folder"))
                continue
            found.files.append(inside)
            found.labels.append(label)


def _walk(folder: Path, deepest: int = 20) -> Iterator[tuple[Path, list[str]]]:
    """Folders and the files in each; links to folders are not followed."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        depth = len(Path(here).relative_to(folder).parts)
        folders[:] = [name for name in folders if not name.startswith(".")] if depth < deepest else []
        yield Path(here), names


def _folders(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    return [each for each in inside if each.is_dir() and not each.is_symlink() and not each.name.startswith(".")]


def _named(inner: dict[str, str], names: frozenset[str]) -> str:
    return next((inner[name] for name in sorted(names) if name in inner), "")
