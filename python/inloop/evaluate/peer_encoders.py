# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Other encoders to measure against: those inside the FFmpeg of `imageio-ffmpeg`, on one thread."""

from __future__ import annotations

import re
import resource
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from inloop.errors import InloopError
from inloop.extras import import_extra
from inloop.io.video import VideoInfo
from inloop.io.y4m import Y4mWriter
from inloop.video.frame import Frame, frame_bytes


@dataclass(frozen=True, slots=True)
class Peer:
    """How FFmpeg is told to use one encoder.

    Attributes:
        library: Its encoder name.
        muxer: Format without container bytes.
        options: The rest of the command line for (quality, preset, parameters of the library).
        version: Expression that finds the library's version in the log.
    """

    library: str
    muxer: str
    options: Callable[[int, str, str], list[str]]
    version: str

    def command(self, source: str, target: str, qp: int, preset: str, parameters: str) -> list[str]:
        """Return the arguments of FFmpeg, the last one being the output.

        Args:
            source: Video file to encode.
            target: File of the stream.
            qp: Quality on the encoder's own scale.
            preset: Name of a preset of the encoder.
            parameters: Further parameters in the library's notation; empty for none.
        """
        head = ["-threads", "1", "-i", source, "-an", "-c:v", self.library]
        return [*head, *self.options(qp, preset, parameters), "-threads", "1", "-f", self.muxer, target]


def _joined(separator: str, *parts: str) -> str:
    return separator.join(part for part in parts if part)


def _x265(qp: int, preset: str, parameters: str) -> list[str]:
    # The text that it puts into the stream about itself is no video: kilobytes, much of a short clip at high QP.
    fixed = f"crf={qp}:keyint=-1:pools=none:frame-threads=1:info=0"
    return ["-preset", preset, "-tune", "psnr", "-x265-params", _joined(":", fixed, parameters)]


def _x264(qp: int, preset: str, parameters: str) -> list[str]:
    fixed = f"crf={qp}:keyint=infinite:threads=1"
    return ["-preset", preset, "-tune", "psnr", "-x264-params", _joined(":", fixed, parameters)]


def _kvazaar(qp: int, preset: str, parameters: str) -> list[str]:
    fixed = f"preset={preset},qp={qp},period=0,threads=0,owf=0"
    return ["-kvazaar-params", _joined(",", fixed, parameters)]


def _svtav1(qp: int, preset: str, parameters: str) -> list[str]:
    fixed = "tune=1:keyint=-1:lp=1"
    return ["-preset", preset, "-crf", str(qp), "-svtav1-params", _joined(":", fixed, parameters)]


PEERS = {
    "x265": Peer("libx265", "hevc", _x265, r"HEVC encoder version (\S+)"),
    "x264": Peer("libx264", "h264", _x264, r"264 - core (\d+[^-]*) -"),
    "kvazaar": Peer("libkvazaar", "hevc", _kvazaar, r"[Kk]vazaar (v?\d\S*)"),
    "svtav1": Peer("libsvtav1", "obu", _svtav1, r"SVT-AV1 Encoder Lib (\S+)"),
}


@dataclass(frozen=True, slots=True)
class PeerTrial:
    """A stream of another encoder and its pictures.

    Attributes:
        stream: The coded bytes, without a container.
        pictures: What FFmpeg decodes of them, in display order.
        encode_s, decode_s: CPU seconds.
        version: Version of the encoder's library.
    """

    stream: bytes
    pictures: list[Frame]
    encode_s: float
    decode_s: float
    version: str


def run_peer(
    program: str, frames: Sequence[Frame], fps: Fraction, qp: int, preset: str, parameters: str = ""
) -> PeerTrial:
    """Encode and decode pictures of one size with a peer.

    Args:
        program: A key of `PEERS`.
        frames: Pictures in display order.
        fps: Pictures a second.
        qp: Quality on the encoder's own scale.
        preset: Name of a preset of the encoder.
        parameters: Further parameters in the library's notation.

    Raises:
        InloopError: FFmpeg fails; the message has its last words.
        ModuleNotFoundError: imageio-ffmpeg is not installed.
    """
    peer, first = PEERS[program], frames[0]
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "in.y4m"), Path(folder, "out")
        with source.open("wb") as stream:
            writer = Y4mWriter(stream, VideoInfo(first.width, first.height, fps, first.bit_depth))
            for frame in frames:
                writer.write(frame)
        log, encode_s = _ffmpeg(peer.command(str(source), str(target), qp, preset, parameters))
        coded = target.read_bytes()
        pictures, decode_s = _decode(target, peer.muxer, first)
    return PeerTrial(coded, pictures, encode_s, decode_s, _version(log, peer))


def _decode(coded: Path, muxer: str, like: Frame) -> tuple[list[Frame], float]:
    planar = coded.with_name("planar")
    pixels = "yuv420p" if like.bit_depth == 8 else f"yuv420p{like.bit_depth}le"
    words = ["-threads", "1", "-f", muxer, "-i", str(coded), "-fps_mode", "passthrough", "-pix_fmt", pixels]
    _, decode_s = _ffmpeg([*words, "-f", "rawvideo", str(planar)])
    data, size = memoryview(planar.read_bytes()), frame_bytes(like.width, like.height, like.bit_depth)
    return [
        Frame.from_bytes(data[start : start + size], like.width, like.height, like.bit_depth, index)
        for index, start in enumerate(range(0, len(data), size))
    ], decode_s


def _ffmpeg(words: Sequence[str]) -> tuple[str, float]:
    """Run FFmpeg; return its log and the CPU seconds it took."""
    executable = import_extra("imageio_ffmpeg", "eval").get_ffmpeg_exe()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [executable, "-hide_banner", "-nostdin", "-y", *words],
        capture_output=True,
        text=True,
        errors="replace",
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        raise InloopError(f"FFmpeg: {run.stderr.strip()[-300:]}")
    return run.stderr, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _version(log: str, peer: Peer) -> str:
    """Return the versions of FFmpeg's build and, where the log tells it, of the library."""
    executable = Path(import_extra("imageio_ffmpeg", "eval").get_ffmpeg_exe()).name
    found = re.search(peer.version, log)
    return f"{executable} {peer.library} {found[1] if found else ''}".strip()
