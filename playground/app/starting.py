"""The network that data begin with where there is none: the template that fits them. Knows neither Qt nor torch."""

from __future__ import annotations

from dataclasses import replace

from playground.app.document import Document, with_fitting_batch
from playground.engine.recipe import Recipe, with_enough_epochs
from playground.graph.templates import TEMPLATES
from playground.layers.shape import Signature


def fitting_template(signature: Signature) -> str:
    """Name of the template whose examples have such a form."""
    if signature.symbols is not None:
        answers_in_other_symbols = signature.steps is not None and signature.outputs != signature.symbols
        return "encoder-decoder" if answers_in_other_symbols else "char-lm"
    if signature.input.rank == 3:
        return "image-cnn"
    if signature.input.rank == 2:
        if signature.steps is not None:
            return "lstm-many-to-many"
        return "series-cnn" if signature.task == "classes" else "frequency-lstm"
    return "table-mlp"


def begun(document: Document, signature: Signature, count: int = 0) -> Document:
    """The document with the network and the recipe of the template that fits its data, as `new` makes them.

    count: training examples; 0 if they are not known.
    """
    template = TEMPLATES[fitting_template(signature)]
    recipe = Recipe.model_validate(dict(template.recipe))
    chosen = replace(document, graph=template.build(signature), positions={})
    if document.recipe != Recipe():
        recipe = document.recipe
    elif count:
        recipe = with_enough_epochs(with_fitting_batch(recipe, count), count)
    return replace(chosen, recipe=with_fitting_batch(recipe, count) if count else recipe).placed()
