# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks from pictures to pictures as filter networks: the contract's packing is put around them.

The network sees the reconstruction before deblocking. Everything that is put around it is linear: Hadamard coefficients
become samples (and RGB) by one convolution in front, and what the network changes becomes coefficients by one behind.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from inloop.convert import LayerError, export_onnx, onnx_to_compact, quantise
from inloop.convert.importer.onnx_file import read_onnx
from inloop.convert.importer.walk import GraphWalk
from inloop.convert.network import Network
from inloop.convert.onnx_import import import_model
from inloop.convert.quantise import Inputs
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError, UnsupportedError
from inloop.extras import import_extra
from inloop.nnlf.adapt_graph import PICTURES, Wrapping, wrapped
from inloop.nnlf.features import CONTEXT
from inloop.nnlf.registry import contract_fault

Form = Literal["y", "yuv420", "yuv444", "rgb"]
Gives = Literal["picture", "residual", "noise"]

_PROBE_SIDE, _PROBED = 128, 8
_PROBES = 3
_NOTHING = 1e-6
"""Of the largest change: less is rounding."""


@dataclass(frozen=True)
class AdaptedFilter:
    """A network that keeps the filter contract.

    Attributes:
        onnx: The file; an integer network, or a float one where it was not quantised.
        reach: Luma samples to each side from which an output depends; None: a whole block and more.
        context: Those of them that the network sees around a block, at most 8.
        errors: What quantising cost, tensor by tensor.
        warnings: What is cut, imprecise, or seen in part only, in words.
    """

    onnx: bytes
    reach: int | None
    context: int
    errors: list[LayerError]
    warnings: list[str]

    def model(self) -> Model:
        """The network, as `PictureFilter` takes it."""
        return Model(onnx_to_compact(self.onnx))


def adapt(
    source: Any,
    samples: Sequence[Inputs] | None,
    *,
    form: Form = "y",
    gives: Gives = "picture",
    name: str = "",
) -> AdaptedFilter:
    """Put the filter contract around a float network with one input and one output of the same form and size.

    Args:
        source: Path or content of an ONNX file, or a PyTorch module (which needs torch), in evaluation mode.
        samples: Sets of inputs of the contract, of which ``rec`` is read (`inloop train samples` makes them), for the
            quantizers; None: the network stays float and can filter in ``post`` mode only.
        form: What it takes: ``y`` one channel, luma (chroma stays as it is); ``yuv420`` six channels at half the luma
            resolution (the four luma samples of 2x2 in raster order, Cb, Cr); ``yuv444`` three channels, chroma
            repeated; ``rgb`` three channels by BT.709 of limited range. All but ``rgb`` are samples over 2 to their
            depth.
        gives: What comes out: the ``picture``, the ``residual`` that is to be added to it, or the ``noise`` that is to
            be taken from it.
        name: Kept in the metadata.

    Raises:
        ConfigError: An unknown form, or samples without ``rec``.
        ModelError: The file is damaged, or the network has other inputs, outputs or sizes than its form says.
        UnsupportedError: It has an operation, or needs a size, that a filter cannot have.
    """
    if form not in get_args(Form) or gives not in get_args(Gives):
        raise ConfigError(
            f"a network takes one of {', '.join(get_args(Form))} and gives one of {', '.join(get_args(Gives))}, not "
            f"'{form}' and '{gives}'"
        )
    network = _network_of(source if isinstance(source, (str, Path, bytes)) else exported_module(source, form))
    multiple = _checked(network, form)
    canonical = export_onnx(network, any_move=True)
    core = Model(onnx_to_compact(canonical))
    reach = _reach(core, PICTURES[form].luma_step)
    context = _context(reach, multiple * PICTURES[form].luma_step)
    file = wrapped(canonical, Wrapping(form, gives, context, name))
    notes = _notes(reach)
    errors: list[LayerError] = []
    if samples is not None:
        result = quantise(file, _rec_of(samples))
        file, errors, notes = result.onnx, result.errors, [*result.warnings, *notes]
        fault = contract_fault(Model(onnx_to_compact(file)))
        if fault is not None:
            raise ModelError(f"the network does not keep the filter contract: {fault}")
    return AdaptedFilter(file, reach, context, errors, notes)


def exported_module(module: Any, form: Form) -> bytes:
    """The ONNX file of a PyTorch module for pictures of any size. Raises ModelError where torch cannot export it."""
    torch = import_extra("torch", "train")
    buffer = io.BytesIO()
    picture = torch.zeros(1, PICTURES[form].channels, 64, 48)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the exporter's own future
            torch.onnx.export(
                module.eval(),
                (picture,),
                buffer,
                opset_version=17,
                dynamo=False,
                input_names=["picture"],
                dynamic_axes={"picture": {2: "height", 3: "width"}},
            )
    except Exception as error:
        raise ModelError(f"torch cannot export the module: {str(error).splitlines()[0]}") from error
    return buffer.getvalue()


def _network_of(source: str | Path | bytes) -> Network:
    model = read_onnx(source)
    network = import_model(model)
    if not network.is_float:
        raise ModelError("the network has quantizers already: adapt the float network that it was made from")
    metadata = network.metadata
    precise = GraphWalk(model, for_integers=True).run()
    precise.metadata = metadata
    return precise


def _checked(network: Network, form: Form) -> int:
    """Raise what is wrong with the form of a network; the multiple of sizes at which it runs."""
    channels = PICTURES[form].channels
    if len(network.inputs) != 1 or len(network.outputs) != 1:
        raise ModelError(
            f"the network has {len(network.inputs)} inputs and {len(network.outputs)} outputs instead of one picture "
            "each"
        )
    if network.inputs[0][1] != channels:
        raise ModelError(
            f"the network takes {network.inputs[0][1]} channels, '{form}' has {channels}: "
            + ", ".join(f"{key} {shape.channels}" for key, shape in PICTURES.items())
        )
    if size := network.metadata.get("inloop.size"):
        raise UnsupportedError(
            f"the network runs at {size} only; blocks have several sizes: export it with free height and width"
        )
    multiple = int(network.metadata.get("inloop.multiple", "1x1").partition("x")[0])
    if CONTEXT % (multiple * PICTURES[form].luma_step):
        raise UnsupportedError(
            f"the network runs at multiples of {multiple} only; blocks at the end of a picture are "
            "multiples of 8 luma samples"
        )
    return multiple


def _reach(model: Model, luma_step: int) -> int | None:
    """How far, in luma samples, a change of the input changes the output; None where it is as far as was looked."""
    channels = model.inputs[0].channels
    rng = np.random.default_rng(1)
    farthest = 0
    begin, end = _PROBE_SIDE // 2 - _PROBED, _PROBE_SIDE // 2
    for _ in range(_PROBES):
        picture = rng.random((1, _PROBE_SIDE, _PROBE_SIDE, channels), np.float32)
        try:
            (before,) = model.run([picture])
        except ConfigError as error:
            raise UnsupportedError(
                f"the network does not run at every size, as blocks need: {error}"
            ) from error
        if before.shape != picture.shape:
            raise ModelError(
                f"the network makes {list(before.shape[1:])} of a picture {list(picture.shape[1:])} (height, width, "
                "channels): a filter gives a picture of the same form"
            )
        picture[:, begin:end, begin:end] = rng.random((1, _PROBED, _PROBED, channels), np.float32)
        (after,) = model.run([picture])
        change = np.abs(np.asarray(after) - np.asarray(before))[0].max(-1)
        changed = change > _NOTHING * change.max(initial=0)
        for axis in (0, 1):
            where = np.flatnonzero(changed.any(axis))
            if len(where):
                farthest = max(farthest, begin - int(where[0]), int(where[-1]) + 1 - end)
    return None if farthest >= begin else farthest * luma_step


def _context(reach: int | None, multiple: int) -> int:
    """Luma samples of context that are worth their work: as many as the network reaches, in its steps, at most 8."""
    step = max(2, multiple // 2 if multiple % 4 == 0 else multiple)
    return CONTEXT if reach is None else min(CONTEXT, -(-reach // step) * step)


def _notes(reach: int | None) -> list[str]:
    if reach is not None and reach <= CONTEXT:
        return []
    seen = "more than a block" if reach is None else f"{reach} luma samples to each side"
    return [
        f"the network looks at {seen}, of which {CONTEXT} around a block are there: near the borders of blocks it sees "
        "less than in a whole picture"
    ]


def _rec_of(samples: Sequence[Inputs]) -> list[dict[str, npt.NDArray[Any]]]:
    if not samples or any("rec" not in sample for sample in samples):
        raise ConfigError("samples for a filter need an array 'rec' (N, 72, 72, 6)")
    return [{"rec": np.asarray(sample["rec"])} for sample in samples]
