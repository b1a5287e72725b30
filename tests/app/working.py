"""Sessions without a window, polled as its timer does."""

from __future__ import annotations

import time

from playground.app.changes import SetRecipe
from playground.app.document import Document, make_project
from playground.app.session import Session


class Working:
    """Sessions on templates, for one test."""

    def __init__(self):
        self.sessions = []

    def open(self, template=None, **recipe):
        document = make_project(template)[0] if template else Document()
        for name, value in recipe.items():
            document = SetRecipe(name, value).apply(document)
        session = Session(document)
        self.sessions.append(session)
        return session

    def until(self, session, is_so, seconds=30):
        end = time.monotonic() + seconds
        while not is_so():
            session.poll()
            assert time.monotonic() < end, f"still {session.status}: {session.message}"
            time.sleep(0.001)


def ready(work, template="digits-mlp", **recipe):
    session = work.open(template, **recipe)
    work.until(session, lambda: session.status == "ready")
    return session
