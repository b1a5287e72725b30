"""Says whether a network can be trained on some data, what stands in the way, and the ways out.

Never raises for what a person did: only compiling does that. The questions themselves are asked in wiring.py
(edges, loops, ends), repairs.py (shapes), fitting.py (data and loss) and hygiene.py (what is seldom meant); answers
are problem.py's values.
"""

from __future__ import annotations

from collections.abc import Iterator

from playground.graph import fitting, repairs, wiring
from playground.graph.edits import Edit
from playground.graph.hygiene import hygiene
from playground.graph.model import Graph
from playground.graph.problem import Fix, Problem, Report, Severity
from playground.graph.shapes import infer_all
from playground.layers.shape import Signature

__all__ = ["Edit", "Fix", "Problem", "Report", "Severity", "check"]


def check(graph: Graph, signature: Signature | None = None) -> Report:
    """The shapes that are known, and every problem with its fixes; with a signature, also how the ends fit the data.

    Checking again after an edit asks only the layers whose settings or inputs are new.
    """
    sound, stray = wiring.sound(graph)
    shapes, broken = infer_all(sound)

    def problems() -> Iterator[Problem]:
        yield from stray
        yield from wiring.ends(sound, shapes, signature)
        yield from wiring.loops(sound)
        yield from wiring.loose_ends(sound, shapes)
        if signature is not None:
            yield from fitting.misfits(sound, signature)
        yield from repairs.shape_problems(sound, broken)
        yield from fitting.too_large(sound, shapes)
        yield from fitting.advice(sound)
        yield from hygiene(sound, shapes, signature)

    return Report(shapes, tuple(problems()))
