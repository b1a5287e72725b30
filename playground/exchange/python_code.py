"""A project as one file of plain PyTorch: network, weights, data, training and score, to read and to run.

Text generation alone: knows no torch. The class is written in forward_code.py, the loop in training_code.py; what the
file reads beside it is written in data_file.py and weights_file.py. No name, title, formula or path of a project is
copied into code: names go through names.py, formulas through formula_code.py, data through an array file.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from playground import __version__
from playground.exchange import training_code
from playground.exchange.forward_code import Written
from playground.exchange.names import WIDTH, harmless
from playground.exchange.problem import ExportProblem
from playground.exchange.ragged_code import can_say
from playground.exchange.snippets import needed
from playground.exchange.subject import Described
from playground.graph.check import check
from playground.graph.model import NodeId
from playground.graph.problem import Report
from playground.graph.repeat import original
from playground.layers.ends import Input, Output


@dataclass(frozen=True)
class Code:
    """A source text, and which of its lines are whose."""

    text: str
    lines: Mapping[NodeId, range]
    """Where each layer is made, or computed if it needs no making; counted from 0. Copies in repeated blocks by their
    own ids (conv1.2); layers that no Output needs are missing."""
    calls: Mapping[NodeId, range]
    """Where each layer is computed, in forward()."""

    def of(self, id: NodeId) -> tuple[range, ...]:
        """All lines of a layer, those of its copies too, from top to bottom."""
        found = {each for lines in (self.lines, self.calls) for own, each in lines.items() if original(own) == id}
        return tuple(sorted(found, key=lambda each: each.start))


def python_code(document: Described, report: Report | None = None, is_ragged: bool = False) -> Code:
    """The file for a project. report: what checking said of its graph, if that is known.

    is_ragged: whether its sequences are of unequal length; looked at where ragged_code.can_say() of the network.
    Raises: ExportProblem: If the network has errors, or a layer that cannot be said.
    """
    report = check(document.graph) if report is None else report
    if report.errors:
        problem = report.errors[0]
        where = f"{problem.node}: " if problem.node else ""
        raise ExportProblem(f"The network cannot be written as code yet. {where}{problem.text}")
    return _File(document, report, is_ragged and can_say(report)).code()


def attributes(document: Described, report: Report | None = None, is_ragged: bool = False) -> dict[NodeId, str]:
    """Under which name the written class keeps each layer's weights; those that use another's have that one's name.

    is_ragged: as python_code() was told.
    """
    report = check(document.graph) if report is None else report
    return Written(document.graph, report, is_ragged and can_say(report)).attributes


class _File:
    def __init__(self, document: Described, report: Report, is_ragged: bool) -> None:
        self._document = document
        self._written = written = Written(document.graph, report, is_ragged)
        nodes = written.flat.nodes
        outputs = {id: layer for id in written.wiring.outputs if isinstance(layer := nodes[id], Output)}
        ranks = {id: report.shapes[id].rank for id in outputs}
        self._judged = training_code.Judged(outputs, written.wiring.main, ranks)
        inputs = [layer for layer in nodes.values() if isinstance(layer, Input)]
        self._steps = next((layer.dims[0] for layer in inputs if layer.reads == "answers"), 0)
        self._fewest = 2 if written.wiring.has_batch_norm else 1

    def code(self) -> Code:
        recipe, written = self._document.recipe, self._written
        before = [*needed(written.snippets)]
        own_class, made, run = self._network()
        after = [self._loading(), *training_code.judging(self._judged, self._steps)]
        after += ["\n".join(part) for part in (training_code.rate(recipe),) if part]
        after += ["\n".join(training_code.training(recipe, self._judged, self._steps, self._fewest))]
        after += [MAIN.strip("\n")]
        parts = [*before, own_class, *after]
        head = self._head("\n".join(parts))
        text = "\n\n\n".join([head, *parts]) + "\n"
        first = "\n\n\n".join([head, *before]).count("\n") + 3
        calls = {id: _moved(lines, first + run) for id, lines in written.run.of.items()}
        declared = calls | {id: _moved(lines, first + made) for id, lines in written.made.of.items()}
        return Code(text, declared, calls)

    def _network(self) -> tuple[str, int, int]:
        """The class, and at which of its lines __init__'s and forward's own begin."""
        written = self._written
        lines = ["class Network(nn.Module):", f'    """{self._title()}."""', ""]
        made = len(lines)
        if written.made.text:
            lines += ["    def __init__(self) -> None:", "        super().__init__()"]
            made = len(lines)
            lines += [*written.made.text, ""]
        several = len(written.wiring.outputs) > 1
        answers = ", answers: Tensor" if self._steps else ""
        lines.append(f"    def forward(self, x: Tensor{answers}) -> {'tuple[Tensor, ...]' if several else 'Tensor'}:")
        run = len(lines)
        return "\n".join([*lines, *written.run.text, *written.methods.text]), made, run

    def _title(self) -> str:
        name = harmless(self._document.name)[:60].strip(" '.") or "Untitled"
        return name[0].upper() + name[1:]

    def _head(self, body: str) -> str:
        answers = "in_own_units" if "def in_own_units" in body else "answers_of"
        text = HEAD.strip("\n").format(title=self._title(), about=self._about(), answers=answers)
        imports = ["from __future__ import annotations", "", "import argparse", "import json"]
        imports += ["import math"] if "math." in body else []
        imports += ["from functools import reduce"] if "reduce(" in body else []
        imports += ["from pathlib import Path", "", "import numpy as np", "import torch"]
        imports += ["import torch.nn.functional as F"] if "F." in body else []
        imports += ["from torch import Tensor, nn"]
        packs = "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence"
        imports += [packs, ""] if "pack_padded" in body else [""]
        figures = training_code.constants(self._document.recipe, self._judged, self._steps)
        figures += ["", *self._written.constants] if self._written.constants else []
        return "\n".join([text, "", *imports, *FILES.strip("\n").split("\n"), "", *figures])

    def _about(self) -> str:
        """Where it comes from, and what it learned from."""
        source = harmless(self._document.data.source.replace("\\", "/").rsplit("/", 1)[-1])[:80]
        made = f"A network of Neural Network Playground {__version__}, as plain PyTorch."
        return "\n".join(textwrap.wrap(f"{made} It learns from: {source}.", WIDTH))

    def _loading(self) -> str:
        targets = 'torch.from_numpy(arrays[f"{part}_targets"])'
        if self._judged.output.rebuilds:
            targets = "inputs.flatten(1)"
        laid = LAID_OUT if self._written.wiring.convolves_images else ""
        return LOADING.strip("\n").replace("TARGETS", targets).replace("LAID_OUT", laid).replace("SCALED", SCALED)


def _moved(lines: range, by: int) -> range:
    return range(lines.start + by, lines.stop + by)


HEAD = '''
"""{title}.

{about}

It needs Python 3.11, torch and numpy, and two files beside it, named as it is:
    NAME.safetensors   the weights
    NAME_data.npz      the examples for training and validation, scaled; and by what

    python NAME.py              trains it anew, and tells the score of each epoch
    python NAME.py --evaluate   tells the score of the weights that came with it

“--save FILE” keeps the weights after training, as safetensors.

New examples, as rows in the data's own units, are answered by
    model = Network().to(DEVICE).eval()
    model.load_state_dict(read_weights(WEIGHTS))
    {answers}(predict(model, scaled(rows)))
"""
'''
FILES = """
HERE = Path(__file__).resolve()
WEIGHTS = HERE.with_suffix(".safetensors")
DATA = HERE.with_name(f"{HERE.stem}_data.npz")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
"""
LAID_OUT = """
    if DEVICE == "cpu":  # it convolves faster with a pixel's channels side by side
        inputs = inputs.to(memory_format=torch.channels_last)
""".lstrip("\n")
SCALED = '''
def scaled(raw: np.ndarray) -> Tensor:
    """New examples as the network takes them, from values in the data's own units.

    raw: as train_inputs in DATA is shaped. Of a table, input_names there says what the
    columns are: gaps are filled, and a word is a 1 in the column that names it.
    """
    with np.load(DATA) as arrays:
        values = (raw - arrays["input_shift"]) / arrays["input_scale"]
    return torch.from_numpy(values.astype(np.float32)).to(DEVICE)


'''.lstrip("\n")
LOADING = '''
def load(part: str) -> tuple[Tensor, Tensor]:
    """Inputs and targets of a part of the data, "train" or "valid"."""
    with np.load(DATA) as arrays:
        inputs = torch.from_numpy(arrays[f"{part}_inputs"])
        targets = TARGETS
LAID_OUT    return inputs.to(DEVICE), targets.to(DEVICE)


SCALEDTYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "I32": "<i4"}


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read safetensors: the header's length, the header as JSON, then the numbers."""
    content = path.read_bytes()
    begin = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:begin])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        first, last = (begin + offset for offset in entry["data_offsets"])
        flat = np.frombuffer(content[first:last], TYPES[entry["dtype"]])
        tensors[name] = torch.from_numpy(flat.reshape(entry["shape"]).copy())
    return tensors


def write_weights(path: Path, tensors: dict[str, Tensor]) -> None:
    """Write safetensors that read_weights reads."""
    header, pieces, at = {}, [], 0
    for name, tensor in tensors.items():
        array = tensor.detach().cpu().contiguous().numpy()
        kind = {"float32": "F32", "int64": "I64"}[array.dtype.name]
        pieces.append(array.tobytes())
        place = [at, at + len(pieces[-1])]
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": place}
        at = place[1]
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(pieces))
'''
MAIN = '''
def main() -> None:
    """Train, or tell how good the weights are."""
    parser = argparse.ArgumentParser(description="Train this network, or score it.")
    parser.add_argument("--evaluate", action="store_true", help="score the weights")
    parser.add_argument("--save", type=Path, help="where trained weights are kept")
    args = parser.parse_args()
    if not DATA.exists():
        parser.error(
            f"there is no {DATA.name} beside this file. "
            "Save arrays there, under the names in load()."
        )
    if args.evaluate:
        model = Network().to(DEVICE)
        try:
            model.load_state_dict(read_weights(WEIGHTS))
        except FileNotFoundError:
            parser.error(
                f"there is no {WEIGHTS.name} beside this file. "
                f"Train first, with --save {WEIGHTS.name}."
            )
        except (RuntimeError, ValueError, KeyError):
            parser.error(
                f"{WEIGHTS.name} is not of this network. "
                f"Train it anew, with --save {WEIGHTS.name}."
            )
        loss, told = evaluate(model, "valid")
        print(f"validation loss {loss:.6f}, {told}")
        return
    model = train()
    if args.save:
        write_weights(args.save, model.state_dict())


if __name__ == "__main__":
    main()
'''
