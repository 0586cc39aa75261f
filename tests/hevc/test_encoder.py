# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder against an independent decoder (FFmpeg through PyAV): its streams decode to its reconstruction."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np
import pytest

import inloop
from inloop.codec import Decoder, Encoder
from inloop.errors import ConfigError
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.video.frame import Frame
from inloop.video.planes import sample_dtype

SIZES = [(16, 16), (18, 22), (34, 50), (66, 130), (96, 64)]


def make_frames(width: int, height: int, count: int, bit_depth: int = 8, seed: int = 1) -> list[Frame]:
    """A moving pattern of gradients, edges and some noise."""
    rng = np.random.default_rng(seed)
    dtype, largest = sample_dtype(bit_depth), (1 << bit_depth) - 1
    frames = []
    for t in range(count):
        planes = []
        for scale, phase in ((1, 0.0), (2, 1.0), (2, 2.0)):
            y, x = np.mgrid[0 : height // scale, 0 : width // scale] * float(scale)
            wave = (
                0.5 + 0.25 * np.sin((x + 1.5 * t) / 9 + phase) + 0.2 * np.sign(np.sin((y - t) / 13 + x / 29))
            )
            noisy = wave * largest + rng.normal(0, largest / 80, wave.shape)
            planes.append(np.clip(noisy, 0, largest).astype(dtype))
        frames.append(Frame(*planes, bit_depth, t))
    return frames


def encode(frames: list[Frame], **options: object) -> tuple[bytes, list[Frame]]:
    first = frames[0]
    encoder = Encoder(first.width, first.height, 25, bit_depth=first.bit_depth, **options)  # type: ignore[arg-type]
    packets = [packet for frame in frames for packet in encoder.encode(frame)] + encoder.flush()
    stream = b"".join(packet.data for packet in packets)
    packets.sort(key=lambda packet: packet.index)
    return stream, [packet.recon for packet in packets]


def decode_with_ffmpeg(stream: bytes, bit_depth: int) -> list[bytes]:
    """Planar bytes of every picture."""
    pictures = []
    with av.open(io.BytesIO(stream), format="hevc") as container:
        container.streams.video[0].thread_count = 1
        for picture in container.decode(video=0):
            assert picture.format.name == ("yuv420p" if bit_depth == 8 else "yuv420p10le")
            rows = []
            for plane, scale in zip(picture.planes, (1, 2, 2), strict=True):
                samples = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
                rows.append(samples[:, : picture.width // scale * (1 if bit_depth == 8 else 2)].tobytes())
            pictures.append(b"".join(rows))
    return pictures


def assert_decodes_to(stream: bytes, recon: list[Frame]) -> None:
    decoded = decode_with_ffmpeg(stream, recon[0].bit_depth)
    assert len(decoded) == len(recon)
    for index, (got, frame) in enumerate(zip(decoded, recon, strict=True)):
        assert got == frame.to_bytes(), f"picture {index} differs"
    decoder = Decoder(verify=True)
    own = decoder.decode(stream) + decoder.flush()
    assert [frame.md5() for frame in own] == [frame.md5() for frame in recon]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("structure", ["ai", "ldp", "ldb", "ra"])
def test_sizes(width: int, height: int, structure: str) -> None:
    assert_decodes_to(*encode(make_frames(width, height, 6), qp=30, structure=structure))


@pytest.mark.parametrize("qp", [0, 4, 12, 22, 37, 45, 51])
@pytest.mark.parametrize("structure", ["ai", "ldp", "ldb", "ra"])
def test_qp_range(qp: int, structure: str) -> None:
    assert_decodes_to(*encode(make_frames(80, 72, 6), qp=qp, structure=structure))


@pytest.mark.parametrize("qp", [-12, 0, 30, 51])
@pytest.mark.parametrize("structure", ["ai", "ldp", "ldb", "ra"])
def test_ten_bit(qp: int, structure: str) -> None:
    assert_decodes_to(*encode(make_frames(72, 80, 6, bit_depth=10), qp=qp, structure=structure))


@pytest.mark.parametrize("content", ["black", "white", "grey", "noise", "checker"])
@pytest.mark.parametrize("qp", [0, 27, 47])
def test_extreme_content(content: str, qp: int) -> None:
    rng = np.random.default_rng(3)
    frames = []
    for t in range(4):
        planes = []
        for shape in ((72, 88), (36, 44), (36, 44)):
            if content == "noise":
                planes.append(rng.integers(0, 256, shape, dtype=np.uint8))
            elif content == "checker":
                planes.append(((np.indices(shape).sum(0) + t) % 2 * 255).astype(np.uint8))
            else:
                planes.append(np.full(shape, {"black": 0, "white": 255, "grey": 128}[content], np.uint8))
        frames.append(Frame(*planes, 8, t))
    assert_decodes_to(*encode(frames, qp=qp, structure="ldp"))


@pytest.mark.parametrize("structure", ["ai", "ldp", "ldb", "ra"])
def test_isas_give_identical_streams(structure: str) -> None:
    frames = make_frames(104, 72, 5)
    chosen = inloop.get_isa()
    try:
        streams = []
        for isa in inloop.supported_isas():
            inloop.set_isa(isa)
            streams.append(encode(frames, qp=29, structure=structure, sao=True)[0])
    finally:
        inloop.set_isa(chosen)
    assert all(stream == streams[0] for stream in streams)


def test_quality_rises_with_bits() -> None:
    frames = make_frames(96, 80, 3)
    points = []
    for qp in (40, 32, 24, 16):
        stream, recon = encode(frames, qp=qp)
        points.append((len(stream), np.mean([a.psnr(b).y for a, b in zip(frames, recon, strict=True)])))
    assert points == sorted(points)


def test_picture_hash_is_accepted() -> None:
    frames = make_frames(64, 64, 3)
    plain, _ = encode(frames, qp=30)
    hashed, recon = encode(frames, qp=30, md5=True)
    assert len(hashed) > len(plain)
    assert_decodes_to(hashed, recon)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("bit_depth", [8, 10])
def test_sao(width: int, height: int, bit_depth: int) -> None:
    frames = make_frames(width, height, 4, bit_depth)
    without, _ = encode(frames, qp=36, sao=False)
    stream, recon = encode(frames, qp=36, sao=True)
    assert stream != without
    assert_decodes_to(stream, recon)


class Brighten:
    """A filter that adds one to every sample."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.seen: list[CodedPicture] = []

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        assert [plane.shape for plane in original] == [plane.shape for plane in coded.dbf]
        self.seen.append(coded)
        y, u, v = (np.minimum(plane + 1, 255).astype(np.uint16) for plane in coded.dbf)
        return FilterResult(b"\0\0\1payload", (y, u, v))


def test_post_mode_leaves_the_base_stream_alone() -> None:
    frames = make_frames(56, 40, 4)
    _, plain = encode(frames, qp=33)
    stream, shown = encode(frames, qp=33, nnlf=Brighten("post"))
    assert decode_with_ffmpeg(stream, 8) == [frame.to_bytes() for frame in plain]
    assert shown[1].md5() != plain[1].md5()


def test_loop_mode_changes_the_references() -> None:
    frames = make_frames(56, 40, 4)
    plain_stream, plain = encode(frames, qp=33, sao=False)
    brighten = Brighten("loop")
    stream, recon = encode(frames, qp=33, nnlf=brighten, sao=False)
    assert stream != plain_stream
    assert np.array_equal(recon[0].y, np.minimum(plain[0].y.astype(int) + 1, 255))
    assert len(decode_with_ffmpeg(stream, 8)) == len(frames)


def test_what_the_filter_sees() -> None:
    brighten = Brighten("post")
    encode(make_frames(50, 34, 3), qp=30, nnlf=brighten)
    intra, inter = brighten.seen[0], brighten.seen[2]
    assert (intra.slice_type, inter.slice_type) == ("I", "B")
    assert intra.rec[0].shape == (40, 56)
    assert intra.bs_ver.shape == intra.qp.shape == intra.pred_type.shape == (10, 14)
    assert set(np.unique(intra.bs_ver)) <= {0, 1, 2}
    assert intra.bs_ver[:, 1::2].max() == 0  # the 8x8 grid
    assert intra.bs_ver[:, 0].max() == 0  # the picture's border
    assert intra.pred_type.max() == 0
    assert inter.pred_type.max() == 2
    assert (inter.qp == inter.slice_qp).all()
    for coded in brighten.seen:
        for rec, pred in zip(coded.rec, coded.pred, strict=True):
            # Prediction across a texture of waves and edges: half its deviation in intra pictures, a tenth in others.
            most = 0.6 if coded.slice_type == "I" else 0.15
            assert np.abs(rec.astype(int) - pred).mean() < most * np.abs(rec - rec.mean()).mean()


def test_packets_describe_themselves() -> None:
    frames = make_frames(64, 48, 3)
    encoder = Encoder(64, 48, 30, qp=30, structure="ldp")
    packets = [packet for frame in frames for packet in encoder.encode(frame)]
    assert [packet.poc for packet in packets] == [0, 1, 2]
    assert [packet.slice_type for packet in packets] == ["I", "P", "P"]
    assert [packet.recon.pts for packet in packets] == [0, 1, 2]
    for frame, packet in zip(frames, packets, strict=True):
        assert packet.bits == 8 * len(packet.data)
        assert packet.sse == frame.sse(packet.recon)


@pytest.mark.parametrize(
    "arguments",
    [
        {"width": 15},
        {"width": 17},
        {"height": 14},
        {"width": 100000},
        {"qp": 52},
        {"qp": -1},
        {"structure": "x"},
        {"bit_depth": 9},
        {"fps": 0},
        {"fps": float("nan")},
    ],
)
def test_bad_arguments(arguments: dict[str, object]) -> None:
    settings = {"width": 64, "height": 64, "fps": 25, "qp": 30, **arguments}
    with pytest.raises(ConfigError):
        Encoder(settings.pop("width"), settings.pop("height"), settings.pop("fps"), **settings)  # type: ignore[arg-type]


def test_wrong_frame() -> None:
    encoder = Encoder(64, 64, 25, qp=30)
    with pytest.raises(ConfigError, match="does not fit"):
        encoder.encode(make_frames(64, 48, 1)[0])


def test_a_failed_picture_leaves_the_core_usable() -> None:
    core = inloop._core
    encoder = core.SequenceEncoder(core.SequenceConfig(width=64, height=64))
    with pytest.raises(ConfigError, match="reference"):
        encoder.plan(core.PictureRequest(poc=1, slice_type="P", nal_type=1, references=[0]))
    task = encoder.plan(core.PictureRequest(nal_type=20))
    with pytest.raises(ConfigError, match="source"):
        task.analyse(30)
    with pytest.raises(ConfigError, match="once it is complete"):
        encoder.finish(task)
    task.load(make_frames(64, 64, 1)[0].planes)
    with pytest.raises(ConfigError, match="QP 52"):
        task.analyse(52)
    task.analyse(30)
    task.start_completion()
    task.wait()
    assert encoder.finish(task)
    with pytest.raises(ConfigError, match="coded already"):
        task.analyse(30)


def test_pictures_may_be_in_work_at_the_same_time() -> None:
    """Two B pictures between the same references are the same whether one or two threads work on them."""
    one, two = encode_pair(threads=1), encode_pair(threads=2)
    assert one == two
    decoder = Decoder()
    assert len(decoder.decode(two) + decoder.flush()) == 4


def encode_pair(threads: int) -> bytes:
    core = inloop._core
    frames = make_frames(144, 80, 4)
    encoder = core.SequenceEncoder(
        core.SequenceConfig(width=144, height=80, max_dec_pic_buffering=4, max_num_reorder_pics=2)
    )
    stream = encoder.parameter_sets()
    with ThreadPoolExecutor(threads) as pool:
        for group in (
            [core.PictureRequest(poc=0, nal_type=20)],
            [core.PictureRequest(poc=3, slice_type="P", references=[0])],
            [
                core.PictureRequest(
                    poc=poc, slice_type="B", nal_type=0, references=[0, 3], is_reference=False
                )
                for poc in (1, 2)
            ],
        ):
            tasks = [encoder.plan(request) for request in group]
            for task, poc in zip(tasks, [request.poc for request in group], strict=True):
                task.load(frames[poc].planes)
            list(pool.map(lambda task: task.analyse(30), tasks))
            for task in tasks:
                task.start_completion()
                task.wait()
                stream += encoder.finish(task)
    return stream


def test_nal_unit_has_emulation_prevention() -> None:
    nal = inloop._core.nal_unit(48, b"\0\0\1\0\0\0")
    assert nal == b"\0\0\0\1" + bytes([96, 1]) + b"\0\0\3\1\0\0\3\0\3"


def test_lambda_knows_of_the_filter() -> None:
    frames = make_frames(64, 48, 3)
    sizes = [
        len(encode(frames, qp=30, nnlf=nnlf, nnlf_lambda=factor)[0])
        for nnlf, factor in ((None, 1.0), (None, 3.0), (Brighten("post"), 1.0), (Brighten("post"), 3.0))
    ]
    assert sizes[0] == sizes[1], "without a filter it has no meaning"
    assert sizes[3] < sizes[2]
    with pytest.raises(ConfigError, match="factor of lambda"):
        encode(frames, qp=30, nnlf_lambda=5.0)
