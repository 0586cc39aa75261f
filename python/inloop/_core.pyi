# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The C++ core. Private: use the public classes of `inloop`, which check what is handed to it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

Planes: TypeAlias = tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]

__version__: str

def compiler() -> str: ...
def get_isa() -> str: ...
def isa_levels() -> list[str]: ...
def set_isa(name: str, /) -> None: ...
def avx_vnni() -> bool: ...
def set_avx_vnni(enabled: bool) -> None: ...
def pass_names() -> list[str]: ...
def multiply_add_peak(isa: str, is_float: bool) -> float: ...

@final
class Model:
    @staticmethod
    def parse(data: bytes, allow_wrapping: bool = False) -> Model: ...
    def layers(self, height: int, width: int) -> list[dict[str, Any]]: ...
    def macs(self, height: int, width: int) -> int: ...
    def session(self, height: int, width: int, isa: str = "", passes: dict[str, int] = ...) -> Session: ...
    @property
    def inputs(self) -> list[tuple[str, int, int]]: ...
    @property
    def outputs(self) -> list[tuple[str, int, int]]: ...
    @property
    def is_float(self) -> bool: ...
    @property
    def metadata(self) -> dict[str, str]: ...
    @property
    def parameters(self) -> int: ...
    @property
    def sha256(self) -> str: ...

@final
class Session:
    def run(
        self,
        inputs: Sequence[NDArray[np.int16] | NDArray[np.float32]],
        reference: bool = False,
        outputs: list[NDArray[np.int16] | NDArray[np.float32]] | None = None,
    ) -> list[NDArray[np.int16] | NDArray[np.float32]]: ...
    def profile(
        self, inputs: Sequence[NDArray[np.int16] | NDArray[np.float32]]
    ) -> list[tuple[str, str, int, float]]: ...
    @property
    def arena_bytes(self) -> int: ...
    @property
    def isa(self) -> str: ...
    @property
    def output_shapes(self) -> list[tuple[int, int, int, int]]: ...

@final
class CodedPicture:
    """A picture between `PictureEncoder.analyse` and `finish`; arrays are read-only views of the coded size."""

    @property
    def rec(self) -> Planes: ...
    @property
    def dbf(self) -> Planes: ...
    @property
    def pred(self) -> Planes: ...
    @property
    def bs_ver(self) -> NDArray[np.uint8]: ...
    @property
    def bs_hor(self) -> NDArray[np.uint8]: ...
    @property
    def qp(self) -> NDArray[np.int8]: ...
    @property
    def pred_type(self) -> NDArray[np.uint8]: ...
    @property
    def skip(self) -> NDArray[np.bool_]: ...
    @property
    def cu_depth(self) -> NDArray[np.uint8]: ...
    @property
    def intra_mode(self) -> NDArray[np.uint8]: ...
    @property
    def mv(self) -> NDArray[np.int16]: ...
    @property
    def ref_idx(self) -> NDArray[np.int8]: ...
    @property
    def slice_qp(self) -> int: ...
    @property
    def slice_type(self) -> str: ...
    @property
    def irap(self) -> bool: ...
    @property
    def rasl(self) -> bool: ...
    @property
    def temporal_id(self) -> int: ...
    @property
    def poc(self) -> int: ...
    @property
    def bit_depth(self) -> int: ...

@final
class PictureEncoder:
    """Codes pictures in coding order: `analyse`, then `finish`."""

    def __init__(
        self,
        width: int,
        height: int,
        *,
        bit_depth: int = 8,
        fps_num: int = 25,
        fps_den: int = 1,
        max_dec_pic_buffering: int = 1,
        max_num_reorder_pics: int = 0,
        max_latency_pictures: int = 0,
        max_sub_layers: int = 1,
        log2_max_poc_lsb: int = 8,
        init_qp: int = 26,
        default_active_refs: tuple[int, int] = (1, 1),
        reference_sets: Sequence[tuple[Sequence[int], Sequence[int]]] = ...,
        list_modification: bool = False,
        sao: bool = False,
        quantization_group: int = 0,
        chroma_qp_offsets: tuple[int, int] = (0, 0),
        deblocking: bool = True,
        deblocking_offsets: tuple[int, int] = (0, 0),
        hrd: tuple[int, int] = (0, 0),
        preset: str = "medium",
        tools: Mapping[str, float] = ...,
    ) -> None: ...
    def parameter_sets(self) -> bytes: ...
    def analyse(
        self,
        planes: Sequence[NDArray[Any]],
        *,
        poc: int,
        slice_type: str,
        qp: int,
        lmbda: float = 0.0,
        nal_type: int,
        temporal_id: int = 0,
        references: Sequence[int] = ...,
        kept: Sequence[int] = ...,
        active: tuple[int, int] = (0, 0),
        lists: tuple[Sequence[int], Sequence[int]] = ...,
        is_reference: bool = True,
        keep_filter_inputs: bool = False,
        qp_map: NDArray[np.int8] | None = None,
    ) -> CodedPicture: ...
    def coded_bits(self) -> int: ...
    def finish(self, planes: Sequence[NDArray[Any]] | None = None) -> bytes: ...
    def reconstruction(self) -> Planes: ...
    def ctu_bits(self) -> NDArray[np.int32]: ...
    def picture_hash(self) -> bytes: ...

@final
class AnalysedPicture:
    """A picture of the lookahead at half resolution; arrays have a value per 16x16 block of the source."""

    def __init__(self, planes: Sequence[NDArray[Any]], bit_depth: int) -> None: ...
    def search(
        self, reference: AnalysedPicture, hints: Sequence[NDArray[np.int16]] = ...
    ) -> tuple[NDArray[np.int32], NDArray[np.int16]]: ...
    def bi_costs(
        self,
        first: AnalysedPicture,
        first_vectors: NDArray[np.int16],
        second: AnalysedPicture,
        second_vectors: NDArray[np.int16],
    ) -> NDArray[np.int32]: ...
    def propagate(
        self,
        carried: NDArray[np.int64],
        own: NDArray[np.int32],
        share: NDArray[np.int32],
        references: NDArray[np.uint8],
        vectors: Sequence[NDArray[np.int16]],
        targets: Sequence[NDArray[np.int64]],
    ) -> None: ...
    @property
    def lowres(self) -> NDArray[np.uint8]: ...
    @property
    def intra_costs(self) -> NDArray[np.int32]: ...
    @property
    def energy(self) -> NDArray[np.uint32]: ...
    @property
    def details(self) -> NDArray[np.uint32]: ...

def encoder_presets() -> list[str]: ...
def encoder_tools(preset: str) -> dict[str, float]: ...
def scan_stream(data: bytes) -> list[dict[str, Any]]: ...

@final
class NnlfStage:
    """The filter as a stage of the decoder; finds the network that a stream names among `models`."""

    def __init__(self, models: Sequence[Model], threads: int = 1) -> None: ...

@final
class DecodedPicture:
    """An output picture, cropped; planes are uint8 at 8 bit, uint16 above."""

    @property
    def planes(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]: ...
    @property
    def poc(self) -> int: ...
    @property
    def slice_type(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def bit_depth(self) -> int: ...
    @property
    def hash_ok(self) -> bool: ...
    @property
    def fps(self) -> tuple[int, int] | None: ...

@final
class Decoder:
    """Annex B bytes in, pictures in output order out; after an error `take` has those before it."""

    def __init__(self, stage: NnlfStage | None = None, verify: bool = False, threads: int = 1) -> None: ...
    def decode(self, chunk: bytes | bytearray | memoryview) -> list[DecodedPicture]: ...
    def flush(self) -> list[DecodedPicture]: ...
    def take(self) -> list[DecodedPicture]: ...

def nal_unit(nal_type: int, payload: bytes, temporal_id: int = 0) -> bytes: ...

FILTER_BLOCK_SIZE: int
FILTER_LARGE_BLOCK_SIZE: int
FILTER_MAX_SCALE_CODE: int
FILTER_BLOCK_FIELDS: list[str]
FILTER_EDGE_STEPS: int
FILTER_MAX_MIN_EDGES: int

def filter_scale_of_code(code: int) -> int: ...
def filter_statistics(
    coded: Any, signal: Planes, original: Planes, block_size: int = 128
) -> NDArray[np.int64]: ...
def filter_apply(coded: Any, parameters: FilterParameters, signals: Sequence[Planes]) -> Planes: ...
def filter_edge_blocks(coded: Any, min_edges: int, block_size: int = 128) -> NDArray[np.bool_]: ...
def filter_block_statistics(coded: Any, block_size: int = 128) -> NDArray[np.int64]: ...
def planes_md5(planes: Planes, bit_depth: int) -> bytes: ...

class FilterParameters:
    """What travels in the filter's NAL unit of a picture."""

    def __init__(self) -> None: ...
    @staticmethod
    def parse(
        data: bytes, width: int, height: int, previous: FilterParameters | None = None
    ) -> FilterParameters: ...
    def serialise(self, width: int, height: int) -> bytes: ...
    model: bytes | None
    md5: bytes | None
    reuse: bool
    hold: bool
    post: bool
    candidates: int
    scale_code: list[int]
    qp_offset: list[int]
    block_size: int
    min_edges: int
    per_block: bool
    block_choice: list[int]

@final
class FilterParameterTrack:
    """Follows the payloads of a stream in decoding order."""

    def __init__(self) -> None: ...
    def next(
        self,
        payload: bytes,
        width: int,
        height: int,
        irap: bool = False,
        rasl: bool = False,
        temporal_id: int = 0,
    ) -> FilterParameters | None: ...

@final
class FilterNetwork:
    """A filter network; `threads` work on the blocks of a picture, with the same results for any number."""

    def __init__(self, model: Model, threads: int = 1) -> None: ...
    def run(
        self,
        coded: Any,
        qp_base: int,
        wanted: NDArray[np.uint8] | NDArray[np.bool_] | None = None,
        block_size: int = 128,
    ) -> Planes:
        """Return the network's signal at 14 bit; blocks (raster order) not `wanted` are the deblocked picture's."""
