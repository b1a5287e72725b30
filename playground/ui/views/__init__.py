"""The views: pictures of what goes on inside a network, each in a file of its own.

What a view is stands in view.py, what all look at in focus.py, where they are shown in frame.py and inside.py, and the
parts they are drawn with in picture_grid.py, map.py and bars.py. Their figures are made by playground.insight.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.ui.views.view import View

VIEWS = (
    "overview:Overview",
    "feature_maps:AllLayers",
    "feature_maps:FeatureMaps",
    "filters:FiltersView",
    "receptive_field:ReceptiveField",
    "exciting:ExcitingView",
    "arithmetic:ArithmeticView",
    "unrolled:UnrolledView",
    "attention:AttentionView",
    "gradient_in_time:GradientInTime",
    "written:WrittenView",
    "plane:BentPlane",
    "links:LinksView",
    "draw:DrawView",
    "depth:DepthView",
    "depth:TwinsView",
    "loss_surface:LossSurface",
    "one_neuron:OneNeuron",
    "one_step:OneStepView",
    "attribution:AttributionView",
    "robustness:RobustnessView",
    "gallery:Gallery",
    "reliability:ReliabilityView",
    "robustness_curves:RobustnessCurves",
)
"""Every view, as "module:class", in the order in which they are offered."""


def view_classes() -> list[type[View]]:
    """The classes of all views."""
    return [_loaded(entry) for entry in VIEWS]


def _loaded(entry: str) -> type[View]:
    module, _, name = entry.partition(":")
    found: type[View] = getattr(import_module(f"playground.ui.views.{module}"), name)
    return found
