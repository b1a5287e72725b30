"""A project as a model card in Markdown, after Mitchell et al. 2019, "Model Cards for Model Reporting".

Figures and words as in report.py; what only a person can know is asked for in brackets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.data.dataset import Examples
from playground.exchange import account
from playground.exchange.markup import marked
from playground.exchange.subject import Examined, Kept

if TYPE_CHECKING:
    from playground.selection.outcome import Comparison

ASKED = {
    "Intended use": "Say what it is for, and what it is not for.",
    "Limits": "Say where it fails: groups of examples, conditions, anything that was not in the data.",
}


def model_card(
    project: Kept,
    comparison: Comparison | None = None,
    *,
    examples: Examples | None = None,
    exam: Examined | None = None,
    file: str = "project.nnplay",
) -> str:
    """The card. comparison, examples, exam and file: as in report()."""
    document = project.document
    checked = account.checked(document)
    parts = [
        f"# {marked(document.name)}",
        marked(account.outcome(project)),
        "## Model",
        _list(account.network(document, checked)),
        _table(("Layer", "Kind", "Output", "Parameters"), [row[:4] for row in account.layers(document, checked)]),
        *_asked("Intended use"),
        "## Data",
        _list(account.data(document.data, examples)),
        "## Training",
        _list(account.recipe(document.recipe)),
        "## Scores",
        *_scores(project, comparison),
        *_exam(exam),
        *_asked("Limits"),
        "## How to repeat it",
        "\n".join(f"    {command}" for _, command in account.commands(document, marked(file))),
        _list(account.versions(document)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _scores(project: Kept, comparison: Comparison | None) -> list[str]:
    parts = []
    if project.epochs:
        parts.append(_table(("Epoch", "Training loss", "Validation"), account.scores(project)))
    else:
        parts.append("There are none before it is trained.")
    if comparison is not None and comparison.verdict is not None:
        parts.append(marked(comparison.verdict.text))
    return parts


def _exam(exam: Examined | None) -> list[str]:
    if exam is None:
        return []
    return [marked(exam.told), _table(("On the test part", "Score", "95 % interval"), list(exam.rows))]


def _asked(title: str) -> tuple[str, str]:
    return f"## {title}", f"\\[{ASKED[title]}\\]"


def _list(pairs: account.Pairs) -> str:
    return "\n".join(f"- {marked(name)}: {marked(value)}" for name, value in pairs)


def _table(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "".join(
        f"\n| {' | '.join(map(marked, row))} |" for row in rows
    )
