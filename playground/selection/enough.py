"""Are there enough examples? What can be said before training: how sure a score can be, and what would spoil it.

Counts, leaks and duplicates are data.suspicions'; of the test part nothing is looked at but its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from playground.data.dataset import Examples
from playground.data.suspicions import Suspicions, repeated_names, suspicions
from playground.selection.statistics import Z95, wilson

Severity = Literal["problem", "warning", "hint"]
HARDLY_ANY = 10
"""Training and validation examples below which nothing can be learned and judged."""
FEW, SOME = 100, 2000
"""Training and validation examples below which leaving one out, or folds, are proposed."""
RARE = 10
"""Training examples that a class should have at least."""
POWER80 = 0.8416212335729143
"""The normal distribution's 80 % point."""
DISCORDANT = 0.1
"""Share of examples that two good models are taken to judge differently."""
USUAL_R2 = 0.5


@dataclass(frozen=True)
class Finding:
    """One thing to know before Play."""

    kind: str
    """Stable name, as in "few examples"."""
    severity: Severity
    text: str
    """With the figures."""
    advice: str
    column: str = ""
    """Of the table, with which something should be done:"""
    role: Literal["", "group", "left out"] = ""


@dataclass(frozen=True)
class Enough:
    """What was found, the gravest first, and in one sentence how sure a score can be."""

    sure: str
    findings: tuple[Finding, ...]

    @property
    def worries(self) -> int:
        """Findings that are more than hints."""
        return sum(each.severity != "hint" for each in self.findings)


def enough(examples: Examples, parameters: int) -> Enough:
    """Look at divided data. parameters: of the network that is to learn from them."""
    found = suspicions(examples)
    rules = (_few, _sizes, _classes, _duplicates, _leaks, _constant, _wide, _groups)
    order = {"problem": 0, "warning": 1, "hint": 2}
    findings = [each for rule in rules for each in rule(examples, found, parameters)]
    return Enough(_sure(examples), tuple(sorted(findings, key=lambda each: order[each.severity])))


def half_width(count: int, share: float) -> float:
    """Half of Wilson's 95 % interval of an accuracy of that share on so many examples."""
    low, high = wilson(round(share * count), count)
    return (high - low) / 2


def smallest_difference(count: int, discordant: float = DISCORDANT) -> float:
    """Difference of two accuracies on the same examples that McNemar's test finds in 4 of 5 cases.

    discordant: share of the examples that one model gets right and the other wrong.
    Source: Connor 1987, "Sample size for testing differences in proportions for the paired-sample design", Biometrics
    43, with the null variance in both places: Δ = (z₀.₉₇₅ + z₀.₈) √(discordant / n).
    """
    return min(discordant, (Z95 + POWER80) * sqrt(discordant / max(count, 1)))


def r2_half_width(count: int, r2: float = USUAL_R2) -> float:
    """Half of the 95 % interval of an R² on so many examples.

    Source: Olkin and Finn 1995, "Correlations redux", Psychological Bulletin 118: for large n the variance of R² is
    4 R² (1 − R²)² / n.
    """
    return Z95 * sqrt(4 * r2 * (1 - r2) ** 2 / max(count, 1))


def _sure(examples: Examples) -> str:
    count = len(examples.valid)
    if examples.targets is None:
        worst, good = half_width(count, 0.5), half_width(count, 0.9)
        least = smallest_difference(count)
        words = f"With {count:,} validation examples an accuracy of 90 % is known to ± {good * 100:.1f} points"
        words += f" (at\u00a050\u00a0%\u00a0±\u00a0{worst * 100:.1f})"
        if least < DISCORDANT:
            return f"{words}, and a difference between two models is found from about {least * 100:.1f} points on."
        return f"{words}: differences between two good models will be hard to show."
    return f"With {count:,} validation examples an R² of {USUAL_R2} is known to ± {r2_half_width(count):.2f}."


def _few(examples: Examples, _: Suspicions, __: int) -> Iterator[Finding]:
    pool = len(examples.train) + len(examples.valid)
    if pool < HARDLY_ANY:
        yield Finding(
            "hardly any examples", "problem",
            f"There {'is' if pool == 1 else 'are'} {pool} example{'' if pool == 1 else 's'} to learn and choose from.",
            "You can watch the arithmetic, but no score means anything: one example more or less turns it round. "
            "Collect more.",
        )  # fmt: skip
    elif pool < FEW:
        yield Finding(
            "few examples", "warning", f"There are {pool:,} examples to learn and choose from.",
            "Leave one out (tab Repeat): each example is judged once by a network that learned from all others. Set it "
            "against ridge or logistic regression: of so few examples, simple models often learn more.",
        )  # fmt: skip
    elif pool < SOME:
        yield Finding(
            "some examples", "hint", f"There are {pool:,} examples to learn and choose from.",
            "Judge on 5 or 10 folds (tab Repeat), so that each example counts: a single small validation part is a "
            "matter of luck (Kohavi 1995; Varoquaux 2018).",
        )  # fmt: skip


def _sizes(examples: Examples, _: Suspicions, parameters: int) -> Iterator[Finding]:
    count = len(examples.train) * max(1, examples.signature.steps or 1)
    if parameters > count:
        yield Finding(
            "more parameters than examples", "hint",
            f"The network has {parameters:,} parameters, {parameters / count:.1f} for each training example.",
            "It can learn them by heart. Watch the gap between the curves; a penalty, dropout or fewer units help.",
        )  # fmt: skip


def _classes(examples: Examples, found: Suspicions, _: int) -> Iterator[Finding]:
    names = examples.dataset.class_names
    if not found.counts:
        return
    least = min(range(len(names)), key=lambda place: found.counts[place])
    count = found.counts[least]
    if count < RARE:
        yield Finding(
            "rare class", "problem" if count < 2 else "warning",
            f"Of class “{names[least]}” there {'is' if count == 1 else 'are'} {count} training examples.",
            "What it looks like can hardly be learned from so few. Collect more, or put rare classes together.",
        )  # fmt: skip
    present = [each for each in found.counts if each]
    if max(present) >= 5 * min(present) and count >= RARE:
        share = max(present) / sum(present)
        yield Finding(
            "unequal classes", "hint", f"Always answering the largest class is right in {share:.0%}.",
            "Look at the confusion matrix and the majority baseline rather than at accuracy alone.",
        )  # fmt: skip


def _duplicates(examples: Examples, found: Suspicions, _: int) -> Iterator[Finding]:
    if found.shared:
        yield Finding(
            "duplicates", "warning",
            f"{found.shared:,} of {len(examples.valid):,} validation examples are training examples too.",
            "The score will be too good. Choose “No duplicates” beside the data.",
        )  # fmt: skip


def _leaks(examples: Examples, found: Suspicions, _: int) -> Iterator[Finding]:
    names = examples.dataset.feature_names
    for column, strength in found.leaking[:3]:
        name = names[column] if column < len(names) else f"input {column + 1}"
        table = examples.dataset.table
        own = next((each for each in (name, name.split(" = ")[0]) if table is not None and each in table.by_name), "")
        yield Finding(
            "leak", "warning", f"“{name}” alone tells the answer (correlation {strength:.2f} in the training part).",
            "Would it be known before the answer is? If not, leave it out: the network would learn nothing else.",
            own, "left out" if own else "",
        )  # fmt: skip


def _constant(examples: Examples, found: Suspicions, _: int) -> Iterator[Finding]:
    if found.constant and examples.dataset.kind == "table":
        names = examples.dataset.feature_names
        listed = ", ".join(names[each] for each in found.constant[:4] if each < len(names))
        yield Finding(
            "constant inputs", "hint", f"{len(found.constant):,} inputs have one value throughout: {listed}.",
            "They tell nothing. Leave them out.",
        )  # fmt: skip


def _wide(examples: Examples, _: Suspicions, __: int) -> Iterator[Finding]:
    width = int(np.prod(examples.train.inputs.shape[1:]))
    if examples.dataset.kind == "table" and width > len(examples.train):
        yield Finding(
            "more inputs than examples", "warning",
            f"There are {width:,} inputs and {len(examples.train):,} training examples.",
            "Some inputs will fit the answer by chance alone. Ridge or lasso regression is the model to beat; the "
            "lasso also says which inputs it needs.",
        )  # fmt: skip


def _groups(examples: Examples, _: Suspicions, __: int) -> Iterator[Finding]:
    for name in repeated_names(examples.dataset):
        yield Finding(
            "groups", "warning", f"Rows with the same “{name}” may belong together, and are split between the parts.",
            f"If “{name}” says whose row it is, give it the role “group” in “Columns and target …”: its rows then all "
            "stay in one part, in folds too, and it is no input.",
            name, "group",
        )  # fmt: skip
    groups = examples.dataset.groups
    if groups is None:
        return
    both = np.intersect1d(groups[examples.train.rows], groups[examples.valid.rows])
    if len(both):
        yield Finding(
            "groups", "problem", f"{len(both):,} groups have examples in the training and in the validation part.",
            "They must not be split: name the group column in “Columns and target …”.",
        )  # fmt: skip
