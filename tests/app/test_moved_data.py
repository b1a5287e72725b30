"""Data that were moved or changed since the network learned from them: what was learned stays, and it is said."""

from __future__ import annotations

import pytest

from playground.app.changes import ChooseData, SetRecipe
from playground.app.document import Document, make_project
from playground.app.files import read_project
from playground.app.for_use import CHANGED
from playground.app.session import Session
from playground.data.catalogue import is_gone
from playground.data.dataset import DataChoice, DataProblem


@pytest.fixture
def table(tmp_path):
    rows = "\n".join(f"{x % 13},{x * x % 7},{'yes' if x % 3 else 'no'}" for x in range(200))
    path = tmp_path / "t.csv"
    path.write_text(f"a,b,label\n{rows}\n")
    return path


@pytest.fixture
def learned(work, table, tmp_path):
    """A project that learned from the table, saved and closed."""
    document, _ = make_project("table-mlp", str(table), "label")
    session = Session(SetRecipe("epochs", 2).apply(document))
    work.sessions.append(session)
    work.until(session, lambda: session.status == "ready")
    session.play()
    work.until(session, lambda: session.status == "ended")
    session.save(tmp_path / "p.nnplay")
    work.until(session, (tmp_path / "p.nnplay").exists)
    return tmp_path / "p.nnplay"


def opened(work, path):
    session = Session(Document())
    work.sessions.append(session)
    session.start(read_project(path), path)
    return session


def test_a_moved_table_is_found_again_and_nothing_learned_is_lost(work, learned, table):
    there = table.rename(table.with_name("elsewhere.csv"))
    session = opened(work, learned)
    work.until(session, lambda: session.status == "problem")
    assert session.message.startswith(f"There is no data set or file “{table}”. If it was moved or renamed, say where")
    assert is_gone(session.document.data.source)

    session.choose_data(session.document.data.model_copy(update={"source": str(there)}))
    work.until(session, lambda: session.status == "ready")
    session.prepare()
    work.until(session, lambda: session.status != "ready")
    assert len(session.epochs) == 2
    work.until(session, lambda: session.beside._awaited == [])
    assert session.message != CHANGED
    session.undo()
    assert session.document.data.source == str(table)


def test_a_file_that_has_changed_since_is_told_at_opening(work, learned, table):
    session = opened(work, learned)
    work.until(session, lambda: session.status not in ("loading", "problem") and session.beside._awaited == [])
    assert session.message != CHANGED
    table.write_text(table.read_text() + "3,4,yes\n")
    session = opened(work, learned)
    work.until(session, lambda: session.message == CHANGED)


def test_a_data_set_of_the_program_is_never_gone():
    assert not any(map(is_gone, ("digits", "mnist", "drawn")))
    assert is_gone("/nowhere/at/all.csv")


def test_a_batch_shrinks_to_what_there_is(table):
    few = table.with_name("few.csv")
    few.write_text("\n".join(table.read_text().splitlines()[:41]))
    document, _ = make_project("table-mlp", str(few), "label")
    usual = make_project("table-mlp")[0].recipe.batch
    assert usual == 32
    assert document.recipe.batch == 4  # of the 24 that train, so that an epoch has at least four steps
    signature = make_project("table-mlp", str(table), "label")[0]
    wide = SetRecipe("batch", 4096).apply(signature)
    assert ChooseData(wide.data, count=120).apply(wide).recipe.batch == 16
    assert ChooseData(wide.data, count=5000).apply(wide).recipe.batch == 4096


def test_a_name_that_is_nothing_names_the_nearest(tmp_path):
    from playground.data.catalogue import load

    with pytest.raises(DataProblem, match="There is no data set or file “digit”. Did you mean “digits”?"):
        load(DataChoice(source="digit"))
