from __future__ import annotations

import numpy as np


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


def test_the_gradient_is_set_beside_other_gates(on, qtbot):
    _, view = on("rnn-many-to-one", "", "gradient_in_time")
    assert view.words.text().startswith("Of the gradient at the last step, ")
    view.begin_comparing()
    qtbot.waitUntil(lambda: len(view.numbers()) == 4, timeout=20_000)
    found = view.numbers()
    np.testing.assert_allclose(found["RNN, untrained"], found["now"], rtol=1e-4)  # it has not learned yet
    assert "LSTM, untrained" in view.lines.legend.text()


def test_attention_is_a_matrix(on):
    _, view = on("encoder-decoder-attention", "", "attention")
    np.testing.assert_allclose(view.numbers()["attention"].sum(axis=-1), 1, rtol=1e-5)
    assert "It reads “" in view.words.text()


def test_what_it_wrote_is_kept_and_right_letters_are_bold(on):
    _, view = on("encoder-decoder", "", "written")
    assert "wanted" in view.text.text()
    assert "epoch 0:" in view.text.text()
    assert view.in_words().startswith("After epoch 0, ")
    codes = view._truth[0]
    assert view._spelled(codes, codes).count("<b>") == len(codes)
