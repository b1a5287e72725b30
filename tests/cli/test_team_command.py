"""The command train as torchrun starts it: by itself in this process, and with real processes on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from playground.app.document import set_path
from playground.app.files import Project, read_project, write_project
from playground.cli.team import unfinished
from tests.engine.team_members import ROOT, free_port

SURE = ("--set", "layers.drop1.rate=0")


@pytest.fixture
def called(monkeypatch):
    """As torchrun calls the only process of a team."""
    words = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1", "LOCAL_WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1"}
    for word, value in {**words, "MASTER_PORT": str(free_port())}.items():
        monkeypatch.setenv(word, value)


@pytest.fixture
def cnn(run, tmp_path):
    path = tmp_path / "cnn.nnplay"
    run("new", "digits-cnn", "-o", path)
    return path


@pytest.mark.usefixtures("called")
def test_a_team_of_one_learns_what_one_process_learns(run, cnn, tmp_path, monkeypatch):
    shared, alone = tmp_path / "shared.nnplay", tmp_path / "alone.nnplay"

    said = run("train", cnn, "-o", shared, "--epochs", 1, "--device", "cpu", *SURE)
    assert said.status == 0, said.err
    monkeypatch.delenv("RANK")
    run("train", cnn, "-o", alone, "--epochs", 1, "--device", "cpu", *SURE)

    found, wanted = (read_project(path).checkpoint for path in (shared, alone))
    assert found is not None
    assert wanted is not None
    for name, value in wanted.weights.items():
        assert np.allclose(found.weights[name], value, atol=1e-4), name
    assert not unfinished(shared).exists()


@pytest.mark.usefixtures("called")
def test_after_a_restart_it_goes_on_from_what_was_left(run, cnn, monkeypatch):
    run("train", cnn, "--epochs", 2, "--device", "cpu")
    learned = read_project(cnn)
    wanted = set_path(learned.document, "recipe.epochs", "4")
    write_project(cnn, Project(wanted))
    write_project(unfinished(cnn), Project(wanted, learned.checkpoint, learned.epochs))
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")

    said = run("train", cnn, "--device", "cpu", "--json")

    assert said.err == "playground: Going on after a restart, from epoch 2.\n"
    assert [line["epoch"] for line in said.lines if line["event"] == "epoch"] == [3, 4]
    assert [epoch.epoch for epoch in read_project(cnn).epochs] == [1, 2, 3, 4]
    assert not unfinished(cnn).exists()


@pytest.mark.usefixtures("called")
def test_what_another_project_left_is_not_gone_on_with(run, cnn, monkeypatch):
    run("train", cnn, "--epochs", 2, "--device", "cpu")
    learned = read_project(cnn)
    write_project(unfinished(cnn), learned)
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")

    said = run("train", cnn, "--epochs", 1, "--device", "cpu", "--set", "layers.conv1.filters=4", "--json")

    assert said.err == ""
    assert [line["epoch"] for line in said.lines if line["event"] == "epoch"] == [1]


@pytest.mark.usefixtures("called")
def test_a_head_start_is_no_work_for_a_team(run, cnn):
    said = run("train", cnn, "--pretrain", 2)

    assert said.status == 2
    assert "A head start is made by one process. Make it without torchrun, then go on with --resume." in said.err


def test_synchronised_normalisation_needs_a_team(run, cnn):
    said = run("train", cnn, "--sync-batchnorm")

    assert said.status == 2
    assert "--sync-batchnorm is for several processes. Start them with torchrun, or leave it out." in said.err


@pytest.mark.usefixtures("called")
def test_a_batch_smaller_than_the_team_is_refused(run, cnn, monkeypatch):
    from playground.engine import team_training

    monkeypatch.setattr(team_training, "fewest_in_batch", lambda _network: 64)

    said = run("train", cnn, "--set", "recipe.batch=32", "--device", "cpu")

    assert said.status == 2
    assert "A batch of 32 cannot be shared by 1 processes. Choose 64 or more." in said.err


def torchrun(*words: str, restarts: int = 0) -> list[str]:
    options = ["--standalone", "--nproc-per-node", "2", "--max-restarts", str(restarts)]
    return [sys.executable, "-m", "torch.distributed.run", *options, "-m", "playground", *words]


def surroundings() -> dict[str, str]:
    kept = {word: value for word, value in os.environ.items() if word not in ("RANK", "WORLD_SIZE", "MASTER_ADDR")}
    return {**kept, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


@pytest.mark.slow
def test_under_torchrun_the_first_process_alone_speaks_and_writes(cnn, tmp_path):
    output = tmp_path / "out.nnplay"
    command = torchrun("train", str(cnn), "-o", str(output), "--epochs", "2", "--device", "cpu", "--json")

    done = subprocess.run(command, capture_output=True, text=True, env=surroundings(), cwd=ROOT, timeout=300)

    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["started", "epoch", "epoch", "finished"]
    assert lines[-1]["valid"]["accuracy"] > 0.85
    assert len(read_project(output).epochs) == 2


@pytest.mark.slow
def test_a_lost_process_costs_no_run(cnn, tmp_path):
    output = tmp_path / "out.nnplay"
    command = torchrun("train", str(cnn), "-o", str(output), "--epochs", "60", "--device", "cpu", restarts=1)
    agent = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=surroundings(), cwd=ROOT
    )
    try:
        while not unfinished(output).exists():
            assert agent.poll() is None, agent.stdout.read()
            time.sleep(0.05)
        os.kill(_children(agent.pid)[-1], signal.SIGKILL)
        said, _ = agent.communicate(timeout=400)
    finally:
        agent.kill()

    assert agent.returncode == 0, said
    assert "Going on after a restart, from epoch " in said
    assert [epoch.epoch for epoch in read_project(output).epochs] == list(range(1, 61))


def _children(pid: int) -> list[int]:
    lists = (path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return sorted(int(child) for names in lists for child in names.split())
