"""Every template opens on its own data, checks clean, survives its file, and takes a step of training."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from playground.app.document import Document, from_json, make_project, to_json
from playground.data.dataset import Dataset, Examples
from playground.data.split import prepare
from playground.engine.events import BatchDone
from playground.engine.train import Training
from playground.graph.check import check
from playground.graph.cost import costs, total
from playground.graph.templates import FAMILIES, TEMPLATES

LARGE = 200_000_000
"""Multiply-adds above which a step is too slow for the quick tests."""


@cache
def opened(name: str) -> tuple[Document, Dataset]:
    return make_project(name)


def is_large(name: str) -> bool:
    return TEMPLATES[name].data == "images-224" or name in ("cifar-resnet-110", "cifar-plain-110")


QUICK = [name for name in TEMPLATES if not is_large(name)]
SLOW = [name for name in TEMPLATES if is_large(name)]


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_checks_clean_on_its_own_data_and_survives_its_file(name: str) -> None:
    document, dataset = opened(name)

    assert check(document.graph, dataset.signature, document.recipe.batch, 2**40).problems == ()
    assert from_json(json.loads(json.dumps(to_json(document)))) == document
    assert TEMPLATES[name].family in FAMILIES
    assert len(TEMPLATES[name].summary) <= 120


def step(name: str) -> float:
    """The loss of the first step, and of the second on other examples."""
    document, dataset = opened(name)
    examples: Examples = prepare(dataset, document.data)
    batch = 2 if is_large(name) else min(document.recipe.batch, len(examples.train))
    training = Training(document.graph, document.recipe.model_copy(update={"batch": batch}), examples)
    before = {key: value.clone() for key, value in training.network.state_dict().items()}
    for event in training.events():
        if isinstance(event, BatchDone):
            break
    moved = [key for key, value in training.network.state_dict().items() if not bool((value == before[key]).all())]
    assert moved
    return float(training.step_losses()[0])


@pytest.mark.parametrize("name", QUICK)
def test_it_takes_a_step(name: str) -> None:
    document, dataset = opened(name)
    assert total(costs(document.graph, check(document.graph, dataset.signature))).multiply_adds < LARGE

    assert np.isfinite(step(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_a_large_one_takes_a_step(name: str) -> None:
    assert np.isfinite(step(name))


def test_deep_networks_are_few_cards() -> None:
    from playground.graph.folding import shown

    assert len(shown(opened("cifar-resnet-110")[0].graph).cards) <= 12
    assert len(shown(opened("resnet-152")[0].graph).cards) <= 16


def test_a_published_network_takes_small_images_enlarged() -> None:
    document, dataset = make_project("resnet-18", "digits")

    assert document.graph.of_type("Upsample") == ("up1",)
    assert check(document.graph, dataset.signature).problems == ()
