"""A graph as the text of a torch class: its layers made in __init__, and computed in forward in the graph's order.

Only layers that an Output needs are written, as engine/compile.py builds them, in its order: so the same seed draws
the same weights. What a single layer is, is said in layer_code.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from playground.exchange.formula_code import arity, method
from playground.exchange.layer_code import RECURRENT, Given, Said, made, said
from playground.exchange.names import WIDTH, Names, comment
from playground.exchange.page import Value, called, chain, literal, named
from playground.exchange.problem import ExportProblem
from playground.exchange.ragged_code import OF_THE_FILE, Ragged
from playground.exchange.wiring import WITH_BUFFERS, Feed, Wiring
from playground.graph.loops import Stage
from playground.graph.model import Graph, NodeId
from playground.graph.problem import Report
from playground.graph.repeat import original
from playground.layers.ends import Output
from playground.layers.layer import Call, Weighted


@dataclass
class Lines:
    """Lines of code, and which of them are whose."""

    text: list[str] = field(default_factory=list)
    of: dict[NodeId, range] = field(default_factory=dict)
    """Of each layer its lines here, counted from 0."""
    heading: list[str] = field(default_factory=list)
    """Written before the next line, if there is one."""

    def add(self, lines: Sequence[str], owner: NodeId | None = None) -> None:
        if lines and self.heading:
            self.text.extend(self.heading if self.text else [line for line in self.heading if line])
            self.heading = []
        first = len(self.text)
        self.text.extend(lines)
        if owner is not None and len(self.text) > first:
            self.of[owner] = range(self.of[owner].start if owner in self.of else first, len(self.text))


class Written:
    """The class of one network, and what it needs beside it."""

    def __init__(self, graph: Graph, report: Report, is_ragged: bool = False) -> None:
        """is_ragged: for sequences of unequal length, which ragged_code.can_say() of this network."""
        self.graph, self.report = graph, report
        self.wiring = wiring = Wiring(report)
        self.flat = wiring.flat
        self.names = Names([*wiring.places, *wiring.lenders], OF_THE_FILE if is_ragged else ())
        self._ragged = Ragged(wiring, self.names) if is_ragged else None
        self.snippets: set[str] = set()
        self.attributes: dict[NodeId, str] = {}
        """The attribute that holds each layer's weights."""
        self.constants: list[str] = []
        """Lists of columns."""
        self.made, self.run, self.methods = Lines(), Lines(), Lines()
        self._variables: dict[NodeId, str] = {}
        self._states: dict[NodeId, str] = {}
        self._block = ("", 1)
        self._write()

    def _variable(self, id: NodeId) -> str:
        """“x” where the next layer alone uses it, else the layer's own name."""
        return "x" if self.wiring.is_passed_on(id) else self.names.of[id]

    # Writing

    def _write(self) -> None:
        self._inputs()
        for stage in self.wiring.stages:
            if stage.is_loop:
                self._loop(stage)
            elif stage.nodes[0] not in self.wiring.inputs:
                self._layer(stage.nodes[0])
        for id in self.wiring.lenders:
            self._attribute(id, self._said(id, ["x"] * len(self.flat.nodes[id].needed_ports())))
        self._tied_and_frozen()
        self.snippets |= self._ragged.needs if self._ragged else set()
        results = [self._variables[id] for id in self.wiring.outputs]
        self.run.add([f"        return {', '.join(results)}"])

    def _inputs(self) -> None:
        inputs = self.wiring.inputs
        self.run.add(self._ragged.begin() if self._ragged else [])
        for id, layer in inputs.items():
            if layer.reads == "answers":
                self._variables[id] = "answers"
                continue
            if layer.chosen:
                list_name = self.names.fresh(f"{self.names.of[id][:20]}_columns").upper()
                self.constants += listed(list_name, columns(layer.chosen))
                axis = "" if self.report.shapes[id].rank < 3 else ", :, :"
                value = named("x").behind(f"[..., {list_name}{axis}]")
            else:
                value = named("x")
            self._variables[id] = self._variable(id) if id == list(inputs)[-1] else self.names.of[id]
            self.run.add(value.written(self._variables[id], 8), id)

    def _layer(self, id: NodeId) -> None:
        self._say_block(id)
        given = self._given(id, {})
        if isinstance(self.flat.nodes[id], Output):
            assert given[0] is not None
            self._variables[id] = given[0]
            return
        self._compute(id, given, self._variable(id), 8)

    def _compute(self, id: NodeId, given: Given, variable: str, indent: int) -> None:
        """Write what a layer gives into a variable."""
        call = self.wiring.calls[id]
        assert call is not None
        frames = self.report.times.get(id, 0) if id not in self.wiring.looped else 0
        if frames:
            given = [f"{given[0]}.flatten(0, 1)", *given[1:]]
        if self._ragged:
            lines, given = self._ragged.before(id, given, variable)
            self.run.add(lines, id)
        is_recurrent = call.name in RECURRENT
        found = self._recurrent(id, call, given, variable, indent) if is_recurrent else self._said(id, given)
        self._attribute(id, found)
        value = found.value.method("unflatten", "0", ("-1", str(frames))) if frames else found.value
        self._variables[id] = variable
        if self.wiring.uses[id] and id in self._states and all(feed.is_state for feed in self._feeds_from(id)):
            return  # its state alone is used
        self.run.add(value.written(variable, indent), id)
        self.run.add(self._ragged.after(id, self._attribute_of(id), variable) if self._ragged else [], id)

    def _feeds_from(self, id: NodeId) -> Iterable[Feed]:
        return (feed for user in self.wiring.uses[id] for feed in self.wiring.feeds[user] if feed.edge.source == id)

    def _said(self, id: NodeId, given: Given) -> Said:
        call = self.wiring.calls[id]
        assert call is not None
        if call.name == "expression":
            tree = call.args[0]
            if id not in self.methods.of:
                self.methods.add(["", *method(self.names.of[id], tree)], id)
            return Said(Value(f"self.{self.names.of[id]}", tuple(given[: arity(tree)])))
        if call.name in RECURRENT:
            return Said(named("x"), made(call))
        found = said(call, self._attribute_of(id), given)
        if found is None:
            raise ExportProblem(
                f"The layer {id} ({self.flat.nodes[id].type_title}) cannot be said in plain PyTorch. Replace it, or "
                "hand the weights over as safetensors."
            )
        mixed = self._ragged.value(id, self._attribute_of(id), given) if self._ragged else None
        return found if mixed is None else replace(found, value=mixed)

    def _recurrent(self, id: NodeId, call: Call, given: Given, variable: str, indent: int) -> Said:
        """A recurrent layer: torch's own where its state is neither given nor wanted, else one with a flat state."""
        name, passed = self._attribute_of(id), dict(call.then[0].kwargs)
        returns, hidden, wide = passed["returns"], passed["hidden"], passed["wide"]
        arrived = [value for value in given if value is not None]
        is_plain = len(arrived) == 1 and id not in self.wiring.wanted_states and returns != "state"
        led = self._ragged.recurrent(id, name, arrived) if self._ragged else None
        own = led or Value(f"self.{name}", tuple(arrived))
        if is_plain and (returns == "sequence" or call.args[1] == wide == hidden):
            value = own.behind("[0]")
            return Said(value if returns == "sequence" else value.behind("[:, -1]"), made(call))
        if id in self.wiring.wanted_states or returns == "last":
            self._states[id] = self.names.fresh(f"{self.names.of[id][:20]}_state")
        state = self._states.get(id, "_" if returns == "sequence" else variable)
        pair = f"{variable if returns == 'sequence' else '_'}, {state}"
        self.run.add(called(f"{pair} = {own.head}", own.args, indent), id)
        value = named(variable if returns == "sequence" else state)
        if returns == "last" and (hidden - wide, hidden) != (0, self._state_size(id)):
            value = value.behind(f"[:, {hidden - wide}:{hidden}]")
        class_name = f"{call.name.removeprefix('nn.')}WithState"
        return Said(value, made(call, class_name), (class_name,))

    def _state_size(self, id: NodeId) -> int:
        state = self.flat.nodes[id].final_state()
        return state.size if state is not None else 0

    def _loop(self, stage: Stage) -> None:
        """A loop led through time, a step after the other, from zeros."""
        inner = list(stage.nodes)
        outside = {feed.edge.source for id in inner for feed in self.wiring.feeds[id]} - set(inner)
        shapes = self.report.shapes
        timed = [id for id in self.wiring.places if id in outside and (shapes[id].is_sequence or shapes[id].is_film)]
        carried = list(dict.fromkeys(f.edge.source for id in inner for f in self.wiring.feeds[id] if f.edge.feedback))
        first = self._variables[timed[0]]
        before = {id: self.names.fresh(f"{self.names.of[id]}_before") for id in carried}
        kept = {id: self.names.fresh(f"{self.names.of[id]}_steps") for id in inner if self._leaves(id, inner)}
        self.run.add(comment(f"Through time: {', '.join(inner)}", 8))
        for id in carried:
            dims = shapes[id].frame.dims if id in inner or id in timed else shapes[id].dims[1:]
            sizes = (f"len({first})", *map(literal, dims))
            self.run.add(called(f"{before[id]} = {first}.new_zeros", sizes, 8))
        for name in kept.values():
            self.run.add([f"        {name} = []"])
        self.run.add([f"        for time in range({first}.shape[1]):"])
        outer = {id: f"{self._variables[id]}[:, time]" for id in timed}
        for id in inner:
            self._compute(id, self._given(id, outer, before, 12), self.names.of[id], 12)
        for id in carried:
            self.run.add([f"            {before[id]} = {outer.get(id, self._variables[id])}"])
        for id, name in kept.items():
            self.run.add([f"            {name}.append({self._variables[id]})"])
        for id, name in kept.items():
            self.run.add([f"        {self._variables[id]} = torch.stack({name}, 1)"])

    def _leaves(self, id: NodeId, inner: list[NodeId]) -> bool:
        return any(user not in inner for user in self.wiring.uses[id])

    def _given(
        self, id: NodeId, outer: dict[NodeId, str], before: dict[NodeId, str] | None = None, indent: int = 8
    ) -> Given:
        """Code of what arrives, a port after the other; several at one port meet as the layer has it."""
        layer, given = self.flat.nodes[id], Given()
        for port in layer.ports():
            feeds = [feed for feed in self.wiring.feeds[id] if feed.edge.port == port]
            brought = [self._brought(feed, outer, before) for feed in feeds]
            if feeds and layer.takes_several(port):
                given += brought
            elif len(feeds) < 2:
                given.append(brought[0] if brought else None)
            else:
                joined = self.names.fresh(f"{self.names.of[id][:22]}_input")
                value = chain("+", brought)
                if layer.weighs:
                    shape = self.report.shapes[feeds[0].edge.source]
                    images = (shape.rank if before is None else shape.rank - 1) >= 3
                    value = Value("torch.cat", (tuple(brought), "-3" if images else "-1"))
                self.run.add(value.written(joined, indent), id)
                given.append(joined)
        return given

    def _brought(self, feed: Feed, outer: dict[NodeId, str], before: dict[NodeId, str] | None) -> str:
        source = feed.edge.source
        if feed.edge.feedback and before is not None:
            return before[source]
        value = self._states[source] if feed.is_state else outer.get(source, self._variables[source])
        if not feed.edge.feedback:
            return value
        self.snippets.add("step_before")
        return f"step_before({value})"

    # Attributes

    def _attribute_of(self, id: NodeId) -> str:
        """The attribute a layer computes with: another layer's, where it is altogether that one."""
        layer = self.flat.nodes[id]
        other = layer.shares if isinstance(layer, Weighted) else ""
        call = self.wiring.calls[id]
        same = other and call == self.wiring.calls[other] and call is not None and call.name not in WITH_BUFFERS
        return self.names.of[other if same else id]

    def _attribute(self, id: NodeId, found: Said) -> None:
        self.snippets.update(found.needs)
        if found.made is None:
            return
        self.attributes[id] = self._attribute_of(id)
        if self.attributes[id] != self.names.of[id]:
            return
        head, args = found.made
        if found.is_buffer:
            whole = [literal(self.names.of[id]), f"{head}({', '.join(args)})", "persistent=False"]
            self.made.add(called("self.register_buffer", whole, 8), id)
        else:
            self.made.add(called(f"self.{self.names.of[id]} = {head}", args, 8), id)

    def _tied_and_frozen(self) -> None:
        for id, attribute in self.attributes.items():
            layer = self.flat.nodes[id]
            if not isinstance(layer, Weighted):
                continue
            if layer.shares and attribute == self.names.of[id]:
                self.snippets.add("tie")
                self.made.add([f"        tie(self.{attribute}, self.{self.names.of[layer.shares]})"])
            if not layer.trainable:
                self.made.add([f"        self.{attribute}.requires_grad_(False)"])

    def _say_block(self, id: NodeId) -> None:
        """A comment where a block begins, and where one ends."""
        block = self.graph.block_of.get(original(id), "")
        copy = id.partition(".")[2]
        number = int(copy) if copy.isdecimal() else 1
        if (block, number) == self._block:
            return
        self._block = (block, number)
        lines = [""]
        if block:
            titled = self.graph.blocks[block]
            lines += comment(f"{titled.title} ({number} of {titled.repeat})" if titled.repeat > 1 else titled.title, 8)
        self.made.heading, self.run.heading = lines, lines


def columns(chosen: tuple[int, ...]) -> list[str]:
    """Columns as code; many in a row as a range.

    >>> columns((0, 1, 2, 6)), columns((*range(20), 30))
    (['0', '1', '2', '6'], ['*range(20)', '30'])
    """
    parts: list[str] = []
    start = 0
    for at in range(1, len(chosen) + 1):
        if at == len(chosen) or chosen[at] != chosen[at - 1] + 1:
            run = chosen[start:at]
            parts += [f"*range({f'{run[0]}, ' if run[0] else ''}{run[-1] + 1})"] if len(run) > 3 else map(str, run)
            start = at
    return parts


def listed(name: str, parts: list[str]) -> list[str]:
    """A list as a constant of the file."""
    line = f"{name} = [{', '.join(parts)}]"
    return [line] if len(line) <= WIDTH else [f"{name} = [", *(f"    {part}," for part in parts), "]"]
