# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C and the signals that ask a process to end: outputs are completed or removed, never left torn."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

_Item = TypeVar("_Item")
_ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGXCPU", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF")


class Terminated(KeyboardInterrupt):
    """A signal other than Ctrl-C ended the command; `number` is its number."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Let every signal whose default is to end the process raise `Terminated` meanwhile, so that files are cleaned up.

    Signals that are ignored, as under nohup, stay so. Without effect outside of the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ending_signals()}
    caught = [number for number in before if before[number] == signal.SIG_DFL]
    for number in caught:
        signal.signal(number, _terminate)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, before[number])


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)


class GracefulStop:
    """The first Ctrl-C ends a sequence of items as if it were complete; a second one is raised at once.

    Signals that ask the process to end are raised between two items, so that nothing is torn, a second one at once.

    Attributes:
        asked: Whether there was one of either.
    """

    def __init__(self) -> None:
        self.asked = False
        self._ending: int | None = None
        self._waiting = False  # for an item, which may never come

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals over for the block; without effect outside of the main thread, or where one is ignored."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_ending_signals())}
        taken = [n for n, handler in before.items() if handler in (signal.default_int_handler, _terminate)]
        for number in taken:
            signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number in taken:
                signal.signal(number, before[number])

    def until(self, items: Iterable[_Item]) -> Iterator[_Item]:
        """Yield items until Ctrl-C. Raises `Terminated` where the process is to end."""
        source = iter(items)
        while not self.asked:
            try:
                self._waiting = True
                item = next(source)
            except StopIteration:
                return
            except KeyboardInterrupt:
                if not self.asked:
                    raise
                break
            finally:
                self._waiting = False
            yield item
        if self._ending is not None:
            raise Terminated(self._ending)

    def raised(self, words: str = "") -> KeyboardInterrupt:
        """Return what to raise for what was asked, which may have come behind the last item."""
        return KeyboardInterrupt(words) if self._ending is None else Terminated(self._ending)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = self.asked, True
        if number != signal.SIGINT:
            self._ending = number
        if again and number != signal.SIGINT:
            raise Terminated(number)
        if again or self._waiting:
            raise KeyboardInterrupt


def _ending_signals() -> list[int]:
    return [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
