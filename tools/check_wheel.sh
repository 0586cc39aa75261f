#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
#
# usage: bash tools/check_wheel.sh WHEEL
#
# Installs the wheel into a fresh virtual environment whose path holds nothing else, and codes two pictures with it.
set -euo pipefail
wheel=$(realpath "$1")
python=$(realpath .venv/bin/python)
folder=$(mktemp -d)
trap '/bin/rm -rf "$folder"' EXIT

"$python" -m venv "$folder/venv"
cd "$folder"
export PATH=$folder/venv/bin
for tool in c++ g++ cc gcc clang cmake ninja; do
  if type -P "$tool"; then
    echo "a compiler is on the path" >&2
    exit 1
  fi
done
python -m pip install --quiet --disable-pip-version-check --only-binary :all: "$wheel"

inloop --version
clip=$(python -c 'from inloop.data import sample_clip; print(sample_clip())')
for nnlf in off lop; do
  inloop encode "$clip" --output "$nnlf.hevc" --frames 2 --nnlf "$nnlf" --md5 2>encoded
  inloop decode "$nnlf.hevc" --output "$nnlf.y4m" --md5 2>decoded
  expected=$(while read -r word md5; do [ "$word" != MD5 ] || echo "$md5"; done <encoded)
  actual=$(while read -r word md5; do [ "$word" != MD5 ] || echo "$md5"; done <decoded)
  if [ -z "$expected" ] || [ "$expected" != "$actual" ]; then
    echo "filter $nnlf: the decoder gives $actual, the encoder $expected" >&2
    exit 1
  fi
  echo "filter $nnlf: encoder and decoder agree, MD5 $actual"
done
