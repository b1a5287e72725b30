"""The project a person edits, as one immutable value, and its JSON.

Everything else is a function of it. Edits are in changes.py, undo in history.py, files in files.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from playground.app.migrations import FORMAT, migrated
from playground.data.dataset import READINGS, DataChoice, DataProblem, Dataset
from playground.engine.augmentation import Augmentation
from playground.engine.recipe import PLAIN, Recipe, with_enough_epochs
from playground.graph.arrange import place_new
from playground.graph.edits import adapt
from playground.graph.folding import laid_out
from playground.graph.model import Block, Edge, Graph, NodeId, only_filled
from playground.graph.templates import TEMPLATES
from playground.layers.layer import read_layer
from playground.layers.refusal import fault, refusal

AUGMENT = "augment."
MOST_NESTED = 64
"""Blocks in one another."""
Position = tuple[float, float]


class DocumentProblem(Exception):
    """A project that cannot be used: one sentence for a person, with a way out."""


class Damaged(DocumentProblem):
    """A description in which something is wrong. Whoever knows where it came from adds that, and the way out."""

    def __init__(self, reason: str) -> None:
        """reason: ends in a full stop."""
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"The project's description is damaged: {self.reason}"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on the canvas."""

    text: str
    position: Position


@dataclass(frozen=True)
class Document:
    """Graph, where its nodes stand, which data, and how it trains."""

    name: str = "Untitled"
    graph: Graph = field(default_factory=Graph)
    positions: Mapping[NodeId, Position] = field(default_factory=dict)
    """Upper left corners of the cards, in pixels at zoom 1."""
    data: DataChoice = field(default_factory=DataChoice)
    recipe: Recipe = field(default_factory=Recipe)
    notes: Mapping[str, Note] = field(default_factory=dict)
    """Remarks on the canvas, by id."""

    def placed(self) -> Document:
        """With a position for every node and none for those that are gone."""
        if self.positions.keys() == self.graph.nodes.keys():
            return self
        kept = {id: place for id, place in self.positions.items() if id in self.graph.nodes}
        return replace(self, positions=place_new(self.graph, kept) if kept else laid_out(self.graph))


LONGEST_NAME = 200
"""Letters."""
Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=64)]
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class _Node(BaseModel, extra="forbid"):
    id: Id
    type: Annotated[str, Field(max_length=64)]
    settings: Annotated[dict[Name, Any], Field(max_length=100)] = {}
    position: tuple[Coordinate, Coordinate] | None = None


class _Edge(BaseModel, extra="forbid"):
    source: Id
    target: Id
    port: Id
    feedback: bool = False


class _Block(BaseModel, extra="forbid"):
    id: Id
    title: Annotated[str, Field(min_length=1, max_length=60)]
    members: Annotated[list[Id], Field(max_length=20_000)]
    repeat: Annotated[int, Field(ge=1, le=1000)] = 1
    folded: bool = True
    parent: Id | None = None
    exposes: Annotated[list[Id], Field(max_length=100)] = []


class _Note(BaseModel, extra="forbid"):
    id: Id
    text: Annotated[str, Field(max_length=4000)]
    position: tuple[Coordinate, Coordinate]


class _File(BaseModel, extra="forbid"):
    format: int
    name: Name
    nodes: Annotated[list[_Node], Field(max_length=20_000)]
    edges: Annotated[list[_Edge], Field(max_length=100_000)]
    blocks: Annotated[list[_Block], Field(max_length=10_000)] = []
    notes: Annotated[list[_Note], Field(max_length=1000)] = []
    data: DataChoice
    recipe: Recipe


def to_json(document: Document) -> dict[str, Any]:
    """The document as JSON values, readable by from_json."""
    nodes = [
        {"id": id, "type": layer.type, "settings": layer.settings, "position": document.positions.get(id)}
        for id, layer in document.graph.nodes.items()
    ]
    edges = [asdict(edge) for edge in document.graph.edges]
    blocks = [
        {"id": id, **asdict(block), "parent": block.parent or None} for id, block in document.graph.blocks.items()
    ]
    notes = [{"id": id, **asdict(note)} for id, note in document.notes.items()]
    return {
        "format": FORMAT,
        "name": document.name,
        "nodes": nodes,
        "edges": edges,
        "blocks": blocks,
        "notes": notes,
        "data": document.data.model_dump(mode="json"),
        "recipe": document.recipe.model_dump(mode="json"),
    }


def from_json(values: Any) -> Document:
    """Read what to_json wrote, checking everything. Raises Damaged, or DocumentProblem for a newer format."""
    newer = isinstance(values, dict) and isinstance(values.get("format"), int) and values["format"] > FORMAT
    if newer:
        raise DocumentProblem(
            f"This project was written by a newer version (format {values['format']}, this program reads up to "
            f"{FORMAT}). Update the program to open it."
        )
    try:
        file = _File.model_validate(migrated(values))
        layers = {node.id: read_layer(node.type, node.settings) for node in file.nodes}
    except ValidationError as error:
        raise Damaged(fault(error)) from error
    if len(layers) != len(file.nodes):
        raise Damaged("two layers have the same name.")
    graph = _grouped(_wired(Graph(layers), file.edges), file.blocks)
    positions = {node.id: node.position for node in file.nodes if node.position is not None}
    notes = {note.id: Note(note.text, note.position) for note in file.notes}
    return Document(file.name, graph, positions, file.data, file.recipe, notes).placed()


def _wired(graph: Graph, edges: list[_Edge]) -> Graph:
    found: dict[Edge, None] = {}
    for edge in edges:
        if edge.source not in graph.nodes or edge.target not in graph.nodes:
            raise Damaged(f"an edge leads from “{edge.source}” to “{edge.target}”, and one of them does not exist.")
        if not graph.nodes[edge.target].has_port(edge.port):
            raise Damaged(f"“{edge.target}” has no input “{edge.port}”.")
        found[Edge(edge.source, edge.target, edge.port, edge.feedback)] = None
    return replace(graph, edges=tuple(found))


def _grouped(graph: Graph, blocks: list[_Block]) -> Graph:
    made = {
        block.id: Block(
            block.title, tuple(block.members), block.repeat, block.folded, block.parent or "", tuple(block.exposes)
        )
        for block in blocks
    }
    members = [member for block in blocks for member in block.members]
    if len(made) != len(blocks) or len(set(members)) != len(members) or not set(members) <= graph.nodes.keys():
        raise Damaged("its blocks do not fit its layers.")
    for id in made:
        if _is_too_deep(made, id):
            raise Damaged(f"the block “{id}” lies in itself, or in more than {MOST_NESTED} others.")
    return replace(graph, blocks=only_filled(made))


def _is_too_deep(blocks: Mapping[str, Block], id: str) -> bool:
    """Whether a block lies in itself, or in too many others."""
    for _ in range(MOST_NESTED):
        id = blocks[id].parent
        if id not in blocks:
            return False
    return True


def first_error(error: ValidationError) -> str:
    """The first thing pydantic found, as a sentence with its path."""
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}."


def make_project(template: str, data: str | None = None, target: str | None = None) -> tuple[Document, Dataset]:
    """A new project from a template, adapted to its data, which are read on the way.

    Raises: DocumentProblem: If there is no such template, or it cannot take such data. DataProblem: If the data fail.
    """
    from playground.data.catalogue import is_own, load

    chosen = TEMPLATES.get(template)
    if chosen is None:
        close = get_close_matches(template, TEMPLATES, 3)
        hint = f"Did you mean {' or '.join(f'“{name}”' for name in close)}? " if close else ""
        raise DocumentProblem(
            f"There is no template “{template}”. {hint}“playground templates” lists all {len(TEMPLATES)}."
        )
    own = dict(chosen.choice) if data in (None, chosen.data) else {}
    choice = DataChoice(source=data or chosen.data, target=target, **own)
    dataset = load(choice)
    if data is not None:
        _agree(chosen.name, chosen.data, dataset)
    graph = chosen.build(dataset.signature)
    count = _trained_on(dataset, choice)
    recipe = with_fitting_batch(Recipe.model_validate(dict(chosen.recipe)), count)
    if is_own(choice.source):
        recipe = with_enough_epochs(recipe, count)
    return Document(chosen.title, graph, {}, choice, recipe).placed(), dataset


STEPS = 4
"""Steps that an epoch has at least, where a template's batch is larger than all of its training part."""


def with_fitting_batch(recipe: Recipe, count: int) -> Recipe:
    """The recipe, with a smaller batch (a power of two) if the usual one needs more than so many training examples."""
    if recipe.batch <= count:
        return recipe
    return recipe.model_copy(update={"batch": 2 ** (max(1, count // STEPS).bit_length() - 1)})


def _trained_on(dataset: Dataset, choice: DataChoice) -> int:
    from playground.data.split import divide

    try:
        return len(divide(dataset, choice)[0])
    except DataProblem:  # it is told when they are divided to be trained on
        return len(dataset.inputs)


def _agree(template: str, usual: str, dataset: Dataset) -> None:
    """Refuse data whose examples have another form than the template's own."""
    from playground.data.catalogue import CATALOGUE

    wanted = {"points": 1, "table": 1, "text": 1, "sequence": 2, "image": 3}[CATALOGUE[usual].kind]
    got = dataset.signature.input
    if got.rank != wanted:
        way = "Choose another template or other data."
        if (wanted, got.rank) == (3, 2) and dataset.name.endswith(".npz"):
            steps, width = got.dims
            way = f"If they are grey images, save x as (examples, 1, {steps}, {width})."
        forms = {1: "a list of numbers", 2: "a sequence", 3: "an image"}
        raise DataProblem(
            f"The template “{template}” takes {forms[wanted]} an example, but “{dataset.name}” gives "
            f"{forms[got.rank]} ({got}). {way}"
        )


def set_path(document: Document, path: str, value: str) -> Document:
    """Change one setting by its dotted path, such as recipe.learning_rate or layers.conv1.filters.

    Raises: DocumentProblem: If there is no such setting, or it cannot have that value.
    """
    room, _, rest = path.partition(".")
    try:
        if room == "recipe" and rest in PLAIN:
            return replace(document, recipe=Recipe.model_validate({**document.recipe.model_dump(), rest: value}))
        if room == "recipe" and rest.startswith(AUGMENT):
            asked = {**document.recipe.augment.model_dump(), rest.removeprefix(AUGMENT): value}
            changed_to = Augmentation.model_validate(asked)
            return replace(document, recipe=document.recipe.model_copy(update={"augment": changed_to}))
        if room == "data" and rest in DataChoice.model_fields:
            changed = tuple(value.split(",")) if rest == "features" else value
            return replace(document, data=DataChoice.model_validate({**document.data.model_dump(), rest: changed}))
        part, _, option = rest.partition(".")
        if room == "data" and part in READINGS and option:
            values = document.data.model_dump()
            values[part] = {**(values.get(part) or {}), option: value}
            return replace(document, data=DataChoice.model_validate(values))
        id, _, name = rest.partition(".")
        layer = document.graph.nodes.get(id)
        if room == "layers" and layer is not None and name in layer.settings:
            return replace(document, graph=document.graph.with_node(id, layer.with_settings(**{name: value})))
    except ValidationError as error:
        models: dict[str, type[BaseModel]] = {"recipe": Recipe, "data": DataChoice}
        if rest.startswith(AUGMENT):
            models["recipe"] = Augmentation
        model = models[room] if room in models else type(document.graph.nodes[rest.partition(".")[0]])
        raise DocumentProblem(f"{path} cannot be {value}. {refusal(model, error)}") from error
    raise DocumentProblem(f"There is no setting “{path}”. {_settings_near(document, room)}")


def recipe_settings() -> tuple[str, ...]:
    """Every setting of a recipe, as paths write them."""
    return (*PLAIN, *(f"{AUGMENT}{name}" for name in Augmentation.model_fields))


def _settings_near(document: Document, room: str) -> str:
    if room == "recipe":
        return f"A recipe has: {', '.join(recipe_settings())}."
    if room == "data":
        return f"Data have: {', '.join(DataChoice.model_fields)}."
    names = [f"layers.{id}.{name}" for id, layer in document.graph.nodes.items() for name in layer.settings]
    return f"The layers have: {', '.join(names[:30])}." if room == "layers" else "Begin with recipe, data or layers."


def fitted(document: Document, dataset: Dataset) -> Document:
    """The document with its network's ends adapted to a data set."""
    return replace(document, graph=adapt(document.graph, dataset.signature)).placed()
