from __future__ import annotations

import pytest

from playground.app.document import make_project
from playground.app.suggesting import suggestion, titles
from playground.app.varying import read_space


@pytest.mark.parametrize("template", ["spiral-mlp", "digits-cnn", "frequency-lstm", "table-mlp", "cifar-resnet-20"])
def test_every_suggestion_can_be_searched(template):
    document = make_project(template)[0]
    found = titles(document)
    assert found
    for path in found:
        space = read_space(document, path, suggestion(document, path))
        assert 2 <= len(space.grid()) <= 12, path


def test_the_learning_rate_comes_first_and_widths_before_the_rest():
    found = list(titles(make_project("digits-cnn")[0]))
    assert found[0] == "recipe.learning_rate"
    assert found.index("layers.conv1.filters") < found.index("layers.conv1.kernel")


def test_what_would_make_trials_incomparable_is_not_offered():
    found = titles(make_project("digits-cnn")[0])
    assert not {"data.valid", "data.test", "data.source", "data.target"} & set(found)
    assert not any(path.startswith(("layers.output", "layers.input")) for path in found)


def test_layers_are_named_with_their_setting():
    assert titles(make_project("digits-cnn")[0])["layers.conv1.filters"] == "conv1 · filters"
