"""playground datasets --download: what it is, how large, under which licence; then, if agreed to, getting it."""

from __future__ import annotations

import sys
from difflib import get_close_matches

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from playground.cli.printing import Unusable, WorkFailed, say
from playground.data.dataset import DataProblem
from playground.data.published import PUBLISHED, Published, megabytes


def get(name: str, is_agreed: bool) -> int:
    """Download a data set by name, unless it is here already; without --yes it is asked for."""
    if name not in PUBLISHED:
        close = get_close_matches(name, PUBLISHED, 1)
        hint = f"Did you mean “{close[0]}”? " if close else ""
        raise Unusable(f"“{name}” cannot be downloaded. {hint}There are: {', '.join(PUBLISHED)}.")
    published = PUBLISHED[name]
    if published.is_here:
        say(f"{published.title} is here already, in {published.folder}.")
        return 0
    for line in terms(published):
        sys.stderr.write(f"{line}\n")
    if not (is_agreed or _asked()):
        raise Unusable(f"Nothing was downloaded. Add --yes to download {published.title}.")
    _download(published)
    say(f"{published.title} is in {published.folder}. Use it with “playground new image-cnn --data {published.name}”.")
    return 0


def terms(published: Published) -> tuple[str, ...]:
    """What is to be known before it is downloaded, a line each."""
    return (
        f"{published.title}: {published.summary} {published.examples:,} images. {published.source}",
        f"Size: {megabytes(published.size)}, from {published.addresses[0]}",
        f"Licence: {published.licence} See {published.page}",
        f"Folder: {published.folder}",
    )


def _asked() -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("Download it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _download(published: Published) -> None:
    from playground.data.downloads import DownloadProblem, download

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(published.title, total=published.size)
        try:
            download(published, lambda done, _: bar.update(task, completed=done))
        except (DownloadProblem, DataProblem) as problem:
            raise WorkFailed(str(problem)) from problem
