"""The ONNX file of a network: its operators, weights and metadata, and whether onnxruntime computes what torch does.

Needs the extra `onnx`, which is imported when a file is written. What the operators are is said in onnx_graph.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground import __version__
from playground.exchange.names import harmless
from playground.exchange.onnx_graph import End, OnnxGraph
from playground.exchange.onnx_sheet import Body, Name, Operator
from playground.exchange.problem import ExportProblem
from playground.exchange.scaling import Scaling
from playground.exchange.subject import Described
from playground.graph.problem import Report
from playground.layers.ends import Input, Output

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, ValueInfoProto

OPSET, FORMAT = 17, 8
"""Of 2022: what onnxruntime 1.12, TensorRT 8.6, OpenVINO 2022.3 and newer read. FORMAT: IR_VERSION."""
BATCH = "N"
"""The name of the number of examples, which is left open."""
MOST_BYTES = 2**31 - 2**20
"""What protobuf can hold in one file, with some room."""
MOST_FIGURES = 10_000
"""Of a scaling in the metadata."""
MISSING = (
    "ONNX files need the packages onnx and onnxruntime, which are not installed: pip install “nn-playground[onnx]”."
)


@dataclass(frozen=True)
class OnnxFile:
    """A model, and how its weights came to be."""

    content: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    operators: int


@dataclass(frozen=True)
class About:
    """What is said of a model beside its operators."""

    classes: tuple[str, ...] = ()
    inputs: Scaling | None = None
    answers: Scaling | None = None
    """Of predicted numbers."""
    rebuilt: Scaling | None = None
    """Of inputs that are given back."""


def need_onnx(*names: str) -> None:
    """Raise ExportProblem if a package of the extra is not installed."""
    if any(find_spec(name) is None for name in names or ("onnx",)):
        raise ExportProblem(MISSING)


def onnx_file(
    document: Described, report: Report, weights: Mapping[str, NDArray[Any]], about: About | None = None
) -> OnnxFile:
    """The model of a network without errors, checked by the onnx package.

    weights: of all its layers, by "<layer>.<name>". Raises: ExportProblem: If it cannot be said, or onnx is missing.
    """
    if report.errors:
        problem = report.errors[0]
        where = f"{problem.node}: " if problem.node else ""
        raise ExportProblem(f"The network cannot be written as ONNX yet. {where}{problem.text}")
    need_onnx("onnx")
    from onnx import checker

    graph = OnnxGraph(report, weights)
    size = sum(value.nbytes for value in graph.sheet.constants.values())
    if size > MOST_BYTES:
        raise ExportProblem(
            f"The weights take {size / 2**30:.1f} GB, and an ONNX file holds 2 GB at most. Export Python instead."
        )
    model = _model(document, graph, about or About())
    checker.check_model(model, full_check=True)
    return OnnxFile(
        model.SerializeToString(deterministic=True),
        tuple(end.name for end in graph.inputs),
        tuple(end.name for end in graph.outputs),
        len(graph.sheet.operators),
    )


def _model(document: Described, graph: OnnxGraph, about: About) -> ModelProto:
    from onnx import helper, numpy_helper

    said = {end.name: _said_of(graph, end) for end in (*graph.inputs, *graph.outputs)}
    used = {name for operator in _all(graph.sheet.operators) for name in operator.inputs}
    made = helper.make_graph(
        [_node(operator) for operator in graph.sheet.operators],
        "network",
        [_end(end, said[end.name]) for end in graph.inputs],
        [_end(end, said[end.name]) for end in graph.outputs],
        [numpy_helper.from_array(np.asarray(value, order="C"), name) for name, value in graph.sheet.constants.items()
         if name in used],
        doc_string=harmless(document.name),
    )  # fmt: skip
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=FORMAT,
        producer_name="Neural Network Playground",
        producer_version=__version__,
    )
    helper.set_model_props(model, _metadata(document, graph, about))
    return model


def _all(operators: list[Operator] | tuple[Operator, ...]) -> list[Operator]:
    """Those in the bodies of loops too."""
    found = list(operators)
    for operator in operators:
        body = operator.attributes.get("body")
        found += _all(body.operators) if isinstance(body, Body) else []
    return found


def _node(operator: Operator) -> NodeProto:
    from onnx import helper

    attributes = {
        name: _body(value, operator.layer) if isinstance(value, Body) else value
        for name, value in operator.attributes.items()
    }
    name = operator.outputs[0] if operator.type != "Scan" else f"loop of {operator.layer}"
    return helper.make_node(
        operator.type, operator.inputs, operator.outputs, name=f"{name} ({operator.type})", **attributes
    )


def _body(body: Body, layer: str) -> GraphProto:
    from onnx import helper

    def ends(names: tuple[Name, ...]) -> list[ValueInfoProto]:
        return [helper.make_tensor_value_info(name, 1, None) for name in names]

    return helper.make_graph(
        [_node(each) for each in body.operators], f"a step of {layer}"[:200], ends(body.inputs), ends(body.outputs)
    )


def _end(end: End, said: str) -> ValueInfoProto:
    from onnx import helper

    return helper.make_tensor_value_info(end.name, 1, [BATCH, *end.dims], said)


def _said_of(graph: OnnxGraph, end: End) -> str:
    """In a sentence what goes in or comes out there."""
    layer = graph.wiring.flat.nodes.get(end.name)
    if isinstance(layer, Input):
        if layer.reads == "answers":
            return "The answers so far, as codes."
        which = f"Columns {layer.columns} of the data" if layer.columns else "The data"
        return f"{which}, scaled as “preprocessing” in the metadata says."
    if not isinstance(layer, Output):
        return ""
    if layer.rebuilds:
        return f"The input as the network rebuilds it, scaled; “postprocessing {end.name}” in the metadata leads back."
    kinds = {
        "cross_entropy": "Raw scores of the classes; their softmax are probabilities.",
        "binary_cross_entropy": "Raw scores; their sigmoid are probabilities.",
        "hinge": "Raw scores, of which the largest, or the sign, tells the class.",
        "mean_squared_error": "Predicted numbers, scaled as the targets were; "
        f"“postprocessing {end.name}” in the metadata leads back.",
    }
    return kinds[layer.loss]


def _metadata(document: Described, graph: OnnxGraph, about: About) -> dict[str, str]:
    found = {"project": document.name, "program": f"Neural Network Playground {__version__}"}
    found["data"] = document.data.source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    if about.classes:
        found["classes"] = json.dumps(list(about.classes), ensure_ascii=False)
    found |= _scaling("preprocessing", "(x - shift) / scale", about.inputs)
    nodes = graph.wiring.flat.nodes
    for end in graph.outputs:
        if isinstance(layer := nodes.get(end.name), Output):
            found[f"loss {end.name}"] = layer.loss
            figures = about.answers if layer.task == "numbers" else None
            if layer.rebuilds and about.rebuilt is not None:
                figures = _laid_out(about.rebuilt, end)
            found |= _scaling(f"postprocessing {end.name}", "y * scale + shift", figures)
    return found


def _laid_out(flat: Scaling, end: End) -> Scaling:
    """As that output is, of a value each; one for all where they are equal."""
    if np.ptp(flat.shift) == 0 and np.ptp(flat.scale) == 0:
        return Scaling(flat.shift[:1], flat.scale[:1])
    return Scaling(flat.shift.reshape(end.dims), flat.scale.reshape(end.dims))


def _scaling(key: str, formula: str, figures: Scaling | None) -> dict[str, str]:
    """An entry of the metadata; none where there is nothing to say, or far too much."""
    if figures is None or figures.shift.size > MOST_FIGURES:
        return {}
    said: dict[str, Any] = {"formula": formula, "shift": figures.shift.tolist(), "scale": figures.scale.tolist()}
    if figures.columns:
        said["columns"] = list(figures.columns)
    return {key: json.dumps(said, ensure_ascii=False)}


def difference(content: bytes, inputs: Mapping[str, NDArray[Any]], wanted: Mapping[str, NDArray[Any]]) -> float:
    """The largest difference between what onnxruntime computes and what is wanted, as a share of the largest value.

    Raises: ExportProblem: If onnxruntime is missing or cannot run the model.
    """
    need_onnx("onnxruntime")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        found = session.run(list(wanted), dict(inputs))
    except Exception as error:  # whatever class onnxruntime's C++ side makes up
        words = str(error).splitlines()[0]
        raise ExportProblem(f"onnxruntime cannot run the model: {words} Export Python instead.") from error
    worst = 0.0
    for mine, its in zip(found, wanted.values(), strict=True):
        scale = max(1.0, float(np.abs(its).max(initial=0.0)))
        worst = max(worst, float(np.abs(np.asarray(mine) - its).max(initial=0.0)) / scale)
    return worst
