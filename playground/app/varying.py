"""Settings of a project to be varied in a search, by dotted path, and the values they may take. Knows no torch.

How a person writes them: recipe.learning_rate=0.001,0.01, layers.dense1.units=8..64:8, recipe.l2=1e-6..0.1:log.
What is done with them is in playground.selection.tune.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from playground.app.document import AUGMENT, Document, DocumentProblem, recipe_settings, set_path
from playground.data.dataset import DataChoice
from playground.selection.space import Choices, Params, Space, SpaceProblem, Spaces, Value, range_of, read_range

MOST_VALUES = 10_000


def paths(document: Document) -> list[str]:
    """Every setting that can be varied."""
    layers = [f"layers.{id}.{name}" for id, layer in document.graph.nodes.items() for name in layer.settings]
    return [
        *(f"recipe.{name}" for name in recipe_settings()),
        *layers,
        *(f"data.{name}" for name in DataChoice.model_fields if name != "source"),
    ]


def with_params(document: Document, params: Params) -> Document:
    """The document with these settings. Raises DocumentProblem."""
    for path, value in params.items():
        document = set_path(document, path, str(value))
    return document


def value_at(document: Document, path: str) -> Any:
    """What a setting is now, as a JSON value."""
    room, _, rest = path.partition(".")
    if room == "recipe":
        if rest.startswith(AUGMENT):
            return getattr(document.recipe.augment, rest.removeprefix(AUGMENT))
        return document.recipe.model_dump(mode="json")[rest]
    if room == "data":
        return document.data.model_dump(mode="json").get(rest, getattr(document.data, rest))
    id, _, name = rest.partition(".")
    return document.graph.nodes[id].settings[name]


def read_vary(document: Document, texts: list[str]) -> dict[str, Space]:
    """Spaces by path, of what a person wrote. Raises DocumentProblem, naming what is close or what is allowed."""
    spaces: dict[str, Space] = {}
    for text in texts:
        path, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not values:
            raise DocumentProblem(f"“{text}” is not of the form PATH=V1,V2,… Write recipe.learning_rate=0.01,0.1.")
        if path in spaces:
            raise DocumentProblem(f"{path} is varied twice. Write all its values behind one --vary.")
        spaces[path] = read_space(document, path, values)
    if not spaces:
        raise DocumentProblem("Nothing is varied. Write, for example, --vary recipe.learning_rate=0.001,0.01,0.1.")
    return spaces


def read_space(document: Document, path: str, text: str) -> Space:
    """The values one setting may take: V1,V2 (or V1;V2), low..high, low..high:log, low..high:STEP.

    Raises: DocumentProblem: If there is no such setting, or it cannot have one of the values.
    """
    if path not in paths(document):
        raise DocumentProblem(_unknown(document, path))
    try:
        if (ends := read_range(text)) is not None:
            low, high = (_typed(document, path, end) for end in ends[:2])
            return range_of(low, high, ends[2])
        parts = [part.strip() for part in text.split(";" if ";" in text else ",")]
        values = tuple(dict.fromkeys(_typed(document, path, part) for part in parts if part))
    except SpaceProblem as problem:
        raise DocumentProblem(f"{path} cannot be varied like that. {problem}") from problem
    if not values or len(values) > MOST_VALUES:
        raise DocumentProblem(f"{path} has {len(values):,} values to try. Write 1 to {MOST_VALUES:,}.")
    return Choices(values)


def _typed(document: Document, path: str, text: str) -> Value:
    """A value as the setting takes it; what is no plain value stays as it was written."""
    value = value_at(set_path(document, path, text), path)
    return value if isinstance(value, bool | int | float | str) else text


def _unknown(document: Document, path: str) -> str:
    every = paths(document)
    last = path.rpartition(".")[2].lower()
    close = [each for each in every if each.rpartition(".")[2] == last][:4] or get_close_matches(path, every, 4, 0.7)
    hint = f"Did you mean {' or '.join(close)}?" if close else "Paths begin with recipe., data. or layers.NAME."
    return f"There is no setting “{path}”. {hint}"


def varies_data(spaces: Spaces) -> bool:
    """Whether the network's ends may have to follow."""
    return any(path.startswith("data.") for path in spaces)
