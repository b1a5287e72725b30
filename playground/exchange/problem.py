"""What stands in the way of handing something over, as one sentence for a person with a way out."""

from __future__ import annotations


class ExportProblem(Exception):
    """Something that cannot be handed over, or taken: what is wrong, and what to do."""
