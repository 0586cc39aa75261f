# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What the commands of `commands.py` read: a small clip, its stream, a network, a sweep and coded pictures."""

from __future__ import annotations

import contextlib
import io
import sys
from fractions import Fraction
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "fuzz"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "nn"))

from filtered_seeds import moving_frames
from model_seeds import filter_like

from inloop.cli import main
from inloop.io import VideoInfo, open_video_writer

SWEEP = """
clips = ["clip.y4m"]
qps = [30, 36]
metrics = ["psnr"]
[encoders.ours]
preset = "faster"
structure = "ldp"
[encoders.finer]
preset = "fast"
structure = "ldp"
"""


def make_material(folder: Path, *, training: bool) -> Path:
    """Write the files into a folder and return it; coded pictures need torch."""
    folder.mkdir(exist_ok=True)
    (folder / "clips").mkdir()
    for path in (folder / "clip.y4m", folder / "clips" / "waves.y4m"):
        with open_video_writer(path, VideoInfo(96, 96, Fraction(25))) as writer:
            for frame in moving_frames(3, 96, 96, 8):
                writer.write(frame)
    (folder / "network.onnx").write_bytes(filter_like())
    (folder / "sweep.toml").write_text(SWEEP)
    with contextlib.redirect_stderr(io.StringIO()):
        assert main(["encode", str(folder / "clip.y4m"), "-o", str(folder / "clip.hevc"), "--qp", "40"]) == 0
        if training:
            assert (
                main(["train", "data", str(folder / "clips"), str(folder / "coded"), "--structure", "ldp"])
                == 0
            )
    return folder
