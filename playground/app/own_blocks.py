"""Blocks that a person keeps for other networks: files in the settings folder, read as pasted text is.

The blocks that come with the program are in graph/block_library.py.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from playground.app.bounded import parsed
from playground.app.clipping import MOST_TEXT, ClipProblem, Fragment, from_text, to_text
from playground.app.settings import config_folder
from playground.app.whole_files import write_whole
from playground.graph.block_library import Part, Port
from playground.graph.blocks import LONGEST_TITLE, MakeBlock, fresh_block
from playground.graph.folding import block_with

SUFFIX = ".nnblock"


@dataclass(frozen=True)
class OwnBlock:
    """One kept block."""

    title: str
    path: Path


def own_blocks() -> tuple[OwnBlock, ...]:
    """What is kept, by title."""
    found = (OwnBlock(path.stem.replace("_", " "), path) for path in _folder().glob(f"*{SUFFIX}"))
    return tuple(sorted(found, key=lambda block: block.title.lower()))


def keep_block(title: str, fragment: Fragment, entries: tuple[Port, ...]) -> Path:
    """Keep layers under a title, as one block; an older one of that title is replaced. Raises OSError."""
    graph, title = fragment.graph, title[:LONGEST_TITLE]
    if block_with(graph, graph.nodes) is None:
        graph = MakeBlock(tuple(graph.nodes), title, fresh_block(graph)).apply(graph)
    name = re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "_") or "block"
    path = _folder() / f"{name}{SUFFIX}"
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"entries": entries, "layers": to_text(Fragment(graph, fragment.positions))}
    write_whole(path, json.dumps(values).encode())
    return path


def read_block(path: Path) -> Part:
    """The layers of a kept block. Raises ClipProblem with a sentence for a file that is gone or damaged."""
    damaged = ClipProblem(f"The block {path.stem} cannot be read. Keep it anew.")
    try:
        if path.stat().st_size > MOST_TEXT:
            raise damaged
        values = parsed(path.read_bytes())
        if not isinstance(values["layers"], str):
            raise damaged
        graph = from_text(values["layers"]).graph
        entries = tuple((str(id), str(port)) for id, port in values["entries"])
    except (ClipProblem, OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise damaged from error
    if not all(id in graph.nodes and graph.nodes[id].has_port(port) for id, port in entries):
        raise damaged
    return Part(graph, entries)


def forget_block(path: Path) -> None:
    """Take a kept block away."""
    path.unlink(missing_ok=True)


def _folder() -> Path:
    return config_folder() / "blocks"
