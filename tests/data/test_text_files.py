"""Texts of one's own: to be gone on with, told apart, translated; codes, vocabularies, and files that are no text."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.app.document import fitted, make_project
from playground.app.loading import prepared
from playground.data.catalogue import load
from playground.data.choices import TextReading
from playground.data.dataset import DataChoice, DataProblem
from playground.data.split import divide, prepare
from playground.engine.events import Ended
from playground.engine.train import Training
from playground.graph.check import check

QUICK = settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SONG = "The quick brown fox jumps over the lazy dog.\n" * 40


def written(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path, steps=None, **text):
    return load(DataChoice(source=str(path), steps=steps, text=TextReading(**text) if text else None))


def said(names, codes):
    return "".join(names[int(code)] for code in codes)


def test_a_text_is_cut_into_pieces_each_answered_by_the_next_letter(tmp_path):
    data = read(written(tmp_path / "s.txt", SONG), steps=20)
    assert said(data.feature_names, data.inputs[0]) == SONG[:20]
    assert said(data.class_names, data.targets[0]) == SONG[1:21]
    assert said(data.feature_names, data.inputs[2]) == SONG[40:60].replace("\n", "↵")
    assert len(data.inputs) == (len(SONG) - 1) // 20


def test_a_text_is_divided_in_its_own_order(tmp_path):
    data = read(written(tmp_path / "s.txt", SONG))
    train, valid, test = divide(data, DataChoice())
    assert np.array_equal(np.concatenate([train, valid, test]), np.arange(len(data.inputs)))


def test_letters_that_the_training_part_has_not_are_unknown(tmp_path):
    data = read(written(tmp_path / "s.txt", SONG + "ξψω" * 10), steps=10)
    assert data.class_names[0] == "<unknown>"
    assert set(data.class_names[1:]) == set(SONG.replace("\n", "↵"))
    assert data.targets[-1].tolist() == [0] * 10
    assert any(note.startswith("30 of 1,830 characters are rare, or not in the training part") for note in data.notes)


def test_the_vocabulary_holds_the_most_frequent_symbols_of_the_training_part(tmp_path):
    path = written(tmp_path / "s.txt", SONG)
    data = read(path, most=5, lower=True)
    rows, steps = divide(data, DataChoice())[0], data.inputs.shape[1]
    counts = Counter(SONG.lower()[: len(rows) * steps])
    least = counts.most_common(5)[-1][1]
    assert len(data.class_names) == 6
    assert all(counts[letter] >= least for letter in data.class_names[1:])


def test_words_can_be_the_symbols(tmp_path):
    data = read(written(tmp_path / "s.txt", SONG), unit="words", steps=10)
    assert [data.class_names[code] for code in data.targets[0]] == [
        "quick",
        "brown",
        "fox",
        "jumps",
        "over",
        "the",
        "lazy",
        "dog",
        ".",
        "the",
    ]


def names(tmp_path):
    for name, letters in (("Low", "abc"), ("High", "xyz")):
        lines = [letters[i % 3] * (i % 4 + 1) + letters[i % 2] for i in range(60)]
        written(tmp_path / "n" / f"{name}.txt", "\n".join(lines) + "\n\n")
    return tmp_path / "n"


def test_a_file_a_class_has_an_example_a_line(tmp_path):
    data = read(names(tmp_path))
    assert (data.class_names, data.inputs.shape, data.feature_names[:2]) == (
        ("High", "Low"), (120, 5), ("", "<unknown>"))  # fmt: skip
    assert data.inputs[0, :3].tolist() == [0, 0, 0]  # filled up before, so that the last step is the last letter
    assert said(data.feature_names, data.inputs[0]) == "xx"
    assert data.targets.tolist() == [0] * 60 + [1] * 60


def test_a_folder_a_class_has_a_text_a_file(tmp_path):
    for name in ("calm", "loud"):
        (tmp_path / "t" / name).mkdir(parents=True)
        for number in range(12):
            written(tmp_path / "t" / name / f"{number}.txt", f"It is {name} here, number {number}, " * 4)
    data = read(tmp_path / "t")
    assert (data.class_names, len(data.inputs), data.targets.tolist()) == (
        ("calm", "loud"), 24, [0] * 12 + [1] * 12)  # fmt: skip
    assert "it" in data.feature_names
    assert read(tmp_path / "t", longest=7, unit="characters").inputs.shape == (24, 7)


def test_symbols_are_known_from_the_training_lines_alone(tmp_path):
    lines = [chr(0x4E00 + number) + "ab" for number in range(40)]
    written(tmp_path / "n" / "a.txt", "\n".join(lines))
    written(tmp_path / "n" / "b.txt", "\n".join(lines))
    data = read(tmp_path / "n")
    examples = prepare(data, DataChoice(source=str(tmp_path / "n")))
    assert not (examples.train.inputs == 1).any()
    seen = {data.feature_names[int(code)] for code in np.unique(examples.train.inputs)}
    assert seen == set(data.feature_names) - {"", "<unknown>"}


def pairs(tmp_path):
    words, other = ["one", "two", "three", "four"], ["un", "deux", "trois", "quatre"]
    lines = []
    for number in range(200):
        chosen = [(number >> shift) % 4 for shift in (0, 2, 4)][: 1 + number % 3]
        lines.append(" ".join(words[i] for i in chosen) + "\t" + " ".join(other[i] for i in chosen) + "\tby nobody")
    return written(tmp_path / "p.txt", "\n".join(lines))


def test_pairs_have_the_form_of_turned_round(tmp_path):
    data = read(pairs(tmp_path))
    reverse = load(DataChoice(source="reverse"))
    assert (data.kind, data.task, data.inputs.dtype, data.targets.dtype, data.targets.ndim) == (
        reverse.kind, reverse.task, reverse.inputs.dtype, reverse.targets.dtype, reverse.targets.ndim)  # fmt: skip
    assert data.class_names[:2] == ("<end>", "<unknown>")
    assert [data.feature_names[int(code)] for code in data.inputs[1]] == ["", "", "two", "one"]
    assert [data.class_names[code] for code in data.targets[1]] == ["deux", "un", "<end>", "<end>"]


def test_long_pairs_are_left_out_and_told(tmp_path):
    data = read(pairs(tmp_path), longest=3)
    assert data.inputs.shape[1] == 3
    assert data.notes[0] == "66 of 200 pairs are empty or longer than 3 words and were left out."


@pytest.mark.parametrize("template", ["encoder-decoder", "encoder-decoder-attention"])
def test_encoder_and_decoder_learn_to_translate(tmp_path, template):
    document, data = make_project(template, str(pairs(tmp_path)))
    embedding = document.graph.nodes["source_embedding"]
    assert embedding.vocabulary == len(data.feature_names)
    examples = prepared(document.data)
    training = Training(document.graph, document.recipe.model_copy(update={"epochs": 20}), examples, "cpu")
    (end,) = [event for event in training.events() if isinstance(event, Ended)]
    majority = (examples.valid.targets == 0).mean()
    assert end.valid.measures["accuracy"] > majority + 0.3


def test_a_template_fits_any_text(tmp_path):
    for source in (written(tmp_path / "s.txt", SONG), names(tmp_path)):
        document, data = make_project("char-lm", str(source))
        assert check(document.graph, data.signature).ok
        assert document.graph.nodes["embed1"].vocabulary == len(data.feature_names)


def test_an_embedding_of_too_few_symbols_is_told_and_mended(tmp_path):
    document, _ = make_project("char-lm")
    data = read(written(tmp_path / "s.txt", SONG + "äöü" * 60))
    few = document.graph.with_node("embed1", document.graph.nodes["embed1"].with_settings(vocabulary=3))
    told = [each for each in check(few, data.signature).problems if "symbols" in each.text]
    assert f"embed1 knows 3 symbols, but the data have {len(data.feature_names)}" in told[0].text
    assert fitted(document, data).graph.nodes["embed1"].vocabulary == len(data.feature_names)


def test_the_known_texts_have_their_known_sizes(test_data):
    shakespeare = read(test_data / "text" / "tinyshakespeare")
    assert len(shakespeare.class_names) == 65 + 1  # karpathy/char-rnn counts 65 characters
    languages = read(test_data / "text" / "names")
    assert (len(languages.class_names), len(languages.inputs)) == (18, 20_050)
    assert np.bincount(languages.targets)[languages.class_names.index("Russian")] == 9384
    french = read(test_data / "text" / "eng-fra_subset.txt")
    assert french.kind == "text"
    assert "vous" in french.class_names


def test_a_network_tells_languages_apart(test_data):
    document, _ = make_project("char-lm", str(test_data / "text" / "names"))
    examples = prepared(document.data)
    training = Training(document.graph, document.recipe.model_copy(update={"epochs": 1, "batch": 64}), examples, "cpu")
    (end,) = [event for event in training.events() if isinstance(event, Ended)]
    assert end.valid.measures["accuracy"] > np.bincount(examples.valid.targets).max() / len(examples.valid) + 0.1


def test_encodings_are_found(tmp_path):
    text = "Füße und Käse, größer als früher. " * 40
    for codec in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        data = read(written(tmp_path / "e.txt", text.encode(codec)))
        assert "ß" in data.class_names
        assert ("e.txt is not UTF-8; it was read as Windows-1252." in data.notes) == (codec == "cp1252")


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "s.txt is empty. Choose a file with text in it."),
    (b" \n\n \r\n", "s.txt is empty."),
    (b"abc\0def" * 100, "s.txt has zero bytes: it is no text."),
    (b"\xff\xfea" * 101, "s.txt is damaged: it begins as UTF-16 and is not."),
    (b"short", "s.txt has 5 characters, too few for ten examples"),
    (b"aaaaaaaa" * 100, "s.txt is one character again and again."),
])  # fmt: skip
def test_files_that_are_no_text_are_refused(tmp_path, content, sentence):
    with pytest.raises(DataProblem) as problem:
        read(written(tmp_path / "s.txt", content))
    assert sentence in str(problem.value)


def test_one_huge_line_is_a_text_as_any_other(tmp_path):
    data = read(written(tmp_path / "s.txt", "lorem ipsum " * 100_000))
    assert data.inputs.shape == (18_749, 64)


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "s.txt").open("wb") as file:
        file.truncate(33 * 2**20)
    with pytest.raises(DataProblem, match="s.txt has 33 MB; at most 32 MB are read. Use a part of it."):
        read(tmp_path / "s.txt")


@QUICK
@given(st.binary(max_size=400))
def test_any_bytes_are_a_text_or_none(tmp_path, content):
    for name in ("s.txt", "n/a.txt", "n/b.txt", "s.ts", "s_TRAIN.tsv"):
        path = written(tmp_path / name, content)
        try:
            prepare(read(path if path.parent == tmp_path else path.parent), DataChoice())
        except DataProblem as problem:
            assert str(problem).endswith((".", "?"))  # noqa: PT017 - either outcome is right


@QUICK
@given(st.lists(st.text(alphabet='ab\t\n\r,;"1.é ', max_size=30), max_size=40))
def test_any_lines_are_a_text_or_none(tmp_path, lines):
    path = written(tmp_path / "s.txt", "\n".join(lines))
    try:
        prepare(read(path), DataChoice())
    except DataProblem as problem:
        assert str(problem).endswith((".", "?"))  # noqa: PT017 - either outcome is right
