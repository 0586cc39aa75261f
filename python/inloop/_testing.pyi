# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels one by one and other inner parts of the core, for tests and benchmarks; wheels are without it.

Where a function writes, it writes into the array `dst`, `out` or `signal` that it is given. `isa` names an
instruction set. Wrong sizes raise ValueError.
"""

from collections.abc import Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from inloop._core import FilterParameters

Samples = NDArray[np.uint16]
Values = NDArray[np.int16]
Bytes = NDArray[np.uint8]

# The thread pool, the ISA of this module, and which kernels a session calls.
def run_dependent_tasks(running: int, waiting: int, count: int, distance: int) -> tuple[list[int], int]: ...
def run_shared_loops(running: int, waiting: int, loops: int, count: int) -> tuple[list[int], int, int]: ...
def ask_for_waiting_work() -> tuple[bool, bool, bool]: ...
def run_wavefronts(
    rows: int, columns: int, running: int, count: int, failing_row: int = -1, throwing_row: int = -1
) -> list[tuple[bool, int, str]]: ...
def set_isa(name: str) -> None: ...

@final
class BuiltNetwork:
    """A network that was built in memory; it runs on random numbers, the same in every call."""

    @property
    def sha256(self) -> str: ...
    @property
    def canonical_sha256(self) -> str: ...
    @property
    def parameters(self) -> int: ...
    def output_shape(self, height: int, width: int) -> tuple[int, int, int]: ...
    def run(self, isa: str, height: int, width: int) -> list[int]: ...
    def reference(self, height: int, width: int) -> list[int]: ...
    def run_with_weights_of(self, other: BuiltNetwork, height: int, width: int) -> list[int]: ...

def synthesis_network(seed: int) -> BuiltNetwork: ...
def upsampling_network(seed: int) -> BuiltNetwork: ...
def build_faulty_network(fault: str) -> None: ...
def canonical_sha256(file: bytes) -> str: ...

@final
class CountedSession:
    def __init__(self, model: bytes, height: int, width: int, isa: str = "") -> None: ...
    def run(self) -> dict[str, int]: ...
    def winograd_calls(self) -> int: ...

# The engine's kernels: (outputs, outputs before the activation), both between guard elements.
def has_vnni_kernels() -> bool: ...
def conv_row_i16(
    isa: str,
    input: Values,
    offsets: list[int],
    run_pairs: int,
    pixel_step: int,
    weights: Values,
    start: NDArray[np.int32],
    pixels: int,
    out_step: int,
    epilogue: dict[str, Any],
    residual: Values | None = None,
    want_raw: bool = False,
) -> tuple[Values, Values]: ...
def depthwise_row_i16(
    isa: str,
    input: Values,
    offsets: list[int],
    pixel_step: int,
    weights: Values,
    start: NDArray[np.int32],
    pixels: int,
    out_step: int,
    epilogue: dict[str, Any],
    residual: Values | None = None,
    want_raw: bool = False,
) -> tuple[Values, Values]: ...
def conv_row_f32(
    isa: str,
    input: NDArray[np.float32],
    offsets: list[int],
    run_length: int,
    pixel_step: int,
    weights: NDArray[np.float32],
    pixels: int,
    out_step: int,
    epilogue: dict[str, Any],
    residual: NDArray[np.float32] | None = None,
    want_raw: bool = False,
    chunk: int = 0,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
def depthwise_row_f32(
    isa: str,
    input: NDArray[np.float32],
    offsets: list[int],
    pixel_step: int,
    weights: NDArray[np.float32],
    pixels: int,
    out_step: int,
    epilogue: dict[str, Any],
    residual: NDArray[np.float32] | None = None,
    want_raw: bool = False,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...

@final
class AddressingCase:
    def __init__(
        self, isa: str, height: int, width: int, in_channels: int, out_channels: int, kernel: int
    ) -> None: ...
    def run(self, addressing: str) -> None: ...
    def output(self) -> Values: ...

# The filter stage.
def filter_pack_feature(
    coded: Any, name: str, block: int, qp_base: int, q: int, block_size: int = 128
) -> Values: ...
def filter_add_residual(
    coded: Any, block: int, output: Values, margin: int, q: int, block_size: int = 128
) -> tuple[Samples, Samples, Samples]: ...
def filter_blend(
    coded: Any, parameters: FilterParameters, signals: Sequence[tuple[Samples, Samples, Samples]]
) -> tuple[Samples, Samples, Samples]: ...
def filter_sums(
    coded: Any,
    signal: tuple[Samples, Samples, Samples],
    original: tuple[Samples, Samples, Samples],
    block_size: int = 128,
) -> NDArray[np.int64]: ...
def filter_pack_row(
    isa: str,
    top: Samples,
    bottom: Samples,
    cb: Samples,
    cr: Samples,
    luma_shift: int,
    chroma_shift: int,
    out: Values,
    /,
) -> None: ...
def filter_residual_row(
    isa: str,
    coefficients: Values,
    quantizer: int,
    shift: int,
    rec: tuple[Samples, ...],
    signal: tuple[Samples, ...],
    /,
) -> None: ...
def filter_blend_row(
    isa: str, dbf: Samples, signal: Samples, scale: int, bit_depth: int, out: Samples, /
) -> None: ...
def filter_sums_row(
    isa: str, dbf: Samples, signal: Samples, original: Samples, bit_depth: int, /
) -> list[int]: ...

# The codec's kernels on blocks.
def sse(isa: str, a: Samples, b: Samples, repeat: int = 1) -> int: ...
def sad(isa: str, a: Samples, b: Samples, repeat: int = 1) -> int: ...
def satd(isa: str, a: Samples, b: Samples, repeat: int = 1) -> int: ...
def subtract(isa: str, residual: Values, a: Samples, b: Samples, repeat: int = 1) -> None: ...
def add_residual(isa: str, dst: Samples, residual: Values, bit_depth: int, repeat: int = 1) -> None: ...
def inverse_transform(
    isa: str,
    kind: str,
    coeffs: Values,
    residual: Values,
    bit_depth: int,
    max_x: int,
    max_y: int,
    repeat: int = 1,
) -> None: ...
def forward_transform(
    isa: str, kind: str, residual: Values, coeffs: Values, bit_depth: int, repeat: int = 1
) -> None: ...
def quantize(
    isa: str, coeffs: Values, levels: Values, scale: int, rounding: int, shift: int, repeat: int = 1
) -> tuple[int, int, int]: ...
def dequantize(
    isa: str, levels: Values, coeffs: Values, qp: int, bit_depth: int, repeat: int = 1
) -> None: ...
def chroma_qp(qp_y: int, offset: int, bit_depth: int) -> int: ...
def predict_intra(
    isa: str,
    line: Samples,
    c_idx: int,
    mode: int,
    bit_depth: int,
    strong_smoothing: bool,
    dst: Samples,
    repeat: int = 1,
) -> None: ...
def intra_references(
    plane: Samples,
    c_idx: int,
    x: int,
    y: int,
    log2_size: int,
    log2_ctb_size: int,
    bit_depth: int,
    slice_address: list[int],
    pred_mode: Bytes,
    constrained: bool,
) -> Samples: ...
def derive_mpm(
    plane: Samples,
    x: int,
    y: int,
    log2_ctb_size: int,
    slice_address: list[int],
    pred_mode: Bytes,
    intra_mode: Bytes,
) -> list[int]: ...
def size_in_nal_unit(part: bytes) -> int: ...
def derive_chroma_mode(luma_mode: int, intra_chroma_pred_mode: int) -> int: ...
def luma_uni(
    isa: str, src: Samples, dst: Samples, fx: int, fy: int, bit_depth: int, repeat: int = 1
) -> None: ...
def luma_bi(
    isa: str, src: Samples, dst: Values, fx: int, fy: int, bit_depth: int, repeat: int = 1
) -> None: ...
def chroma_uni(
    isa: str, src: Samples, dst: Samples, fx: int, fy: int, bit_depth: int, repeat: int = 1
) -> None: ...
def chroma_bi(
    isa: str, src: Samples, dst: Values, fx: int, fy: int, bit_depth: int, repeat: int = 1
) -> None: ...
def average_bi(isa: str, a: Values, b: Values, dst: Samples, bit_depth: int, repeat: int = 1) -> None: ...
def weight_uni(
    isa: str,
    a: Values,
    dst: Samples,
    weight: int,
    offset: int,
    log2_wd: int,
    bit_depth: int,
    repeat: int = 1,
) -> None: ...
def weight_bi(
    isa: str,
    a: Values,
    b: Values,
    dst: Samples,
    weight_a: int,
    weight_b: int,
    offset: int,
    log2_wd: int,
    bit_depth: int,
    repeat: int = 1,
) -> None: ...
def deblock_luma(
    isa: str,
    src: Samples,
    vertical: bool,
    beta: int,
    tc: int,
    no_p: bool,
    no_q: bool,
    bit_depth: int,
    repeat: int = 1,
) -> None: ...
def deblock_chroma(
    isa: str, src: Samples, vertical: bool, tc: int, no_p: bool, no_q: bool, bit_depth: int, repeat: int = 1
) -> None: ...
def sao_band(
    isa: str,
    src: Samples,
    dst: Samples,
    band_position: int,
    offset: list[int],
    bit_depth: int,
    repeat: int = 1,
) -> None: ...
def sao_edge(
    isa: str, src: Samples, dst: Samples, eo_class: int, offset: list[int], bit_depth: int, repeat: int = 1
) -> None: ...
def sao_edge_statistics(
    isa: str, rec: Samples, source: Samples, eo_class: int, repeat: int = 1
) -> tuple[list[int], list[int]]: ...
def sao_band_statistics(
    isa: str, rec: Samples, source: Samples, bit_depth: int, repeat: int = 1
) -> tuple[list[int], list[int]]: ...
def partitions(cu_size: int, part_mode: int) -> list[list[int]]: ...
def scale_mv(x: int, y: int, poc_diff_of_mv: int, poc_diff_wanted: int) -> tuple[int, int]: ...

# The in-loop filters of a random picture by either executor: planes, and rows final after each row of CTBs.
def loop_filters(
    isa: str,
    width: int,
    height: int,
    log2_ctb_size: int,
    seed: int,
    block_size: int,
    sao: bool,
    by_rows: bool,
) -> tuple[tuple[Samples, Samples, Samples], list[int]]: ...

# The same with blocks in other threads: planes, and whether the rows ended in order.
def loop_filters_by_blocks(
    isa: str,
    width: int,
    height: int,
    log2_ctb_size: int,
    seed: int,
    block_size: int,
    threads: int,
    failing_block: int = -1,
) -> tuple[tuple[Samples, Samples, Samples], bool]: ...

# Cool-chic: the arithmetic decoder, rows between guard elements, and tables.
def coolchic_decode_symbols(
    message: bytes, range: int, locations_64: Sequence[int], scales_128: Sequence[int]
) -> list[int]: ...
def coolchic_encode_symbols(
    symbols: Sequence[int], range: int, locations_64: Sequence[int], scales_128: Sequence[int]
) -> bytes: ...
def coolchic_dense_row(
    isa: str,
    input: NDArray[np.float32],
    weights: NDArray[np.float32],
    biases: NDArray[np.float32],
    slope: float,
    residual: bool,
    /,
) -> list[NDArray[np.float32]]: ...
def coolchic_upsample_row(
    isa: str,
    input: NDArray[np.float32],
    even: NDArray[np.float32],
    odd: NDArray[np.float32],
    first_even: int,
    first_odd: int,
    width: int,
    /,
) -> NDArray[np.float32]: ...
def coolchic_compose_row_u8(
    isa: str,
    channels: NDArray[np.float32],
    references: Bytes,
    count_of_references: int,
    gain: float,
    shift: int,
    y: int,
    peak: float,
    /,
) -> Bytes: ...
def coolchic_compose_row_u16(
    isa: str,
    channels: NDArray[np.float32],
    references: Samples,
    count_of_references: int,
    gain: float,
    shift: int,
    y: int,
    peak: float,
    /,
) -> Samples: ...
def coolchic_central_intervals(
    isa: str, locations: Sequence[int], log_scales: Sequence[int], range: int, /
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint32], NDArray[np.uint32]]: ...
def coolchic_lower_count(range: int, location_64: int, scale_128: int, symbol: int, /) -> int: ...
def coolchic_exp_of_negative(z: float) -> float: ...
def coolchic_parameter_scale_128(index: int) -> int: ...
def coolchic_early_parameter_scale_128(index: int) -> int: ...
def coolchic_latent_scales_128() -> list[int]: ...

# The lookahead's kernels.
def halve(isa: str, src: Samples | Bytes, dst: Bytes, shift: int = 0, repeat: int = 1) -> None: ...
def half_pel8x8(isa: str, src: Bytes, right: int, down: int, dst: Bytes, repeat: int = 1) -> None: ...
def average8x8(isa: str, a: Bytes, b: Bytes, dst: Bytes, repeat: int = 1) -> None: ...
def sad8x8(isa: str, a: Bytes, b: Bytes, repeat: int = 1) -> int: ...
def satd8x8(isa: str, a: Bytes, b: Bytes, repeat: int = 1) -> int: ...
