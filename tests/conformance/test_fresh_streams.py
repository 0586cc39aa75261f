# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams made on the spot by x265 and kvazaar (imageio-ffmpeg) decode to what FFmpeg decodes.

x265's picture hashes are checked as well, so that three programs agree.
"""

from __future__ import annotations

import hashlib
import subprocess

import pytest

from inloop.codec import Decoder

imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")

X265_SETTINGS = {
    "ultrafast": ("ultrafast", ""),
    "veryslow": ("veryslow", ""),
    "wpp_slices": ("medium", "wpp=1:slices=3"),
    "open_gop": ("medium", "open-gop=1:keyint=8:bframes=4"),
    "lossless": ("fast", "lossless=1"),
    "cu_lossless": ("medium", "cu-lossless=1:bframes=3"),
    "vbv": ("fast", "vbv-maxrate=200:vbv-bufsize=200:bitrate=150:aq-mode=3:qg-size=16"),
    "weighted": ("medium", "weightp=1:weightb=1:bframes=4"),
    "amp_small_ctu": ("slow", "ctu=32:rect=1:amp=1"),
    "transform_skip": ("medium", "tskip=1"),
    "scaling_lists": ("medium", "scaling-list=default"),
    "constrained_intra": ("medium", "constrained-intra=1"),
    "high_qp": ("medium", "qp=47"),
    "low_qp": ("fast", "qp=6:crqpoffs=5:cbqpoffs=-5"),
}
KVAZAAR_SETTINGS = {
    "tiles": "tiles=2x2",
    "wpp_slices": "slices=wpp,wpp=1",
    "random_access": "gop=8,bipred=1,smp=1,amp=1",
    "low_delay": "gop=lp-g4d3t1,transform-skip=1",
}


def run(arguments: list[str], data: bytes | None = None) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=120).stdout


def encode(codec: str, options: list[str], size: str, pix_fmt: str = "yuv420p") -> bytes:
    source = f"testsrc2=size={size}:rate=25,noise=alls=10:allf=t"
    raw = ["-f", "lavfi", "-i", source, "-frames:v", "12", "-pix_fmt", pix_fmt]
    return run([*raw, "-c:v", codec, *options, "-f", "hevc", "-"])


def assert_decodes_like_ffmpeg(stream: bytes, pix_fmt: str = "yuv420p") -> None:
    decoder = Decoder(verify=True)
    frames = decoder.decode(stream) + decoder.flush()
    planar = run(
        ["-f", "hevc", "-i", "-", "-fps_mode", "passthrough", "-pix_fmt", pix_fmt, "-f", "rawvideo", "-"],
        stream,
    )
    assert len(frames) == 12
    ours = hashlib.md5(usedforsecurity=False)
    for frame in frames:
        ours.update(frame.to_bytes())
    assert ours.hexdigest() == hashlib.md5(planar, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
@pytest.mark.parametrize("name", X265_SETTINGS)
def test_x265(name: str, pix_fmt: str) -> None:
    preset, parameters = X265_SETTINGS[name]
    options = ["-preset", preset, "-x265-params", ":".join(filter(None, ["hash=1:pools=1", parameters]))]
    assert_decodes_like_ffmpeg(encode("libx265", options, "210x118", pix_fmt), pix_fmt)


@pytest.mark.parametrize("name", KVAZAAR_SETTINGS)
def test_kvazaar(name: str) -> None:
    options = ["-kvazaar-params", KVAZAAR_SETTINGS[name] + ",threads=1"]
    assert_decodes_like_ffmpeg(encode("libkvazaar", options, "208x120"))
