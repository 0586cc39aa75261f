# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Neural in-loop filtering of video: engine, filter, codec and tools.

`import inloop` loads numpy and the C++ core, nothing else; the names below load their module on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from inloop import _core
from inloop.errors import BitstreamError, ConfigError, InloopError, ModelError, UnsupportedError
from inloop.video.frame import Frame, Psnr

if TYPE_CHECKING:
    from inloop.codec import Decoder as Decoder
    from inloop.codec import Encoder as Encoder
    from inloop.convert.loading import load_model as load_model
    from inloop.embedding import get_cmake_dir as get_cmake_dir
    from inloop.embedding import get_include as get_include
    from inloop.embedding import get_library as get_library
    from inloop.embedding import get_pkgconfig_dir as get_pkgconfig_dir
    from inloop.engine.model import Model as Model
    from inloop.enhance import Enhancer as Enhancer
    from inloop.enhance import load_enhancer as load_enhancer
    from inloop.files import decode as decode
    from inloop.files import encode as encode
    from inloop.io import open_video as open_video
    from inloop.nnlf import PictureFilter as PictureFilter
    from inloop.nnlf import load_filter as load_filter

__version__: str = _core.__version__

_LAZY = {
    "Decoder": "inloop.codec",
    "Encoder": "inloop.codec",
    "Model": "inloop.engine.model",
    "Enhancer": "inloop.enhance",
    "PictureFilter": "inloop.nnlf",
    "decode": "inloop.files",
    "encode": "inloop.files",
    "get_cmake_dir": "inloop.embedding",
    "get_include": "inloop.embedding",
    "get_library": "inloop.embedding",
    "get_pkgconfig_dir": "inloop.embedding",
    "load_enhancer": "inloop.enhance",
    "load_filter": "inloop.nnlf",
    "load_model": "inloop.convert.loading",
    "open_video": "inloop.io",
}

__all__ = [
    "BitstreamError",
    "ConfigError",
    "Frame",
    "InloopError",
    "ModelError",
    "Psnr",
    "UnsupportedError",
    "__version__",
    "avx_vnni",
    "get_isa",
    "supported_isas",
    "set_avx_vnni",
    "set_isa",
    *_LAZY,
]


def get_isa() -> str:
    """Return the instruction set in force: "scalar", "avx2", "avx512" or "neon".

    Raises ConfigError where INLOOP_ISA names an unknown or unsupported one.
    """
    return _core.get_isa()


def set_isa(name: str) -> None:
    """Force the instruction set of sessions and codecs created from now on; "auto" is the best one.

    Samples are identical on every one. Raises ConfigError where this machine does not know or support it.
    """
    _core.set_isa(name)


def avx_vnni() -> bool:
    """Return whether the engine uses AVX-VNNI on ISA avx2: where the CPU has it, unless it was turned off."""
    return _core.avx_vnni()


def set_avx_vnni(enabled: bool) -> None:
    """Let ISA avx2 use AVX-VNNI where the CPU has it, or not, in sessions created from now on.

    One instruction then does the work of two; the integers are the same. `INLOOP_AVX_VNNI=0` turns it off from
    the start. Without effect on a CPU that does not have it, and on the other ISAs.
    """
    _core.set_avx_vnni(enabled)


def supported_isas() -> list[str]:
    """Return the instruction sets that the build has and this machine can run, lowest first."""
    return _core.supported_isas()


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'inloop' has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
