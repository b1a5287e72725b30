"""Getting a published data set from the network: begun only when a person has agreed, resumed where it broke off.

pooch keeps the cache and the checksums; here is what it lacks: going on with a part, over mirrors, until it is stopped.
Imports requests, and so only when something is downloaded. What there is to download is in published.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playground.data.choices import Progress
from playground.data.coming import Coming
from playground.data.published import Published, Remote

if TYPE_CHECKING:
    from requests import Response

ATTEMPTS = 4
"""In a row without a single new byte, after which an address is given up."""
TIMEOUT = (10.0, 30.0)
"""Seconds until a server answers, and between two pieces of its answer."""


class DownloadProblem(Exception):
    """A download that failed: one sentence for a person, with a way out."""


def download(published: Published, progress: Progress, patience: float = 1.0) -> None:
    """Have all its files in its folder, checked. Files that are there already are kept.

    progress: called with bytes done, and of how many; what it raises ends the download, and the next one goes on there.
    patience: seconds until the first new attempt after a broken connection; twice as many before each further one.
    Raises: DownloadProblem: If it cannot be had.
    """
    if published.is_unpacked:
        progress(published.size, published.size)
        return
    done = 0
    for file in published.files:
        _have(published, file, partial(_tell, progress, done, published.size), patience)
        done += file.size
    progress(published.size, published.size)
    if published.unpacked:
        published.unpack()
        (published.folder / published.files[0].name).unlink(missing_ok=True)


def _tell(progress: Progress, before: int, total: int, size: int) -> None:
    progress(before + size, total)


def _have(published: Published, file: Remote, progress: Callable[[int], None], patience: float) -> None:
    """One file, from the first address that has it."""
    problems: list[str] = []
    for address in published.addresses:
        try:
            _from(address, published.folder, file, progress, patience)
        except DownloadProblem as problem:
            problems.append(str(problem))
        except OSError as error:
            raise DownloadProblem(
                f"{file.name} cannot be written to {published.folder}: {error.strerror or error}. Make room, or check "
                "the folder."
            ) from error
        else:
            return
    raise DownloadProblem(
        f"{problems[0]} Check the network and try again: what has come so far is kept. Or put {published.by_hand} into "
        f"the folder {published.folder} by hand; {published.page} tells where they are."
    )


def _from(address: str, folder: Path, file: Remote, progress: Callable[[int], None], patience: float) -> None:
    import pooch

    pooch.get_logger().setLevel("ERROR")  # it would print; a person is told otherwise
    cache = pooch.create(path=folder, base_url=address, registry={file.name: f"sha256:{file.sha256}"})
    try:
        cache.fetch(file.name, downloader=_Resuming(folder, file, progress, patience))
    except ValueError as error:  # of the checksum
        raise DownloadProblem(
            f"What {urlsplit(address).hostname} sent as {file.name} is not the published file: its checksum differs, "
            "and nothing of it was kept."
        ) from error


class _Resuming:
    """Downloads as pooch asks, but keeps what came in a file beside, and goes on from there."""

    def __init__(self, folder: Path, file: Remote, progress: Callable[[int], None], patience: float) -> None:
        self._part, self._file = folder / f"{file.name}.part", file
        self._progress, self._patience = progress, patience

    def __call__(self, url: str, output_file: str, _pooch: Any) -> None:
        """Bring the whole file to output_file. Raises: DownloadProblem: If it does not come."""
        failed = 0
        while self._have() < self._file.size:
            before = self._have()
            try:
                self._go_on(url, before)
            except _Broken as problem:
                failed = failed + 1 if self._have() <= before else 0
                if failed >= ATTEMPTS or problem.is_final:
                    raise DownloadProblem(str(problem)) from problem
                self._wait(self._patience * 2**failed)
        self._part.replace(output_file)

    def _have(self) -> int:
        return self._part.stat().st_size if self._part.is_file() else 0

    def _wait(self, seconds: float) -> None:
        """It can be stopped meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._progress(self._have())
            time.sleep(min(0.1, seconds))

    def _go_on(self, url: str, start: int) -> None:
        """Ask for what is missing, and write it behind what there is."""
        import requests
        from urllib3.exceptions import HTTPError

        host = urlsplit(url).hostname
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        coming = Coming(partial(requests.get, url, headers=headers, stream=True, timeout=TIMEOUT))
        try:
            answer = coming.answer(lambda: self._progress(start))
            self._take(answer, coming, start if answer.status_code == 206 else 0, str(host))
        except requests.ConnectionError as error:
            raise _Broken(f"{host} cannot be reached.") from error
        except (requests.RequestException, HTTPError) as error:
            raise _Broken(f"The connection to {host} broke off.") from error
        finally:
            coming.close()

    def _take(self, answer: Response, coming: Coming, start: int, host: str) -> None:
        if answer.status_code == 416:  # it has no more than we have: then ours is not its file
            self._part.unlink(missing_ok=True)
            raise _Broken(f"{host} has another {self._file.name}.")
        if answer.status_code not in (200, 206):
            is_final = answer.status_code < 500 and answer.status_code != 429
            raise _Broken(f"{host} answered {answer.status_code} when asked for {self._file.name}.", is_final)
        if start and not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            start = 0
        with self._part.open("r+b" if start else "wb") as part:
            part.seek(start)
            for piece in coming.pieces(lambda: self._progress(part.tell())):
                if part.tell() + len(piece) > self._file.size:
                    part.truncate(0)
                    raise _Broken(f"{host} sent more than {self._file.name} has: {self._file.size:,} bytes.", True)
                part.write(piece)
                self._progress(part.tell())
        if self._have() < self._file.size:
            raise _Broken(f"The connection to {host} broke off.")


class _Broken(Exception):
    """One attempt failed."""

    def __init__(self, words: str, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final
        """Whether another attempt is of no use."""
