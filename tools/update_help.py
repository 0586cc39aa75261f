# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Rewrites the help texts in docs/reference/command_line.md from the command itself: python tools/update_help.py."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "command_line.md"
_MARKED = re.compile(r"<!-- help: ([\w/ ]+) -->\n.*?<!-- end of help -->", re.DOTALL)


def help_of(command: str) -> str:
    """Return the help text of one command, such as `encode` or `model/info`, as on a terminal of 80 columns."""
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    run = subprocess.run(
        [sys.executable, "-m", "inloop", *command.split("/"), "--help"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line.rstrip() for line in run.stdout.strip().splitlines())


def updated(text: str) -> str:
    """Return the text with fresh help between its marks."""

    def section(match: re.Match[str]) -> str:
        blocks = "\n\n".join(
            f"## `inloop {command.replace('/', ' ')}`\n\n```text\n{help_of(command)}\n```"
            for command in match[1].split()
        )
        return f"<!-- help: {match[1]} -->\n\n{blocks}\n\n<!-- end of help -->"

    return _MARKED.sub(section, text)


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")
