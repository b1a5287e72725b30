"""Weights go out as safetensors under the written class's names, and come in by name or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from playground.app.document import make_project
from playground.engine.compile import build
from playground.exchange.problem import ExportProblem
from playground.exchange.python_code import attributes
from playground.exchange.weights_file import as_safetensors, under_attributes, weights_from
from playground.layers.dense import Dense
from tests.engine.nets import net
from tests.exchange.test_odd_graphs_as_code import repeated, shared
from tests.exchange.written import Description, shaken

NET = net(Dense(units=4), Dense(units=3))


def stored(network: torch.nn.Module) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in network.state_dict().items()}


def refusal(path: Path, graph=NET) -> str:
    """What is said of a file; the network must then be as it was."""
    network = build(graph)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with pytest.raises(ExportProblem) as raised:
        weights_from(path, network)
    assert all((value == before[name]).all() for name, value in network.state_dict().items())
    return str(raised.value).replace(str(path), "FILE")


def test_weights_go_out_and_in_bit_for_bit(tmp_path: Path) -> None:
    graph = make_project("cifar-resnet-20")[0].graph
    names = attributes(Description(graph))
    theirs, ours = shaken(build(graph)), build(graph, seed=1)
    (tmp_path / "w.safetensors").write_bytes(as_safetensors(under_attributes(stored(theirs), names)))

    count = weights_from(tmp_path / "w.safetensors", ours, names)

    assert count == sum(value.numel() for value in theirs.state_dict().values())
    assert all((value == theirs.state_dict()[name]).all() for name, value in ours.state_dict().items())


@pytest.mark.parametrize("graph", [shared(), repeated()], ids=["shared", "repeated"])
def test_shared_and_repeated_weights_go_out_and_in(graph, tmp_path: Path) -> None:
    names = attributes(Description(graph))
    theirs, ours = shaken(build(graph)), build(graph, seed=1)
    (tmp_path / "w.safetensors").write_bytes(as_safetensors(under_attributes(stored(theirs), names)))

    weights_from(tmp_path / "w.safetensors", ours, names)

    assert all((value == theirs.state_dict()[name]).all() for name, value in ours.state_dict().items())


def test_others_read_what_is_written_and_the_other_way_round(tmp_path: Path) -> None:
    theirs = shaken(build(NET))
    (tmp_path / "w.safetensors").write_bytes(as_safetensors(stored(theirs), {"made with": "it"}))
    assert all(
        (value == theirs.state_dict()[name]).all() for name, value in load_file(tmp_path / "w.safetensors").items()
    )

    save_file({name: value + 1 for name, value in theirs.state_dict().items()}, tmp_path / "t.safetensors")
    ours = build(NET)
    weights_from(tmp_path / "t.safetensors", ours)
    assert all((value == theirs.state_dict()[name] + 1).all() for name, value in ours.state_dict().items())


def test_other_names_are_told_at_most_five(tmp_path: Path) -> None:
    save_file({f"layer{at}.weight": torch.zeros(1) for at in range(7)}, tmp_path / "w.safetensors")

    assert refusal(tmp_path / "w.safetensors") == (
        "The weights in FILE are of another network: it lacks dense1.weight, dense1.bias, dense2.weight, dense2.bias, "
        "dense3.weight and 1 more; it has layer0.weight, layer1.weight, layer2.weight, layer3.weight, layer4.weight "
        "and 2 more, which the network has not. Build the same network with the same names, or choose another file."
    )


def test_other_shapes_are_told(tmp_path: Path) -> None:
    wrong = {name: torch.zeros(*value.shape, 2) for name, value in build(NET).state_dict().items() if "1" in name}
    save_file({**build(NET).state_dict(), **wrong}, tmp_path / "w.safetensors")

    assert refusal(tmp_path / "w.safetensors") == (
        "The weights in FILE are of a network with other sizes: dense1.weight is 4×2×2 and not 4×2, dense1.bias is 4×2 "
        "and not 4. Set the layers to those sizes, or choose another file."
    )


def test_weights_that_are_no_numbers_are_refused_both_ways(tmp_path: Path) -> None:
    broken = {**build(NET).state_dict(), "dense1.bias": torch.full((4,), torch.nan)}
    save_file(broken, tmp_path / "w.safetensors")

    assert refusal(tmp_path / "w.safetensors") == (
        "Some weights in FILE are no numbers: dense1.bias. Choose another file."
    )
    with pytest.raises(
        ExportProblem, match=r"^Some weights of dense1\.bias are no numbers\. Train the network anew\.$"
    ):
        as_safetensors({name: value.numpy() for name, value in broken.items()})


HEADER = json.dumps({"dense1.weight": {"dtype": "F32", "shape": [4, 2], "data_offsets": [0, 32]}}).encode()
DAMAGED = {
    "empty": b"",
    "text": b"what is this file" * 9,
    "longer than it is": (10**18).to_bytes(8, "little") + b"{}",
    "cut short": len(HEADER).to_bytes(8, "little") + HEADER + b"\0" * 8,
    "no header": (4).to_bytes(8, "little") + b"[[[[",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_safetensors_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    said = refusal(tmp_path / "w.safetensors")
    assert said.startswith(("FILE is not a safetensors file", "The weights in FILE are damaged."))
    assert said.count(". ") == 1


def test_kinds_of_numbers_that_numpy_lacks_are_named(tmp_path: Path) -> None:
    save_file({"dense1.weight": torch.zeros(4, 2, dtype=torch.bfloat16)}, tmp_path / "w.safetensors")
    assert "the kind BF16" in refusal(tmp_path / "w.safetensors")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.safetensors")
    assert "cannot be read" in refusal(tmp_path)


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.exchange.weights_file.MOST_BYTES", 10)
    (tmp_path / "w.safetensors").write_bytes(b"\0" * 11)
    assert "at most 0 MB are read" in refusal(tmp_path / "w.safetensors")
