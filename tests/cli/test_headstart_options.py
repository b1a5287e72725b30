"""A head start in the terminal: what is told, both scores, and what does not go together."""

from __future__ import annotations

import pytest

from playground.app.files import read_project
from playground.app.runs import RunHistory
from playground.app.settings import history_file


def test_a_run_from_another_projects_weights_is_told_beside_one_from_nothing(run, digits, tmp_path):
    run("train", digits, "--epochs", 3)
    other = tmp_path / "other.nnplay"

    said = run(
        "train", digits, "--epochs", 2, "--set", "data.train_on=60", "--from", digits, "--freeze", "--beside-nothing",
        "-o", other,
    )  # fmt: skip

    assert said.status == 0, said.err
    assert f"Taken from {digits.name}: " in said.out
    assert "Frozen: " in said.out
    assert "Learned from 60 of 1,257 training examples." in said.out
    assert "With the head start accuracy " in said.out
    assert "both on the same 270 validation examples." in said.out
    assert any(not layer.settings.get("trainable", True) for layer in read_project(other).document.graph.nodes.values())
    runs = RunHistory(history_file())
    assert {tag for found in runs.search() for tag in found.tags} == {f"from {digits.stem}", "from nothing"}
    runs.close()


def test_pre_training_as_json_tells_the_run_from_nothing_last(run, digits):
    said = run("train", digits, "--epochs", 1, "--pretrain", 1, "--beside-nothing", "--json")
    assert [line["event"] for line in said.lines] == ["started", "epoch", "finished", "from_nothing"]
    assert list(said.lines[-1]["valid"]) == ["loss", "accuracy"]


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (("--freeze",), 2, "need a head start"),
        (("--beside-nothing",), 2, "need a head start"),
        (("--pretrain", "3", "--resume"), 2, "Leave one of them out"),
        (("--pseudo-labels", "0.9", "--freeze"), 2, "Leave --freeze out"),
        (("--pseudo-labels", "0.9"), 2, "Learn from fewer"),
        (("--pseudo-labels", "9"), 2, "no probability"),
        (("--pretrain", "0"), 2, "no number of epochs"),
        (("--from", "nowhere.nnplay"), 2, "There is no file nowhere.nnplay"),
        (("--set", "recipe.augment.warp=0.2"), 2, "time warp does not suit images"),
    ],
)
def test_what_cannot_be_is_one_sentence(run, digits, options, status, words):
    said = run("train", digits, *options)
    assert said.status == status
    assert words in said.err
