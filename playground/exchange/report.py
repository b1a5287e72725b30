"""A project as one HTML file that stands by itself: network, data, recipe, curves, comparison, and how to repeat it.

No script, no font and no picture is fetched from anywhere. Every word of the project is escaped (markup.py).
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from playground.data.dataset import Examples
from playground.exchange import account
from playground.exchange.curves import charts
from playground.exchange.figure import figure
from playground.exchange.markup import escaped, facts, table
from playground.exchange.subject import Examined, Kept

if TYPE_CHECKING:
    from playground.selection.outcome import Comparison

MOST_CLASSES = 30
"""Above it a confusion matrix is no longer readable, and the classes that are mixed up most are listed."""
MOST_PAIRS = 20
STYLE = """
:root{color-scheme:light}
body{font:15px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif;color:#1C2733;background:#fff;margin:0 auto;
max-width:1000px;padding:32px 24px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:34px 0 8px;border-bottom:1px solid #DDE3E9;padding-bottom:4px}
table{border-collapse:collapse;margin:8px 0;font-size:14px}
th,td{padding:3px 12px 3px 0;text-align:left;vertical-align:top}
th{color:#5A6572;font-weight:600;border-bottom:1px solid #DDE3E9}.n{text-align:right;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:max-content auto;gap:2px 20px;margin:8px 0;font-size:14px}
dt{color:#5A6572}dd{margin:0;overflow-wrap:anywhere}
.picture{overflow-x:auto;border:1px solid #DDE3E9;border-radius:8px;padding:4px}
.picture svg{max-width:100%;height:auto}.curves{display:flex;flex-wrap:wrap;gap:16px}
.t{font:600 13px system-ui,sans-serif;fill:#1C2733}.a{font:11px system-ui,sans-serif;fill:#5A6572}
.g{stroke:#E6EAEE;stroke-width:1}.verdict{font-weight:600}.q{text-align:right;min-width:26px;padding:3px 6px}
pre{background:#F4F6F8;border-radius:6px;padding:8px 12px;overflow-x:auto}.lead{color:#5A6572}
"""


def report(
    project: Kept,
    comparison: Comparison | None = None,
    confusion: NDArray[Any] | None = None,
    *,
    examples: Examples | None = None,
    notes: tuple[str, ...] = (),
    exam: Examined | None = None,
    file: str = "project.nnplay",
) -> str:
    """The report. What is not given is left out, and said where it would be missed.

    confusion: counts (classes, classes), row the truth, column the answer, on the validation part.
    examples: as prepared for training, for the data card and the classes' names. notes: sentences for the top.
    file: the project's name in the commands that repeat it.
    """
    document = project.document
    checked = account.checked(document)
    heads = ("Layer", "Kind", "Output", "Parameters", "Multiply-adds")
    parts = [
        f"<h1>{escaped(document.name)}</h1>",
        f'<p class="lead">{escaped(account.outcome(project))}</p>',
        *(f"<p>{escaped(note)}</p>" for note in notes),
        f'<h2>Network</h2><div class="picture">{figure(document)}</div>',
        facts(account.network(document, checked)),
        f"<details><summary>Every layer</summary>{table(heads, account.layers(document, checked), 2)}</details>",
        f"<h2>Data</h2>{facts(account.data(document.data, examples))}",
        f"<h2>Recipe</h2>{facts(account.recipe(document.recipe))}",
        _curves(project),
        _comparison(comparison),
        _confusion(confusion, examples.dataset.class_names if examples is not None else ()),
        _exam(exam),
        f"<h2>How to repeat it</h2>{_commands(project, file)}{facts(account.versions(document))}",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(document.name)}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body></html>\n"
    )


def _curves(project: Kept) -> str:
    if not project.epochs:
        return "<h2>Curves</h2><p>There are none before it is trained.</p>"
    rows = table(("Epoch", "Training loss", "Validation"), account.scores(project), 3)
    return f'<h2>Curves</h2><div class="curves">{"".join(charts(project.epochs))}</div>{rows}'


def _comparison(comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    score = "Accuracy" if comparison.metric == "accuracy" else "R²"
    rows: list[tuple[object, ...]] = [
        (
            row.title or row.name,
            _figure(row.score),
            f"{_figure(row.low)} to {_figure(row.high)}" if isfinite(row.score) else "",
            f"{row.parameters:,}",
            f"{row.seconds:.2f}",
            row.note,
        )
        for row in comparison.models
    ]
    verdict = f'<p class="verdict">{escaped(comparison.verdict.text)}</p>' if comparison.verdict else ""
    heads = ("Model", score, "95 % interval", "Parameters", "Seconds", "")
    about = f"<p>On {comparison.n:,} validation examples.</p>"
    return f"<h2>Against the baselines</h2>{verdict}{about}{table(heads, rows)}"


def _exam(exam: Examined | None) -> str:
    if exam is None:
        return ""
    rows = table(("Model", "Score", "95 % interval"), list(exam.rows))
    return f"<h2>Final exam</h2><p>{escaped(exam.told)}</p>{rows}"


def _figure(value: float) -> str:
    if not isfinite(value):
        return "none"
    return (f"{value:.3f}" if abs(value) < 1000 else f"{value:.1e}").replace("-", "−")


def _confusion(counts: NDArray[Any] | None, names: tuple[str, ...]) -> str:
    """The matrix, its cells darker the larger their share of the row; for many classes the worst pairs."""
    if counts is None:
        return ""
    shown = [names[at] if at < len(names) else str(at) for at in range(len(counts))]
    title = "<h2>Confusion</h2><p>On the validation part. Rows: the truth. Columns: the answer.</p>"
    if len(counts) > MOST_CLASSES:
        pairs = sorted((int(counts[a, b]), a, b) for a in range(len(counts)) for b in range(len(counts)) if a != b)
        worst: list[tuple[object, ...]] = [
            (shown[a], shown[b], count) for count, a, b in pairs[::-1][:MOST_PAIRS] if count
        ]
        return title + table(("Truth", "Answer", "Examples"), worst, 2)
    head = "".join(f'<th class="q">{escaped(name)}</th>' for name in shown)
    rows = []
    for name, row in zip(shown, counts, strict=True):
        total = max(int(row.sum()), 1)
        cells = "".join(
            f'<td class="q" style="background:rgba(31,102,199,{0.55 * int(count) / total:.3f})">{int(count):,}</td>'
            for count in row
        )
        rows.append(f"<tr><th>{escaped(name)}</th>{cells}</tr>")
    return f'{title}<div class="picture"><table><tr><th></th>{head}</tr>{"".join(rows)}</table></div>'


def _commands(project: Kept, file: str) -> str:
    lines = [f"# {about}\n{command}" for about, command in account.commands(project.document, file)]
    return "<pre>" + "\n".join("\n".join(map(escaped, line.split("\n"))) for line in lines) + "</pre>"
