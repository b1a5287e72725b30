"""Branches, loops, states, shared and frozen weights, several ends, films, and names that want to be code."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.data.dataset import DataChoice
from playground.engine.compile import build
from playground.exchange.problem import ExportProblem
from playground.exchange.python_code import attributes, python_code
from playground.exchange.weights_file import under_attributes
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.model import Block, Graph
from playground.layers.shape import Signature
from tests.engine import test_loops, test_states
from tests.exchange.written import Description, both, close, drawn, imported, shaken, wired
from tests.graph.random_graphs import SIGNATURES
from tests.graph.random_graphs import wired as random_wired
from tests.graph.test_ok_can_be_built import clicked_through

SEQUENCE, IMAGE, FILM = (5, 3), (2, 6, 6), (4, 2, 6, 6)
END = {"flat": ("Flatten", {}), "scores": ("Dense", {"units": 2}), "end": ("Output", {})}
ENDING = ("flat scores", "scores end")


def loop_in_images() -> Graph:
    """A convolution over a film that gets its own last picture back beside the next."""
    return wired(
        {
            "begin": ("Input", {"dims": FILM}),
            "conv": ("Conv2d", {"filters": 3, "activation": "tanh"}),
            "pool": ("MaxPool2d", {}),
            "frames": ("Flatten", {}),
            **END,
        },
        "begin conv", "conv conv image back", "conv pool", "pool frames", "frames flat", *ENDING,
    )  # fmt: skip


def loop_of_two() -> Graph:
    """Two layers in a loop, a third outside that a feedback edge feeds, and a constant beside the sequence."""
    return wired(
        {
            "begin": ("Input", {"dims": SEQUENCE}),
            "mean": ("Flatten", {}),
            "constant": ("Dense", {"units": 4}),
            "inner": ("Dense", {"units": 4, "activation": "relu"}),
            "sum": ("Add", {}),
            "late": ("Tanh", {}),
            **END,
        },
        "begin mean", "mean constant", "begin inner", "inner sum", "constant sum", "sum inner values back",
        "sum late inputs back", "late flat", *ENDING,
    )  # fmt: skip


def shared() -> Graph:
    """One layer's weights in two places, another's in a place of another size, and normalisation with own figures."""
    return wired(
        {
            "left": ("Input", {"dims": (4,), "columns": "1-4"}),
            "right": ("Input", {"dims": (4,), "columns": "6, 5, 8, 7"}),
            "one": ("Dense", {"units": 4, "activation": "tanh"}),
            "two": ("Dense", {"units": 4, "activation": "tanh", "shares": "one"}),
            "norm": ("BatchNorm", {}),
            "norm2": ("BatchNorm", {"shares": "norm"}),
            "frozen": ("Dense", {"units": 4, "trainable": False}),
            "near": ("DotProduct", {}),
            **END,
        },
        "left one", "right two", "one norm", "two norm2", "norm frozen", "frozen near first", "norm2 near second",
        "near flat", *ENDING,
    )  # fmt: skip


def film() -> Graph:
    return wired(
        {
            "begin": ("Input", {"dims": FILM}),
            "conv": ("Conv2d", {"filters": 3, "kernel": 4, "stride": 2, "padding": "tf_same", "activation": "relu"}),
            "norm": ("BatchNorm", {}),
            "rows": ("Flatten", {}),
            "lstm": ("LSTM", {"units": 3, "layers": 2, "bidirectional": True}),
            **END,
        },
        "begin conv", "conv norm", "norm rows", "rows lstm", "lstm flat", *ENDING,
    )  # fmt: skip


def many_ways_together() -> Graph:
    names = [f"a_branch_with_quite_a_long_name_{number}" for number in range(6)]
    branches = {name: ("Dense", {"units": 3, "activation": "leaky_relu"}) for name in names}
    merges = {kind: (kind.capitalize(), {}) for kind in ("add", "maximum", "average", "multiply", "concat")}
    edges = [f"begin {name}" for name in names] + [f"{name} {kind}" for kind in merges for name in names]
    joined = {"all": ("Concat", {}), "sums": ("Add", {})}
    edges += ["concat all", *(f"{kind} sums" for kind in merges if kind != "concat"), "sums all", "all flat"]
    return wired({"begin": ("Input", {"dims": (4,)}), **branches, **merges, **joined, **END}, *edges, *ENDING)


def repeated() -> Graph:
    graph = wired(
        {"begin": ("Input", {"dims": (4,)}), "one": ("Dense", {"units": 4}), "act": ("Tanh", {}), **END},
        "begin one", "one act", "act flat", *ENDING,
    )  # fmt: skip
    return Graph(graph.nodes, graph.edges, {"block": Block("A part", ("one", "act"), repeat=3)})


CASES = {
    "a loop in images": (loop_in_images(), FILM),
    "a loop of two": (loop_of_two(), SEQUENCE),
    "a layer that feeds itself": (test_loops.one_layer(), (test_loops.STEPS, test_loops.FEATURES)),
    "a loop with weights of its own": (test_loops.two_layers(), (test_loops.STEPS, test_loops.FEATURES)),
    "shared and frozen": (shared(), (8,)),
    "a film": (film(), FILM),
    "many merges": (many_ways_together(), (4,)),
    "repeated": (repeated(), (4,)),
    **{f"{kind} states": (test_states.coder(kind), SEQUENCE) for kind in ("RNN", "LSTM", "GRU")},
    "stacked states": (test_states.coder("LSTM", layers=2, bidirectional=True), SEQUENCE),
}


@pytest.mark.parametrize("name", CASES)
def test_it_gives_the_same_as_the_engine(name: str, tmp_path: Path) -> None:
    graph, dims = CASES[name]
    assert check(graph).errors == ()
    theirs, ours = both(Description(graph), tmp_path)
    inputs = drawn(3, *dims)

    with torch.no_grad():
        close(ours(inputs), theirs(inputs))


def test_shared_weights_are_one_and_frozen_ones_stand_still(tmp_path: Path) -> None:
    theirs, ours = both(Description(shared()), tmp_path)

    assert sum(p.numel() for p in ours.parameters()) == theirs.count
    assert ours.norm2.weight is ours.norm.weight
    assert ours.norm2.running_mean is not ours.norm.running_mean
    assert not ours.frozen.weight.requires_grad
    assert ours.one.weight.requires_grad
    assert not hasattr(ours, "two")


def test_the_code_of_all_these_is_formatted(tmp_path: Path) -> None:
    for at, (graph, _) in enumerate(CASES.values()):
        (tmp_path / f"case{at}.py").write_text(python_code(Description(graph)).text, encoding="utf-8")
    for command in (("format", "--check", "--diff"), ("check",)):
        ruff = [str(Path(sys.executable).with_name("ruff")), *command, "--isolated", "--no-cache", str(tmp_path)]
        said = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout


@settings(max_examples=80, deadline=None, derandomize=True)
@given(random_wired(), st.sampled_from(SIGNATURES))
def test_any_network_without_errors_gives_the_same(tmp_path_factory, graph: Graph, signature: Signature) -> None:
    graph = clicked_through(graph, signature)
    report = check(graph, signature)
    assume(report.ok and total(costs(graph, report)).multiply_adds < 10**7)
    theirs, ours = both(Description(graph), tmp_path_factory.mktemp("any"))
    inputs = drawn(2, *signature.input.dims)
    answers = torch.ones(2, signature.steps or 1) if theirs.ends.reads_answers else None

    with torch.no_grad():
        expected = theirs.outputs(inputs, answers)
        found = ours(inputs, answers) if answers is not None else ours(inputs)
    for mine, its in zip(found if isinstance(found, tuple) else (found,), expected, strict=True):
        if torch.isfinite(its).all():
            close(mine, its)


def test_a_network_with_an_error_is_refused_with_the_first_sentence() -> None:
    graph = wired({"begin": ("Input", {"dims": IMAGE}), "dense": ("Dense", {}), "end": ("Output", {})}, "begin dense")

    with pytest.raises(ExportProblem, match=r"^The network cannot be written as code yet\. \w+: "):
        python_code(Description(graph))


EVIL = 'x"""\'\'\'\nimport os; os.system("touch pwned")\\\u202e#'


def evil_graph() -> Graph:
    graph = repeated()
    ids = {
        "begin": "import os",
        "one": "self",
        "act": "__class__",
        "flat": "state_dict",
        "scores": EVIL,
        "end": "torch",
    }
    renamed = Graph(
        {ids[id]: layer for id, layer in graph.nodes.items()},
        tuple(type(edge)(ids[edge.source], ids[edge.target], edge.port) for edge in graph.edges),
    )
    return Graph(renamed.nodes, renamed.edges, {EVIL: Block(EVIL, ("self", "__class__"), repeat=2)})


def test_no_name_of_a_project_becomes_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = DataChoice(source=f"/tmp/{EVIL}")
    description = Description(evil_graph(), name=EVIL, data=data)
    text = python_code(description).text

    assert "\u202e" not in text
    tree = ast.parse(text)
    known = {"argparse", "json", "pathlib", "numpy", "torch", "torch.nn.functional", "__future__", "math", "functools"}
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imports |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imports <= known
    assert not any(isinstance(node, ast.Name) and node.id == "os" for node in ast.walk(tree))
    theirs = shaken(build(description.graph)).eval()
    ours = imported(text, tmp_path).Network().eval()
    weights = {name: value.numpy() for name, value in theirs.state_dict().items()}
    fitting = under_attributes(weights, attributes(description))
    ours.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in fitting.items()})
    with torch.no_grad():
        close(ours(drawn(3, 4)), theirs(drawn(3, 4)))
    assert not (tmp_path / "pwned").exists()
