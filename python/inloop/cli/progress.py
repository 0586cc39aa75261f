# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The progress line and the closing statistics on standard error, results that were asked for on standard output."""

from __future__ import annotations

import sys
from fractions import Fraction
from time import monotonic
from typing import TextIO

from inloop.io.output import is_standard_output

_REDRAW_S = 0.2


class Progress:
    """Counts pictures and bits, and shows them on a terminal.

    `[20.5%] 123/600 frames, 34.20 fps, 1820.40 kb/s, eta 0:00:14`, redrawn five times a second where `stream` is
    a terminal and not at all elsewhere or where `quiet`. Where the number of pictures is not known but the share of
    the input that was read is (`share`), percent and time left come from it.
    """

    def __init__(
        self,
        total: int | None,
        fps: Fraction,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        results_on: str | None = None,
    ) -> None:
        """Count from nothing.

        Args:
            total: Pictures to come, None where that is not known.
            fps: Pictures a second of the video.
            quiet: Show results that were asked for, warnings and errors only.
            stream: Where to draw; standard error.
            results_on: Name of the command's output: where it is standard output, results go to standard error.
        """
        self._stream = sys.stderr if stream is None else stream
        self._total = total
        self._results = (
            sys.stderr if results_on is not None and is_standard_output(results_on) else sys.stdout
        )
        self.fps = fps
        self.share: float | None = None
        self._shown = not quiet and self._stream.isatty()
        self._quiet = quiet
        self._start = monotonic()
        self._last_draw = -1.0
        self._width = 0
        self.frames = 0
        self.bits = 0

    def advance(self, bits: int = 0) -> None:
        """Count one picture of so many bits."""
        self.frames += 1
        self.bits += bits
        now = monotonic()
        if self._shown and now - self._last_draw >= _REDRAW_S:
            self._last_draw = now
            self._draw(self.line(now - self._start))

    def line(self, elapsed_s: float) -> str:
        """Return the progress line after so many seconds."""
        speed = self.frames / max(elapsed_s, 1e-6)
        parts = [f"{self.frames} frames", f"{speed:.2f} fps", f"{self.bitrate_kbps:.2f} kb/s"]
        parts.append(f"{size_text(self.bits / 8)}")
        if self._total:
            parts[0] = f"[{100 * self.frames / self._total:.1f}%] {self.frames}/{self._total} frames"
            parts.append(f"eta {clock_text((self._total - self.frames) / speed if speed else 0)}")
        elif self.share:
            parts[0] = f"[{100 * self.share:.1f}%] {self.frames} frames"
            parts.append(f"eta {clock_text(elapsed_s * (1 - self.share) / self.share)}")
        return ", ".join(parts)

    @property
    def bitrate_kbps(self) -> float:
        """Mean rate of the pictures so far at the clip's own speed."""
        return float(self.bits * self.fps / self.frames / 1000) if self.frames else 0.0

    def finish(self, verb: str) -> None:
        """Replace the line by the closing statistics, unless quiet."""
        elapsed_s = monotonic() - self._start
        speed = self.frames / max(elapsed_s, 1e-6)
        self.say(
            f"{verb} {self.frames} frames in {elapsed_s:.2f} s ({speed:.2f} fps), "
            f"{(self.bits + 7) // 8} bytes, {self.bitrate_kbps:.2f} kb/s"
        )

    def say(self, text: str) -> None:
        """Print a line of statistics, unless quiet."""
        if self._quiet:
            return
        self.clear()
        print(text, file=self._stream)

    def result(self, text: str) -> None:
        """Print a line that was asked for, on standard output unless pictures or a stream go there."""
        self.clear()
        print(text, file=self._results, flush=True)

    def warn(self, text: str) -> None:
        """Print a warning on standard error."""
        self.clear()
        print(f"inloop: warning: {text}", file=self._stream)

    def clear(self) -> None:
        """Remove the progress line from the terminal."""
        if self._width:
            self._draw("")
            self._stream.write("\r")

    def _draw(self, line: str) -> None:
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)


def size_text(size: float) -> str:
    """Return a number of bytes in a unit that suits it."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.2f} GB"


def clock_text(seconds: float) -> str:
    """Return a time as hours, minutes and seconds."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
