from __future__ import annotations

import pytest

from playground.data.published import PUBLISHED
from tests.data.server import Behaviour, serving
from tests.data.test_downloads import few_digits, published


@pytest.fixture
def server(monkeypatch):
    with serving(Behaviour()) as behaviour:
        monkeypatch.setitem(PUBLISHED, "mnist", published(behaviour, few_digits()))
        yield behaviour


def test_without_consent_the_terms_are_told_and_nothing_is_asked_for(run, server):
    done = run("datasets", "--download", "mnist")
    assert done.status == 2
    assert "Licence: Creative Commons Attribution-ShareAlike 3.0." in done.err
    assert "Size: 0.0 MB, from http://127.0.0.1:" in done.err
    assert str(PUBLISHED["mnist"].folder) in done.err
    assert "Nothing was downloaded. Add --yes to download MNIST." in done.err
    assert server.asked == []


def test_a_data_set_is_downloaded_listed_and_used(run, server, tmp_path):
    assert "to download, 0.0 MB" in run("datasets").out
    done = run("datasets", "--download", "mnist", "--yes")
    assert done.status == 0
    assert done.out.startswith("MNIST is in ")
    again = run("datasets", "--download", "mnist", "--yes")
    assert again.out.startswith("MNIST is here already")
    (entry,) = (each for each in run("datasets", "--json").json if each["name"] == "mnist")
    assert entry["download"]["is_here"]
    made = run("new", "image-cnn", "--data", "mnist", "-o", str(tmp_path / "m.nnplay"))
    assert made.out.startswith(f"Wrote {tmp_path / 'm.nnplay'}")
    assert "on MNIST, 52 examples" in made.out


def test_a_download_that_fails_has_status_1_and_one_sentence(run, server):
    server.files.clear()
    done = run("datasets", "--download", "mnist", "--yes")
    assert done.status == 1
    assert "127.0.0.1 answered 404 when asked for train-images-idx3-ubyte.gz. Check the network" in done.err
    assert "Traceback" not in done.err


def test_a_name_that_cannot_be_downloaded_is_told_with_those_that_can(run):
    done = run("datasets", "--download", "mnst", "--yes")
    assert done.status == 2
    assert "“mnst” cannot be downloaded. Did you mean “mnist”? There are: mnist, fashion-mnist, cifar-10" in done.err


def test_a_data_set_that_is_not_here_is_refused_with_the_way_to_get_it(run, tmp_path):
    done = run("new", "image-cnn", "--data", "cifar-10", "-o", str(tmp_path / "c.nnplay"))
    assert done.status == 2
    assert "CIFAR-10 is not on this computer yet. Download it (170 MB)" in done.err
    assert "or put cifar-10-binary.tar.gz into the folder" in done.err
