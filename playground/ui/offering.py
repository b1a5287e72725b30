"""What the command palette offers: everything there is, the layers for a spot, the kinds to put in a layer's place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from playground.app.adding import LIBRARY, OWN, Spot
from playground.app.own_blocks import own_blocks
from playground.data import drawn
from playground.data.catalogue import CATALOGUE
from playground.data.published import PUBLISHED
from playground.graph.block_library import BLOCKS
from playground.graph.model import NodeId
from playground.layers.layer import LAYERS, Layer
from playground.ui.command_palette import Command, CommandPalette

if TYPE_CHECKING:
    from playground.ui.main_window import MainWindow


class Offers(QObject):
    """Opens the palette. Owned by the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.palette = CommandPalette(window)

    def everything(self) -> None:
        """Every layer, action and data set, by name."""
        actions = [
            Command(action.text(), self.tr("action"), action.trigger)
            for action in self._window.actions_by_name.values()
            if action.isEnabled()
        ]
        data = [
            Command(self.tr("Use %1").replace("%1", title), self.tr("data"), partial(self._use_data, name))
            for name, title in self._sources()
        ]
        self.palette.offer([*self._additions(None), *actions, *self._views(), *data])

    def _views(self) -> list[Command]:
        """Each view of the inside."""
        frame = getattr(self._window, "inside", None)  # built a moment after the window
        return [
            Command(self.tr("Look at: %1").replace("%1", self.tr(made.title)), self.tr("inside"), show)
            for made, show in (frame.offers() if frame is not None else [])
        ]

    def _sources(self) -> list[tuple[str, str]]:
        """Name and title of every data set."""
        own = [(each.name, each.title) for each in CATALOGUE.values()]
        published = [(each.name, each.title) for each in PUBLISHED.values()]
        return [*own, (drawn.SOURCE, self.tr("points drawn by hand")), *published]

    def _use_data(self, name: str) -> None:
        self._window.data_pane.choose_source(name)

    def layers(self, spot: Spot | None) -> None:
        """The layers that could go to a spot; None: behind the selection."""
        self.palette.offer(self._additions(spot))

    def replacements(self, ids: tuple[NodeId, ...]) -> None:
        """The kinds of layers that could stand in the places of these."""
        nodes = self._window.session.document.graph.nodes
        own = {nodes[id].type for id in ids if id in nodes}
        words = self.tr("Replace by %1")
        self.palette.offer(
            [
                self._command(words, layer, partial(self._window.canvas.editing.replace, ids, name))
                for name, layer in sorted(LAYERS.items(), key=lambda entry: not self._is_kin(entry[1], own))
                if own != {name}
            ]
        )

    def _is_kin(self, layer: type[Layer], own: set[str]) -> bool:
        """Whether it is of the same family as one of those: what is most often wanted stands first."""
        return any(LAYERS[name].family == layer.family for name in own if name in LAYERS)

    def _additions(self, spot: Spot | None) -> list[Command]:
        add = self._window.canvas.add_layer
        layers = [
            self._command(self.tr("Add %1"), layer, partial(add, name, spot))
            for name, layer in LAYERS.items()
            if spot is None or _fits(layer, spot)
        ]
        blocks = [(f"{LIBRARY}:{name}", block.title) for name, block in BLOCKS.items()]
        blocks += [(f"{OWN}:{own.title}", own.title) for own in own_blocks()]
        words = self.tr("Add %1")
        return layers + [
            Command(words.replace("%1", title), self.tr("block"), partial(add, name, spot)) for name, title in blocks
        ]

    def _command(self, words: str, layer: type[Layer], run: Callable[[], object]) -> Command:
        title = words.replace("%1", layer.type_title)
        return Command(title, layer.family, run, " ".join((layer.__name__, *layer.keywords)))


def _fits(layer: type[Layer], spot: Spot) -> bool:
    """Whether such a layer can have the edges that the spot asks for."""
    takes = bool(layer.ports()) or (spot.edge is None and spot.after is None)
    gives = layer.gives_output or (spot.edge is None and spot.before is None)
    return takes and gives
