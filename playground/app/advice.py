"""Why does it not learn better? All rules together: each names its figures and offers experiments.

Knows no Qt and no torch. The rules are in advice_curves.py, advice_layers.py and advice_data.py.
"""

from __future__ import annotations

from playground.app import advice_curves, advice_data, advice_layers
from playground.app.evidence import Advice, Evidence

RULES = (*advice_layers.RULES, *advice_curves.RULES, *advice_data.RULES)


def advice(evidence: Evidence) -> tuple[Advice, ...]:
    """Everything that stands out: what happens inside first, then what the curves show, then the data."""
    return tuple(found for rule in RULES for found in rule(evidence))
