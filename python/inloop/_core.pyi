# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The C++ core. Private: use the public classes of `inloop`, which check what is handed to it."""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, TypeAlias, final, overload

import numpy as np
from numpy.typing import NDArray

Planes: TypeAlias = tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]

__version__: str

def compiler() -> str: ...
def get_isa() -> str: ...
def supported_isas() -> list[str]: ...
def isas_missing_in_build() -> list[str]: ...
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
    def program(self, height: int, width: int, isa: str = "") -> Program: ...
    def memory(self) -> dict[str, int]:
        """Bytes of packed `weights` and of `idle` workspaces, and the number of live `programs`."""
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
class ThreadPool:
    """Threads for what takes a pool: the caller and `threads` - 1 others."""

    def __init__(self, threads: int) -> None: ...

@final
class Program:
    """A network compiled for one input size; any number of threads may run it."""

    def run(
        self,
        inputs: Sequence[NDArray[np.int16] | NDArray[np.float32]],
        outputs: Sequence[NDArray[np.int16] | NDArray[np.float32]],
        blocks: int,
        pool: ThreadPool | None = None,
    ) -> None: ...
    @property
    def output_shapes(self) -> list[tuple[int, int, int, int]]: ...

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
    def weight_bytes(self) -> int: ...
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
    def filter_picture(self) -> FilterPicture:
        """Return the picture for the filter, without a copy."""

@final
class SequenceConfig:
    """What is fixed for a whole sequence; `tools` replace members of the preset."""

    width: int
    height: int
    bit_depth: int
    fps_num: int
    fps_den: int
    max_dec_pic_buffering: int
    max_num_reorder_pics: int
    max_latency_pictures: int
    feedback_delay: int
    max_sub_layers: int
    log2_max_poc_lsb: int
    init_qp: int
    list_modification: bool
    default_active_refs: tuple[int, int]  # this and others that are pairs or sets: for writing only
    reference_sets: Sequence[tuple[Sequence[int], Sequence[int]]]
    sao: bool
    quantization_group: int
    chroma_qp_offsets: tuple[int, int]
    deblocking: bool
    deblocking_offsets: tuple[int, int]
    hrd_bit_rate: int
    hrd_cpb_size: int
    hrd_initial_fullness: float
    wpp: bool
    delimiters: bool
    picture_hashes: bool
    filtered_hashes: bool
    shown_hashes: bool
    average_bit_rate: int
    signal: SignalDescription

    def __init__(
        self,
        *,
        preset: str = "medium",
        tools: Mapping[str, float] = ...,
        width: int = 0,
        height: int = 0,
        bit_depth: int = 8,
        fps_num: int = 25,
        fps_den: int = 1,
        max_dec_pic_buffering: int = 1,
        max_num_reorder_pics: int = 0,
        max_latency_pictures: int = 0,
        feedback_delay: int = 5,
        max_sub_layers: int = 1,
        log2_max_poc_lsb: int = 8,
        init_qp: int = 26,
        list_modification: bool = False,
        default_active_refs: tuple[int, int] = (1, 1),
        reference_sets: Sequence[tuple[Sequence[int], Sequence[int]]] = ...,
        sao: bool = False,
        quantization_group: int = 0,
        chroma_qp_offsets: tuple[int, int] = (0, 0),
        deblocking: bool = True,
        deblocking_offsets: tuple[int, int] = (0, 0),
        hrd_bit_rate: int = 0,
        hrd_cpb_size: int = 0,
        hrd_initial_fullness: float = 0.9,
        wpp: bool = False,
        delimiters: bool = False,
        picture_hashes: bool = False,
        filtered_hashes: bool = False,
        shown_hashes: bool = False,
        average_bit_rate: int = 0,
        signal: SignalDescription = ...,
    ) -> None: ...

@final
class PictureRequest:
    """What one picture is in its stream; other pictures are named by their POCs."""

    poc: int
    slice_type: str  # for writing only, as are nal_type, active and lists
    nal_type: int
    temporal_id: int
    references: Sequence[int]
    kept: Sequence[int]
    active: tuple[int, int]
    lists: tuple[Sequence[int], Sequence[int]]
    is_reference: bool
    keep_filter_inputs: bool
    display_index: int

    def __init__(
        self,
        *,
        poc: int = 0,
        slice_type: str = "I",
        nal_type: int = 1,
        temporal_id: int = 0,
        references: Sequence[int] = ...,
        kept: Sequence[int] = ...,
        active: tuple[int, int] = (0, 0),
        lists: tuple[Sequence[int], Sequence[int]] = ...,
        is_reference: bool = True,
        keep_filter_inputs: bool = False,
        display_index: int = 0,
    ) -> None: ...

@final
class PictureTask:
    """One picture in work: `load`, then `analyse`, which may be repeated. One caller at a time, in any thread."""

    def load(self, planes: Sequence[NDArray[Any]], bit_depth: int | None = None) -> None: ...
    def analyse(
        self, qp: int, lmbda: float = 0.0, qp_map: NDArray[np.int8] | None = None
    ) -> CodedPicture: ...
    def start_analysis(
        self,
        qp: int,
        lmbda: float = 0.0,
        qp_map: NDArray[np.int8] | None = None,
        *,
        settled: bool = False,
    ) -> None: ...
    def start_completion(self, planes: Sequence[NDArray[Any]] | None = None) -> None: ...
    def start_filtering(self, filter: TrialFilter) -> None:
        """Start completion with the blocks that a filter, tried on this picture, is to make."""
    def is_done(self) -> bool: ...
    def wait(self) -> None: ...
    def give_up(self) -> None: ...
    @property
    def coded(self) -> CodedPicture: ...
    def coded_bits(self) -> int: ...
    def access_unit_bits(self) -> int: ...
    @property
    def source(self) -> Planes: ...
    def reconstruction(self) -> Planes: ...
    def shown(
        self, planes: Sequence[NDArray[Any]] | None = None
    ) -> (
        tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
        | tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]
    ): ...
    def squared_errors(self, planes: Sequence[NDArray[Any]] | None = None) -> tuple[int, int, int]: ...
    def ctu_bits(self) -> NDArray[np.int32]: ...

def encoder_pool(threads: int, waiting: int) -> ThreadPool: ...

@final
class WorkEnds:
    """Counts pieces of work that have ended."""

    def __init__(self) -> None: ...
    @property
    def count(self) -> int: ...
    def wait(self, seen: int) -> None:
        """Wait until more than `seen` have ended. Signals are handled meanwhile."""

@final
class SequenceEncoder:
    """Makes a task of each picture and takes it into the stream, both in coding order."""

    def __init__(self, config: SequenceConfig, pool: ThreadPool | None = None) -> None: ...
    def parameter_sets(self) -> bytes: ...
    def plan(self, request: PictureRequest, ends: WorkEnds | None = None) -> PictureTask:
        """`ends` counts the steps of the task that end."""
    def finish(
        self,
        task: PictureTask,
        *,
        parameter_sets: bool = False,
        filter_parameters: bytes = b"",
        shown_md5: bytes = b"",
    ) -> bytes:
        """`shown_md5` are the MD5 of the planes that are shown in the place of the picture's, for a message."""

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

    def __init__(self, models: Sequence[Model | FilterModel], pool: ThreadPool | None = None) -> None: ...
    def add_function(
        self, name: bytes, function: Callable[[tuple[NDArray[np.int16], ...]], NDArray[np.int16]]
    ) -> None:
        """Add a function under the name of 32 bytes that streams have for it."""

def decoder_pool(threads: int) -> ThreadPool: ...

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
    def signal(self) -> SignalDescription: ...
    @property
    def fps(self) -> tuple[int, int] | None: ...

@final
class MasteringDisplay:
    """The display on which pictures were graded, in the units of the SEI message."""

    def __init__(self) -> None: ...
    primaries: Sequence[int]
    white_point: Sequence[int]
    max_luminance: int
    min_luminance: int

@final
class ContentLight:
    """Light levels, candelas a square metre."""

    def __init__(self) -> None: ...
    max_content: int
    max_picture_average: int

@final
class SignalDescription:
    """What the samples of a stream mean, in the codes of the standard; -1, 0 or 2 where it is not said."""

    def __init__(self) -> None: ...
    sar_width: int
    sar_height: int
    full_range: int
    colour_primaries: int
    transfer_characteristics: int
    matrix_coeffs: int
    chroma_location: int
    field_order: int
    mastering_display: MasteringDisplay | None
    content_light: ContentLight | None

@final
class DecodingReport:
    """What a decoder left out of a stream."""

    @property
    def skipped_units(self) -> int: ...
    @property
    def foreign_messages(self) -> int: ...
    @property
    def skipped_pictures(self) -> int: ...
    @property
    def lost_pictures(self) -> int: ...
    @property
    def first_loss(self) -> str: ...

@final
class Decoder:
    """Annex B bytes in, pictures in output order out; after an error `take` has those before it."""

    def __init__(
        self,
        stage: NnlfStage | None = None,
        verify: bool = False,
        keep_going: bool = False,
        pool: ThreadPool | None = None,
        start_anywhere: bool = False,
    ) -> None: ...
    def report(self) -> DecodingReport: ...
    def decode(self, chunk: bytes | bytearray | memoryview) -> list[DecodedPicture]: ...
    def flush(self) -> list[DecodedPicture]: ...
    def take(self) -> list[DecodedPicture]: ...

def coolchic_starts_like_stream(data: bytes) -> bool: ...
def coolchic_describe(data: bytes) -> dict[str, Any]: ...

@final
class CoolchicDecoder:
    """A whole stream in, the planes of its pictures out in display order."""

    def __init__(self, data: bytes, threads: int = 1) -> None: ...
    def next(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]] | None: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def bit_depth(self) -> int: ...
    @property
    def format(self) -> str: ...
    @property
    def pictures(self) -> int: ...

def coolchic_coding_order(intra_period: int, p_period: int) -> list[tuple[int, int, list[int]]]: ...
def coolchic_integer_bits(integers: NDArray[np.int32], range: int, scale_index: int) -> float: ...
def coolchic_encode_integers(integers: NDArray[np.int32], range: int, scale_index: int) -> bytes: ...
def coolchic_decode_picture(
    sequence_header: bytes,
    data: bytes,
    references: list[tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]],
) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]: ...
def coolchic_picture_parameters(
    sequence_header: bytes, data: bytes, references: int
) -> NDArray[np.float32]: ...

@final
class CoolchicGridCoder:
    """What grids of latents cost under one context model, and their messages."""

    def __init__(
        self,
        context_size: int,
        hidden_layers: int,
        weights: NDArray[np.int32],
        weight_step_log2: int,
        biases: NDArray[np.int32],
        bias_step_log2: int,
        latent_range: int,
    ) -> None: ...
    def bits(self, latents: NDArray[np.int16]) -> float: ...
    def encode(self, latents: NDArray[np.int16]) -> bytes: ...

@final
class CoolchicLatentReader:
    """The latent grids of picture after picture, in coding order."""

    def __init__(self, data: bytes) -> None: ...
    def next(self) -> list[NDArray[np.int16]] | None: ...

class NalType(IntEnum):
    """NAL unit types (Rec. ITU-T H.265, table 7-1); FILTER_PARAMETERS is ours. The numbers are the core's."""

    TRAIL_N = ...
    TRAIL_R = ...
    TSA_N = ...
    TSA_R = ...
    STSA_N = ...
    STSA_R = ...
    RADL_N = ...
    RADL_R = ...
    RASL_N = ...
    RASL_R = ...
    BLA_W_LP = ...
    BLA_W_RADL = ...
    BLA_N_LP = ...
    IDR_W_RADL = ...
    IDR_N_LP = ...
    CRA = ...
    VPS = ...
    SPS = ...
    PPS = ...
    AUD = ...
    PREFIX_SEI = ...
    SUFFIX_SEI = ...
    FILTER_PARAMETERS = ...

def is_irap(nal_type: int) -> bool: ...
def is_rasl(nal_type: int) -> bool: ...
def is_vcl(nal_type: int) -> bool: ...
def plane_sse(a: NDArray[Any], b: NDArray[Any]) -> int: ...
def nal_unit(nal_type: int, payload: bytes, temporal_id: int = 0) -> bytes: ...

FILTER_BLOCK_SIZE: int
FILTER_LARGE_BLOCK_SIZE: int
FILTER_MAX_SCALE_CODE: int
FILTER_BLOCK_FIELDS: list[str]
FILTER_EDGE_STEPS: int
FILTER_MAX_MIN_EDGES: int

def filter_scale_of_code(code: int) -> int: ...
def filter_shown(filtered: Planes, decoded: Planes, on: NDArray[np.bool_], block_size: int = 128) -> Planes:
    """Put the decoded samples into the blocks that are not `on`; `decoded` may be smaller."""

def planes_md5(planes: Planes, bit_depth: int) -> bytes: ...

@final
class FilterPicture:
    """A coded picture as the filter reads it; made of an `inloop.nnlf.CodedPicture`, whose arrays are checked here."""

    def __init__(self, coded: Any) -> None: ...
    @property
    def height(self) -> int: ...
    @property
    def width(self) -> int: ...

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
    persist: bool
    post: bool
    candidates: int
    scale_code: list[int]
    qp_offset: list[int]
    block_size: int
    min_edges: int
    per_block: bool
    block_choice: list[int]

@final
class OwnFilterMessages:
    """Tells the filter's payloads from those of others in NAL units of the same type."""

    def __init__(self) -> None: ...
    def choose(self, payloads: list[bytes], width: int, height: int) -> bytes:
        """Return the payload of ours among those in front of a picture, empty where there is none."""

@final
class ParameterTrack:
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
    def begin_picture(
        self, irap: bool = False, rasl: bool = False, temporal_id: int = 0
    ) -> FilterParameters | None:
        """Return what the picture's payload may refer to."""
    def record(
        self, parameters: FilterParameters, irap: bool = False, rasl: bool = False, temporal_id: int = 0
    ) -> None:
        """Let later payloads refer to the parameters of this picture's payload."""

@final
class FilterModel:
    """The networks of a filter by slice type, and the identity that streams name. A `Model` is taken for one, too."""

    @overload
    def __init__(self, network: Model) -> None: ...
    @overload
    def __init__(self, intra: Model, inter: Model) -> None: ...
    @property
    def sha256(self) -> str: ...

def split_filter_pair(data: bytes) -> tuple[bytes, bytes] | None:
    """Return the compact forms in that of a pair, that for I pictures first; None for anything else."""

def join_filter_pair(intra: bytes, inter: bytes) -> bytes:
    """Return the compact form of a pair."""

@final
class FilterNetwork:
    """A filter network; threads of a pool work on the blocks of a picture, with the same results for any number."""

    def __init__(self, model: Model | FilterModel, pool: ThreadPool | None = None) -> None: ...
    @staticmethod
    def of_function(
        function: Callable[[tuple[NDArray[np.int16], ...]], NDArray[np.int16]], pool: ThreadPool | None = None
    ) -> FilterNetwork:
        """A function of the features of a block, in place of a network: see `inloop.nnlf.function`."""
    def run(
        self,
        picture: FilterPicture,
        qp_base: int,
        wanted: NDArray[np.uint8] | NDArray[np.bool_] | None = None,
        block_size: int = 128,
    ) -> Planes:
        """Return the network's signal at 14 bit; blocks (raster order) not `wanted` are the deblocked picture's."""
    def filter(self, picture: FilterPicture, parameters: FilterParameters) -> Planes:
        """Filter a picture as a decoder does, the check of its hash included."""

@final
class FilterBlocks:
    """The blocks of a picture, before a network has run on them; one row or entry a block in raster order."""

    def __init__(self, picture: FilterPicture, block_size: int) -> None: ...
    def areas(self) -> NDArray[np.int64]: ...
    def macs(self, model: Model) -> NDArray[np.int64]: ...
    def statistics(self) -> NDArray[np.int64]:
        """Return sums ``[blocks, len(FILTER_BLOCK_FIELDS)]``."""
    def with_edges(self, min_edges: int) -> NDArray[np.bool_]: ...

@final
class FilterTrial:
    """A network tried on the blocks of one picture: evidence for a decision, then the picture that it makes."""

    def __init__(self, network: FilterNetwork, blocks: FilterBlocks, original: Planes) -> None: ...
    def run(self, qp_offset: int, wanted: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        """Run another candidate; return (ee, de, dd) at 14 bit, ``[blocks, component, 3]``."""
    def payload_bits(self, parameters: FilterParameters) -> int: ...

@final
class TrialFilter:
    """What a decision after a trial makes of the picture, once; properties but `parameters` are one entry a block."""

    def __init__(
        self,
        trial: FilterTrial,
        parameters: FilterParameters,
        open: NDArray[np.bool_] | None = None,
        least_gain: NDArray[np.float64] | None = None,
        *,
        hash: bool = False,
    ) -> None:
        """Blocks that are `open` are filtered where their squared error, at 14 bit, falls by more than `least_gain`.

        Raises ConfigError where the parameters need an offset that was not tried.
        """
    def run(self) -> Planes:
        """Return the filtered picture."""
    @property
    def parameters(self) -> FilterParameters:
        """With all flags and the hash, once all blocks are filtered."""
    @property
    def choice(self) -> NDArray[np.int64]:
        """0 is off, else 1 + the candidate."""
    @property
    def sums(self) -> NDArray[np.int64]:
        """As `FilterTrial.run` gives them, of the blocks on which the network has run here."""
    @property
    def has_run(self) -> NDArray[np.bool_]: ...

# Only builds with INLOOP_TESTING have these.

def start_trace() -> None: ...
def stop_trace() -> list[tuple[str, int, int, float, float]]:
    """Part, index, object, begin and end in seconds of its thread's CPU time, as csrc/base/trace.h explains them."""

def delay_hand_overs(longest_us: int) -> None: ...
def delayed_hand_overs() -> int: ...
def record_terminating_bins() -> None: ...
def take_terminating_bins() -> list[tuple[str, int, int, int, int, int, int]]:
    """Kind, segment, CTU, size of the data, substream, bits and addend, see csrc/hevc/decoder/terminating_bins.h."""
