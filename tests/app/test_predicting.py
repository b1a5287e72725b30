"""A trained project's answers for new files are those it gives for the same examples in training."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image

from playground.app.document import Document, DocumentProblem, make_project
from playground.app.files import FileProblem, Project, read_project, write_project
from playground.app.for_use import of_checkpoint
from playground.app.predicting import csv_file, header, of_project
from playground.data.catalogue import load
from playground.data.dataset import DataProblem
from playground.data.fresh import Fresh
from playground.data.split import prepare
from playground.engine.train import Training


def trained(document: Document, epochs: int = 20):
    """A project after some epochs, the run, and its examples."""
    examples = prepare(load(document.data), document.data)
    training = Training(document.graph, document.recipe.model_copy(update={"epochs": epochs}), examples)
    list(training.events())
    checkpoint = training.checkpoint()
    return Project(document, checkpoint, (), of_checkpoint(document, examples, checkpoint)), training


@pytest.fixture(scope="module")
def digits():
    return trained(make_project("digits-mlp")[0])


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A table with gaps, words and a date, whose project is trained; the file is gone afterwards."""
    random = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("table") / "people.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["height", "town", "born", "kind"])
        for at in range(300):
            size = random.normal(170, 10)
            town = ("Ulm", "Bonn", "")[at % 3]
            rows.writerow([f"{size:.1f}" if at % 11 else "", town, f"19{at % 90 + 10}-03-04", "ab"[size > 170]])
    project, training = trained(make_project("table-mlp", str(path), "kind")[0])
    content = path.read_text()
    path.unlink()
    return project, training, content


def as_read_back(project: Project, tmp_path) -> Project:
    write_project(tmp_path / "p.nnplay", project)
    return read_project(tmp_path / "p.nnplay")


def test_image_files_are_answered_as_the_same_images_in_training(digits, tmp_path):
    project, training = digits
    valid = training.examples.valid
    raw = training.examples.dataset.inputs[valid.rows]
    (tmp_path / "new").mkdir()
    for number, image in enumerate(raw[:40, 0]):
        Image.fromarray((image * 255 / 16).round().astype(np.uint8)).save(tmp_path / "new" / f"{number:03}.png")
    predicting = of_project(as_read_back(project, tmp_path))
    found = [answer for _, answers in predicting.files(tmp_path / "new") for answer in answers]
    assert [answer.name for answer in found[:2]] == ["000.png", "001.png"]
    assert [answer.said for answer in found] == [str(code) for code in training.predict("valid")[:40]]
    chances = np.array([answer.probabilities for answer in found])
    assert np.allclose(chances, training.probabilities("valid")[:40], atol=0.02)  # a file has whole grey values
    assert [answer.confidence for answer in found] == chances.max(axis=1).tolist()


def of_pixels(predicting, training, raw):
    some = Fresh(tuple(map(str, range(len(raw)))), training.examples.inputs.apply(raw.astype(np.float32)))
    return np.array([bool(answer.warnings) for answer in predicting.answers(some)])


def test_what_is_no_digit_is_flagged_and_what_is_one_seldom(digits):
    project, training = digits
    predicting = of_project(project)
    raw = training.examples.dataset.inputs[training.examples.test.rows]
    labels = training.examples.dataset.targets[training.examples.test.rows]
    random = np.random.default_rng(0)
    assert of_pixels(predicting, training, raw).mean() <= 0.05
    one_way_up = raw[np.isin(labels, [2, 3, 4, 5, 7])]
    assert of_pixels(predicting, training, one_way_up[:, :, ::-1, ::-1]).mean() > 0.5
    for other in (np.rot90(raw, 1, (2, 3)), 16 - raw, random.integers(0, 17, raw.shape), np.roll(raw, 3, axis=3)):
        assert of_pixels(predicting, training, other).mean() > 0.9


def test_a_warning_says_why(digits):
    project, _ = digits
    predicting = of_project(project)
    answer = predicting.answers(Fresh(("noise",), np.full((1, 1, 8, 8), 5, np.float32)))[0]
    (words,) = answer.warnings
    assert words.startswith("Unlike the training data: ")
    assert words.endswith("lies farther from them than all held-out examples.") or "inputs lie" in words


def test_a_table_is_answered_without_the_file_it_was_trained_on(table, tmp_path):
    project, training, content = table
    (tmp_path / "new.csv").write_text(content)
    predicting = of_project(as_read_back(project, tmp_path))
    found = [answer for _, answers in predicting.files(tmp_path / "new.csv") for answer in answers]
    examples = training.examples
    for part in ("train", "valid"):
        rows = getattr(examples, part).rows
        names = [examples.dataset.class_names[code] for code in training.predict(part)]
        assert [found[row].said for row in rows] == names
    assert np.mean([bool(answer.warnings) for answer in found]) <= 0.05


def test_what_is_new_in_a_table_is_named_and_its_rows_are_kept(table, tmp_path):
    project, _, _ = table
    path = tmp_path / "new.csv"
    path.write_text("town,height,more\nRome,171,1\nUlm,17100,2\nBonn,,3\n")
    ((some, answers),) = of_project(project).files(path)
    assert some.notes == ("new.csv has no column born: it counts as empty in every row.",)
    assert [answer.name for answer in answers] == ["row 1", "row 2", "row 3"]
    assert "town: “Rome” was not there in training." in answers[0].warnings
    assert any(words.startswith("height: 17100 lies outside of ") for words in answers[1].warnings)
    assert not any("height" in words for words in answers[2].warnings)
    path.write_text("town,height,born\nUlm,tall,never\nBonn,170,\n")
    ((_, answers),) = of_project(project).files(path)
    assert "height: “tall” is no number and counts as empty." in answers[0].warnings
    assert "born: “never” is no date and counts as empty." in answers[0].warnings
    assert not any("counts as empty" in words for words in answers[1].warnings)
    path.write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(DataProblem, match="new.csv has no column height, town, born, which the network takes"):
        list(of_project(project).files(path))


def test_an_answer_says_which_row_of_the_file_it_is_of(table, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text('town,height,born\nUlm,171,1950-01-02\n\n"Bo\nnn",160,\nUlm,180,,too long\nUlm,150,\n')
    predicting = of_project(table[0])
    ((_, answers),) = predicting.files(path)
    assert [(answer.name, answer.file_row) for answer in answers] == [("row 1", 2), ("row 2", 4), ("row 3", 6)]
    with csv_file(tmp_path / "answers.csv", predicting.intake) as take:
        for answer in answers:
            take(answer)
    with (tmp_path / "answers.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == ["example", "answer", "confidence", "p(a)", "p(b)", "warning", "file_row"]
    assert [row["file_row"] for row in found] == ["2", "4", "6"]


def test_numbers_are_answered_in_the_datas_own_units(tmp_path):
    project, training = trained(make_project("linear-regression")[0])
    predicting = of_project(as_read_back(project, tmp_path))
    examples = training.examples
    raw = examples.dataset.inputs[examples.valid.rows]
    path = tmp_path / "new.csv"
    lines = [",".join(examples.dataset.feature_names), *(",".join(f"{value:.9g}" for value in row) for row in raw)]
    path.write_text("\n".join(lines))
    ((_, answers),) = predicting.files(path)
    wanted = training.predict("valid")
    assert np.allclose([answer.values for answer in answers], wanted, rtol=1e-3)
    assert 20 < wanted.mean() < 350
    assert header(predicting.intake) == ("example", "value", "warning", "file_row")
    with csv_file(tmp_path / "out.csv", predicting.intake) as write:
        for answer in answers:
            write(answer)
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) for row in rows] == pytest.approx(wanted[:, 0], rel=1e-3)


def test_a_file_that_cannot_be_read_is_kept_with_its_reason(digits, tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    Image.new("RGB", (300, 200), "white").save(tmp_path / "b.jpg")
    ((_, answers),) = of_project(digits[0]).files(tmp_path)
    assert answers[0].problem == "a.png is no image that can be read. Save it as PNG or JPEG."
    assert answers[1].problem is None
    assert answers[1].warnings


def test_other_kinds_of_files_are_refused_in_a_sentence(digits, table, tmp_path):
    (tmp_path / "x.npz").write_bytes(b"zip")
    np.savez(tmp_path / "y.npz", x=np.zeros((3, 28, 28), np.uint8))
    predicting = of_project(digits[0])
    for name, words in (
        ("x.npz", "x.npz is not an .npz file of plain arrays"),
        ("y.npz", "An example in y.npz is 1×28×28, but the network takes 1×8×8"),
        ("none", "There is no file or folder"),
    ):
        with pytest.raises(DataProblem, match=words):
            list(predicting.files(tmp_path / name))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataProblem, match="holds no image that can be read"):
        list(predicting.files(tmp_path / "empty"))
    with pytest.raises(DataProblem, match="is no table"):
        list(of_project(table[0]).files(tmp_path))


def test_arrays_of_the_datas_own_values_are_answered(digits, tmp_path):
    project, training = digits
    rows = training.examples.valid.rows
    np.savez(tmp_path / "new.npz", x=training.examples.dataset.inputs[rows])
    found = [answer for _, answers in of_project(project).files(tmp_path / "new.npz") for answer in answers]
    assert [answer.said for answer in found] == [str(code) for code in training.predict("valid")]


def test_an_untrained_project_and_changed_networks_are_refused(digits):
    document = make_project("digits-mlp")[0]
    with pytest.raises(DocumentProblem, match="has not been trained yet"):
        of_project(Project(document))
    wider = document.graph.with_node("dense1", document.graph.nodes["dense1"].with_settings(units=65))
    changed = Document("x", wider, {}, document.data, document.recipe)
    with pytest.raises(DocumentProblem, match="The network was changed since it was trained"):
        of_project(Project(changed, digits[0].checkpoint, (), digits[0].for_use))


def test_a_project_without_it_reads_its_data_again(digits):
    project = Project(digits[0].document, digits[0].checkpoint)
    assert of_project(project).intake == digits[0].for_use.intake


def test_damage_to_what_is_kept_is_told(digits, tmp_path):
    import zipfile

    write_project(tmp_path / "p.nnplay", digits[0])
    with zipfile.ZipFile(tmp_path / "p.nnplay") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, content in (("intake.json", b'{"data": 1}'), ("known.safetensors", b"\0" * 30)):
        with zipfile.ZipFile(tmp_path / "q.nnplay", "w") as archive:
            for each, value in (parts | {name: content}).items():
                archive.writestr(each, value)
        with pytest.raises(FileProblem, match="keeps of its data is damaged"):
            read_project(tmp_path / "q.nnplay")
