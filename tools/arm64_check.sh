#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
#
# usage: bash tools/arm64_check.sh [BUILD]
#
# Compiles the C library for aarch64 with Debian's cross compiler (g++-aarch64-linux-gnu) and runs C programs with it under
# qemu-user-static: networks on made-up numbers, and streams, filtered ones too, with scalar and with NEON kernels. What
# they print and write has to be what the same programs do with the library of the installed package, which PYTHON (by
# default that of .venv) imports.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
build=${1:-build/arm64}
triple=aarch64-linux-gnu

cmake -S . -B "$build" -DINLOOP_PYTHON=OFF -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
  -DCMAKE_CXX_COMPILER=$triple-g++ -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" ${CMAKE_ARGS:-} > /dev/null
cmake --build "$build" --target inloop_capi --parallel "$(nproc)" > "$build/log" || { cat "$build/log"; exit 1; }
native=$("$python" -c 'import inloop; print(inloop.get_library())')
for source in examples/run_model.c tests/capi/decode_stream.c; do
  program=$(basename "$source" .c)
  $triple-gcc -O1 -Icsrc/capi "$source" "$build/libinloop.so" -pthread -o "$build/$program.arm64"
  cc -O1 -Icsrc/capi "$source" "$native" -Wl,-rpath,"$(dirname "$native")" -pthread -o "$build/$program.native"
done

on_arm64() { # PROGRAM ARGUMENTS...
  qemu-aarch64-static -L /usr/$triple -E LD_LIBRARY_PATH="$build" "$build/$1.arm64" "${@:2}"
}
compared=0
same() { # PROGRAM NAME ARGUMENTS..., of which OUT is a file that the program writes
  local program=$1 name=$2 isa
  shift 2
  "$build/$program.native" "${@/OUT/$build/native.out}" > "$build/native.txt" 2>&1 || true
  for isa in scalar neon; do
    INLOOP_ISA=$isa on_arm64 "$program" "${@/OUT/$build/arm64.out}" > "$build/arm64.txt" 2>&1 || true
    if ! cmp "$build/native.txt" "$build/arm64.txt" || { [[ $* == *OUT* ]] && ! cmp "$build/native.out" "$build/arm64.out"; }; then
      echo "$program $name: $isa kernels on aarch64 differ"
      exit 1
    fi
    compared=$((compared + 1))
  done
}

[ -n "$(INLOOP_ISA=neon on_arm64 run_model tests/fuzz/small_filter.inl 16 16)" ]  # The comparisons are of something.
for size in "8 8" "17 23" "64 40"; do
  same run_model "small $size" tests/fuzz/small_filter.inl $size
  same run_model "vlop $size" python/inloop/nnlf/models/vlop.inl $size
done
for stream in tests/conformance/data/cros_64x64-I-P-B-P.265 tests/fuzz/corpus_decoder/filtered_*.265; do
  same decode_stream "$stream" "$stream" OUT 2 1000 tests/fuzz/small_filter.inl
done
echo "$compared runs on aarch64 are those of $(uname -m)"
