from __future__ import annotations

import gzip
import io
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import suppress
from dataclasses import replace
from hashlib import md5, sha256

import numpy as np
import pytest

from playground.app.downloading import Download
from playground.data.catalogue import load
from playground.data.dataset import DataChoice, DataProblem
from playground.data.downloads import DownloadProblem, download
from playground.data.published import CIFAR_10, CIFAR_20, CIFAR_100, FASHION, MNIST, PUBLISHED, Remote
from playground.data.split import prepare
from tests.data.server import Behaviour, serving


@pytest.fixture
def server():
    with serving(Behaviour()) as behaviour:
        yield behaviour


def quiet(done: int, total: int) -> None:
    pass


def idx(array) -> bytes:
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def few_digits() -> dict[str, bytes]:
    """Files named as MNIST's, with 40 and 12 images."""
    random, made = np.random.default_rng(0), {}
    for part, size in (("train", 40), ("t10k", 12)):
        images = random.integers(0, 256, (size, 28, 28)).astype(np.uint8)
        made[f"{part}-images-idx3-ubyte.gz"] = gzip.compress(idx(images))
        made[f"{part}-labels-idx1-ubyte.gz"] = gzip.compress(idx((np.arange(size) % 10).astype(np.uint8)))
    return made


def published(server: Behaviour, files: dict[str, bytes], like=MNIST, **changes):
    """The data set as it is declared, but these files from this server."""
    server.files |= files
    remotes = tuple(Remote(name, len(content), sha256(content).hexdigest()) for name, content in files.items())
    return replace(like, addresses=(server.address,), files=remotes, **changes)


def test_files_come_checked_and_are_not_fetched_again(server):
    few, told = published(server, few_digits()), []
    assert not few.is_here
    download(few, lambda done, total: told.append((done, total)))
    assert few.is_here
    assert told[-1] == (few.size, few.size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    asked = len(server.asked)
    download(few, quiet)
    assert len(server.asked) == asked == 4
    assert not list(few.folder.glob("*.part"))


def test_a_broken_connection_goes_on_where_it_broke(server):
    content = np.random.default_rng(0).bytes(300_000)
    one = published(server, {"a.bin": content})
    server.breaks_after = [100_000, 50_000]
    download(one, quiet, patience=0)
    assert (one.folder / "a.bin").read_bytes() == content
    assert [asked for _, asked in server.asked] == ["", "bytes=100000-", "bytes=150000-"]


def test_what_came_before_a_stop_is_kept_and_used(server):
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done > 120_000:
            raise Stopped

    content = np.random.default_rng(1).bytes(300_000)
    one = published(server, {"a.bin": content})
    with pytest.raises(Stopped):
        download(one, stop)
    assert not one.is_here
    kept = (one.folder / "a.bin.part").stat().st_size
    assert 120_000 < kept < 300_000
    download(one, quiet)
    assert server.asked[-1] == ("/a.bin", f"bytes={kept}-")
    assert (one.folder / "a.bin").read_bytes() == content


def test_a_server_without_ranges_begins_anew(server):
    content = np.random.default_rng(2).bytes(100_000)
    one = published(server, {"a.bin": content})
    server.knows_ranges, server.breaks_after = False, [60_000]
    download(one, quiet, patience=0)
    assert (one.folder / "a.bin").read_bytes() == content


def test_a_part_of_another_file_is_found_out_and_thrown_away(server):
    content = np.random.default_rng(3).bytes(50_000)
    one = published(server, {"a.bin": content})
    one.folder.mkdir(parents=True)
    (one.folder / "a.bin.part").write_bytes(b"x" * 20_000)
    with pytest.raises(DownloadProblem, match="is not the published file: its checksum differs, and nothing of it was"):
        download(one, quiet, patience=0)
    assert list(one.folder.iterdir()) == []
    download(one, quiet)
    assert (one.folder / "a.bin").read_bytes() == content


def test_wrong_bytes_are_refused_and_nothing_is_kept(server):
    one = published(server, {"a.bin": b"right" * 1000})
    server.files["a.bin"] = b"wrong" * 1000
    with pytest.raises(DownloadProblem, match=r"What 127.0.0.1 sent as a.bin is not the published file"):
        download(one, quiet, patience=0)
    assert not one.is_here
    assert list(one.folder.iterdir()) == []


def test_more_bytes_than_the_file_has_are_not_written(server):
    one = published(server, {"a.bin": b"right" * 1000})
    server.files["a.bin"] = b"right" * 100_000
    with pytest.raises(DownloadProblem, match="sent more than a.bin has: 5,000 bytes"):
        download(one, quiet, patience=0)
    assert sum(path.stat().st_size for path in one.folder.iterdir()) <= 5000


def test_a_file_that_is_gone_is_looked_for_at_the_next_address(server):
    content = b"here" * 1000
    one = published(server, {"a.bin": content})
    with serving(Behaviour()) as empty:
        download(replace(one, addresses=(empty.address, server.address)), quiet, patience=0)
    assert (one.folder / "a.bin").read_bytes() == content
    assert len(empty.asked) == 1, "what is not there is not asked for twice"


def test_without_a_network_a_person_is_told_what_to_do():
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        nowhere = replace(MNIST, addresses=(f"http://127.0.0.1:{taken.getsockname()[1]}/",))
        with pytest.raises(DownloadProblem) as problem:
            download(nowhere, quiet, patience=0)
    words = str(problem.value)
    assert words.startswith("127.0.0.1 cannot be reached. Check the network and try again")
    assert "put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and t10k-" in words
    assert str(MNIST.folder) in words


def test_a_server_in_trouble_is_named(server):
    one = published(server, {"a.bin": b"x"})
    server.status = 503
    with pytest.raises(DownloadProblem, match=r"127.0.0.1 answered 503 when asked for a.bin"):
        download(one, quiet, patience=0)
    assert len(server.asked) == 4


def test_a_folder_that_cannot_be_written_is_told(server):
    one = published(server, {"a.bin": b"x"})
    one.folder.parent.mkdir(parents=True)
    one.folder.write_text("a file is in the way")
    with pytest.raises(DownloadProblem, match="cannot be written"):
        download(one, quiet, patience=0)


def test_a_downloaded_set_is_a_source_like_any_other(server, monkeypatch):
    few = published(server, few_digits())
    monkeypatch.setitem(PUBLISHED, "mnist", few)
    choice = DataChoice(source="mnist")
    with pytest.raises(DataProblem, match="MNIST is not on this computer yet. Download it") as problem:
        load(choice)
    assert "playground datasets --download mnist" in str(problem.value)
    download(few, quiet)
    data = load(choice)
    assert (data.name, data.title, data.inputs.shape) == ("mnist", "MNIST", (52, 1, 28, 28))
    assert "Creative Commons" in data.about
    assert prepare(data, choice).test.rows.tolist() == list(range(40, 52))


def test_files_put_into_the_folder_by_hand_are_found_packed_or_not():
    MNIST.folder.mkdir(parents=True)
    for name, content in few_digits().items():
        (MNIST.folder / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))
    assert MNIST.is_here
    assert len(load(DataChoice(source="mnist")).inputs) == 52


def records(count: int, labels: int) -> bytes:
    random = np.random.default_rng(labels)
    rows = random.integers(0, 256, (count, labels + 3072)).astype(np.uint8)
    rows[:, :labels] = np.arange(count)[:, None] % ([10] if labels == 1 else [20, 100])
    return rows.tobytes()


def packed(inner: str, files: dict[str, bytes], more=()) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(f"{inner}/{name}")
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
        for member, body in more:
            archive.addfile(member, io.BytesIO(body))
    return content.getvalue()


def cifar_10_files() -> dict[str, bytes]:
    names = "\n".join(["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]) + "\n"
    files = {f"data_batch_{number}.bin": records(20, 1) for number in range(1, 6)}
    return {**files, "test_batch.bin": records(10, 1), "batches.meta.txt": names.encode()}


def cifar_100_files() -> dict[str, bytes]:
    return {
        "train.bin": records(200, 2),
        "test.bin": records(100, 2),
        "fine_label_names.txt": "\n".join(f"fine {number}" for number in range(100)).encode(),
        "coarse_label_names.txt": "\n".join(f"coarse {number}" for number in range(20)).encode(),
    }


def test_cifar_10_is_unpacked_and_read(server, monkeypatch):
    archive = packed(CIFAR_10.inner, cifar_10_files())
    ten = published(server, {"cifar-10-binary.tar.gz": archive}, CIFAR_10)
    monkeypatch.setitem(PUBLISHED, "cifar-10", ten)
    download(ten, quiet)
    data = load(DataChoice(source="cifar-10"))
    assert (data.inputs.shape, data.test_from) == ((110, 3, 32, 32), 100)
    assert data.class_names[3] == "cat"
    assert not (ten.folder / "cifar-10-binary.tar.gz").exists(), "what is unpacked is not kept twice"
    download(ten, quiet)
    assert len(server.asked) == 1


def test_cifar_100_has_a_hundred_classes_or_twenty_groups(server, monkeypatch):
    archive = {"cifar-100-binary.tar.gz": packed(CIFAR_100.inner, cifar_100_files())}
    for like in (CIFAR_100, CIFAR_20):
        monkeypatch.setitem(PUBLISHED, like.name, published(server, archive, like))
    download(PUBLISHED["cifar-100"], quiet)
    fine, coarse = (load(DataChoice(source=name)) for name in ("cifar-100", "cifar-100-coarse"))
    assert (len(fine.class_names), fine.class_names[7]) == (100, "fine 7")
    assert (len(coarse.class_names), coarse.class_names[7]) == (20, "coarse 7")
    assert fine.targets[:3].tolist() == coarse.targets[:3].tolist() == [0, 1, 2]
    assert (fine.targets[25], coarse.targets[25]) == (25, 5)
    assert np.array_equal(fine.inputs, coarse.inputs)

    own = str(PUBLISHED["cifar-100"].folder)
    assert len(load(DataChoice(source=own, target="coarse")).class_names) == 20
    assert len(load(DataChoice(source=own)).class_names) == 100
    with pytest.raises(DataProblem, match="has no label “middle”. CIFAR-100 has two, fine and coarse"):
        load(DataChoice(source=own, target="middle"))


def test_an_archive_put_there_by_hand_is_checked_and_unpacked(server, monkeypatch):
    archive = packed(CIFAR_10.inner, cifar_10_files())
    ten = published(server, {"cifar-10-binary.tar.gz": archive}, CIFAR_10)
    monkeypatch.setitem(PUBLISHED, "cifar-10", ten)
    ten.folder.mkdir(parents=True)
    (ten.folder / "cifar-10-binary.tar.gz").write_bytes(archive[:-10] + b"0123456789")
    with pytest.raises(DataProblem, match="is not the published file: its checksum differs. Download it again."):
        load(DataChoice(source="cifar-10"))
    (ten.folder / "cifar-10-binary.tar.gz").write_bytes(archive)
    assert len(load(DataChoice(source="cifar-10")).inputs) == 110
    assert server.asked == []


def test_names_in_an_archive_lead_nowhere_and_links_are_not_followed(server, tmp_path):
    climbing = tarfile.TarInfo(f"{CIFAR_10.inner}/../../../climbed.bin")
    climbing.size = 4
    absolute = tarfile.TarInfo(str(tmp_path / "absolute.bin"))
    absolute.size = 4
    link = tarfile.TarInfo(f"{CIFAR_10.inner}/batches.meta.txt")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    files = {name: content for name, content in cifar_10_files().items() if name != "batches.meta.txt"}
    archive = packed(CIFAR_10.inner, files, [(climbing, b"evil"), (absolute, b"evil"), (link, b"")])
    ten = published(server, {"cifar-10-binary.tar.gz": archive}, CIFAR_10)
    with pytest.raises(DataProblem, match="lacks files that CIFAR-10 has"):
        download(ten, quiet)
    assert not list(tmp_path.rglob("climbed.bin"))
    assert not list(tmp_path.rglob("absolute.bin"))
    assert not (ten.folder / "batches.meta.txt").exists()


@pytest.mark.parametrize(
    "content", [b"no archive at all", gzip.compress(b"nor is this"), b""], ids=["text", "gzip", "empty"]
)
def test_what_is_no_archive_is_refused_in_a_sentence(server, content):
    ten = published(server, {"cifar-10-binary.tar.gz": content}, CIFAR_10)
    ten.folder.mkdir(parents=True)
    (ten.folder / "cifar-10-binary.tar.gz").write_bytes(content)
    with pytest.raises(DataProblem, match="cannot be unpacked: it is damaged|lacks files"):
        ten.load()


MD5 = {
    "fashion-mnist": "8d4fb7e6c68d591d4c3dfef9ec88bf0d 25c81989df183df01b3e8a0aad5dffbe "
    "bef4ecab320f06d8554ea6380940ec79 bb300cfdad3c16e7a12a480ee83cd310"
}
"""As torchvision has them."""


def test_the_checksums_of_fashion_mnist_are_those_of_its_files(test_data):
    folder = test_data / "fashion_mnist"
    for file, known in zip(FASHION.files, MD5["fashion-mnist"].split(), strict=True):
        content = (folder / file.name).read_bytes()
        assert (len(content), sha256(content).hexdigest()) == (file.size, file.sha256)
        assert md5(content, usedforsecurity=False).hexdigest() == known


def test_real_fashion_mnist_put_there_by_hand_has_its_names_and_sizes(test_data):
    FASHION.folder.parent.mkdir(parents=True)
    FASHION.folder.symlink_to(test_data / "fashion_mnist")
    data = load(DataChoice(source="fashion-mnist"))
    assert (len(data.inputs), data.test_from) == (FASHION.examples, 60_000)
    assert data.class_names[9] == "Ankle boot"
    assert np.bincount(data.targets).tolist() == [7000] * 10


def test_every_published_set_says_whose_it_is_and_how_large():
    for each in PUBLISHED.values():
        assert each.size > 10**7
        assert each.licence.endswith(".")
        assert each.page.startswith("https://")
        assert all(address.endswith("/") for address in each.addresses)
        assert all(len(file.sha256) == 64 for file in each.files)


def test_nothing_that_could_download_is_imported_with_the_data_sets():
    code = (
        "import sys; from playground.data.catalogue import CATALOGUE; import playground.cli;"
        "assert not {'pooch', 'requests', 'urllib3'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def silent_server(sends: bytes) -> tuple[socket.socket, str]:
    """Says that a thousand bytes come, sends some, and then nothing; the connection stays open."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listening.accept()
            connection.recv(4096)
            if sends:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + sends)
            connection.recv(1)  # until the other side is gone
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.mark.parametrize("sends", [b"", b"x" * 10])
def test_a_download_that_is_cancelled_ends_within_a_second_though_nothing_comes(tmp_path, monkeypatch, sends):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    listening, address = silent_server(sends)
    file = Remote("slow.bin", 1000, "0" * 64)
    asked = replace(MNIST, addresses=(address,), files=(file,))
    found = Download(asked)
    try:
        began = time.monotonic()
        found.stop(timeout=5)
        assert found.state == "stopped"
        assert time.monotonic() - began < 1
    finally:
        listening.close()
