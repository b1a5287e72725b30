"""A text for a report of a problem: versions and what happened last, with nothing private unless a person says so.

Left out are names of files and folders, of people and machines, all words in quotation marks, and what exceptions say,
for they repeat names of columns and layers. The log itself is log.py's.
"""

from __future__ import annotations

import getpass
import platform
import re
from pathlib import Path

from playground.app.log import NAME, versions
from playground.app.settings import log_folder

MOST_LINES = 300
_OWN = re.compile(r"[^\s\"'“]*?[\\/](?=(?:playground|site-packages|lib[\\/]python[\d.]+)[\\/])")
_PATH = re.compile(r"(?<![\w.~<])(?:~|[A-Za-z]:)?[\\/][^\s\"'“”,;()]*")
_QUOTED = re.compile(r"“[^”]*”|\"(?!(?:playground|site-packages|lib)[\\/])[^\"\n]*\"|'[^'\n]*'")
_RAISED = re.compile(r"^(\w[\w.]*(?:Error|Exception|Problem|Interrupt|Warning|Timeout)): .*$", re.MULTILINE)


def report(with_names: bool = False) -> str:
    """The whole text. with_names: with words and names of files as they stand in the log."""
    lines = _last_lines()
    if not with_names:
        lines = without_names(lines)
    return (
        "A problem of the Neural Network Playground\n\nWhat I did, and what happened instead of what I expected:\n\n\n"
        f"Versions\n{versions()}\n\nWhat happened last\n{lines or 'Nothing is in the log.'}\n"
    )


def without_names(text: str) -> str:
    """The same with everything left out that could be private.

    >>> without_names('Saved “My patients” to /home/ada/x.nnplay')
    'Saved “…” to <path>'
    """
    text = _RAISED.sub(r"\1: <words>", text)
    text = _OWN.sub("", text)  # where in the program it was is no secret
    text = _QUOTED.sub(lambda found: f"{found[0][0]}…{found[0][-1]}", text)
    text = _PATH.sub("<path>", text)
    for name in (_person(), platform.node(), Path.home().name):
        if len(name) > 2:
            text = re.sub(rf"\b{re.escape(name)}\b", "<name>", text)
    return text


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _last_lines() -> str:
    try:
        content = (log_folder() / NAME).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(content.splitlines()[-MOST_LINES:])
