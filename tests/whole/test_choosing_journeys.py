"""A person's own table, and which width: walked in the window with the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QTabBar

from playground.selection.tuning_results import one_standard_error
from playground.ui.exam_dialog import ExamDialog
from playground.ui.table_dialog import TableDialog
from playground.ui.welcome import TemplateCard

LONG = 120_000


def open_tab(hands, window, words):
    """Click the tab with those words."""
    for bar in window.learning.findChildren(QTabBar):
        for at in range(bar.count()):
            if bar.tabText(at) == words:
                hands.click(bar, bar.tabRect(at).center())
                return
    raise AssertionError(f"There is no tab {words}.")


def begin_with(hands, window, qtbot, template):
    card = next(each for each in window.findChildren(TemplateCard) if each.objectName() == f"template:{template}")
    hands.click(card)
    qtbot.waitUntil(lambda: window.session.status == "ready", timeout=20_000)


def test_which_width_is_asked_answered_and_examined_in_a_few_clicks(window, hands, qtbot):
    begin_with(hands, window, qtbot, "digits-mlp")
    session, pane = window.session, window.tune
    session.do(_epochs(3))
    open_tab(hands, window, "Tune")
    pane.form.vary("layers.dense1.units")
    pane.form._rows[0].values.setText("1, 16, 64")
    pane.form.folds.setCurrentIndex(1)
    hands.click(pane.start)
    qtbot.waitUntil(lambda: not pane.is_searching, timeout=LONG)
    best_first = pane.table.values.rows
    assert [trial.params["layers.dense1.units"] for trial in best_first][-1] == 1
    assert len(best_first[0].folds) == 5
    simplest = one_standard_error(best_first)
    assert pane.table.chosen() == (str(simplest.number),)
    hands.click(pane.use)
    assert session.document.graph.nodes["dense1"].settings["units"] == simplest.params["layers.dense1.units"]
    hands.click(window.canvas.viewport())
    hands.key("space")
    qtbot.waitUntil(lambda: session.status == "ended", timeout=LONG)
    window.actions_by_name["exam"].trigger()
    exam = next(child for child in window.children() if isinstance(child, ExamDialog))
    qtbot.waitUntil(exam.look.isEnabled, timeout=20_000)
    hands.click(exam.look)
    qtbot.waitUntil(lambda: "On 270 test examples" in exam.words.text(), timeout=20_000)
    exam.reject()


def test_a_table_of_ones_own_is_dropped_learned_and_compared(window, hands, qtbot, tmp_path):
    random = np.random.default_rng(0)
    height, sex = random.normal(170, 10, 200), random.integers(0, 2, 200)
    weight = 0.9 * (height - 100) + 8 * sex + random.normal(0, 4, 200)
    rows = [f"{h:.1f},{'fm'[s]},{w:.1f}" for h, s, w in zip(height, sex, weight, strict=True)]
    path = tmp_path / "people.csv"
    path.write_text("height,sex,weight\n" + "\n".join(rows), encoding="utf-8")
    begin_with(hands, window, qtbot, "table-mlp")
    session = window.session
    window.files.open_path(path)
    dialog = next(child for child in window.children() if isinstance(child, TableDialog))
    qtbot.waitUntil(dialog.use.isEnabled, timeout=20_000)
    assert dialog.target.currentText() == "weight"
    hands.click(dialog.use)
    qtbot.waitUntil(lambda: session.document.data.source == str(path) and session.status == "ready", timeout=20_000)
    session.do(_epochs(60))
    hands.click(window.run_bar.play)
    qtbot.waitUntil(lambda: session.status == "ended", timeout=LONG)
    qtbot.waitUntil(lambda: "ridge regression" in window.compare.verdict.text(), timeout=LONG)
    assert session.comparing.comparison.models[0].score > 0.5


def _epochs(count):
    from playground.app.changes import SetRecipe

    return SetRecipe("epochs", count)
