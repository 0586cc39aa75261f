# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Runs commands of `inloop` in processes of their own, forked from one that has loaded everything.

It is started with the fault library, reads jobs as JSON lines and answers each by one. A job has a command line, a
folder to work in, the fault, and perhaps a signal with the time after which it is sent.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from fault_injection import Faults, Kind

from inloop.cli import main

MOST_S = 120.0


def run_here(job: dict[str, Any], faults: Faults) -> tuple[int, int]:
    """Run the command in this process; return its exit code and how many calls were counted."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(job["folder"])
    faults.arm(
        Kind[job["kind"]], job["first"], once=job["once"], error=job["error"], folder=job["folder"] + "/"
    )
    code = main(job["arguments"])
    sys.stdout.flush()
    return code, faults.disarm()


def run_child(job: dict[str, Any], faults: Faults, answer: int, printed: int) -> None:
    """Run the command and end the process."""
    code, calls = 99, -1
    try:
        os.dup2(printed, 2)
        os.dup2(printed, 1)
        code, calls = run_here(job, faults)
    finally:
        os.write(answer, f"{calls}".encode())
        os._exit(code)


def ended(child: int, job: dict[str, Any]) -> int:
    """Wait for a process, which gets its signal in time and is ended where it hangs; return its wait status."""
    done = threading.Event()

    def act() -> None:
        if job.get("signal") and not done.wait(job["after_s"]):
            os.kill(child, job["signal"])
        if not done.wait(MOST_S):
            os.kill(child, signal.SIGKILL)

    watch = threading.Thread(target=act)
    watch.start()
    _, status = os.waitpid(child, 0)
    done.set()
    watch.join()
    return status


def run_job(job: dict[str, Any], faults: Faults) -> dict[str, Any]:
    """Run a job in a child; return its exit code, below 0 where a signal ended it, its words and its calls."""
    calls, answer = os.pipe()
    log = Path(job["folder"]).with_suffix(".log")
    printed = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        run_child(job, faults, answer, printed)
    os.close(answer)
    os.close(printed)
    status = ended(child, job)
    with os.fdopen(calls) as told:
        count = int(told.read() or -1)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "printed": log.read_text(errors="replace"),
        "calls": count,
        "elapsed_s": time.monotonic() - begin,
    }


def serve() -> None:
    """Answer jobs until the input ends."""
    faults = Faults()
    for module in sys.argv[1:]:
        __import__(module)
    for line in sys.stdin:
        print(json.dumps(run_job(json.loads(line), faults)), flush=True)


if __name__ == "__main__":
    serve()
