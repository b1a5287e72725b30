"""Reports, pictures, cards and curves say what the project says, and nothing in it becomes markup."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from playground.app.document import Document, make_project
from playground.app.files import Project
from playground.data.dataset import DataChoice
from playground.data.split import prepare
from playground.engine.checkpoint import Checkpoint
from playground.engine.events import EpochDone, Scores
from playground.engine.measures import confusion
from playground.engine.train import Training
from playground.exchange.account import kept_epoch, told
from playground.exchange.curves import as_csv, chart, charts, nice
from playground.exchange.figure import COLORS, figure
from playground.exchange.model_card import model_card
from playground.exchange.report import report
from playground.graph.check import check
from playground.graph.folding import shown
from playground.graph.model import Block, Graph
from playground.layers.layer import FAMILIES
from playground.selection.outcome import Comparison, Row, Verdict

EVIL = '</style></title><script>alert(1)</script><img src=x onerror="alert(2)">\x08\u202e]]>&'
SVG = "{http://www.w3.org/2000/svg}"


class Seen(HTMLParser):
    """What a browser would make of a page: its tags, attributes and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words += data


def epochs(count: int = 5) -> tuple[EpochDone, ...]:
    return tuple(
        EpochDone(
            number,
            Scores(1 / number, {"accuracy": 1 - 0.5 / number}),
            Scores(1.1 / number + 0.01 * number, {"accuracy": 0.9 - 0.4 / number}),
            0.003,
            0.25,
            1000.0,
        )
        for number in range(1, count + 1)
    )


def project(name: str = "digits-cnn", **changes) -> Project:
    return Project(replace(make_project(name)[0], **changes), None, epochs())


def compared() -> Comparison:
    rows = (
        Row("network", "network", 0.944, 0.911, 0.967, 7418, 4.1, "Your network"),
        Row("logistic", "baseline", 0.926, 0.889, 0.952, 650, 0.2, "Logistic regression"),
    )
    return Comparison("accuracy", 270, rows, Verdict("logistic", 0.018, -0.011, 0.047, 0.23, False, "Not better."))


def test_a_report_tells_data_recipe_curves_comparison_and_confusion() -> None:
    document, dataset = make_project("digits-cnn")
    examples = prepare(dataset, document.data)
    truth = examples.valid.targets
    answers = np.roll(truth, 1)
    text = report(
        Project(document, None, epochs()),
        compared(),
        confusion(truth, answers, 10),
        examples=examples,
        file="my digits.nnplay",
    )
    seen = Seen(text)

    assert seen.open == []
    for words in (
        "1,257 for training, 270 for validation, 270 for the final exam",
        "9,930", "0.003", "Not better.", "0.911 to 0.967", "Logistic regression", "On 270 validation examples.",
        "Trained for 5 epochs in 1.2 s", "playground train 'my digits.nnplay' --seed 0", "torch",
    ):  # fmt: skip
        assert words in seen.words, words
    cells = [int(cell) for cell in re.findall(r'<td class="q"[^>]*>(\d+)<', text)]
    assert (np.array(cells).reshape(10, 10) == confusion_matrix(truth, answers)).all()
    assert len(re.findall("<polyline", text)) == 4


def test_a_report_fetches_nothing_and_runs_nothing() -> None:
    text = report(project(), compared(), np.eye(10, dtype=int))
    seen = Seen(text)

    assert not {"script", "link", "img", "iframe", "object"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name in ("src", "href")]
    assert set(re.findall(r"https?://[^\"' <]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!#tip\))", text)


def test_a_network_that_was_never_trained_says_so() -> None:
    text = Seen(report(Project(make_project("xor-mlp")[0]))).words

    assert "has not been trained yet" in text
    assert "There are none before it is trained." in text
    assert "Against the baselines" not in text
    assert "Confusion" not in text
    assert "There are none before it is trained." in model_card(Project(make_project("xor-mlp")[0]))


def ended(keep_best: bool) -> tuple[Project, Scores]:
    """A regression that goes on long after its best epoch, and what its weights score."""
    document, dataset = make_project("table-mlp", "diabetes")
    changes = {"keep_best": keep_best, "patience": 0, "epochs": 12, "learning_rate": 0.05, "l2": 0.0}
    document = replace(document, recipe=document.recipe.model_copy(update=changes))
    training = Training(document.graph, document.recipe, prepare(dataset, document.data), "cpu")
    done = tuple(event for event in training.events() if isinstance(event, EpochDone))
    return Project(document, training.checkpoint(), done), training.evaluate("valid")


@pytest.mark.parametrize("keep_best", [True, False])
def test_the_headline_is_the_score_of_the_weights_that_are_in_the_project(keep_best: bool) -> None:
    project, scores = ended(keep_best)
    last, words = project.epochs[-1], told(replace(project.epochs[-1], valid=scores))
    lowest = min(project.epochs, key=lambda each: each.valid.loss)
    assert lowest.epoch < last.epoch

    for text in (Seen(report(project)).words, model_card(project).replace("\\", "")):
        if keep_best:
            assert f" s. Validation: {words}, with the weights of epoch {lowest.epoch}, which are kept. " in text
            assert f"After the last epoch, {last.epoch}, it was: {told(last)}." in text
            assert f"{lowest.epoch} (lowest validation loss, the weights that are kept)" in text
        else:
            assert f" s. Validation after the last epoch: {words}. " in text
            assert f"Lowest validation loss in epoch {lowest.epoch}: {told(lowest)}." in text
            assert f"{last.epoch} (last, the weights that are kept)" in text


def test_kept_weights_are_named_by_their_epoch_on_curves_that_began_with_an_earlier_run() -> None:
    project, scores = ended(keep_best=True)
    earlier = tuple(replace(each, valid=Scores(9.0, {})) for each in project.epochs[:4])
    later = tuple(replace(each, epoch=each.epoch + 4) for each in project.epochs)

    found = kept_epoch(replace(project, epochs=(*earlier, *later)))

    assert found in later
    assert found.valid.measures["r2"] == pytest.approx(scores.measures["r2"], abs=1e-9)


def test_of_weights_whose_epoch_is_not_known_none_is_named() -> None:
    project, _ = ended(keep_best=True)
    bare = Checkpoint({f"weights/{name}": value for name, value in project.checkpoint.weights.items()})

    text = model_card(replace(project, checkpoint=bare))

    assert f"Validation after the last epoch: {told(project.epochs[-1])}. Lowest validation loss in epoch" in text
    assert "kept" not in text.split("## Model")[0]


def test_a_network_with_errors_is_reported_with_them() -> None:
    document = make_project("digits-cnn")[0]
    broken = replace(document, graph=document.graph.without(["flatten1"])).placed()

    problem = check(broken.graph).errors[0]
    assert f"{problem.node}: {problem.text}" in Seen(report(Project(broken))).words


def test_classes_beyond_a_readable_matrix_are_told_as_the_worst_pairs() -> None:
    counts = np.diag(np.full(40, 9))
    counts[3, 7], counts[5, 1] = 8, 2

    text = report(project(), confusion=counts)

    assert re.findall(r'<td>(\d+)</td><td>(\d+)</td><td class="n">(\d+)</td>', text) == [
        ("3", "7", "8"),
        ("5", "1", "2"),
    ]


def evil() -> Project:
    document = make_project("digits-cnn")[0]
    graph = document.graph
    renamed = Graph(graph.nodes, graph.edges, {"block": Block(EVIL, ("conv1", "pool1"), exposes=("filters",))})
    measures = {EVIL: 0.5, "accuracy": 0.25}
    stored = tuple(replace(each, valid=Scores(0.5, measures), train=Scores(0.5, measures)) for each in epochs())
    data = DataChoice(source=f"/home/someone/{EVIL}", target=EVIL)
    return Project(Document(EVIL, renamed, document.positions, data, document.recipe), None, stored)


def test_no_name_of_a_project_becomes_markup() -> None:
    comparison = replace(compared(), verdict=replace(compared().verdict, text=EVIL))
    text = report(evil(), comparison, notes=(EVIL,), file=EVIL)
    seen = Seen(text)

    assert seen.open == []
    assert not {"script", "img"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert "\u202e" not in text
    assert "\x08" not in text
    assert "/home/someone" not in text
    assert seen.words.count("alert(1)") >= 5
    for picture in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(picture)


def test_no_name_of_a_project_becomes_markdown() -> None:
    text = model_card(evil(), file="x`](javascript:1)")

    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "\u202e" not in text


@pytest.mark.parametrize("name", ["digits-cnn", "resnet-18", "elman", "encoder-decoder-attention", "googlenet"])
def test_a_picture_has_every_card_and_edge_where_the_document_has_them(name: str) -> None:
    document = make_project(name)[0]
    view = shown(document.graph)
    root = ElementTree.fromstring(figure(document))

    cards = root.findall(f"{SVG}g")
    assert len(cards) == len(view.cards)
    assert len(root.findall(f"{SVG}path")) == len(view.edges)
    corners = {}
    for group, card in zip(cards, view.cards, strict=True):
        frame = [rect for rect in group.findall(f"{SVG}rect") if rect.get("class") == "c"][-1]
        corners[card] = (float(frame.get("x")), float(frame.get("y")))
        assert group.findall(f"{SVG}text")[0].text
    for card in view.cards.keys() & document.graph.nodes.keys():
        other = next(iter(view.cards.keys() & document.graph.nodes.keys()))
        gaps = [corners[card][axis] - corners[other][axis] for axis in (0, 1)]
        assert gaps == pytest.approx([document.positions[card][a] - document.positions[other][a] for a in (0, 1)])
    width, height = (float(root.get(side)) for side in ("width", "height"))
    assert all(0 <= x <= width - 150 and 0 <= y <= height - 64 for x, y in corners.values())


def test_an_empty_project_has_a_picture() -> None:
    assert ElementTree.fromstring(figure(Document())).findall(f"{SVG}g") == []


def test_every_family_has_a_colour_of_the_windows() -> None:
    from playground.ui.theme import FAMILY

    assert dict(FAMILY) == COLORS
    assert set(FAMILIES) <= COLORS.keys()


def test_curves_as_csv_are_read_back_exactly() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(epochs()))))

    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4, 5]
    assert [float(row["valid_loss"]) for row in rows] == [each.valid.loss for each in epochs()]
    assert [float(row["train_accuracy"]) for row in rows] == [each.train.measures["accuracy"] for each in epochs()]
    assert list(rows[0]) == [
        "epoch", "train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "learning_rate", "seconds",
    ]  # fmt: skip


def test_a_heading_of_a_table_is_no_formula() -> None:
    stored = (replace(epochs()[0], valid=Scores(0.5, {"=1+1": 0.5})),)
    assert as_csv(stored).splitlines()[0] == "epoch,train_loss,train__1_1,valid_loss,valid__1_1,learning_rate,seconds"


def test_a_curve_goes_through_its_values() -> None:
    from playground.exchange.curves import Line

    root = ElementTree.fromstring(chart("Loss", [1, 2, 3], [Line("training", [1.0, float("nan"), 0.0])]))
    points = [pair.split(",") for pair in root.find(f"{SVG}polyline").get("points").split()]
    places = {float(line.get("y1")) for line in root.findall(f"{SVG}line") if line.get("class") == "g"}

    assert [float(y) for _, y in points] == [min(places), max(places)]
    assert float(points[0][0]) < float(points[1][0])


def test_curves_without_a_number_are_left_out() -> None:
    nothing = tuple(replace(each, train=Scores(float("inf"), {}), valid=Scores(float("nan"), {})) for each in epochs())
    assert charts(nothing) == []
    assert Seen(report(Project(make_project("xor-mlp")[0], None, nothing))).open == []


@pytest.mark.parametrize(("low", "high"), [(0, 0), (1, 1), (-3, 5), (1e-9, 2e-9), (1e12, 3e15), (0.999, 1.0)])
def test_ticks_are_round_and_cover_the_range(low: float, high: float) -> None:
    ticks = nice(low, high)

    assert 2 <= len(ticks) <= 12
    assert ticks[0] <= low + 1e-9 * abs(low)
    assert ticks[-1] >= high - 1e-9 * abs(high)


class Sat:
    told = f"Final exam after epoch 3. {EVIL}"
    rows = [("Your network", "96.3", "93.3 to 98.0"), (EVIL, "94.1", "90.6 to 96.3")]  # noqa: RUF012


def test_a_final_exam_stands_in_the_report_and_on_the_card_beside_the_baselines():
    document, _ = make_project("digits-mlp")
    page = report(Project(document), exam=Sat())
    assert "<h2>Final exam</h2>" in page
    assert "93.3 to 98.0" in Seen(page).words
    assert "script" not in Seen(page).tags
    card = model_card(Project(document), exam=Sat())
    assert "93.3 to 98.0" in card
    assert "<script" not in card.replace(r"\<", "")
    assert "Final exam</h2>" not in report(Project(document))
