"""The data browser: what it shows of each kind of data, and what is put right there."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from playground.app.changes import SetRecipe
from playground.data.dataset import DataChoice


@pytest.fixture
def browsing(qtbot, opened):
    """The browser on a template's data."""

    def open_on(template):
        window = opened(template)
        qtbot.waitUntil(lambda: window.session.examples is not None, timeout=10_000)
        browser = window.files.browse_data()
        qtbot.waitExposed(browser)
        return window, browser

    return open_on


def test_images_are_shown_as_a_gallery_that_leads_to_one_of_them(qtbot, browsing):
    window, browser = browsing("digits-mlp")
    page = browser.examples
    assert len(page.grid.tiles) == 240
    assert "the test part stays locked" in page.count.text()
    page.grid.clicked.emit(5)
    assert page.detail.row == page.rows[5]
    assert "Example" in page.detail.title.text()
    qtbot.mouseClick(page.more, Qt.MouseButton.LeftButton)
    assert len(page.grid.tiles) == 480
    assert window.files.browse_data() is browser


def test_while_other_data_are_read_the_rows_there_were_can_still_be_drawn(qtbot, browsing):
    window, browser = browsing("table-mlp")
    shown = browser.examples.table.values
    place = next(number for number, column in enumerate(shown.columns) if column.name == "answer")
    before = shown.index(0, place).data()
    window.session.examples = None  # as it is until they are there
    browser.restyle()
    assert not browser.tabs.isVisible()
    assert shown.index(0, place).data() == before


def test_doubtful_labels_are_sought_beside_the_window(qtbot, browsing):
    _, browser = browsing("digits-mlp")
    page = browser.examples
    page.order.setCurrentIndex(page.order.findData("doubtful"))
    page.order.activated.emit(page.order.currentIndex())
    qtbot.waitUntil(lambda: browser.browsing.is_ready("doubtful"), timeout=20_000)
    qtbot.waitUntil(lambda: "nearest training examples are" in page.detail.words.text())


def test_a_label_is_put_right_and_the_step_undone(qtbot, browsing):
    window, browser = browsing("digits-mlp")
    page, session = browser.examples, window.session
    row = page.detail.row
    was = page.detail.label.currentText()
    page.detail.label.setCurrentText("9" if was != "9" else "8")
    page.detail.label.activated.emit(page.detail.label.currentIndex())
    qtbot.waitUntil(lambda: session.examples is not None and session.document.data.corrections is not None)
    qtbot.waitUntil(lambda: "was corrected by hand" in page.detail.words.text())
    assert page.detail.row == row
    session.undo()
    qtbot.waitUntil(lambda: session.examples is not None and session.document.data.corrections is None)
    qtbot.waitUntil(lambda: page.detail.label.currentText() == was)


def test_an_example_is_left_out_with_del_and_put_back(qtbot, browsing):
    window, browser = browsing("digits-mlp")
    page, session = browser.examples, window.session
    row, count = page.detail.row, len(session.examples.train) + len(session.examples.valid)
    qtbot.keyClick(page, Qt.Key.Key_Delete)
    page.detail.toggle_dropped() if session.document.data.corrections is None else None
    qtbot.waitUntil(lambda: session.examples is not None and session.document.data.corrections is not None)
    qtbot.waitUntil(lambda: page.count.text().startswith(f"{count - 1:,}"))
    page.shown.setCurrentIndex(page.shown.findData("corrected"))
    page.shown.activated.emit(page.shown.currentIndex())
    assert page.rows == [row]
    assert page.detail.drop.text() == "Put back"
    qtbot.mouseClick(page.detail.drop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.document.data.corrections is None, timeout=5000)


def test_a_table_has_rows_columns_and_their_links_to_the_target(qtbot, opened, tmp_path):
    path = tmp_path / "people.csv"
    lines = [f"{20 + n % 30},{'red' if n % 3 else 'blue'},{'ill' if n % 30 > 15 else 'well'}" for n in range(120)]
    path.write_text("age,colour,state\n" + "\n".join(lines))
    window = opened("table-mlp")
    window.session.choose_data(DataChoice(source=str(path), target="state"))
    qtbot.waitUntil(lambda: window.session.document.data.target == "state" and window.session.examples is not None)
    browser = window.files.browse_data()
    page = browser.examples
    columns = {column.title: column for column in page.table.values.columns}
    assert columns["age"].text(page.rows[0]) == str(20 + page.rows[0] % 30)
    browser.tabs.setCurrentIndex(1)
    assert list(browser.columns.facts) == ["state", "age", "colour"]
    assert browser.columns.facts["age"].measure == "η"
    browser.columns.table.choose("colour")
    browser.columns._show_chosen()
    assert "Cramér's V" in browser.columns.words.text()


def test_each_example_is_told_with_its_row_in_the_file(qtbot, opened, tmp_path):
    path = tmp_path / "people.csv"
    lines = ["age,colour,state"]
    for n in range(120):
        lines += [""] * (n == 40)
        lines.append(f"{n}.5,{'red' if n % 3 else 'blue'},{['ill', 'well', ''][n % 3]}")
    path.write_text("\n".join(lines))
    window = opened("table-mlp")
    window.session.choose_data(DataChoice(source=str(path), target="state"))
    qtbot.waitUntil(lambda: window.session.document.data.target == "state" and window.session.examples is not None)
    page = window.files.browse_data().examples
    columns = {column.title: column for column in page.table.values.columns}
    place = columns["Row in the file"]
    assert "as a spreadsheet counts: the first row of the file is row 1" in place.explained
    for row in page.rows:
        assert lines[int(place.text(row)) - 1].split(",")[0] == columns["age"].text(row)
    page.choose(page.rows[-1])
    assert page.detail.words.text().startswith(f"Row {place.text(page.rows[-1])} of people.csv")


def test_lines_of_text_files_and_rows_of_a_series_are_told_too(qtbot, opened, tmp_path):
    folder = tmp_path / "names"
    folder.mkdir()
    for name in ("dog", "cat"):
        (folder / f"{name}.txt").write_text("\n".join(f"{name}{n}" if n % 5 else "" for n in range(40)))
    series = tmp_path / "waves.csv"
    series.write_text("\n".join(["wave", *(f"{n % 7}.5" for n in range(200))]))
    window = opened("char-lm")
    for source, place in ((folder, "Line 2 of cat.txt"), (series, "Rows 2 to 18 of waves.csv")):
        window.session.choose_data(DataChoice(source=str(source)))
        qtbot.waitUntil(lambda source=source: window.session.document.data.source == str(source), timeout=10_000)
        qtbot.waitUntil(lambda: window.session.examples is not None, timeout=10_000)
        page = window.files.browse_data().examples
        page.choose(0)
        assert 0 in page.rows
        assert page.detail.words.text().splitlines()[0] == place


def test_an_image_s_file_is_named_as_it_is(qtbot, opened, tmp_path):
    for number in range(24):
        file = tmp_path / "images" / ("lying", "standing")[number % 2] / f"{number:02}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 10 * number).save(file)
    window = opened("digits-mlp")
    window.session.choose_data(DataChoice(source=str(tmp_path / "images")))
    qtbot.waitUntil(lambda: window.session.document.data.source == str(tmp_path / "images"), timeout=10_000)
    qtbot.waitUntil(lambda: window.session.examples is not None, timeout=10_000)
    page = window.files.browse_data().examples
    page.choose(0)
    assert page.detail.words.text().splitlines()[0] == "lying/00.png"


def test_classes_are_counted_and_averaged(qtbot, browsing):
    window, browser = browsing("digits-mlp")
    browser.tabs.setCurrentIndex(2)
    examples = window.session.examples
    counts = np.stack(browser.classes.balance._counts)
    assert counts.sum(axis=1).tolist() == [len(examples.train), len(examples.valid), len(examples.test)]
    assert len(browser.classes.means.tiles) == 10


@pytest.mark.parametrize("template", ["spiral-mlp", "frequency-lstm", "encoder-decoder", "char-lm", "table-mlp"])
def test_every_kind_of_data_can_be_sorted_by_every_column(browsing, template):
    page = browsing(template)[1].examples
    values, given = page.table.values, sorted(page.rows)

    for at, column in enumerate(values.columns):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            values.sort(at, order)
            assert sorted(values.rows) == given
            told = [column.text(row) for row in values.rows]
            keys = [float(text) for text in told] if column.is_number else [text.casefold() for text in told]
            assert keys == sorted(keys, reverse=order is Qt.SortOrder.DescendingOrder)


@pytest.mark.parametrize("template", ["spiral-mlp", "frequency-lstm", "encoder-decoder", "char-lm", "table-mlp"])
def test_every_kind_of_data_can_be_browsed_light_and_dark(qtbot, browsing, template):
    window, browser = browsing(template)
    assert browser.examples.rows
    for place in range(3):
        if browser.tabs.isTabVisible(place):
            browser.tabs.setCurrentIndex(place)
    window.look.toggle()
    browser.restyle()
    assert browser.examples.detail.title.text().startswith("Example")


def test_it_does_not_mind_that_the_project_changes(qtbot, browsing):
    window, browser = browsing("digits-mlp")
    window.session.do(SetRecipe("epochs", 3))
    window.session.choose_data(DataChoice(source="iris"))
    qtbot.waitUntil(lambda: window.session.document.data.source == "iris" and window.session.examples is not None)
    qtbot.waitUntil(lambda: "Iris" in browser.windowTitle())
    assert browser.tabs.isTabVisible(1)


def test_correlations_are_a_matrix_whose_cells_lead_to_points(qtbot, browsing):
    _, browser = browsing("table-mlp")
    browser.tabs.setCurrentWidget(browser.correlations)
    page = browser.correlations
    qtbot.waitUntil(lambda: page.numbers is not None, timeout=10_000)
    assert page.matrix.names == ("target", "age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    assert page.words.text().startswith("Most alike: s1 and s2, .89. ")
    assert page.matrix.at == (5, 6)
    place = page.matrix.place_of(0, 3).center().toPoint()
    qtbot.mouseClick(page.matrix, Qt.MouseButton.LeftButton, pos=place)
    assert page.caption.text().startswith("target over bmi: .6")
    shown = sum(len(item.getData()[0]) for item in page.plot.listDataItems())
    assert shown == len(browser.browsing.examples.train) + len(browser.browsing.examples.valid)
    qtbot.keyClick(page.matrix, Qt.Key.Key_Down)
    assert page.matrix.at == (1, 3)
    before = page.matrix.values.copy()
    page.way.setCurrentIndex(1)
    qtbot.waitUntil(lambda: not np.allclose(page.matrix.values, before), timeout=10_000)
    assert page.matrix.at == (1, 3)
