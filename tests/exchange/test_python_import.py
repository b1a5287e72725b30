"""Python that was exported comes back as the document it was written of; nothing else does, and nothing is run."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace

import numpy as np
import pytest

from playground.app.document import Document, make_project, to_json
from playground.app.files import Project
from playground.app.handing_over import as_python
from playground.app.python_project import packed_document, read_python
from playground.engine.checkpoint import Checkpoint
from playground.exchange.problem import ExportProblem
from playground.exchange.python_code import LAID_OUT, python_code
from playground.graph.templates import TEMPLATES


def written(document: Document) -> str:
    return f"{python_code(document).text}\n\n{packed_document(document)}"


@pytest.fixture
def exported(tmp_path):
    """A digits network as Python."""
    path = tmp_path / "net.py"
    path.write_text(written(make_project("digits-cnn")[0]), encoding="utf-8")
    return path


def refused(path) -> str:
    with pytest.raises(ExportProblem) as problem:
        read_python(path)
    return str(problem.value)


SMALL = ["xor-mlp", "digits-cnn", "table-mlp", "frequency-lstm", "elman", "cifar-resnet-20", "googlenet", "char-lm"]


@pytest.mark.parametrize("template", [name for name in SMALL if name in TEMPLATES])
def test_every_kind_of_template_comes_back_as_an_equal_document(tmp_path, template):
    document = make_project(template)[0]
    path = tmp_path / "net.py"
    path.write_text(written(document), encoding="utf-8")

    project, notes = read_python(path)

    assert to_json(project.document) == to_json(document)
    assert project.document == document
    assert notes == ("There is no net.safetensors beside it: the network comes without weights.",)


def test_a_file_of_before_images_were_laid_out_comes_back_too(exported):
    text = exported.read_text(encoding="utf-8")
    assert LAID_OUT in text
    exported.write_text(text.replace(LAID_OUT, ""), encoding="utf-8")

    project, _ = read_python(exported)

    assert project.document == make_project("digits-cnn")[0]


def test_weights_come_along(tmp_path):
    from playground.engine.compile import build

    document = make_project("digits-cnn")[0]
    state = {f"weights/{name}": value.numpy() for name, value in build(document.graph, seed=5).state_dict().items()}
    as_python(Project(document, Checkpoint(state)), tmp_path / "net.py", lambda _words: None)

    project, notes = read_python(tmp_path / "net.py")

    assert notes == ()
    assert project.checkpoint is not None
    assert project.checkpoint.tensors.keys() == state.keys()
    assert all(np.array_equal(project.checkpoint.tensors[name], value) for name, value in state.items())


def test_figures_changed_at_the_top_are_taken_over(exported):
    text = exported.read_text(encoding="utf-8")
    exported.write_text(text.replace("EPOCHS = ", "EPOCHS = 7  # were "), encoding="utf-8")

    project, _ = read_python(exported)

    assert project.document.recipe.epochs == 7
    assert replace(project.document, recipe=make_project("digits-cnn")[0].recipe) == make_project("digits-cnn")[0]


def test_a_figure_out_of_its_range_is_refused_by_name(exported):
    text = exported.read_text(encoding="utf-8")
    exported.write_text(text.replace("BATCH = ", "BATCH = 0  # were "), encoding="utf-8")

    assert refused(exported).startswith("A figure at the top of the file cannot be used: Batch")


def test_a_class_changed_by_hand_is_named_and_not_guessed(exported):
    text = exported.read_text(encoding="utf-8")
    exported.write_text(text.replace("nn.Dropout(0.25)", "nn.Dropout(0.5)"), encoding="utf-8")

    assert refused(exported) == (
        "net.py is not as this version writes it: Network was changed. Only figures at the top can be taken over. "
        "Make the change in the window, or save the model as ONNX and import that."
    )


def test_a_foreign_file_gets_one_sentence_and_is_not_run(tmp_path):
    path, mark = tmp_path / "model.py", tmp_path / "ran"
    path.write_text(f"open({str(mark)!r}, 'w')\nclass Network: pass\n", encoding="utf-8")

    assert refused(path) == (
        f"{path} was not exported by this program, and other Python is not brought in. Save that model as ONNX, and "
        "import the .onnx file."
    )
    assert not mark.exists()


@pytest.mark.parametrize(
    "content", [b"class (", b"\x00\x01", b"x = " + b"(" * 5000, b"\xff\xfe\xfd", b"-" * 100_000 + b"1"]
)
def test_what_is_no_python_gets_one_sentence(tmp_path, content):
    path = tmp_path / "net.py"
    path.write_bytes(content)

    assert refused(path) == f"{path} is no Python that can be read. Export it again, or choose another."


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "net.py"
    bomb = base64.b64encode(zlib.compress(b" " * 2**25, 9)).decode()
    path.write_text(f'PROJECT = "{bomb}"\n')

    assert refused(path) == f"The project in {path} is cut short, or far too large. Export it again."


@pytest.mark.parametrize("letters", ["äöü", "AAAA", base64.b64encode(zlib.compress(b"[" * 999)).decode()])
def test_a_damaged_project_gets_one_sentence(tmp_path, letters):
    path = tmp_path / "net.py"
    path.write_text(f'PROJECT = "{letters}"\n', encoding="utf-8")

    assert refused(path).startswith(f"The project in {path} is damaged")


def test_a_file_too_large_is_not_parsed(tmp_path):
    path = tmp_path / "net.py"
    path.write_bytes(b"#" * (2**21 + 1))

    assert refused(path) == f"{path} has more than 2 MB: no file that was exported here has that."
