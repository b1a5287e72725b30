from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from playground.app.files import read_project
from playground.app.runs import RunHistory
from playground.app.settings import history_file


def test_train_writes_the_project_back_with_weights_and_curves(run, digits):
    said = run("train", digits, "--epochs", 2, "--device", "cpu")

    assert said.status == 0
    assert "Training 4,810 parameters on cpu, seed 0." in said.out
    assert "Epoch 2/2: train loss " in said.out
    assert "Done after 2 epochs: valid loss " in said.out
    assert said.out.endswith(f"Wrote {digits}.\n")
    project = read_project(digits)
    assert project.checkpoint is not None
    assert [epoch.epoch for epoch in project.epochs] == [1, 2]
    assert project.document.recipe.epochs == 2


@pytest.mark.usefixtures("quick_baseline")
def test_train_as_json_has_the_keys_of_the_contract(run, digits):
    said = run("train", digits, "--epochs", 1, "--seed", 7, "--json", "--final-exam")

    started, epoch, finished, exam = said.lines
    assert started == {"event": "started", "device": started["device"], "parameters": 4810, "seed": 7}
    assert list(epoch) == [
        "event", "epoch", "train", "valid", "learning_rate", "seconds", "samples_per_second",
    ]  # fmt: skip
    assert list(epoch["valid"]) == ["loss", "accuracy"]
    assert list(finished) == ["event", "reason", "epochs", "best_epoch", "valid", "test"]
    assert (finished["reason"], finished["epochs"], finished["best_epoch"]) == ("epochs", 1, 1)
    assert 0 < finished["test"]["accuracy"] <= 1
    assert list(exam)[:7] == ["event", "metric", "score", "low", "high", "n", "looks"]
    assert list(exam)[7:] == ["models", "verdict", "epoch", "at"]
    assert (exam["event"], exam["metric"], exam["n"], exam["looks"]) == ("final_exam", "accuracy", 270, 1)
    assert 0 <= exam["low"] < exam["score"] < exam["high"] <= 1
    assert [model["name"] for model in exam["models"]] == ["majority"]
    assert exam["verdict"]["against"] == "majority"
    assert said.err == ""


def test_a_regression_tells_errors_in_place_of_accuracy_and_no_test(run, tmp_path):
    path = tmp_path / "table.nnplay"
    run("new", "table-mlp", "-o", path)

    finished = run("train", path, "--epochs", 1, "--json").lines[-1]

    assert set(finished["valid"]) == {"loss", "rmse", "mae", "r2"}
    assert finished["test"] is None


def test_settings_can_be_changed_and_are_written(run, digits, tmp_path):
    other = tmp_path / "other.nnplay"

    said = run(
        "train", digits, "--epochs", 1, "--set", "recipe.learning_rate=0.1", "--set", "layers.dense1.units=8",
        "-o", other,
    )  # fmt: skip

    assert said.status == 0
    document = read_project(other).document
    assert document.recipe.learning_rate == 0.1
    assert document.graph.nodes["dense1"].settings["units"] == 8
    assert read_project(digits).checkpoint is None


def test_resuming_goes_on_as_if_it_had_never_stopped(run, digits, tmp_path):
    whole, parts = tmp_path / "whole.nnplay", tmp_path / "parts.nnplay"
    run("train", digits, "--epochs", 3, "-o", whole)
    run("train", digits, "--epochs", 2, "-o", parts)

    said = run("train", parts, "--resume", "--epochs", 1, "--json")

    assert [line.get("epoch") for line in said.lines] == [None, 3, None]
    assert said.lines[-1]["epochs"] == 3
    one, other = read_project(whole), read_project(parts)
    assert [epoch.epoch for epoch in other.epochs] == [1, 2, 3]
    assert one.checkpoint is not None
    assert other.checkpoint is not None
    for name, value in one.checkpoint.weights.items():
        np.testing.assert_array_equal(value, other.checkpoint.weights[name])


def test_without_resume_training_begins_anew(run, digits):
    run("train", digits, "--epochs", 2)
    run("train", digits, "--epochs", 1)

    assert [epoch.epoch for epoch in read_project(digits).epochs] == [1]


def test_resuming_with_another_optimiser_keeps_the_weights_and_counts_on(run, digits):
    run("train", digits, "--epochs", 2)

    said = run("train", digits, "--resume", "--epochs", 1, "--set", "recipe.optimiser=sgd", "--json")

    assert said.lines[1]["epoch"] == 3
    assert said.lines[1]["valid"]["accuracy"] > 0.9
    again = run("train", digits, "--resume", "--epochs", 2, "--json")
    assert [line["epoch"] for line in again.lines[1:-1]] == [4, 5]


def test_resuming_on_another_split_is_refused_since_the_scores_would_flatter(run, refused, digits, tmp_path):
    run("train", digits, "--epochs", 1)
    before = digits.read_bytes()

    told = refused("train", digits, "--resume", "--set", "data.seed=5")

    assert "of the examples now kept for validation and test were trained on before: the scores would flatter" in told
    assert "Keep the split, or train anew without --resume." in told
    assert digits.read_bytes() == before
    assert run("train", digits, "--epochs", 1, "--set", "data.seed=5").status == 0


def test_resuming_on_the_same_split_scaled_otherwise_goes_on(run, digits):
    run("train", digits, "--epochs", 1)

    assert run("train", digits, "--resume", "--epochs", 1, "--set", "data.scaling=none").status == 0


def test_where_nothing_can_be_written_is_told_before_training(refused, digits, tmp_path, monkeypatch):
    (tmp_path / "folder.nnplay").mkdir()
    assert "folder.nnplay is a folder. Choose another name with -o." in refused(
        "train", digits, "-o", tmp_path / "folder.nnplay"
    )
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert f"Nothing may be written in the folder {tmp_path}. Choose another with -o." in refused("train", digits)


def test_what_cannot_be_trained_is_refused_and_the_file_left_as_it_was(refused, digits, tmp_path):
    before = digits.read_bytes()

    assert "has not been trained yet, so nothing can be resumed. Leave --resume out." in refused(
        "train", digits, "--resume"
    )
    assert "The batch of 5,000 is larger than the 1,257 training examples. Choose 1,257 or fewer." in refused(
        "train", digits, "--set", "recipe.batch=5000"
    )
    assert "There is no setting “recipe.speed”. A recipe has: epochs, batch," in refused(
        "train", digits, "--set", "recipe.speed=3"
    )
    assert "recipe.learning_rate cannot be -1" in refused("train", digits, "--set", "recipe.learning_rate=-1")
    assert "recipe.epochs cannot be 0" in refused("train", digits, "--epochs", 0)
    assert "“recipe” is not of the form PATH=VALUE" in refused("train", digits, "--set", "recipe")
    assert "There is no folder" in refused("train", digits, "-o", tmp_path / "none" / "a.nnplay")
    assert digits.read_bytes() == before


def test_a_device_that_is_not_there_is_refused(refused, digits, monkeypatch):
    from playground.engine import device

    monkeypatch.setattr(device, "available", lambda: ("cpu",))

    assert "This machine has no cuda device. Use one of: auto, cpu." in refused("train", digits, "--device", "cuda")


def test_a_learning_rate_of_10000_diverges_and_loses_nothing(run, digits):
    run("train", digits, "--epochs", 1)
    before = digits.read_bytes()
    changes = ("--set", "recipe.optimiser=sgd", "--set", "recipe.learning_rate=10000")

    told, said = run("train", digits, *changes), run("train", digits, *changes, "--json")

    assert (told.status, said.status) == (1, 1)
    assert told.err.startswith("playground: Training diverged at step ")
    assert "Try a learning rate of " in told.err
    assert told.err.endswith("digits.nnplay was left as it was.\n")
    assert told.err.count("\n") == 1
    assert said.lines[-1]["reason"] == "diverged"
    assert digits.read_bytes() == before


@pytest.fixture
def child(digits):
    """A long training run in a process of its own, past its first epoch."""
    command = [
        sys.executable, "-m", "playground", "train", str(digits), "--epochs", "1000000", "--json", "--device", "cpu",
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            while '"event": "epoch"' not in process.stdout.readline():
                assert process.poll() is None
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C cannot be sent to one process there")
def test_ctrl_c_ends_the_run_and_keeps_what_was_learned(child, digits):
    asked = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)

    finished = json.loads(out.splitlines()[-1])
    assert (child.returncode, err) == (0, "")
    assert (finished["event"], finished["reason"]) == ("finished", "stopped")
    project = read_project(digits)
    assert project.checkpoint is not None
    assert project.epochs[-1].epoch == finished["epochs"] >= 1
    assert time.monotonic() - asked < 30


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
def test_a_reader_that_leaves_ends_the_run_and_keeps_what_was_learned(child, digits):
    child.stdout.close()
    err = child.stderr.read()

    assert (child.wait(60), err) == (0, "")
    assert read_project(digits).checkpoint is not None


def test_a_second_ctrl_c_aborts_and_leaves_the_file_alone(run, digits, monkeypatch):
    from playground.engine.train import Training

    before = digits.read_bytes()
    handlers = []

    def events(training):
        os.kill(os.getpid(), signal.SIGINT)
        handlers.append(training._stopping)
        os.kill(os.getpid(), signal.SIGINT)
        yield

    monkeypatch.setattr(Training, "events", events)
    usual = signal.getsignal(signal.SIGINT)

    said = run("train", digits)

    assert handlers == [True]
    assert (said.status, said.err) == (130, "playground: Interrupted.\n")
    assert digits.read_bytes() == before
    assert signal.getsignal(signal.SIGINT) is usual


def test_a_terminal_gets_a_bar_and_the_result(run, digits, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    said = run("train", digits, "--epochs", 2)

    assert "Epoch 1/2" not in said.out
    assert said.out.startswith("Done after 2 epochs: ")


@pytest.mark.usefixtures("quick_baseline")
def test_each_look_at_the_test_part_is_counted_and_a_second_one_says_so(run, digits):
    first = run("train", digits, "--epochs", 1, "--final-exam")
    second = run("train", digits, "--epochs", 1, "--final-exam", "--no-history")
    assert "On 270 test examples" in first.out
    assert "look number" not in first.out
    assert "look number 2 at this test part" in second.out


def test_the_exam_asks_whether_the_network_beats_the_simple_model_and_stays_in_the_project(run, tmp_path):
    path = tmp_path / "table.nnplay"
    run("new", "table-mlp", "-o", path)
    said = run("train", path, "--epochs", 1, "--final-exam")
    exam = read_project(path).exam
    assert "ridge regression" in said.out
    assert "paired bootstrap" in said.out
    assert exam.told in said.out
    assert (exam.epoch, exam.look, [rival.name for rival in exam.found.rivals]) == (1, 1, ["ridge", "mean"])
    assert run("compare", path).out.rstrip().endswith(exam.told)
    assert run("compare", path, "--json").json["exam"]["verdict"]["text"] == exam.found.verdict.text
    report = path.with_suffix(".html")
    run("export", path, "--to", "html", "-o", report)
    assert "<h2>Final exam</h2>" in report.read_text(encoding="utf-8")
    assert run("train", path, "--epochs", 1, "--resume").status == 0
    assert read_project(path).exam == exam
    assert run("train", path, "--epochs", 1).status == 0
    assert read_project(path).exam is None


@pytest.mark.usefixtures("quick_baseline")
def test_an_exam_is_sat_alone_where_no_baseline_can_be_fitted(run, digits, monkeypatch):
    def fails(*_):
        raise ValueError("There is only one class.")

    monkeypatch.setattr("playground.selection.baselines.fit", fails)
    said = run("train", digits, "--epochs", 1, "--final-exam")
    assert said.status == 0
    assert "the network sits the exam alone: There is only one class." in said.err
    assert "On 270 test examples" in said.out


@pytest.mark.usefixtures("quick_baseline")
def test_a_run_is_kept_in_the_history_and_can_be_left_out(run, digits):
    assert run("train", digits, "--epochs", 2, "--final-exam").status == 0
    assert run("train", digits, "--epochs", 1, "--no-history").status == 0
    [kept] = RunHistory().search()
    assert (kept.epochs, kept.reason, kept.has_weights, kept.has_answers) == (2, "epochs", True, True)
    assert kept.test is not None
    assert RunHistory().curves(kept.id)[-1].valid == kept.last


def test_a_history_that_cannot_be_written_does_not_stop_the_training(run, digits):
    history_file().parent.mkdir(parents=True)
    history_file().mkdir()
    answer = run("train", digits, "--epochs", 1)
    assert answer.status == 0
    assert answer.err.startswith(f"playground: The run history {history_file()} cannot be")
    assert answer.err.endswith("Training goes on; its runs may be missing from the history.\n")
    assert read_project(digits).checkpoint is not None


def test_events_go_into_a_file_too_for_a_window_that_follows(run, digits, tmp_path):
    file = tmp_path / "run.jsonl"

    said = run("train", digits, "--epochs", 2, "--events", file, "--json")

    assert file.read_text(encoding="utf-8").splitlines() == said.out.splitlines()
    assert [json.loads(line)["event"] for line in file.read_text().splitlines()] == [
        "started", "epoch", "epoch", "finished",
    ]  # fmt: skip


def test_events_that_cannot_be_written_are_refused_before_training(run, digits, tmp_path):
    said = run("train", digits, "--events", tmp_path / "nowhere" / "run.jsonl")

    assert said.status == 2
    assert "run.jsonl cannot be written: No such file or directory. Choose another place for --events." in said.err
