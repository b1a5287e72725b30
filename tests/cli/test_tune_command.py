from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from playground.app.document import make_project
from playground.app.files import Project, read_project, write_project

RATES = "recipe.learning_rate=0.003,0.03"


@pytest.fixture
def xor(tmp_path):
    path = tmp_path / "xor.nnplay"
    write_project(path, Project(make_project("xor-mlp")[0]))
    return path


def test_tune_as_json_has_the_keys_of_the_contract(run, xor, tmp_path):
    best_file = tmp_path / "best.nnplay"
    words = ("--vary", RATES, "--folds", 3, "--epochs", 3, "--processes", 1, "--json")

    said = run("tune", xor, *words, "-o", best_file)

    assert (said.status, said.err) == (0, "")
    trials, best = said.json["trials"], said.json["best"]
    assert [trial["params"] for trial in trials] == [{"recipe.learning_rate": 0.003}, {"recipe.learning_rate": 0.03}]
    for trial in trials:
        assert len(trial["folds"]) == 3
        assert list(trial["folds"][0]["train"]) == list(trial["folds"][0]["valid"]) == ["loss", "accuracy"]
        scores = [fold["valid"]["accuracy"] for fold in trial["folds"]]
        assert trial["valid_mean"] == pytest.approx(sum(scores) / 3)
        assert trial["valid_sd"] > 0
    assert best["valid_mean"] == max(trial["valid_mean"] for trial in trials)
    assert "flatters it" in said.json["note"]
    written = read_project(best_file)
    assert written.document.recipe.learning_rate == best["params"]["recipe.learning_rate"]
    assert written.document.recipe.epochs == 3
    assert written.checkpoint is None


def test_tune_prints_trials_the_curve_and_the_winner_and_a_second_time_what_was_kept(run, xor):
    words = ("tune", xor, "--vary", RATES, "--folds", 3, "--epochs", 3, "--processes", 0)

    said, again = run(*words), run(*words)

    assert "Trial 0: recipe.learning_rate=0.003: accuracy 0." in said.out
    assert "Done: 2 trials, 0 given up half way, 0 failed." in said.out
    assert "Train accuracy  Valid accuracy" in said.out
    assert "Best: recipe.learning_rate=0.03 with accuracy 0." in said.out
    assert again.out == said.out[said.out.index("Done:") :]


def test_more_trials_go_on_with_the_same_search(run, xor):
    words = ("tune", xor, "--vary", "recipe.learning_rate=1e-3..0.1:log", "--epochs", 1, "--processes", 0, "--json")
    first = run(*words, "--search", "random", "--trials", 2).json["trials"]
    more = run(*words, "--search", "random", "--trials", 3).json["trials"]
    assert more[:2] == first
    assert len(more) == 3


def test_nested_scores_the_search_and_chooses_nothing(run, refused, xor, tmp_path):
    words = ("tune", xor, "--vary", RATES, "--epochs", 2, "--processes", 0, "--folds", 2, "--nested", 3)
    said = run(*words, "--json")
    assert (said.status, len(said.json["outer"])) == (0, 3)
    assert said.json["mean"] == pytest.approx(sum(fold["outer"]["accuracy"] for fold in said.json["outer"]) / 3)
    assert "--nested scores the search and chooses no winner to write." in refused(*words, "-o", tmp_path / "a.nnplay")


def test_what_cannot_be_searched_is_refused_with_a_way_out(refused, xor, tmp_path):
    assert "Nothing is varied. Write, for example, --vary recipe.learning_rate=" in refused("tune", xor)
    assert "There is no setting “recipe.speed”." in refused("tune", xor, "--vary", "recipe.speed=1")
    assert "Did you mean recipe.momentum" in refused("tune", xor, "--vary", "recipe.momentun=1")
    assert "Momentum must be less than 1, not 3." in refused("tune", xor, "--vary", "recipe.momentum=0.5,3")
    assert "900 folds cannot be made of" in refused("tune", xor, "--vary", RATES, "--folds", 900)
    assert "“many” is no way to divide the data." in refused("tune", xor, "--vary", RATES, "--folds", "many")
    assert "“0” is not a whole number above 0" in refused("tune", xor, "--vary", RATES, "--trials", 0)
    assert "Xor cannot be judged by r2." in refused("tune", xor, "--vary", RATES, "--metric", "r2")
    assert "There is no file" in refused("tune", tmp_path / "none.nnplay", "--vary", RATES)
    assert "is no address of a database." in refused("tune", xor, "--vary", RATES, "--storage", "what://x")


def test_where_all_trials_fail_the_work_has_failed(run, xor):
    words = ("--vary", "recipe.learning_rate=1e5", "--epochs", 1, "--processes", 0)
    said = run("tune", xor, *words)
    assert said.status == 1
    assert said.err.startswith("playground: All 1 trials failed. The last one: Training diverged")
    assert "Trial 0: " not in run("tune", xor, *words).out
    again = run("tune", xor, *words, "--again")
    assert "Trial 1: recipe.learning_rate=1e+05: Training diverged" in again.out
    assert "Done: 0 trials, 0 given up half way, 1 failed." in again.out


def child_of(project, *words):
    command = [sys.executable, "-m", "playground", "tune", str(project), "--processes", "1", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


LONG = ("--vary", "recipe.seed=0,1,2,3,4,5", "--vary", "layers.dense1.units=40", "--epochs", "60")


def first_trial(process):
    assert process.stdout is not None
    while not (line := process.stdout.readline()).startswith("Trial "):
        assert process.poll() is None
    return line


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C cannot be sent to one process there")
def test_ctrl_c_keeps_what_was_done_and_the_same_command_goes_on(run, digits):
    with child_of(digits, *LONG, "--search", "grid") as process:
        first_trial(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "Stopped; the same command goes on: " in out
    with child_of(digits, *LONG, "--search", "grid", "--json") as process:
        out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert sorted(trial["params"]["recipe.seed"] for trial in json.loads(out)["trials"]) == [0, 1, 2, 3, 4, 5]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed otherwise there")
def test_after_kill_9_the_trial_under_way_is_done_again_and_no_worker_is_left(run, digits):
    with child_of(digits, *LONG, "--search", "grid") as process:
        first_trial(process)
        workers = children(process.pid)
        process.kill()
        process.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while any(map(lives, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workers
    assert not any(map(lives, workers))
    with child_of(digits, *LONG, "--search", "grid", "--json") as process:
        out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert sorted(trial["params"]["recipe.seed"] for trial in json.loads(out)["trials"]) == [0, 1, 2, 3, 4, 5]


@pytest.mark.slow
def test_two_commands_at_once_share_the_work(digits):
    both = [child_of(digits, *LONG, "--search", "grid", "--json") for _ in range(2)]
    said = [json.loads(process.communicate(timeout=300)[0]) for process in both]
    for each in said:
        seeds = [trial["params"]["recipe.seed"] for trial in each["trials"]]
        assert sorted(set(seeds)) == sorted(seeds)
    assert max(len(each["trials"]) for each in said) == 6


def children(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return not state.stdout.startswith("Z")
