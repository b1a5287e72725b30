"""The network as an SVG picture: its cards where the document has them, the edges, and a legend of the families.

A light drawing for reports and papers, which needs no window; folded blocks are one card, as on the canvas.
"""

from __future__ import annotations

from collections.abc import Mapping

from playground.exchange.markup import escaped, printable
from playground.exchange.subject import Described
from playground.graph.arrange import CARD, Place
from playground.graph.folding import CardId, FoldedBlock, Shown, corner, laid_out, shown
from playground.graph.model import Edge
from playground.layers.layer import FAMILIES, Layer

COLORS = {
    "input/output": "#5B6770", "dense": "#4C78A8", "convolution": "#2A9D8F", "pooling": "#8AB17D",
    "normalisation": "#9A8C98", "activation": "#E9A03B", "merge": "#B56576", "recurrent": "#7B61A8",
    "attention": "#9B4F96", "shape": "#A0A7AD", "text": "#7A6A4F", "": "#A0A7AD",
}  # fmt: skip
"""A family's bar on a card, as in the window."""
MARGIN, LEGEND, SWATCH, AROUND = 46.0, 30.0, 14.0, 26.0
TITLE_SIGNS, NOTE_SIGNS = 19, 23
"""Letters that fit a card, of the usual width."""
STYLE = (
    "text{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-size:12px;fill:#1C2733}"
    ".h{font-weight:600}.m{font-size:10.5px;fill:#5A6572}"
    ".c{fill:#FFFFFF;stroke:#C9D1D9}.e{fill:none;stroke:#7F8A95;stroke-width:1.5}.f{stroke-dasharray:5 4}"
)


def figure(document: Described) -> str:
    """The picture as a whole SVG document. Its size is that of the network in the window, at zoom 1."""
    graph = document.graph
    view = shown(graph)
    placed = document.positions if document.positions.keys() >= graph.nodes.keys() else laid_out(graph)
    places = {card: corner(placed, view.nodes_of([card])) for card in view.cards}
    left, top = min((x for x, _ in places.values()), default=0.0), min((y for _, y in places.values()), default=0.0)
    places = {card: (x - left + MARGIN, y - top + MARGIN) for card, (x, y) in places.items()}
    families = [family for family in FAMILIES if family in {layer.family for layer in _drawn(view)}]
    right = max((x + CARD[0] for x, _ in places.values()), default=MARGIN)
    bottom = max((y + CARD[1] for _, y in places.values()), default=MARGIN)
    bottom += AROUND if any(edge.feedback for edge in graph.edges) else 0
    legend, wide = _legend(families, bottom + LEGEND)
    width, height = max(right, wide) + MARGIN, bottom + LEGEND + MARGIN
    parts = [_edge(edge, ends, places, view) for edge, ends in view.edges.items()]
    parts += [_card(card, layer, places[card]) for card, layer in view.cards.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img"><title>{escaped(document.name)}</title><style>{STYLE}</style>'
        f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="#7F8A95"/></marker></defs>{"".join(parts)}{legend}</svg>\n'
    )


def _drawn(view: Shown) -> list[Layer]:
    return [layer for layer in view.cards.values() if not isinstance(layer, FoldedBlock)]


def _card(card: CardId, layer: Layer, place: Place) -> str:
    x, y = place
    width, height = CARD
    behind = ""
    if isinstance(layer, FoldedBlock):
        behind = f'<rect class="c" x="{x + 4:g}" y="{y - 4:g}" width="{width:g}" height="{height:g}" rx="7"/>'
    name = "" if isinstance(layer, FoldedBlock) else card
    lines = [(layer.heading, "h", TITLE_SIGNS), (layer.summary, "m", NOTE_SIGNS), (name, "m", NOTE_SIGNS)]
    text = "".join(
        f'<text class="{kind}" x="{x + 16:g}" y="{y + 22 + 16 * number:g}">{escaped(_elided(words, most))}</text>'
        for number, (words, kind, most) in enumerate(line for line in lines if line[0])
    )
    color = COLORS.get(layer.family, COLORS[""])
    return (
        f"<g><title>{escaped(f'{layer.heading} {layer.summary} ({card})')}</title>{behind}"
        f'<rect class="c" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="7"/>'
        f'<rect x="{x + 5:g}" y="{y + 9:g}" width="4" height="{height - 18:g}" rx="2" fill="{color}"/>{text}</g>'
    )


def _elided(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def _edge(edge: Edge, ends: tuple[CardId, CardId], places: Mapping[CardId, Place], view: Shown) -> str:
    """A curve from the right of a card to the left of another; back round the cards; dashed where it is feedback."""
    width, height = CARD
    (x1, y1), (x2, y2) = places[ends[0]], places[ends[1]]
    target = view.cards[ends[1]]
    ports = target.ports() if not isinstance(target, FoldedBlock) else ()
    place = ports.index(edge.port) if edge.port in ports else 0
    x1, y1, y2 = x1 + width, y1 + height / 2, y2 + height / 2 + (place - (max(len(ports), 1) - 1) / 2) * 18
    kind = "e f" if edge.feedback else "e"
    if edge.feedback or x2 < x1:
        is_lower = y2 - y1 > height and not edge.feedback  # the next band: between the two
        low = y2 - height / 2 - AROUND if is_lower else max(y1, y2) + height / 2 + AROUND
        path = f"M{x1:g} {y1:g}C{x1 + 46:g} {y1:g} {x1 + 46:g} {low:g} {x1:g} {low:g}"
        path += f"L{x2:g} {low:g}C{x2 - 46:g} {low:g} {x2 - 46:g} {y2:g} {x2:g} {y2:g}"
    else:
        bend = max((x2 - x1) / 2, 12.0)
        path = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    return f'<path class="{kind}" d="{path}" marker-end="url(#tip)"/>'


def _legend(families: list[str], y: float) -> tuple[str, float]:
    """The families that are seen, in a row; and where it ends."""
    parts, x = [], MARGIN
    for family in families:
        square = f'<rect x="{x:g}" y="{y:g}" width="{SWATCH:g}" height="{SWATCH:g}" rx="3" fill="{COLORS[family]}"/>'
        parts.append(square + f'<text class="m" x="{x + SWATCH + 6:g}" y="{y + 11:g}">{escaped(family)}</text>')
        x += SWATCH + 6 + 6.2 * len(family) + 20
    return "".join(parts), x
