from __future__ import annotations


def test_count_variation_and_noise_of_made_images_are_set_in_the_data_pane(opened, qtbot):
    window = opened("digits-cnn")
    assert not window.data_pane.made.isVisible()
    window.session.choose_data(window.session.document.data.model_copy(update={"source": "shapes"}))
    qtbot.waitUntil(lambda: window.session.document.data.source == "shapes", timeout=30_000)
    editors = window.data_pane.made.form.editors
    assert window.data_pane.made.isVisible()
    assert (editors["samples"].value(), editors["variation"].value()) == (3000, 50)

    editors["samples"].setValue(60)
    qtbot.waitUntil(lambda: window.session.document.data.samples == 60, timeout=30_000)
    editors["variation"].setValue(80)
    qtbot.waitUntil(lambda: window.session.document.data.variation == 80, timeout=30_000)
    assert len(window.session.examples.dataset.inputs) == 60

    window.session.undo()
    assert window.session.document.data.variation is None


def test_the_bounds_of_the_settings_are_those_of_the_data_choice(opened):
    editors = opened("digits-cnn").data_pane.made.form.editors
    assert (editors["samples"].minimum(), editors["samples"].maximum()) == (10, 200_000)
    assert (editors["variation"].minimum(), editors["variation"].maximum()) == (0, 100)
    assert editors["noise"].maximum() == 50
