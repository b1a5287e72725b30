"""Settings that a search has found, put into the project as one step that can be undone."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from playground.app.document import Document, DocumentProblem
from playground.app.varying import with_params
from playground.selection.space import Params


@dataclass(frozen=True)
class UseSettings:
    """Take over the settings of a trial."""

    params: Params = field(hash=False)
    label: str = "use the settings found"
    merge_key: Hashable | None = None

    def apply(self, document: Document) -> Document:
        try:
            return with_params(document, self.params)
        except DocumentProblem:  # a layer that is gone since
            return document
