"""Telling whoever listens what has changed, and the one sentence that a person is shown. What is told: session.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Topic = Literal[
    "document",
    "data",
    "status",
    "curves",
    "progress",
    "baseline",
    "comparison",
    "contenders",
    "file",
    "message",
    "run",
    "runs",
    "past",
]
"""run: there is another network to look into; runs: the history of all runs has changed; contenders: there are
other runs or projects beside the network; past: there are more moments to go back to, or another one is looked at."""


class Telling:
    """Subscribers are told a topic when something changed, and read it here."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Topic], None]] = []
        self.message, self.is_complaint, self.stays = "", False, False

    def subscribe(self, callback: Callable[[Topic], None]) -> None:
        self._subscribers.append(callback)

    def tell(self, *topics: Topic) -> None:
        """Something changed."""
        for topic in topics:
            for callback in list(self._subscribers):
                callback(topic)

    def say(self, message: str, is_complaint: bool = True, stays: bool = False) -> None:
        """Show a person one sentence: what went wrong, or else what was done; stays: until something else is said."""
        self.message, self.is_complaint, self.stays = message, is_complaint, stays
        self.tell("message")

    def take_back_complaint(self, *still: str | None) -> None:
        """Something was done about it: a complaint is no longer shown, unless it is one of those that still hold."""
        if self.is_complaint and not self.stays and self.message not in still:
            self.say("", is_complaint=False)
