"""Says whether a network can be trained on some data, what stands in the way, and the ways out.

Never raises for what a person did: only compiling does that. The questions themselves are asked in
wiring.py (edges, loops, ends), sharing.py (weights in two places), repairs.py (shapes), fitting.py (data and loss),
learnable.py (weights to train) and hygiene.py (what is seldom meant); answers are problem.py's values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from playground.graph import fitting, repairs, sharing, wiring
from playground.graph.edits import Edit
from playground.graph.footprint import too_much_memory
from playground.graph.hygiene import hygiene
from playground.graph.learnable import nothing_to_learn
from playground.graph.model import Graph
from playground.graph.problem import Asked, Fix, Problem, Report, Severity
from playground.graph.recheck import recheck
from playground.graph.repeat import written_out
from playground.graph.shapes import infer_all
from playground.layers.shape import Signature

__all__ = ["Edit", "Fix", "Problem", "Report", "Severity", "check"]


def check(
    graph: Graph,
    signature: Signature | None = None,
    batch: int | None = None,
    memory: int | None = None,
    before: Report | None = None,
) -> Report:
    """The shapes that are known, and every problem with its fixes; with a signature, also how the ends fit the data.

    batch: examples a step trains on; memory: bytes the machine has: with them, whether training can be done with them.
    before: what was said before an edit; if there was no problem, only what the edit touched is asked again.
    """
    asked = Asked(signature, batch, memory)
    again = recheck(graph, before, asked) if before is not None else None
    return again if again is not None else _everything(graph, asked)


def _everything(graph: Graph, asked: Asked) -> Report:
    signature, batch, memory = asked.signature, asked.batch, asked.memory
    sound, stray = wiring.sound(graph)
    flat, unrepeated = written_out(sound)
    found = infer_all(flat)

    known = Report(found.shapes, (), found.given, found.times, flat, sound, asked)

    def problems() -> Iterator[Problem]:
        yield from stray
        yield from wiring.ends(sound, found.shapes, signature)
        yield from wiring.loops(sound, signature)
        yield from wiring.loose_ends(sound, found.shapes)
        yield from sharing.problems(sound)
        yield from sharing.differing_inputs(sound, found.given)
        yield from sharing.unrepeated(sound, unrepeated)
        if signature is not None:
            yield from fitting.misfits(sound, found.shapes, signature)
            yield from nothing_to_learn(sound, known)
        yield from repairs.shape_problems(sound, found.broken)
        yield from fitting.too_large(known)
        yield from fitting.advice(sound)
        yield from hygiene(sound, found.shapes, signature, batch)
        if batch is not None and memory is not None:
            yield from too_much_memory(sound, known, batch, memory)

    return replace(known, problems=tuple(problems()))
