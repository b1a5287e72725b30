"""How often the network is compared while it learns."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from playground.app.comparing import SHARE


@pytest.mark.parametrize(("took", "rest"), [(0.001, 1.5), (0.3, 0.3 / SHARE)])
def test_a_comparison_that_takes_long_is_made_seldom_while_it_learns(work, took, rest):
    comparing, asked = work.open().comparing, []

    def ask(look):
        answer: Future[object] = Future()
        answer.cancel()
        asked.append(look)
        return answer

    comparing._took = took
    comparing.refresh(ask, [], 100.0, 1.5)
    comparing.refresh(ask, [], 99.99 + rest, 1.5)
    assert len(asked) == 1
    comparing.refresh(ask, [], 100.01 + rest, 1.5)
    assert len(asked) == 2
    comparing.refresh(ask, [], 100.02 + rest, 0.0)  # it has paused: now, whatever it costs
    assert len(asked) == 3
