# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Import of networks from ONNX, and the convention by which an ONNX file carries an integer network.

Every tensor of an integer network is int16 with one power-of-two quantizer ``q``: real value = integer / 2**q.
The ONNX file stays an ordinary float model: its graph computes on *real* values, and every constant is a float
that is exactly ``integer / 2**q`` (the integer in -32767..32767), so that any runtime executes it with the result of
the integer engine up to the engine's rounding (floor) and saturation. What makes the file an integer network is its
``metadata_props``:

===================== ==========================================================================================
``inloop.version``    ``"1"``
``inloop.quantizers`` JSON object: ONNX tensor name -> ``q`` (integer, -8..24)
``inloop.name``       optional: name of the network
``inloop.context``    optional: luma samples of context around a block, e.g. ``"8"``
``inloop.size``       optional: ``WIDTHxHEIGHT`` of the inputs that the network alone runs at (``?`` where free). The
                      importer adds it where the file declares sizes without which its graph is another one
``inloop.multiple``   optional: ``WIDTHxHEIGHT`` that the size of the inputs must be multiples of. The importer adds it
                      where the graph computes with free sizes and comes out the same for these only
``inloop.bit_depth``  optional: sample bit depths it is meant for, e.g. ``"8-10"``
===================== ==========================================================================================

Other keys that begin with ``inloop.`` are kept as they are. Metadata are not part of the network's identity (SHA-256).

Keys of ``inloop.quantizers`` and what follows from them (``m`` and ``d`` as in the table of integer rules):

* **graph input**: required. The ``q`` at which the caller hands the integers over (13 for filter networks).
* **Conv** ``y = Conv(x, w[, b])``: ``w`` required, ``b`` required where there is one. ``y`` is optional: default
  ``q(b)``, without bias ``q(x)``; with a bias ``q(y)`` must equal ``q(b)``. The integers are
  ``t = sat(sum(x * w) >> (q(w) + m))`` with ``m = q(x) - q(y)``, then ``y = sat(t + b)``: the shift is
  ``q(x) + q(w) - q(y)`` and must lie in 0..31. The bias is added *after* the shift, at ``q(y)``.
  (A conv without bias whose sum has another ``q`` than the bias is written as ``Conv`` + ``Add`` of a constant.)
* **Add of a constant** with one number, or one a channel (``[C,1,1]`` or ``[1,C,1,1]``): a bias. The constant's
  ``q`` is required and is the ``q`` of the result: ``d = q(x) - q(b)``; ``d >= 0``: ``sat((x >> d) + b)``; else
  ``sat((x << -d) + b)``.
* **Add of two tensors**: ``q(y) = min(q(x0), q(x1))``; the operand with the larger ``q`` is shifted right, then
  ``sat(x0 + x1)``.
* **Concat**: ``q(y) = min`` of the inputs', each shifted right to it.
* **PRelu**: the slope (one number, or ``[C,1,1]``) required; ``x < 0: sat((x * slope) >> q(slope))``; ``q(y) = q(x)``.
  Slopes may be negative. ``|slope| < 1.5`` with ``q(slope) <= 16`` is fastest.
* **LeakyRelu**: its ``alpha`` is an attribute, its key is the name of the node's output + ``":alpha"``.
* **Mul by a constant** (one number or one a channel): the constant required; ``q(y)`` optional, default ``q(x)``:
  ``sat((x * c) >> (q(c) + m))``, ``m = q(x) - q(y)``.  **Mul of two tensors**: the same, the second being ``c``.
* **Relu, Clip, Slice, Split, Pad, MaxPool, AveragePool, GlobalAveragePool, ReduceMean, Resize, Expand, Tile,
  DepthToSpace, SpaceToDepth**, and what only renames dimensions (**Identity, Transpose, Reshape, Flatten, Squeeze,
  Unsqueeze**): ``q`` unchanged. Limits of Clip and a number that pads must lie on the grid of ``q(x)``, or outside what
  16 bits hold (then they are 16-bit's limits).
* **Max, Min**: ``q(y) = max``, the lower one shifted left; with a single number they are a Clip.
* **ConvTranspose, MatMul, Gemm** (with a constant matrix): as Conv. **Sub**: as Add. **Div** by powers of two: as Mul.
* **Sigmoid, Tanh, HardSwish, Gelu, Exp** and other functions of one number: a table; ``q(y)`` optional, default
  ``q(x)``.
* **Less, Greater, Equal** and their like: ``q(y) = 0``. **Where**: ``q(y) = min`` of the two, each shifted right to it.
* Other constant operands (a plane, or one that broadcasts otherwise): the constant required.

A key for any other tensor is allowed where it agrees with what follows from these rules and is an error where it does
not. A constant reached through ``Identity`` nodes may be named by any name of the chain. A file without
``inloop.quantizers`` is a float network.

Checked on import, each with an error that names the tensor: constants on their grid and in range; shifts in range; no
accumulator of a convolution can leave int32: per output channel, the largest possible ``|sum(x * w)|``, found from the
value ranges that follow from the operations before (inputs: full 16 bits), is below 2**31. Without an activation in
front this means ``sum(|w|) <= 65535`` in integers: choose ``q(w)`` so that it holds.

A graph without ``inloop.quantizers`` whose tensors pass through pairs of **QuantizeLinear** and **DequantizeLinear** is
an integer network too: scales must be powers of two, zero points 0; ``q = -log2(scale)``. The integers are floored
where ONNX rounds them, and biases are rounded to the quantizer of the result.

Graphs are NCHW or NHWC: an input is taken as NHWC where the first operation that tells is a
``Transpose(perm=[0, 3, 1, 2])``. An output that is stored as one or the other already is left as it is. Inside the
engine everything is NHWC with batch 1; `Session.run` takes and gives NHWC always. Reshapes and transpositions are
resolved at import; spatial sizes may be free, also where shapes are computed by Shape, Gather, Concat and their like.
"""

from pathlib import Path

from inloop.convert.compact import import_compact
from inloop.convert.fields import Window
from inloop.convert.float_run import run_float
from inloop.convert.network import Layer, Network, Op
from inloop.convert.onnx_exact import export_exact_onnx
from inloop.convert.onnx_export import export_onnx
from inloop.convert.onnx_import import import_onnx
from inloop.convert.quantise import LayerError, QuantisedModel, quantise
from inloop.convert.sadl_export import export_sadl
from inloop.convert.sadl_import import import_sadl

__all__ = [
    "Layer",
    "LayerError",
    "Network",
    "Op",
    "QuantisedModel",
    "Window",
    "export_exact_onnx",
    "export_onnx",
    "export_sadl",
    "import_compact",
    "import_network",
    "import_onnx",
    "import_sadl",
    "onnx_to_compact",
    "quantise",
    "run_float",
]


def onnx_to_compact(source: str | Path | bytes) -> bytes:
    """Compact form of the network in an ONNX file, given by path or content; errors as for `import_onnx`."""
    return import_onnx(source).to_bytes()


def import_network(source: str | Path | bytes) -> Network:
    """The network in an ONNX, SADL or compact file, given by path or content and told apart by it.

    Errors as for `import_onnx`.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if data.startswith(b"SADL"):
        return import_sadl(data)
    return import_compact(data) if data.startswith(b"INLOOPNN") else import_onnx(source)
