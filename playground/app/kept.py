"""What a session that was kept without a file was about, in a few words: enough to tell it from the others."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from playground.app.document import DocumentProblem
from playground.app.files import FileProblem, read_document
from playground.data.catalogue import CATALOGUE


def kept_words(path: Path) -> str:
    """The network's name, its data and its size; empty for a file that cannot be read."""
    try:
        return _words(path, path.stat().st_mtime_ns)
    except OSError:
        return ""


@lru_cache(maxsize=64)
def _words(path: Path, _changed: int) -> str:
    try:
        document = read_document(path)
    except (FileProblem, DocumentProblem):
        return ""
    source = document.data.source
    data = CATALOGUE[source].title if source in CATALOGUE else Path(source).name
    count = len(document.graph.nodes)
    size = f"{count} layer" if count == 1 else f"{count} layers"
    return " · ".join(dict.fromkeys((document.name, data, size)))
