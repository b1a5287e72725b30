"""The project file a window works on: whether another window has it open too, and whether it was changed meanwhile.

Other windows of the same person are known by a lock in the data folder, which goes with their program; what others
write into the file is seen by its time and size when it is saved. Knows no Qt.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from filelock import FileLock

from playground.app.origin import Origin, Stamp, stamp_of
from playground.app.settings import locks_folder


class OpenFile:
    """One window's file; none at first."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self.stamp: Stamp | None = None
        """How the file was when it was opened or saved here, or when the work on it began."""
        self._lock: FileLock | None = None

    def take(self, path: Path | None) -> bool:
        """Work on this file, as it is now; False if another window has it open too."""
        self.stamp = stamp_of(path)
        if path == self._path:
            return True
        self.release()
        self._path = path
        if path is None:
            return True
        name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
        try:
            lock = FileLock(locks_folder() / name, timeout=0, thread_local=False)
            lock.acquire()
        except TimeoutError:
            return False
        except OSError:  # no lock can be had here: the time of the file is all there is
            return True
        self._lock = lock
        return True

    @property
    def has_changed(self) -> bool:
        """Whether somebody else wrote the file since it was opened or saved here; not if it is gone."""
        return Origin(self._path, self.stamp).has_changed

    def release(self) -> None:
        """Work on no file any more."""
        if self._lock is not None:
            self._lock.release()
        self._path = self._lock = None
