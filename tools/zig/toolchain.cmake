# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds with the compiler that the package `ziglang` brings, for the target INLOOP_ZIG_TARGET of the environment, such
# as aarch64-linux-gnu.2.17: processor, system, C library and its version. See tools/wheels.sh.
if("$ENV{INLOOP_ZIG_TARGET}" MATCHES "^([a-z0-9_]+)-linux-")
  set(CMAKE_SYSTEM_NAME Linux)
  set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_MATCH_1})
else()
  message(FATAL_ERROR "INLOOP_ZIG_TARGET must name a Linux target")
endif()
set(CMAKE_CXX_COMPILER ${CMAKE_CURRENT_LIST_DIR}/c++)
set(CMAKE_AR ${CMAKE_CURRENT_LIST_DIR}/ar)
set(CMAKE_RANLIB ${CMAKE_CURRENT_LIST_DIR}/ranlib)
# The system's strip knows its own architecture only, so that the linker leaves the symbols out.
set(CMAKE_SHARED_LINKER_FLAGS_INIT -s)
set(CMAKE_MODULE_LINKER_FLAGS_INIT -s)
