"""Damaged and hostile files: mutated from whole ones, and made by atheris where it is installed.

Each input is read or refused with a sentence; nothing else may be raised, none may take longer than 5 s, and the
process stays below 500 MB. torch is not imported: no reader needs it.
"""

from __future__ import annotations

import copy
import io
import json
import os
import random
import resource
import struct
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from playground.app.clipping import ClipProblem, fragment_of, from_text, to_text
from playground.app.document import Document, DocumentProblem, make_project, to_json
from playground.app.files import Project, read_project, write_project
from playground.app.own_blocks import keep_block, read_block
from playground.app.tensors import unpacked
from playground.data.arrays import load_npz
from playground.data.dataset import DataChoice, DataProblem
from playground.data.idx import read_idx
from playground.data.own_files import load_text_file
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone, Scores
from playground.graph.check import check
from playground.layers.expression import FormulaProblem, parse
from tests.faults import say

SLOWEST, MOST_MEMORY = 5.0, 500.0
TEMPLATES = ("spiral-mlp", "digits-cnn", "frequency-lstm", "xor-mlp", "table-mlp", "cifar-resnet-20")
HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 1, 10**9, 10**30, 1e308, float("nan"), float("inf"), "", "x", "A" * 100_000, "\0", "../../x",
    "/dev/zero", [], {}, [[]], [[[[[[[[]]]]]]]], {"a": {"b": {}}}, "9**9**9**9", "(" * 500, "\ud800",
)  # fmt: skip
REFUSALS = (DocumentProblem, DataProblem, ClipProblem, FormulaProblem)
Reader = Callable[[bytes], None]


class Readers:
    """What reads strangers' files, each from bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.all: dict[str, Reader] = {
            "project": self._project, "document": self._document, "history": self._history, "state": self._state,
            "clipboard": self._clipboard, "formula": self._formula, "block": self._block, "npz": self._npz,
            "idx": self._idx, "csv": self._csv, "ts": self._ts,
        }  # fmt: skip
        document = make_project("spiral-mlp")[0]
        scores = Scores(0.5, {"accuracy": 0.9})
        tensors = {"weights/dense1.weight": np.ones((4, 2), np.float32), "random/torch": np.zeros(64, np.uint8)}
        whole = Project(document, Checkpoint(tensors, {"epoch": 1}), (EpochDone(1, scores, scores, 0.1, 0.2, 3.0),))
        write_project(self._file("whole.nnplay"), whole)
        with zipfile.ZipFile(self._file("whole.nnplay")) as archive:
            self._members = {name: archive.read(name) for name in archive.namelist()}

    def seeds(self) -> dict[str, list[bytes]]:
        """Whole inputs of each kind, to be mutated."""
        documents = [json.dumps(to_json(make_project(name)[0])).encode() for name in TEMPLATES]
        arrays, document = io.BytesIO(), make_project("digits-cnn")[0]
        clip = to_text(fragment_of(document, list(document.graph.nodes)[1:4])).encode()
        block = keep_block("x", fragment_of(document, list(document.graph.nodes)[1:4]), ()).read_bytes()
        np.savez_compressed(arrays, x=np.eye(6, 4), y=np.arange(6) % 2)
        return {
            "project": [self._file("whole.nnplay").read_bytes()],
            "document": documents,
            "history": [self._members["history.json"]],
            "state": [self._members["state.safetensors"]],
            "clipboard": [clip],
            "formula": [b"a * relu(b) + 1", b"max(a, min(b, 2)) ^ -c / sqrt(abs(d))"],
            "block": [block],
            "npz": [arrays.getvalue()],
            "idx": [struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 2) + bytes(8)],
            "csv": [b"a,b,label\n1,2.5,x\n3,,y\n5,6,x\n7,8,y\n" * 3, b"date;value\n2020-01-01;1,5\n2020-01-02;2,5\n"],
            "ts": [
                b"@problemName x\n@univariate true\n@classLabel true a b\n@data\n1,2,3:a\n2,3,4:b\n3,4,5:a\n2,3,5:b\n"
            ],
        }

    def _file(self, name: str) -> Path:
        return self._folder / name

    def _written(self, name: str, content: bytes) -> Path:
        path = self._file(name)
        path.write_bytes(content)
        return path

    def _project(self, content: bytes) -> None:
        _used(read_project(self._written("x.nnplay", content)).document)

    def _member(self, name: str, content: bytes) -> None:
        with zipfile.ZipFile(self._file("y.nnplay"), "w", zipfile.ZIP_STORED) as archive:
            for each, whole in self._members.items():
                archive.writestr(each, content if each == name else whole)
        _used(read_project(self._file("y.nnplay")).document)

    def _document(self, content: bytes) -> None:
        self._member("document.json", content)

    def _history(self, content: bytes) -> None:
        self._member("history.json", content)

    def _state(self, content: bytes) -> None:
        self._member("state.safetensors", content)
        try:
            unpacked(content)
        except ValueError:
            return

    def _clipboard(self, content: bytes) -> None:
        from_text(content.decode(errors="replace"))

    def _formula(self, content: bytes) -> None:
        parse(content.decode(errors="replace"))

    def _block(self, content: bytes) -> None:
        read_block(self._written("x.nnblock", content))

    def _npz(self, content: bytes) -> None:
        load_npz(self._written("x.npz", content))

    def _idx(self, content: bytes) -> None:
        read_idx(self._written("x-idx3-ubyte", content), 3)

    def _csv(self, content: bytes) -> None:
        path = self._written("x.csv", content)
        load_text_file(path, DataChoice(source=str(path)), None)

    def _ts(self, content: bytes) -> None:
        path = self._written("x.ts", content)
        load_text_file(path, DataChoice(source=str(path)), None)


def _used(document: Document) -> None:
    """What the window does first with it."""
    check(document.graph)
    to_json(document)


def run(inputs: int, seed: int, reader: str | None, with_atheris: bool) -> int:
    """Feed so many inputs; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_HOME"] = folder
        readers = Readers(Path(folder))
        chosen = {reader: readers.all[reader]} if reader else readers.all
        if with_atheris:
            return _by_atheris(chosen, readers.seeds(), inputs, seed, Path(folder))
        return _mutated(chosen, readers.seeds(), inputs, random.Random(seed))


def _mutated(readers: dict[str, Reader], seeds: dict[str, list[bytes]], inputs: int, chance: random.Random) -> int:
    began, tally = time.monotonic(), Tally()
    names = list(readers)
    for name in names:  # what is imported now takes no time later
        for content in seeds[name]:
            Tally().feed(name, readers[name], content)
    for number in range(inputs):
        if number and number % 10_000 == 0:
            tally.told(f"{number:,} so far")
        name = names[number % len(names)]
        tally.feed(name, readers[name], mutated(chance.choice(seeds[name]), chance))
    return tally.told(f"{inputs:,} mutated inputs in {time.monotonic() - began:.0f} s")


class Tally:
    """What became of the inputs."""

    def __init__(self) -> None:
        self.read = self.refused = 0
        self.wrong: Counter[str] = Counter()
        self.slowest = (0.0, "")

    def feed(self, name: str, reader: Reader, content: bytes) -> None:
        """One input to one reader."""
        began = time.process_time()  # on a busy machine the clock on the wall says little
        try:
            reader(content)
            self.read += 1
        except REFUSALS as problem:
            self.refused += 1
            if not str(problem).strip() or len(str(problem)) > 2000:
                self._note(f"{name}: no sentence, or one of {len(str(problem)):,} letters", content)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            frame = error.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
            self._note(f"{name}: {type(error).__name__} at {where}: {str(error)[:80]}", content)
        taken = time.process_time() - began
        self.slowest = max(self.slowest, (taken, name))
        if taken > SLOWEST:
            self._note(f"{name}: {taken:.1f} s", content)

    def _note(self, kind: str, content: bytes) -> None:
        self.wrong[kind] += 1
        if self.wrong[kind] == 1:
            say(f"{kind}\n  {content[:300]!r}")

    def told(self, what: str) -> int:
        """Say how it went; the exit status."""
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        slowest, reader = self.slowest
        say(
            f"{what}: {self.read:,} read, {self.refused:,} refused with a sentence, {self.wrong.total():,} wrong "
            f"of {len(self.wrong)} kinds; slowest {slowest:.2f} s ({reader}), most memory {memory:.0f} MB."
        )
        return 1 if self.wrong or memory > MOST_MEMORY else 0


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A neighbour: of JSON mostly another value somewhere, else other bytes."""
    if content[:1] in b"{[" and chance.random() < 0.8:
        values = json.loads(content)
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            values = _other_value(values, chance)
        return json.dumps(values).encode(errors="surrogatepass")
    return _other_bytes(content, chance)


def _other_value(values: Any, chance: random.Random) -> Any:
    """Walk to a random place and change what is there."""
    place, at = values, None
    path: list[tuple[Any, Any]] = []
    while isinstance(place, dict | list) and place and (not path or chance.random() < 0.8):
        at = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
        path.append((place, at))
        place = place[at]
    if not path:
        return chance.choice(HOSTILE)
    holder, at = path[-1]
    kind = chance.randrange(5)
    if kind == 0:
        del holder[at]
    elif kind == 1 and isinstance(holder, list):
        holder.extend([copy.deepcopy(place)] * chance.choice((1, 3, 30)))
    elif kind == 2 and isinstance(place, int | float):
        holder[at] = place * chance.choice((-1, 0, 2, 1000, 10**6, 0.5))
    elif kind == 3 and len(path) > 1:
        holder[at] = copy.deepcopy(chance.choice(path)[0])
    else:
        holder[at] = copy.deepcopy(chance.choice(HOSTILE))
    return values


def _other_bytes(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(made) + 1)
        kind = chance.randrange(5)
        if kind == 0 and made:
            made[at % len(made)] = chance.randrange(256)
        elif kind == 1:
            made[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 16)))
        elif kind == 2:
            del made[at : at + chance.randint(1, 64)]
        elif kind == 3:
            made[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 2**16, 2**31 - 1, 2**32 - 1)))
        else:
            made[at:at] = made[max(at - 32, 0) : at] * chance.choice((1, 2, 50))
    return bytes(made)


def _by_atheris(readers: dict[str, Reader], seeds: dict[str, list[bytes]], inputs: int, seed: int, folder: Path) -> int:
    """Guided by which lines of the readers an input reaches; the first byte chooses the reader."""
    import atheris

    names, tally = list(readers), Tally()
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, name in enumerate(names):
        for index, content in enumerate(seeds[name]):
            (corpus / f"{name}-{index}").write_bytes(bytes([number]) + content)
    done, began = 0, time.monotonic()

    def feed(content: bytes) -> None:
        nonlocal done
        if content:
            name = names[content[0] % len(names)]
            tally.feed(name, readers[name], content[1:])
        done += 1
        if done == inputs:  # libFuzzer ends the process itself, without a word
            os._exit(tally.told(f"{inputs:,} inputs of atheris in {time.monotonic() - began:.0f} s"))

    for module in [each for name, each in sys.modules.items() if name.startswith("playground.")]:
        for thing, value in list(vars(module).items()):
            if callable(value) and getattr(value, "__module__", "") == module.__name__ and hasattr(value, "__code__"):
                setattr(module, thing, atheris.instrument_func(value))
    atheris.Setup([sys.argv[0], f"-seed={seed + 1}", "-max_len=65536", "-timeout=60", str(corpus)], feed)
    atheris.Fuzz()
    return 1
