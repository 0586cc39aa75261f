# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where the C interface of the engine lies, for programs that embed it."""

from pathlib import Path

from inloop import _core


def get_include() -> str:
    """Return the folder that holds ``inloop.h``, for the compiler's ``-I``.

    Raises FileNotFoundError where the package was put together without it.
    """
    return str(_installed("include", "inloop.h").parent)


def get_library() -> str:
    """Return the path of the shared library ``libinloop.so``, to link with or to load.

    Raises FileNotFoundError where the package was put together without it.
    """
    return str(_installed("lib", "libinloop.so"))


def get_cmake_dir() -> str:
    """Return the folder of the CMake package, for ``-Dinloop_DIR``; its target is ``inloop::inloop``.

    Raises FileNotFoundError where the package was put together without it.
    """
    return str(_installed("lib/cmake/inloop", "inloopConfig.cmake").parent)


def get_pkgconfig_dir() -> str:
    """Return the folder of ``inloop.pc``, for the variable ``PKG_CONFIG_PATH``.

    Raises FileNotFoundError where the package was put together without it.
    """
    return str(_installed("lib/pkgconfig", "inloop.pc").parent)


def _installed(folder: str, name: str) -> Path:
    # They lie beside the core; in an editable install the Python files are elsewhere.
    path = Path(_core.__file__).parent / folder / name
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: this installation lacks the C interface")
    return path
