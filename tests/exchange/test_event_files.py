"""What TensorBoard's own reader finds in the folder that is written for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playground.app.document import make_project
from playground.app.files import Project
from playground.app.handing_over import as_tensorboard
from playground.data.catalogue import load
from playground.data.split import prepare
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone
from playground.exchange import event_files as module
from playground.exchange.event_files import event_files, is_ours
from playground.exchange.problem import ExportProblem
from playground.exchange.whole_folder import write_folder

pytest.importorskip("tensorboard")


@pytest.fixture(scope="module")
def trained():
    """A small project, three epochs of which were really trained."""
    from playground.engine.train import Training

    document = make_project("table-mlp", "iris")[0]
    recipe = document.recipe.model_copy(update={"epochs": 3})
    training = Training(document.graph, recipe, prepare(load(document.data), document.data), "cpu")
    epochs = tuple(event for event in training.events() if isinstance(event, EpochDone))
    return Project(document, training.checkpoint(), epochs)


def written(project: Project, folder: Path) -> tuple[object, object]:
    """What the reader finds in both runs."""
    as_tensorboard(project, folder, lambda _words: None)
    return tuple(run_in(folder / run) for run in ("train", "validation"))


def run_in(folder: Path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder), size_guidance={"scalars": 0, "histograms": 0}).Reload()


def test_both_runs_have_every_score_of_every_epoch_under_the_same_tags(trained, tmp_path):
    train, valid = written(trained, tmp_path / "runs")

    assert set(train.Tags()["scalars"]) == {"loss", "accuracy", "learning_rate"}
    assert set(valid.Tags()["scalars"]) == {"loss", "accuracy"}
    for run, part in ((train, "train"), (valid, "valid")):
        for name in ("loss", "accuracy"):
            wanted = [(epoch.epoch, np.float32(getattr(epoch, part).flat()[name])) for epoch in trained.epochs]
            assert [(each.step, each.value) for each in run.Scalars(name)] == wanted
    assert [each.value for each in train.Scalars("learning_rate")] == [
        np.float32(epoch.learning_rate) for epoch in trained.epochs
    ]


def test_wall_times_lie_as_far_apart_as_the_epochs_took(trained, tmp_path):
    epochs = tuple(replace(epoch, seconds=took) for epoch, took in zip(trained.epochs, (5.0, 2.5, 4.0), strict=True))
    train, valid = written(replace(trained, epochs=epochs), tmp_path / "runs")

    for run in (train, valid):
        assert np.diff([each.wall_time for each in run.Scalars("loss")]) == pytest.approx([2.5, 4.0], abs=1e-5)


def test_each_weight_of_the_last_epoch_is_counted_once(trained, tmp_path):
    train, valid = written(trained, tmp_path / "runs")

    weights = trained.checkpoint.weights
    assert set(train.Tags()["histograms"]) == {name.replace(".", "/") for name in weights}
    assert valid.Tags()["histograms"] == []
    for name, value in weights.items():
        found = train.Histograms(name.replace(".", "/"))[-1]
        told = found.histogram_value
        assert found.step == 3
        assert sum(told.bucket) == told.num == value.size
        assert (told.min, told.max) == (value.min(), value.max())
        assert told.sum == pytest.approx(value.sum(dtype=float))
        for limit in told.bucket_limit[1:-1:16]:
            below = sum(count for count, end in zip(told.bucket, told.bucket_limit, strict=True) if end <= limit)
            assert below == (value < limit).sum()


def test_where_the_best_weights_were_kept_both_they_and_the_last_are_shown(trained, tmp_path):
    weights = trained.checkpoint.weights
    tensors = {f"weights/{name}": value for name, value in weights.items()}
    tensors |= {f"best/{name}": value for name, value in weights.items()}
    tensors |= {f"last/{name}": value + 1 for name, value in weights.items()}
    # A run that was begun anew after four epochs: its second is the sixth on the curves.
    epochs = tuple(replace(epoch, epoch=epoch.epoch + 4) for epoch in trained.epochs)
    project = replace(trained, checkpoint=Checkpoint(tensors, {"epoch": 3, "best_epoch": 2}), epochs=epochs)

    train, _ = written(project, tmp_path / "runs")

    best, last = train.Histograms("dense1/weight")
    assert (best.step, last.step) == (6, 7)
    assert best.histogram_value.max == weights["dense1.weight"].max()
    assert last.histogram_value.max == pytest.approx(weights["dense1.weight"].max() + 1)


def test_the_model_card_is_among_the_texts(trained, tmp_path):
    train, _ = written(trained, tmp_path / "runs")

    (card,) = train.Tensors("model card/text_summary")
    assert b"## Intended use" in card.tensor_proto.string_val[0]


def test_the_files_do_not_name_this_machine(trained, tmp_path):
    written(trained, tmp_path / "runs")

    names = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file())
    assert names == [f"runs/{run}/events.out.tfevents.0000000000.nn-playground" for run in ("train", "validation")]


def test_a_diverged_run_is_shown_as_it_was(trained, tmp_path):
    lost = replace(trained.epochs[-1], train=replace(trained.epochs[-1].train, loss=float("nan")), seconds=float("nan"))
    lost = replace(lost, valid=replace(lost.valid, loss=float("inf")), learning_rate=1e300)
    spoiled = {f"weights/{name}": value for name, value in trained.checkpoint.weights.items()}
    spoiled["weights/dense1.weight"] = spoiled["weights/dense1.weight"].copy()
    spoiled["weights/dense1.weight"][0, :2] = (np.nan, np.inf)
    spoiled["weights/dense1.bias"] = np.full_like(spoiled["weights/dense1.bias"], 3e38)
    spoiled["weights/dense2.bias"] = np.full_like(spoiled["weights/dense2.bias"], np.nan)
    project = replace(trained, checkpoint=Checkpoint(spoiled, {"epoch": 3}), epochs=(*trained.epochs[:-1], lost))

    made = as_tensorboard(project, tmp_path / "runs", lambda _words: None)

    train, valid = (run_in(tmp_path / "runs" / run) for run in ("train", "validation"))
    size, gone = spoiled["weights/dense1.weight"].size, spoiled["weights/dense2.bias"].size
    assert np.isnan(train.Scalars("loss")[-1].value)
    assert valid.Scalars("loss")[-1].value == train.Scalars("learning_rate")[-1].value == np.inf
    assert train.Histograms("dense1/weight")[0].histogram_value.num == size - 2
    assert train.Histograms("dense1/bias")[0].histogram_value.max == np.float32(3e38)
    assert "dense2/bias" not in train.Tags()["histograms"]
    assert made.notes[1:] == (
        "2 of dense1.weight at epoch 3 are no numbers, and in no histogram.",
        f"{gone} of dense2.bias at epoch 3 are no numbers, and in no histogram.",
    )


def test_curves_of_a_network_that_was_changed_since_come_without_weights(trained, tmp_path):
    other = Checkpoint({"weights/dense9.weight": np.zeros((2, 2), np.float32)}, {"epoch": 3})
    made = as_tensorboard(replace(trained, checkpoint=other), tmp_path / "a", lambda _words: None)
    none = as_tensorboard(replace(trained, checkpoint=None), tmp_path / "b", lambda _words: None)

    assert run_in(tmp_path / "a" / "train").Tags()["histograms"] == []
    assert len(run_in(tmp_path / "b" / "train").Scalars("loss")) == 3
    words = "There are no histograms of the weights: the network was"
    assert made.notes[1:] == (f"{words} changed since it was trained.",)
    assert none.notes[1:] == (f"{words} saved without weights.",)


def test_names_of_scores_from_a_file_stay_letters(trained, tmp_path):
    (first, *_) = trained.epochs
    strange = replace(first, valid=replace(first.valid, measures={"<b>ac/c": 0.5}))
    _, valid = written(replace(trained, epochs=(strange,)), tmp_path / "runs")

    assert set(valid.Tags()["scalars"]) == {"loss", "_b_ac_c"}


def test_an_earlier_export_is_replaced_and_nothing_is_left_beside(trained, tmp_path):
    written(trained, tmp_path / "runs")
    train, _ = written(replace(trained, epochs=trained.epochs[:1]), tmp_path / "runs")

    assert [each.step for each in train.Scalars("loss")] == [1]
    assert [each.name for each in tmp_path.iterdir()] == ["runs"]


def test_a_folder_with_anything_else_in_it_is_refused_and_left_as_it_is(trained, tmp_path):
    written(trained, tmp_path / "runs")
    (tmp_path / "runs" / "train" / "notes.txt").write_text("mine")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "thesis.tex").write_text("mine")

    for name in ("runs", "others"):
        with pytest.raises(ExportProblem) as refused:
            as_tensorboard(trained, tmp_path / name, lambda _words: None)
        assert str(refused.value) == (
            f"The folder {tmp_path / name} holds other things, and only an earlier export is replaced. "
            "Choose an empty folder, or a new name."
        )
    assert (tmp_path / "runs" / "train" / "notes.txt").read_text() == "mine"
    assert [each.name for each in (tmp_path / "others").iterdir()] == ["thesis.tex"]


def test_an_empty_folder_is_filled(trained, tmp_path):
    (tmp_path / "runs").mkdir()

    train, _ = written(trained, tmp_path / "runs")

    assert len(train.Scalars("loss")) == 3


def test_where_a_new_folder_cannot_take_its_place_the_old_one_stands_again(tmp_path, monkeypatch):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "old").write_text("old")
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if (self / "new").exists():
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ExportProblem) as refused:
        write_folder(tmp_path / "runs", {"new": b"new"}, lambda _folder: True)

    assert str(refused.value) == (
        f"{tmp_path / 'runs'} cannot be written: No space left on device. Choose another place."
    )
    assert [(each.name, (each / "old").read_text()) for each in tmp_path.iterdir()] == [("runs", "old")]


def test_a_link_to_a_folder_of_runs_is_no_earlier_export(trained, tmp_path):
    written(trained, tmp_path / "runs")
    (tmp_path / "linked").mkdir()
    for run in ("train", "validation"):
        (tmp_path / "linked" / run).symlink_to(tmp_path / "runs" / run)

    assert is_ours(tmp_path / "runs")
    assert not is_ours(tmp_path / "linked")


def test_long_curves_say_how_far_they_are(trained):
    many = tuple(replace(trained.epochs[0], epoch=number) for number in range(1, 2501))
    told: list[str] = []

    event_files(replace(trained, epochs=many), with_weights=True, tell=told.append)

    assert told == [*(f"Writing the curves: epoch {at},000 of 2,500…" for at in (1, 2)), "Writing the weights…"]


def test_without_the_package_it_says_what_to_install(trained, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _name: None)

    with pytest.raises(ExportProblem) as refused:
        event_files(trained, with_weights=True)

    assert str(refused.value) == (
        "TensorBoard's files need the package tensorboard, which is not installed: "
        "pip install “nn-playground[tensorboard]”."
    )


def test_without_curves_there_is_nothing_to_show(trained):
    with pytest.raises(ExportProblem, match=r"^The network has no curves yet\. Train it first\.$"):
        event_files(replace(trained, epochs=()), with_weights=True)
