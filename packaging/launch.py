"""Where the frozen program begins: `playground` in a terminal, and what a double click starts on Windows and macOS.

Run without a console it has nowhere to write: what would be a sentence in the terminal is shown in a box there.
"""

from __future__ import annotations

import io
import sys

from playground.__main__ import main


def _without_console() -> None:
    """Run with streams of memory, and show what was complained of."""
    sys.stdout, said = io.StringIO(), io.StringIO()
    sys.stderr = said
    try:
        main()
    except SystemExit as end:
        if end.code and said.getvalue().strip() and sys.platform == "win32":
            import ctypes

            ctypes.windll.user32.MessageBoxW(None, said.getvalue().strip(), "Neural Network Playground", 0x10)
        raise


if __name__ == "__main__":
    if sys.stdout is None or sys.stderr is None:
        _without_console()
    else:
        main()
