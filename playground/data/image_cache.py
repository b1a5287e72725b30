"""Decoded images kept in the person's cache folder: bytes in one file, mapped into memory, and a note beside it.

The key is made of the files' names, times and sizes and of the options: another choice is another file. A file is
written beside and moved into place; one that does not fit its note is made anew. The oldest go when there are too many.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Event
from typing import Any

import numpy as np
import platformdirs

from playground.data.choices import ImageReading, LeftOut, Progress
from playground.data.dataset import Bytes, DataProblem
from playground.data.images import Form, Look, look_at, read_image

APP = "nn-playground"
VERSION = 1
"""Of what is written; raised when the same files would give other bytes."""
MOST_BYTES = 20 * 2**30
"""Size of the whole cache, above which what was not used longest is deleted."""
USUAL_SIDE = 64
"""Pixels of a side if nothing is chosen and the images are larger."""
AT_ONCE = 256
"""Files handed to the threads at once, so that what they have done does not pile up."""
IN_TURN, PIXELS_IN_TURN = 16, 2**20
"""Files that one thread takes at a time, and pixels in them: to hand one over takes as long as to read a header."""
WORKERS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class Decoded:
    """All images of one choice that could be read."""

    pixels: Bytes
    """(n, channels, height, width), mapped from the file."""
    kept: tuple[int, ...]
    """Which of the files these are."""
    left: tuple[LeftOut, ...]


def cache_folder() -> Path:
    """Where decoded images are kept; made if needed. PLAYGROUND_HOME moves it, as all of a person's own files."""
    home = os.environ.get("PLAYGROUND_HOME")
    folder = (Path(home) / "cache" if home else Path(platformdirs.user_cache_dir(APP, appauthor=False))) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def decoded(folder: Path, files: list[str], reading: ImageReading, progress: Progress | None = None) -> Decoded:
    """The pixels of those files in one size, from the cache, or decoded in threads and kept.

    progress: called with files done and files in all; what it raises ends the reading and leaves nothing behind.
    Raises: DataProblem: If no file can be read, or the disk is too small.
    """
    target = cache_folder() / f"{_key(folder, files, reading)}.bytes"
    found = _read(target)
    if found is None:
        _write(target, folder, files, reading, progress)
        found = _read(target)
        prune(target)
    if found is None:
        raise DataProblem(f"The cache in {target.parent} cannot be read back. Check the disk and try again.")
    return found


def prune(keep: Path | None = None, most: int | None = None) -> None:
    """Delete what was not used longest until the rest is small enough; `keep` stays."""
    folder = cache_folder()
    entries = sorted(((each.stat(), each) for each in folder.glob("*.bytes")), key=lambda pair: -pair[0].st_mtime)
    room = MOST_BYTES if most is None else most
    for facts, path in entries:
        room -= facts.st_size
        if room < 0 and path != keep:
            with suppress(OSError):  # in use elsewhere
                path.unlink()
                path.with_suffix(".json").unlink(missing_ok=True)


def _key(folder: Path, files: list[str], reading: ImageReading) -> str:
    key = sha256(f"{VERSION}\0{folder.resolve()}\0{reading.model_dump_json()}".encode("utf-8", "surrogateescape"))
    for name in files:
        try:
            facts = (folder / name).stat()
            said = f"\0{name}\0{facts.st_mtime_ns}\0{facts.st_size}"
        except OSError:
            said = f"\0{name}\0"
        key.update(said.encode("utf-8", "surrogateescape"))
    return key.hexdigest()[:40]


def _read(target: Path) -> Decoded | None:
    """What is kept, or None if there is nothing, or it does not fit its note."""
    try:
        facts = json.loads(target.with_suffix(".json").read_text(encoding="utf-8"))
        shape = tuple(int(side) for side in facts["shape"])
        kept = tuple(int(number) for number in facts["kept"])
        left = tuple(LeftOut(str(name), str(reason)) for name, reason in facts["left"])
        if len(shape) != 4 or min(shape) < 1 or len(kept) != shape[0]:
            return None
        if target.stat().st_size != int(np.prod(shape, dtype=np.int64)):
            return None
        os.utime(target)
        return Decoded(np.memmap(target, np.uint8, "r", shape=shape), kept, left)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(target: Path, folder: Path, files: list[str], reading: ImageReading, progress: Progress | None) -> None:
    """Decode in threads, write in order, move into place: first the note, then the pixels that make it valid."""
    paths = [folder / name for name in files]
    total = 2 * len(files)
    form, area = _form(paths, reading, (lambda done: progress(done, total)) if progress else None)
    _need_room(target.parent, len(files) * int(np.prod(form.shape)))
    kept: list[int] = []
    left: list[LeftOut] = []
    with NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
        try:
            for number, pixels in enumerate(_each(paths, lambda path: read_image(path, form), area)):
                if isinstance(pixels, str):
                    left.append(LeftOut(files[number], pixels))
                else:
                    part.write(pixels.tobytes())
                    kept.append(number)
                if progress:
                    progress(len(files) + number + 1, total)
            if not kept:
                raise DataProblem(_none(folder, left))
            part.close()
            note = {"shape": [len(kept), *form.shape], "kept": kept, "left": [[e.name, e.reason] for e in left]}
            _move_in(Path(part.name), target, note)
        except OSError as error:
            raise DataProblem(f"Decoded images cannot be kept in {target.parent}: {error.strerror}.") from error
        finally:
            part.close()
            Path(part.name).unlink(missing_ok=True)


def _none(folder: Path, left: list[LeftOut]) -> str:
    first = f" The first: {left[0].name} ({left[0].reason})." if left else ""
    return f"None of the {len(left):,} images in {folder} can be read.{first} Choose other files."


def _move_in(part: Path, target: Path, note: dict[str, Any]) -> None:
    beside = part.with_suffix(".note")
    beside.write_text(json.dumps(note), encoding="utf-8")
    beside.replace(target.with_suffix(".json"))
    part.replace(target)


def _need_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if size + 2**28 > free or size > MOST_BYTES:
        raise DataProblem(
            f"The decoded images would take {size / 2**20:,.0f} MB in {folder}, where {free / 2**20:,.0f} MB are free "
            f"and {MOST_BYTES / 2**20:,.0f} MB may be used. Choose a smaller size, or fewer images."
        )


def _form(paths: list[Path], reading: ImageReading, done: Callable[[int], None] | None) -> tuple[Form, int]:
    """Size and channels as chosen, or as most files have them; and how many pixels most files have."""
    sizes: dict[tuple[int, int], int] = {}
    is_grey = True
    for number, look in enumerate(_each(paths, look_at)):
        if isinstance(look, Look):
            size = look.height, look.width
            sizes[size] = sizes.get(size, 0) + 1
            is_grey = is_grey and look.is_grey
        if done:
            done(number + 1)
    most = max(sizes, key=lambda size: (sizes[size], size)) if sizes else (USUAL_SIDE, USUAL_SIDE)
    usual = most if max(most) <= USUAL_SIDE else (USUAL_SIDE, USUAL_SIDE)
    if reading.height or reading.width:
        usual = (reading.height or reading.width or 0, reading.width or reading.height or 0)
    channels = {"auto": 1 if is_grey else 3, "grey": 1, "colour": 3}[reading.channels]
    return Form(channels, *usual, reading.resize), most[0] * most[1]


def _each(paths: Iterable[Path], work: Callable[[Path], Any], area: int = 1) -> Iterator[Any]:
    """What the work gives for each file, in their order; a sentence where it refuses. area: pixels read of each."""
    is_over = Event()

    def tried(path: Path) -> Any:
        try:
            return None if is_over.is_set() else work(path)
        except DataProblem as problem:
            return _reason(str(problem), path.name)

    def each_of(some: list[Path]) -> list[Any]:
        return list(map(tried, some))

    left, in_turn = iter(paths), max(1, min(IN_TURN, PIXELS_IN_TURN // area))
    with ThreadPoolExecutor(WORKERS, "decoding") as threads:
        try:
            while several := [some for _ in range(AT_ONCE // in_turn) if (some := list(islice(left, in_turn)))]:
                yield from chain.from_iterable(threads.map(each_of, several))
        finally:
            is_over.set()
            threads.shutdown(cancel_futures=True)


def _reason(sentence: str, name: str) -> str:
    """Why, without the name and the way out, to stand in a list.

    >>> _reason("a.png is damaged or cut short. Copy or save it again.", "a.png")
    'it is damaged or cut short'
    """
    first = sentence.removeprefix(name).strip().split(". ")[0].rstrip(".")
    return f"it {first}"
