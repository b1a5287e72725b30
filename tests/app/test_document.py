from __future__ import annotations

import json

import pytest

from playground.app.document import DocumentProblem, from_json, make_project, set_path, to_json
from playground.data.dataset import DataProblem
from playground.graph.check import check
from playground.graph.templates import TEMPLATES


@pytest.fixture(scope="module")
def digits():
    return make_project("digits-cnn")[0]


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_every_template_opens_and_checks_clean(name):
    document, dataset = make_project(name)
    assert check(document.graph, dataset.signature).problems == ()
    assert document.positions.keys() == document.graph.nodes.keys()


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_a_document_survives_its_json_exactly(name):
    document, _ = make_project(name)
    assert from_json(json.loads(json.dumps(to_json(document)))) == document


def test_a_newer_format_says_so(digits):
    with pytest.raises(DocumentProblem, match=r"written by a newer version \(format 99.*Update the program"):
        from_json({**to_json(digits), "format": 99})


def test_an_unknown_layer_is_kept_as_it_came(digits):
    values = to_json(digits)
    values["nodes"][1] |= {"type": "Hologram", "settings": {"depth": 3}}
    document = from_json(values)
    assert to_json(document)["nodes"][1]["settings"] == {"depth": 3}
    assert "knows no layer “Hologram”" in check(document.graph).errors[0].text


def damage(values, how):
    if how == "an edge to nowhere":
        values["edges"][0]["target"] = "nowhere"
    elif how == "a port that is not there":
        values["edges"][0]["port"] = "back"
    elif how == "two layers of one name":
        values["nodes"].append(values["nodes"][0])
    elif how == "a setting out of range":
        values["recipe"]["batch"] = -1
    elif how == "no nodes":
        del values["nodes"]
    elif how == "a position at infinity":
        values["nodes"][0]["position"] = [float("inf"), 0]
    elif how == "a name that is no identifier":
        values["nodes"][0]["id"] = "import os"
    return values


@pytest.mark.parametrize(
    "how",
    [
        "an edge to nowhere",
        "a port that is not there",
        "two layers of one name",
        "a setting out of range",
        "no nodes",
        "a position at infinity",
        "a name that is no identifier",
    ],
)
def test_a_damaged_description_is_refused_in_a_sentence(digits, how):
    with pytest.raises(DocumentProblem, match="^The project's description is damaged: .*[.]$"):
        from_json(damage(json.loads(json.dumps(to_json(digits))), how))


@pytest.mark.parametrize("values", [None, [], 3, "text", {}, {"format": "1"}, {"format": 10**400}])
def test_json_that_is_no_project_is_refused(values):
    with pytest.raises(DocumentProblem):
        from_json(values)


def test_settings_are_changed_by_their_path(digits):
    assert set_path(digits, "recipe.learning_rate", "0.25").recipe.learning_rate == 0.25
    assert set_path(digits, "data.noise", "20").data.noise == 20
    conv = digits.graph.of_type("Conv2d")[0]
    assert set_path(digits, f"layers.{conv}.filters", "5").graph.nodes[conv].settings["filters"] == 5


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("recipe.batch", "many", "recipe.batch cannot be many. Batch must be a whole number"),
        ("recipe.speed", "1", "There is no setting “recipe.speed”. A recipe has: epochs, batch"),
        ("layers.nobody.units", "1", "There is no setting “layers.nobody.units”. The layers have: "),
        ("nonsense", "1", "Begin with recipe, data or layers."),
    ],
)
def test_a_path_or_value_that_cannot_be_is_told(digits, path, value, text):
    with pytest.raises(DocumentProblem, match=text.replace(".", "[.]")):
        set_path(digits, path, value)


def test_a_template_refuses_data_of_another_form():
    with pytest.raises(DataProblem, match="“digits-cnn” takes an image an example, but “iris” gives a list of numbers"):
        make_project("digits-cnn", "iris")


def test_there_is_no_such_template():
    with pytest.raises(DocumentProblem, match="There is no template “nope”. “playground templates” lists all"):
        make_project("nope")
