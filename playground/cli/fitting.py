"""Baselines fitted in the terminal, with a bar, for the commands that set a network against them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from playground.app.comparing import usual
from playground.cli.printing import Unusable, complain

if TYPE_CHECKING:
    from playground.data.dataset import Examples
    from playground.selection.outcome import Outcome


def fitted(names: tuple[str, ...], examples: Examples, loss: str) -> list[Outcome]:
    """Each in turn; the usual ones if there are no names. Ctrl+C keeps those that are done."""
    from playground.selection.baseline_catalogue import suitable

    offered = {each.name: each.title for each in suitable(examples)}
    names = tuple(offered) if names == ("all",) else names or usual(examples, loss)
    if unknown := [name for name in names if name not in offered]:
        raise Unusable(f"There is no baseline “{unknown[0]}” for these data. There are: {', '.join(offered)}, or all.")
    from playground.selection.baselines import fit

    columns = BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    done: list[Outcome] = []
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=len(names))
        try:
            for name in names:
                bar.update(task, description=offered[name])
                done.append(fit(name, examples, loss))
                bar.advance(task)
        except KeyboardInterrupt:
            complain(f"Stopped: {len(names) - len(done)} of {len(names)} baselines were not fitted.")
    return done
