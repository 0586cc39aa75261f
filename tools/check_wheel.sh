#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
#
# usage: bash tools/check_wheel.sh WHEEL
#
# Installs the wheel into a fresh virtual environment whose path holds nothing else, and codes two pictures with it.
# What is for tests only must not be there.
# Then the C example, compiled outside, links with the wheel's library and must give Python's numbers.
set -euo pipefail
wheel=$(realpath "$1")
python=$(realpath .venv/bin/python)
folder=$(mktemp -d)
compiler=$(type -P cc || true)
path_with_compiler=$PATH
example=$(realpath "$(dirname "$0")/../examples/run_model.c")
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

python - <<'END'
from importlib.resources import files

extra = sorted(path.name for path in files("inloop").iterdir() if path.name.startswith("_testing"))
assert not extra, f"the wheel holds what is for tests only: {extra}"
END
inloop --version
clip=$(python -c 'from inloop.data import sample_clip; print(sample_clip())')
for nnlf in off lop; do
  inloop encode "$clip" --output "$nnlf.hevc" --frames 2 --nnlf "$nnlf" --md5 >encoded
  inloop decode "$nnlf.hevc" --output "$nnlf.y4m" --md5 >decoded
  expected=$(while read -r word md5; do [ "$word" != MD5 ] || echo "$md5"; done <encoded)
  actual=$(while read -r word md5; do [ "$word" != MD5 ] || echo "$md5"; done <decoded)
  if [ -z "$expected" ] || [ "$expected" != "$actual" ]; then
    echo "filter $nnlf: the decoder gives $actual, the encoder $expected" >&2
    exit 1
  fi
  echo "filter $nnlf: encoder and decoder agree, MD5 $actual"
done

if [ -z "$compiler" ]; then
  echo "no C compiler: the C interface is not checked"
  exit 0
fi
include=$(python -c 'import inloop; print(inloop.get_include())')
library=$(python -c 'import inloop; print(inloop.get_library())')
network=$(python -c 'from importlib.resources import files; print(files("inloop.nnlf") / "models" / "vlop.inl")')
PATH=$path_with_compiler "$compiler" -std=c99 -Wall -Wextra -Werror "$example" "-I$include" "$library" \
  "-Wl,-rpath,${library%/*}" -o run_model
./run_model "$network" 16 24 >numbers
python - "$network" <<'END'
import sys
import numpy, inloop

model = inloop.load_model(sys.argv[1])
inputs = []
for state, info in enumerate(model.inputs):
    numbers = []
    for _ in range(16 * 24 * info.channels):
        state = (state * 1664525 + 1013904223) % 2**32
        numbers.append((state >> 19) - 4096)
    inputs.append(numpy.array(numbers, numpy.int16).reshape(1, 16, 24, -1))
expected = numpy.concatenate([array.ravel() for array in model.run(inputs)])
assert numpy.array_equal(numpy.loadtxt("numbers", dtype=int), expected), "the C example differs from Python"
print(f"C example and Python agree on {expected.size} numbers")
END
