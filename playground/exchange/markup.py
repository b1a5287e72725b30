"""Words of a project in HTML, SVG and Markdown: nothing in them may become markup."""

from __future__ import annotations

import html
import re

LONGEST = 4000


def printable(text: str) -> str:
    """On one line, without signs that XML or a terminal takes amiss."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:LONGEST]).split())


def escaped(text: object) -> str:
    """For HTML and SVG, in text and in attributes.

    >>> escaped('<b a="1">&' + chr(8))
    '&lt;b a=&quot;1&quot;&gt;&amp;'
    """
    return html.escape(printable(str(text)), quote=True)


def marked(text: object) -> str:
    """For Markdown, in a paragraph or a cell of a table: every sign that could mean something gets a backslash."""
    return re.sub(r"([\\\\`*_{}\[\]()<>#|!~$&])", r"\\\1", printable(str(text)))


def table(heads: tuple[str, ...], rows: list[tuple[object, ...]], numbers: int = 1) -> str:
    """An HTML table; the columns from numbers on are figures, to the right."""

    def cells(tag: str, values: tuple[object, ...]) -> str:
        kinds = ("" if at < numbers else ' class="n"' for at in range(len(values)))
        return "".join(f"<{tag}{kind}>{escaped(value)}</{tag}>" for kind, value in zip(kinds, values, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"


def facts(pairs: list[tuple[str, object]]) -> str:
    """A list of names and what they are, as HTML."""
    return "<dl>" + "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in pairs) + "</dl>"
