from __future__ import annotations

import json
import subprocess
import sys

import pytest

from playground import cli
from playground.app.document import DocumentProblem

HEAVY = ("torch", "PySide6", "sklearn", "scipy", "pandas", "pyqtgraph", "safetensors")


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["templates"], ["datasets", "--json"]])
def test_help_and_lists_load_nothing_heavy(words):
    program = (
        "import json, sys\nfrom playground import cli\n"
        f"assert cli.main({words!r}) == 0\n"
        f"sys.stderr.write(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert json.loads(done.stderr) == []
    assert done.stdout


def test_help_names_every_command(run):
    said = run("--help")

    assert said.status == 0
    for name in (
        "open",
        "new",
        "templates",
        "datasets",
        "layers",
        "info",
        "train",
        "predict",
        "compare",
        "tune",
        "import",
        "doctor",
    ):
        assert f"\n    {name} " in said.out or f"\n    {name}\n" in said.out


@pytest.mark.parametrize("name", ["guess", "trian"])
def test_a_command_that_does_not_exist_is_refused(refused, name):
    assert f"invalid choice: '{name}'" in refused(name)


def test_a_missing_argument_is_told_in_one_sentence(refused):
    assert refused("train") == (
        "playground: The following arguments are required: PROJECT. See “playground train --help”.\n"
    )


def test_version(run):
    assert run("--version").out.startswith("playground ")


def _raising(error):
    def command(_args):
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (DocumentProblem("No. Do this."), 2, "playground: No. Do this.\n"),
        (MemoryError(), 1, "playground: The memory is not enough. Try a smaller network, smaller batches"),
        (KeyboardInterrupt(), 130, "playground: Interrupted.\n"),
        (ZeroDivisionError("by zero\nmore"), 1, "should not have: by zero. Run it again with --debug"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_a_status(run, monkeypatch, error, status, said):
    monkeypatch.setattr(cli.projects, "templates", _raising(error))

    answer = run("templates")

    assert answer.status == status
    assert said in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("words", [["--debug", "templates"], ["templates", "--debug"]])
def test_debug_shows_where(monkeypatch, words):
    monkeypatch.setattr(cli.projects, "templates", _raising(ZeroDivisionError("by zero")))

    with pytest.raises(ZeroDivisionError):
        cli.main(words)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
@pytest.mark.parametrize("words", [["layers"], ["layers", "--json"]])
def test_a_reader_that_leaves_early_is_no_error(words):
    command = [sys.executable, "-m", "playground", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        said = child.stderr.read()
        status = child.wait(60)

    assert (status, said) == (0, b"")
