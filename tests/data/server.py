"""An HTTP server on this computer that does as it is told: breaks connections, knows ranges or not, sends rubbish."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: list[int] = field(default_factory=list)
    """For each request in turn, after how many bytes the connection breaks."""
    knows_ranges: bool = True
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and Range of each request."""
    address: str = ""


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Behaviour]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            behaviour.asked.append((self.path, asked))
            content = behaviour.files.get(self.path.lstrip("/"))
            if content is None or behaviour.status != 200:
                self.send_error(404 if content is None else behaviour.status)
                return
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and behaviour.knows_ranges else 0
            if start >= len(content) and start:
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            most = behaviour.breaks_after.pop(0) if behaviour.breaks_after else len(content)
            self.wfile.write(content[start : start + most])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    behaviour.address = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield behaviour
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
