# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The command `inloop`: one file a command, this one joins them."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from cyclopts import App, CycloptsError, Parameter

import inloop
from inloop import _core
from inloop.cli.coolchic_encode import coolchic_commands
from inloop.cli.decode import decode
from inloop.cli.demo import demo
from inloop.cli.doctor import doctor
from inloop.cli.encode import encode
from inloop.cli.enhance import enhance
from inloop.cli.exit_codes import EXIT_CODES_TEXT, ExitCode, exit_code_of, message_of
from inloop.cli.info import info
from inloop.cli.interrupts import signals_as_exceptions
from inloop.cli.model import model
from inloop.cli.options import convert_value
from inloop.cli.play import play
from inloop.cli.sweep import sweep
from inloop.cli.train import train


def version_text() -> str:
    """Return version, compiler and instruction set in one line."""
    isas = ", ".join(inloop.supported_isas())
    missing = _core.isas_missing_in_build()
    note = f"; this machine has {', '.join(missing)}, too, this build does not" if missing else ""
    return f"inloop {inloop.__version__} ({_core.compiler()}; {inloop.get_isa()} of {isas}{note})"


app = App(
    name="inloop",
    help="Video coding with a neural filter inside the prediction loop.",
    help_epilogue=EXIT_CODES_TEXT,
    version=version_text,
    version_flags=["--version"],
    help_format="plaintext",
    default_parameter=Parameter(negative=(), converter=convert_value),
    suppress_keyboard_interrupt=False,
)
for _command in (encode, decode, enhance, play, info, demo, sweep, doctor):
    app.command(_command)
app.command(model)
app.command(train)
app.command(coolchic_commands)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; see `ExitCode`."""
    fill_descriptors()
    try:
        with signals_as_exceptions():
            return _run(arguments)
    except KeyboardInterrupt as error:
        return _fail(message_of(error), exit_code_of(error))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
        return ExitCode.OK
    except CycloptsError as error:
        return _fail(" ".join(str(error).split()), ExitCode.USAGE)
    except BrokenPipeError:
        # The reader of our output has gone, as head does. Point stdout elsewhere, so that the interpreter's own flush
        # stays silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail("the reader of the output has gone", ExitCode.RUN_FAILED)
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("INLOOP_TRACEBACK"):
            raise
        return _fail(message_of(error), exit_code_of(error))


def _fail(message: str, code: int) -> int:
    with suppress(OSError):  # standard error may be full or gone
        print(f"inloop: {message}", file=sys.stderr)
    return code


def fill_descriptors() -> None:
    """Let standard streams that the caller closed lead nowhere, so that no file takes their numbers.

    Results that go to a closed standard output are an error where they are written. Characters that the locale has not
    are printed as escapes.
    """
    for number, name, mode in (
        (0, "stdin", os.O_RDONLY),
        (1, "stdout", os.O_RDONLY),
        (2, "stderr", os.O_WRONLY),
    ):
        if getattr(sys, name) is not None:
            continue
        opened = os.open(os.devnull, mode)
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)
        setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
