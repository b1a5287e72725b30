"""Weights as safetensors, never pickle: out under the names of the written code's class, and in again by name.

Importing it brings no torch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.exchange.problem import ExportProblem

if TYPE_CHECKING:
    from playground.engine.compile import Network
    from playground.graph.model import Graph

MOST_BYTES = 4 * 2**30
MOST_HEADER = 64 * 2**20
NAMED = 5
"""How many of the tensors that do not fit a message names."""

Weights = Mapping[str, NDArray[Any]]


def under_attributes(weights: Weights, attributes: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """Weights "<layer>.<name>" as "<attribute>.<name>"; those of layers without an attribute of their own are left out.

    >>> list(under_attributes({"conv1.2.weight": np.zeros(1)}, {"conv1.2": "conv1_2"}))
    ['conv1_2.weight']
    """
    found: dict[str, NDArray[Any]] = {}
    longest_first = sorted(attributes, key=len, reverse=True)
    owners = {id: f"{attributes[id]}." for id in longest_first}
    for name, value in weights.items():
        owner = _owner(name, owners)
        if owner is not None:
            found.setdefault(owners[owner] + name[len(owner) + 1 :], value)
    return found


def _owner(name: str, owners: Mapping[str, str]) -> str | None:
    """The layer a weight belongs to: the longest beginning that is one, since a copy's name holds a dot."""
    end = len(name)
    while (end := name.rfind(".", 0, end)) > 0:
        if name[:end] in owners:
            return name[:end]
    return None


def as_safetensors(weights: Weights, about: Mapping[str, str] | None = None) -> bytes:
    """The file's content. about: words for its header. Raises ExportProblem for weights that are no numbers."""
    from safetensors.numpy import save

    if broken := [name for name, value in weights.items() if not np.isfinite(value).all()]:
        raise ExportProblem(f"Some weights of {broken[0]} are no numbers. Train the network anew.")
    whole = {name: np.asarray(value, order="C") for name, value in weights.items()}
    return save(whole, metadata=dict(about) if about else None)


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """Every tensor of a safetensors file, by name. Raises ExportProblem: nothing in it is trusted."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ExportProblem(
                f"{path} has {size / 2**20:,.0f} MB; at most {MOST_BYTES / 2**20:,.0f} MB are read. Choose another."
            )
        content = path.read_bytes()
    except OSError as error:
        raise ExportProblem(f"{path} cannot be read: {error.strerror or error}. Choose another file.") from error
    if len(content) < 8 or int.from_bytes(content[:8], "little") > min(MOST_HEADER, len(content) - 8):
        raise ExportProblem(f"{path} is not a safetensors file, or it was cut short. Choose another, or copy it again.")
    try:
        return dict(load(content))
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        kinds = _kinds(content)
        more = f" It holds numbers of the kind {kinds}, which cannot be read here." if kinds else ""
        raise ExportProblem(f"The weights in {path} are damaged.{more} Choose another file.") from error


def _kinds(content: bytes) -> str:
    """Kinds of numbers that numpy has not, such as BF16."""
    try:
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        kinds = {entry["dtype"] for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
    return ", ".join(sorted(str(kind)[:10] for kind in kinds & {"BF16", "F8_E4M3", "F8_E5M2"}))


def is_of(weights: Weights, graph: Graph) -> bool:
    """Whether weights "<layer>.<name>" are all that this network has, and of its sizes."""
    import torch

    from playground.engine.compile import CompileProblem, build

    try:
        with torch.device("meta"):  # only names and sizes are wanted, no numbers
            own = build(graph).state_dict()
    except CompileProblem:
        return False
    return weights.keys() == own.keys() and all(weights[name].shape == tuple(own[name].shape) for name in own)


def completed(weights: Weights, graph: Graph) -> dict[str, NDArray[Any]]:
    """Weights "<layer>.<name>" with what another tool's file does not hold, so that they are all of this network's.

    Counters of batches begin at 0, and a layer that uses another's weights has that one's. Those of a network with
    problems stay as they are.
    """
    import torch

    from playground.engine.compile import CompileProblem, build

    found = dict(weights)
    try:
        with torch.device("meta"):  # only names and sizes are wanted, no numbers
            own = build(graph).state_dict()
    except CompileProblem:
        return found
    for name, value in own.items():
        id, _, rest = name.partition(".")
        lender = f"{getattr(graph.nodes.get(id), 'shares', '')}.{rest}"
        kind = np.int64 if name.endswith("num_batches_tracked") else np.float32
        found.setdefault(name, found[lender] if lender in found else np.zeros(tuple(value.shape), kind))
    return {name: found[name] for name in own}


def weights_from(path: Path, network: Network, attributes: Mapping[str, str] | None = None) -> int:
    """Load all of a network's weights from a safetensors file; how many numbers they are.

    The tensors have the names of the network's own ("<layer>.<name>"), or those of the written class, if attributes
    says which these are. Counters of batches (num_batches_tracked) may be missing.
    Raises: ExportProblem: If names or shapes differ, naming at most five; the network is then as it was.
    """
    import torch

    own = network.state_dict()
    found = read_weights(path)
    names = {name: _file_name(name, attributes or {}, found) for name in own}
    loadable = {name: found[names[name]] for name in own if names[name] in found}
    missing = [name for name in own if name not in loadable and not name.endswith("num_batches_tracked")]
    strange = [name for name in sorted(found) if name not in set(names.values())]
    if missing or strange:
        raise ExportProblem(_other_names(path, missing, strange))
    wrong = [
        f"{name} is {_sides(value.shape)} and not {_sides(own[name].shape)}"
        for name, value in loadable.items()
        if tuple(value.shape) != tuple(own[name].shape)
    ]
    if wrong:
        raise ExportProblem(
            f"The weights in {path} are of a network with other sizes: {_listed(wrong)}. Set the layers to those "
            "sizes, or choose another file."
        )
    if broken := [name for name, value in loadable.items() if not np.isfinite(value).all()]:
        raise ExportProblem(f"Some weights in {path} are no numbers: {_listed(broken)}. Choose another file.")
    tensors = {name: torch.from_numpy(np.array(value)) for name, value in loadable.items()}
    network.load_state_dict(tensors, strict=False)
    return sum(int(value.size) for value in loadable.values())


def _file_name(name: str, attributes: Mapping[str, str], found: Weights) -> str:
    """Under which name a file holds a weight."""
    if name in found:
        return name
    owner = _owner(name, attributes)
    return name if owner is None else f"{attributes[owner]}.{name[len(owner) + 1 :]}"


def _other_names(path: Path, missing: list[str], strange: list[str]) -> str:
    parts = [f"it lacks {_listed(missing)}"] if missing else []
    parts += [f"it has {_listed(strange)}, which the network has not"] if strange else []
    return (
        f"The weights in {path} are of another network: {'; '.join(parts)}. Build the same network with the same "
        "names, or choose another file."
    )


def _listed(names: list[str]) -> str:
    shown = ", ".join(name[:80] for name in names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} and {len(names) - NAMED} more"


def _sides(shape: Any) -> str:
    return "×".join(map(str, shape)) or "a single number"
