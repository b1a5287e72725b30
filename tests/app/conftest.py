"""What tests of sessions begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.working import Working


@pytest.fixture
def work() -> Iterator[Working]:
    """Sessions that are closed behind the test, each in time."""
    working = Working()
    yield working
    for session in working.sessions:
        assert session.close()
