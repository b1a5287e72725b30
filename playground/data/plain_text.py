"""Text files from strangers as text: their encoding found, their size checked before they are read."""

from __future__ import annotations

from pathlib import Path

from playground.data.dataset import DataProblem


def read_text(path: Path, most: int, notes: list[str]) -> str:
    """The whole text, with a newline after each line. UTF-8 or UTF-16 by its mark, else Windows-1252 (noted).

    most: bytes that are read at most. Raises: DataProblem: If it is larger, holds zero bytes, or cannot be read.
    """
    try:
        size = path.stat().st_size
        if size > most:
            raise DataProblem(
                f"{path.name} has {size / 2**20:,.0f} MB; at most {most / 2**20:,.0f} MB are read. Use a part of it."
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DataProblem(f"{path.name} cannot be read: {error.strerror}. Check the file.") from error
    text = _decoded(raw, path, notes)
    if "\0" in text:
        raise DataProblem(f"{path.name} has zero bytes: it is no text. Choose a text file.")
    if not text.strip():
        raise DataProblem(f"{path.name} is empty. Choose a file with text in it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(raw: bytes, path: Path, notes: list[str]) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise DataProblem(f"{path.name} is damaged: it begins as UTF-16 and is not. Save it as UTF-8.") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append(f"{path.name} is not UTF-8; it was read as Windows-1252.")
        return raw.decode("cp1252", errors="replace")
