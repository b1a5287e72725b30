from __future__ import annotations

import numpy as np
import pytest

from playground.data.dataset import DataChoice
from playground.ui.canvas.menus import menu_at
from playground.ui.traces import is_drawn


def test_gates_and_states_are_heat_maps_and_a_slider_goes_through_time(on):
    _, view = on("lstm-many-to-one", "lstm1", "unrolled")
    steps, units = view.numbers()["h"].shape
    assert view.cell.values.shape == (units, steps)
    assert set(view.numbers()) == {"h", "c", "input", "input gate", "forget gate", "candidate", "output gate"}
    view.slider.setValue(3)
    assert view.hidden.marks[0].x == 3
    assert view.words.text().startswith(f"step 4 of {steps}")
    view.hidden.clicked.emit(0, 5)
    assert view.slider.value() == 5


def test_the_letter_that_is_read_is_told(on):
    window, view = on("char-lm", "", "unrolled")
    id = next(id for id, layer in window.session.document.graph.nodes.items() if layer.family == "recurrent")
    window.canvas.select((id,))
    window.inside.show_view("unrolled")
    view._found = None
    assert view._symbol(0).startswith(", “")


def test_a_dense_network_has_no_steps(on):
    _, view = on("digits-mlp", "dense1", "unrolled")
    assert view.lacks() == "dense1 has no steps in time. Select a recurrent layer."


def test_untrained_gates_are_set_beside_each_other_and_trained_ones_after_as_many_epochs(on, qtbot):
    window, view = on("rnn-many-to-one", "", "gradient_in_time")
    assert view.words.text().startswith("Of the gradient at the last step, ")
    view.begin_comparing()
    qtbot.waitUntil(lambda: len(view.numbers()) == 4, timeout=20_000)
    found = view.numbers()
    np.testing.assert_allclose(found["RNN, untrained"], found["now"], rtol=1e-4)
    assert "LSTM, untrained" in view.lines.legend.text()

    window.session.play("epoch")
    qtbot.waitUntil(lambda: len(window.session.epochs) == 1 and window.session.status == "paused", timeout=60_000)
    view.begin_comparing()
    qtbot.waitUntil(lambda: "LSTM, after 1 epochs" in view.numbers(), timeout=60_000)
    assert set(view.numbers()) == {"now", *(f"{kind}, after 1 epochs" for kind in ("RNN", "LSTM", "GRU"))}
    assert view.note.text().startswith("Parameters: RNN ")


def test_the_gradient_through_a_feedback_edge_is_shown(on, qtbot):
    _, view = on("elman", "", "gradient_in_time")
    assert view.lacks() == ""
    qtbot.waitUntil(lambda: bool(view.numbers()), timeout=20_000)
    assert (view.numbers()["now"] > 0).all()
    assert not view.compare.isVisible()


def test_unroll_is_in_the_layers_menu_and_among_the_commands(on, qtbot):
    window, _ = on("elman", "dense1", "overview")
    place = window.canvas.network.nodes["dense1"].sceneBoundingRect().center()
    menu = menu_at(window.canvas, place)
    next(action for action in menu.actions() if action.objectName() == "unroll").trigger()
    assert window.inside.view.name == "unrolled"
    assert window.inside.view.lacks() == ""
    assert window.actions_by_name["unroll"].text() == "Unroll in time"
    assert window.actions_by_name["unroll"].isEnabled()


def test_only_what_hands_on_a_state_calls_its_answers_one(on, qtbot):
    window, view = on("encoder-decoder-attention", "", "unrolled")
    layer = next(id for id, node in window.session.document.graph.nodes.items() if "Attention" in node.type)
    window.canvas.select((layer,))
    view.ask_again()
    qtbot.waitUntil(lambda: view.strongest.text() == "What it gives most strongly at this step:", timeout=20_000)


def test_attention_is_a_matrix(on):
    window, view = on("encoder-decoder-attention", "", "attention")
    np.testing.assert_allclose(view.numbers()["attention"].sum(axis=-1), 1, rtol=1e-5)
    examples = window.session.examples
    read = [examples.dataset.feature_names[int(code)] for code in window.focus.raw()]
    wrote = [examples.dataset.class_names[int(code)] for code in view._wrote]
    assert view.map._names == (wrote, read)
    assert f" It reads “{''.join(read)}”. It writes “{''.join(wrote)}”." in view.words.text()


def test_letters_are_covered_since_they_have_no_gradient(on, qtbot):
    window, view = on("encoder-decoder", "", "attribution")
    qtbot.waitUntil(lambda: view._found is not None, timeout=20_000)
    assert view.method.currentData() == "occlusion"
    saliency = view.method.model().item(view.method.findData("saliency"))
    assert not saliency.isEnabled()
    assert not view.problem
    examples = window.session.examples
    assert view.map._names[1] == [examples.dataset.feature_names[int(code)] for code in window.focus.raw()]


def test_a_series_is_drawn_as_lines_wherever_it_is_the_example(on, qtbot):
    window, view = on("frequency-lstm", "lstm1", "receptive_field")
    raw = window.focus.scaled()
    np.testing.assert_allclose(view.input._traces, raw.T, rtol=1e-6)
    assert view.input.marks[0].w == len(raw)
    gallery = window.inside.show_view("gallery")
    gallery.which.setCurrentIndex(1)
    qtbot.waitUntil(lambda: gallery._found is not None, timeout=20_000)
    gallery._show()
    assert all(is_drawn(tile.image) for tile in gallery.grid.tiles)


def test_what_it_wrote_is_kept_and_right_letters_are_bold(on):
    _, view = on("encoder-decoder", "", "written")
    assert "wanted" in view.text.text()
    assert "epoch 0" in view.text.text()
    window = view.window()
    examples = window.session.examples
    read = "".join(examples.dataset.feature_names[int(code)] for code in examples.valid.inputs[0])
    assert f"<code>{read}</code>" in view.text.text()
    assert view.in_words().startswith("After epoch 0, ")
    codes = view._truth[0]
    assert view._line("epoch 0", codes, codes).bold == set(range(len(codes)))


@pytest.mark.parametrize("template", ["series-cnn", "frequency-lstm"])
def test_a_series_that_begins_late_is_pictured_without_what_fills_it_up(opened, qtbot, tmp_path, template):
    random = np.random.default_rng(0)
    lines = ["@classLabel true a b", "@data"]
    for at in range(60):
        dims = (",".join(f"{value:.3f}" for value in random.normal(size=5 + at % 9)) for _ in range(8))
        lines.append(":".join([*dims, "ab"[at % 2]]))
    path = tmp_path / "short.ts"
    path.write_text("\n".join(lines), encoding="utf-8")
    window = opened(template)
    session = window.session
    session.choose_data(DataChoice(source=str(path)))
    qtbot.waitUntil(lambda: session.document.data.source == str(path) and session.examples is not None)
    session.play("epoch")
    qtbot.waitUntil(lambda: bool(session.epochs) and session.status == "paused", timeout=60_000)
    late = int(np.isnan(session.examples.valid.inputs[..., 0]).sum(axis=1).argmax())
    window.focus.choose_example(late)
    window.canvas.select(("input1",))
    for name in ("overview", "all_layers", "attribution"):
        view = window.inside.show_view(name)
        qtbot.waitUntil(lambda view=view: bool(view.numbers()) and not view.is_stale, timeout=20_000)
        assert "nan" not in view.in_words()
    view = window.inside.show_view("attribution")
    assert np.isnan(view.input.values).any()
    assert view.input.told((0, 0)).endswith(": –")
