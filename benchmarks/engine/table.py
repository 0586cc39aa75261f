# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""From measured seconds to the rows of the speed table."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.engine.timing import Ratio, ratio

Result = dict[str, Any]
OWN_INT16, OWN_FLOAT = "inloop int16", "inloop float32"


@dataclass(frozen=True)
class Row:
    """One number of the table. `key` names it in the history; `target` is what it should reach, if anything."""

    key: str
    label: str
    isa: str
    value: Ratio
    target: float | None = None
    at_most: bool = False
    detail: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value.median <= self.target if self.at_most else self.value.median >= self.target

    def cells(self) -> tuple[str, ...]:
        """What the table prints."""
        verdict = {None: "", True: "reached", False: "missed"}[self.reached]
        sign = "<=" if self.at_most else ">="
        target = "" if self.target is None else f"{sign} {self.target:g}"
        return self.label, self.isa, str(self.value), target, verdict, self.detail


HEADER = ("what", "ISA", "median (range)", "target", "", "against / of")

# Targets: (measurement, network, row) -> {ISA: number}.
TARGETS: dict[tuple[str, str, str], dict[str, float]] = {
    ("block", "lop", "onnxruntime"): {"avx512": 2.4},
    ("block", "lop", "openvino"): {"avx512": 1.15, "avx2": 1.2, "avx2_vnni": 1.05},
    ("picture", "lop", "whole"): {"avx512": 2.0, "avx2": 1.4},
    ("picture", "lop", "tiles"): {"avx512": 1.4},
    ("block", "vlop", "openvino"): {"avx512": 1.4, "avx2": 1.5},
    ("picture", "vlop", "whole"): {"avx512": 2.2, "avx2": 1.8},
    ("block", "enhance", "openvino f32"): {"avx512": 1.8, "avx2": 1.4},
    ("block", "lop", "float"): {"avx512": 1.0, "avx2": 1.0},
    ("block", "lop", "peak"): {"avx512": 0.80, "avx2": 0.85},
    ("block", "vlop", "peak"): {"avx512": 0.70, "avx2": 0.78},
    ("picture", "lop", "loss"): {"avx512": 0.05, "avx2": 0.05},
    ("picture", "vlop", "loss"): {"avx512": 0.05, "avx2": 0.05},
}
MEMORY_TARGET_MIB, LOAD_TARGET_MS = 32, 50


def rows_of(results: dict[str, Result]) -> list[Row]:
    """Rows of every measurement, in the order of the measurements."""
    makers = {
        "block": _block,
        "picture": _picture,
        "passes": _passes,
        "addressing": _addressing,
        "threads": _threads,
        "resources": _resources,
    }
    rows: list[Row] = []
    for key, result in results.items():
        kind, network, isa = key.split(":")
        rows += [_with_target(row, kind, network) for row in makers[kind](network, isa, result)]
    return rows


def _with_target(row: Row, kind: str, network: str) -> Row:
    name = row.key.split(":")[-1]
    target = TARGETS.get((kind, network, name), {}).get(row.isa)
    return row if target is None else replace(row, target=target)


def _best(seconds: dict[str, list[float]], prefix: str, contains: str = "") -> str | None:
    names = [name for name in seconds if name.startswith(prefix) and contains in name]
    return min(names, key=lambda name: statistics.median(seconds[name]), default=None)


def _ratio_rows(
    kind: str, network: str, isa: str, seconds: dict[str, list[float]], what: str
) -> Iterator[Row]:
    """Our int16 against the best of each peer."""
    selections = {
        "block": [
            ("onnxruntime", "onnxruntime f32", ""),
            ("openvino", "OpenVINO", ""),
            ("openvino f32", "OpenVINO f32", ""),
        ],
        "picture": [("tiles", "OpenVINO", "tiles")],
    }
    for name, prefix, contains in selections[kind]:
        peer = _best(seconds, prefix, contains)
        if peer:
            label = f"{network} {what} int16 against {name}"
            yield Row(
                f"{kind}:{network}:{name}",
                label,
                isa,
                ratio(seconds[peer], seconds[OWN_INT16]),
                detail=peer,
            )


def _peak_row(key: str, label: str, isa: str, macs: int, seconds: list[float], peak: float) -> Row:
    shares = [macs / peak / time for time in seconds]
    rate = macs / statistics.median(seconds) / 1e9
    value = Ratio(statistics.median(shares), min(shares), max(shares))
    return Row(key, label, isa, value, detail=f"{rate:.0f} of {peak / 1e9:.0f} GMAC/s")


def _block(network: str, isa: str, result: Result) -> Iterator[Row]:
    seconds, peak = result["seconds"], result["peak_mac_per_s"]
    yield from _ratio_rows("block", network, isa, seconds, "block")
    if OWN_FLOAT in seconds and "OpenVINO f32" in seconds:
        value = ratio(seconds["OpenVINO f32"], seconds[OWN_FLOAT])
        yield Row(f"block:{network}:float", f"{network} block float32", isa, value, detail="OpenVINO f32")
    for name, kind, key in ((OWN_INT16, "int16", "peak"), (OWN_FLOAT, "float32", "peak float32")):
        if name in seconds and kind in peak:
            label = f"{network} block {kind}, share of peak"
            yield _peak_row(f"block:{network}:{key}", label, isa, result["macs"], seconds[name], peak[kind])


def _picture(network: str, isa: str, result: Result) -> Iterator[Row]:
    seconds = result["seconds"]
    whole = _best({name: times for name, times in seconds.items() if "tiles" not in name}, "OpenVINO")
    if whole:
        value = ratio(seconds[whole], seconds[OWN_INT16])
        label = f"{network} 1080p int16 against openvino, whole"
        yield Row(f"picture:{network}:whole", label, isa, value, detail=whole)
    yield from _ratio_rows("picture", network, isa, seconds, "1080p")
    macs = result["macs"]
    factor = macs["block"] / macs["picture"]
    for name in (OWN_INT16, OWN_FLOAT):
        if name in seconds:
            kept = ratio(seconds[f"{name}, block"], [time * factor for time in seconds[name]])
            loss = Ratio(1 - kept.median, 1 - kept.high, 1 - kept.low)
            key = f"picture:{network}:{'loss' if name == OWN_INT16 else 'loss float32'}"
            label = f"{network} throughput lost block -> 1080p, {name.split()[1]}"
            yield Row(
                key,
                label,
                isa,
                loss,
                at_most=True,
                detail=f"{statistics.median(seconds[name]) * 1e3:.0f} ms",
            )


def _passes(network: str, isa: str, result: Result) -> Iterator[Row]:
    seconds = result["seconds"]
    for contestant in seconds:
        name = contestant.removeprefix("without ")
        if name != contestant:
            value = ratio(seconds[contestant], seconds[f"with {name}"])
            yield Row(
                f"passes:{network}:{name}",
                f"{network} {result['subjects'][name]}, gain of {name}",
                isa,
                value,
                detail="without it",
            )


def _addressing(network: str, isa: str, result: Result) -> Iterator[Row]:
    seconds = result["seconds"]
    for name in seconds:
        if name != "stepping":
            value = ratio(seconds[name], seconds["stepping"])
            label = f"{network} convolutions, pointer stepping against {name}"
            yield Row(f"addressing:{network}:{name}", label, isa, value, detail=result["of"])


def _threads(network: str, isa: str, result: Result) -> Iterator[Row]:
    seconds = result["seconds"]
    value = ratio(seconds["1"], seconds["2"])
    yield Row(
        f"threads:{network}:2",
        f"{network} blocks on 2 threads",
        isa,
        value,
        detail=f"{result['cpus']} CPUs",
    )


def _resources(network: str, isa: str, result: Result) -> Iterator[Row]:
    low, median, high = (1e3 * time for time in result["load_and_plan_s"])
    target = LOAD_TARGET_MS if network == "lop" else None
    yield Row(
        f"resources:{network}:load ms",
        f"{network} load + plan, ms",
        isa,
        Ratio(median, low, high),
        target,
        True,
    )
    if result["picture_peak_bytes"] is not None:
        mib = result["picture_peak_bytes"] / 2**20
        label = f"{network} 1080p peak memory beyond input and output, MiB"
        yield Row(
            f"resources:{network}:picture MiB", label, isa, Ratio(mib, mib, mib), MEMORY_TARGET_MIB, True
        )
