"""What can go wrong beside the program, each once: the person hears of it, and nothing is lost."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from playground.app import settings
from playground.app.changes import SetRecipe
from playground.app.document import make_project
from playground.app.files import FileProblem, Project, read_project, write_project
from playground.app.open_file import OpenFile
from playground.app.session import Session
from playground.app.settings import kept_sessions, new_session_file, recent_projects, remember_project
from playground.data.dataset import DataChoice
from tests.app.test_session_keeps import learned, save
from tests.app.working import Working, ready

pytestmark = pytest.mark.usefixtures("torch_at_hand")


@pytest.fixture
def work():
    working = Working()
    yield working
    for session in working.sessions:
        assert session.close()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="a folder's mode stops neither Windows nor root")
def test_a_folder_to_read_only_is_told(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FileProblem, match="Permission denied. Choose another place"):
            write_project(tmp_path / "a.nnplay", Project(make_project("spiral-mlp")[0]))
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_while_saving_is_told_and_the_work_goes_on(work, tmp_path, monkeypatch):
    session = ready(work, epochs=10**6)
    save(work, session, tmp_path / "a.nnplay")
    before = (tmp_path / "a.nnplay").read_bytes()
    session.play()
    work.until(session, lambda: session.epochs, 120)  # the first of this process: torch is imported

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("playground.app.whole_files.os.fsync", full)
    session.message = ""
    session.save()
    work.until(session, lambda: session.message)
    assert session.message.startswith("Not saved: ")
    assert session.message.endswith("cannot be written: No space left on device. Choose another place.")
    assert session.status == "running"
    assert (tmp_path / "a.nnplay").read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []


def test_a_file_deleted_under_the_program_is_written_anew(work, tmp_path):
    session = ready(work)
    save(work, session, tmp_path / "a.nnplay")
    (tmp_path / "a.nnplay").unlink()
    session.do(SetRecipe("epochs", 7))
    save(work, session, tmp_path / "a.nnplay")
    assert read_project(tmp_path / "a.nnplay").document.recipe.epochs == 7


def test_a_file_written_by_another_program_is_noticed(tmp_path):
    path = tmp_path / "a.nnplay"
    write_project(path, Project(make_project("spiral-mlp")[0]))
    file = OpenFile()
    assert file.take(path)
    assert not file.has_changed
    write_project(path, Project(make_project("xor-mlp")[0]))
    assert file.has_changed
    file.take(path)  # saved here
    assert not file.has_changed
    path.unlink()
    assert not file.has_changed
    file.release()


def test_two_windows_on_one_file_know_of_each_other(tmp_path):
    first, second = OpenFile(), OpenFile()
    assert first.take(tmp_path / "a.nnplay")
    assert not second.take(tmp_path / "a.nnplay")
    assert second.take(tmp_path / "b.nnplay")
    first.release()
    assert second.take(tmp_path / "a.nnplay")
    second.release()


def test_data_that_are_gone_at_opening_leave_the_network_whole(work, tmp_path):
    document = make_project("digits-mlp")[0]
    gone = document.data.model_copy(update={"source": str(tmp_path / "gone.csv")})
    session = Session(Project(document).document.__class__(**{**vars(document), "data": gone}))
    work.sessions.append(session)
    work.until(session, lambda: session.status == "problem")
    assert "There is no data set or file" in session.message
    assert session.document.graph == document.graph
    assert not session.play()
    session.choose_data(DataChoice(source="digits"))
    work.until(session, lambda: session.status == "ready")


def test_data_that_go_in_mid_run_stop_nothing(work, tmp_path):
    rows = "\n".join(f"{x},{x * x % 7},{'yes' if x % 3 else 'no'}" for x in range(200))
    (tmp_path / "t.csv").write_text(f"a,b,label\n{rows}\n")
    document, _ = make_project("table-mlp", str(tmp_path / "t.csv"), "label")
    session = Session(SetRecipe("epochs", 10**6).apply(document))
    work.sessions.append(session)
    work.until(session, lambda: session.status == "ready")
    session.play()
    work.until(session, lambda: session.epochs)
    (tmp_path / "t.csv").unlink()
    known = len(session.epochs)
    work.until(session, lambda: len(session.epochs) > known + 2)
    assert session.status == "running"
    save(work, session, tmp_path / "a.nnplay")


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB."),
        MemoryError(),
    ],
)
def test_memory_that_runs_out_in_mid_run_offers_a_smaller_batch(work, monkeypatch, error):
    from playground.engine.judging import Judge

    session = ready(work, epochs=10**6)
    session.play()
    work.until(session, lambda: len(session.epochs) > 1)

    def full(*_args):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Judge, "learn", full)
        work.until(session, lambda: session.status == "ended")
    assert session.ended.reason == "failed"
    assert session.message == "The memory is not enough for a batch of 32. Try 8, or a smaller network."
    kept, known = learned(session), len(session.epochs)
    session.do(SetRecipe("batch", 8))
    session.play()
    work.until(session, lambda: len(session.epochs) > known)
    assert kept is not None


def test_a_network_that_cannot_fit_is_told_before_it_takes_memory(work, monkeypatch):
    monkeypatch.setattr("playground.app.checking._memory", lambda: 10_000)
    session = ready_or_not(work)
    told = [problem for problem in session.report.problems if problem.text.startswith("Training would take about")]
    assert len(told) == 1
    assert "Use a smaller batch, or a smaller network." in told[0].text


def ready_or_not(work):
    session = work.open("digits-mlp")
    work.until(session, lambda: session.status != "loading")
    return session


def test_play_pressed_twice_starts_one_run(work):
    session = ready(work, epochs=10**6)
    assert session.play()
    run = session.run
    assert session.play()
    assert session.run is run


def test_a_clock_set_back_overwrites_nothing(tmp_path):
    later, earlier = datetime(2030, 1, 1, 12), datetime(2020, 1, 1, 12)
    for now in (later, earlier, earlier.replace(microsecond=1)):
        write_project(new_session_file(now), Project(make_project("xor-mlp")[0]))
    assert len(kept_sessions()) == 3


@pytest.mark.parametrize("content", ["", "{", "7", "null", '{"a": 1}', '[1, null, [], "\\u0000"]', "[" * 100_000])
def test_a_damaged_list_of_recent_projects_is_begun_anew(tmp_path, content):
    (settings.config_folder() / "recent.json").write_text(content)
    assert recent_projects() == []
    write_project(tmp_path / "a.nnplay", Project(make_project("xor-mlp")[0]))
    remember_project(tmp_path / "a.nnplay")
    assert recent_projects() == [tmp_path / "a.nnplay"]
    assert json.loads((settings.config_folder() / "recent.json").read_text()) == [str(tmp_path / "a.nnplay")]


def test_leftovers_of_a_killed_save_do_not_pile_up(tmp_path):
    path = tmp_path / "a.nnplay"
    old, new = tmp_path / ".a.nnplay.x.part", tmp_path / ".a.nnplay.y.part"
    for each in (old, new):
        each.write_bytes(b"PK")
    os.utime(old, (0, 0))
    write_project(path, Project(make_project("xor-mlp")[0]))
    assert not old.exists()
    assert new.exists()  # another program may be writing it
    assert Path(path).exists()
