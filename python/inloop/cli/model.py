# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop model`: what a network is, where its time goes, and conversions of its file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from numpy.typing import NDArray

from inloop.array_files import open_arrays
from inloop.cli.exit_codes import naming
from inloop.cli.options import CommonOptions, flag, parse_size, path_option
from inloop.convert import LayerError
from inloop.convert.loading import load_model
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError
from inloop.io import open_output
from inloop.io.output import refuse_overlap
from inloop.nnlf import ModelPair, contract_fault
from inloop.nnlf.adapt import Form, Gives
from inloop.text_table import format_table

Input = Annotated[str, path_option("--input", "-i", help="Network: .onnx, .sadl or .inl.")]
Size = Annotated[str | None, Parameter(help="Size of the network's inputs, as 72x64; that of a block.")]

model = App(name="model", help="Describe, profile, convert and quantise networks.", help_format="plaintext")


def _size(text: str | None) -> tuple[int | None, int | None]:
    if text is None:
        return None, None
    width, height = parse_size(text)
    return height, width


def _load(path: str) -> Model:
    with naming(path):
        return load_model(path)


@model.command
def info(input_: Input, *, size: Size = None) -> None:
    """Print a network's layers with shapes, quantizers and cost, and whether it can be a filter in the loop."""
    with naming(input_):
        network = _load(input_)
        print(network.summary(*_size(size)))
    if any(tensor.name == "rec" for tensor in network.inputs):
        fault = contract_fault(network)
        print("filter contract: kept" if fault is None else f"filter contract: not kept, {fault}")


@model.command
def pair(
    intra: Annotated[str, Parameter(help="Network for I pictures: .onnx, .sadl or .inl.")],
    inter: Annotated[str, Parameter(help="Network for P and B pictures.")],
    *,
    output: Annotated[str, path_option("--output", "-o", help="File to write: .inl.")],
) -> None:
    """Write two filter networks as one model: pictures take one of them by the type of their first slice."""
    pair = ModelPair(_load(intra), _load(inter))
    for path, network in ((intra, pair.intra), (inter, pair.inter)):
        if (fault := contract_fault(network)) is not None:
            raise ModelError(f"'{path}' is no filter network: {fault}")
    pair.save(output)
    print(f"sha256 {pair.sha256}")


@model.command
def profile(
    input_: Input,
    *,
    size: Size = None,
    runs: Annotated[int, Parameter(help="Runs; the fastest of each step counts.")] = 20,
    isa: Annotated[str | None, Parameter(help="Instruction set: auto, scalar, avx2, avx512 or neon.")] = None,
) -> None:
    """Print where a network's time goes: milliseconds, GMAC/s and share of the machine's peak of every step."""
    CommonOptions(isa=isa).apply()
    with naming(input_):
        print(_load(input_).profile(*_size(size), runs=runs))


@model.command
def convert(
    input_: Input,
    *,
    output: Annotated[str, path_option("--output", "-o", help="File to write: .inl, .onnx or .sadl.")],
    size: Annotated[
        str | None, Parameter(help="Input size that a SADL file is for, as 72x64; that of a block.")
    ] = None,
    exact: Annotated[
        bool,
        flag(
            "--exact",
            "Say rounding and saturation in ONNX operators, so that any runtime gives the engine's integers.",
        ),
    ] = False,
) -> None:
    """Convert a network to the compact form (.inl), to ONNX, or to a SADL file (.sadl, which is for one input size)."""
    from inloop.convert import export_exact_onnx, export_onnx, import_network

    refuse_overlap([input_], {"--output": output})
    suffix = Path(output).suffix
    if suffix not in (".inl", ".onnx", ".sadl"):
        raise ConfigError(f"'{output}': the form to write is told by .inl, .onnx or .sadl")
    if exact and suffix != ".onnx":
        raise ConfigError("--exact is a form of .onnx files")
    export = export_exact_onnx if exact else export_onnx
    with naming(input_):
        network = _load(input_)
        if suffix == ".inl":
            data = network.to_bytes()
        else:
            data = export(import_network(input_)) if suffix == ".onnx" else _sadl(input_, network, size)
    with open_output(output) as file:
        file.write(data)


def _sadl(path: str, network: Model, size: str | None) -> bytes:
    from inloop.convert import export_sadl, import_network

    height, width = _size(size)
    block = network.block_size
    return export_sadl(
        import_network(path), block if height is None else height, block if width is None else width
    )


@model.command
def quantize(
    input_: Input,
    *,
    output: Annotated[str, path_option("--output", "-o", help="File to write: .onnx or .inl.")],
    samples: Annotated[
        str,
        path_option(
            "--samples", help="NPZ file: an array (N, height, width, channels) of real values an input."
        ),
    ],
    input_quantizer: Annotated[
        list[str] | None,
        Parameter(
            name="--input-quantizer",
            negative=(),
            help="NAME=Q: the integers of that input are its numbers times 2**Q. By default 13, less where samples "
            "exceed 4. May be repeated.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Give a float ONNX network power-of-two quantizers from sample inputs, and print each layer's error.

    What is cut or imprecise is named in warnings.
    """
    from inloop.convert import onnx_to_compact, quantise

    suffix = Path(output).suffix
    if suffix not in (".onnx", ".inl"):
        raise ConfigError(f"'{output}': the form to write is told by .onnx or .inl")
    refuse_overlap([input_, samples], {"--output": output})
    feeds = _feeds(samples)
    given = dict(map(_named_quantizer, input_quantizer or []))
    with naming(input_):
        result = quantise(input_, feeds, input_quantizers=given)
    with open_output(output) as file:
        file.write(result.onnx if suffix == ".onnx" else onnx_to_compact(result.onnx))
    print(format_table(_error_rows(result.errors)))
    _warn(result.warnings)


@model.command
def adapt(
    network: Annotated[str, path_option("--network", help="Float network: .onnx.")],
    *,
    output: Annotated[str, path_option("--output", "-o", help="File to write: .onnx or .inl.")],
    form: Annotated[
        Form,
        Parameter(
            name="--input",
            help="What it takes: luma (y), the six planes of yuv420 at half resolution, yuv444, or rgb.",
        ),
    ] = "y",
    gives: Annotated[
        Gives, Parameter(help="What it gives: the picture, the residual to add, or the noise to take away.")
    ] = "picture",
    samples: Annotated[
        str | None,
        path_option(
            "--samples", help="NPZ file of `inloop train samples`; without it, the sample clip's blocks."
        ),
    ] = None,
    keep_float: Annotated[
        bool, flag("--float", "Give it no quantizers: it can filter with --nnlf-mode post only.")
    ] = False,
) -> None:
    """Make a filter of any float ONNX network from pictures to pictures: the contract's packing is put around it.

    Samples are in 0..1. Prints how far the network looks, what a block costs, and what quantising lost.
    """
    from inloop.convert import onnx_to_compact
    from inloop.nnlf.adapt import adapt as adapted

    suffix = Path(output).suffix
    if suffix not in (".onnx", ".inl"):
        raise ConfigError(f"'{output}': the form to write is told by .onnx or .inl")
    refuse_overlap([network, samples], {"--output": output})
    feeds = None if keep_float else _sample_blocks() if samples is None else _feeds(samples)
    with naming(network):
        result = adapted(network, feeds, form=form, gives=gives, name=Path(output).stem)
    with open_output(output) as file:
        file.write(result.onnx if suffix == ".onnx" else onnx_to_compact(result.onnx))
    if result.errors:
        print(format_table(_error_rows(result.errors)))
    reach = "a block and more" if result.reach is None else f"{result.reach} luma samples to each side"
    kmac = result.model().kmac_per_px
    print(f"it looks at {reach} and gets {result.context} of context; {kmac:.1f} kMAC per luma sample")
    _warn(result.warnings)


def _sample_blocks() -> list[dict[str, NDArray[Any]]]:
    """Blocks of the sample clip as samples."""
    from inloop.data import sample_clip
    from inloop.train.block_samples import SampleConfig, block_samples

    arrays = block_samples([sample_clip()], SampleConfig(count=12, qps=(27, 37), frames=3))
    return [{"rec": rec} for rec in arrays["rec"]]


def _error_rows(errors: Sequence[LayerError]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("tensor", "op", "q", "largest", "rms error", "SNR dB")]
    rows += [
        (
            e.name,
            e.op,
            str(e.quantizer),
            f"{e.largest:.4g}",
            f"{e.rms_error:.3g}",
            f"{e.signal_to_noise_db:.1f}",
        )
        for e in errors
    ]
    return rows


def _warn(texts: Sequence[str]) -> None:
    for text in texts:
        print(f"inloop: warning: {text}", file=sys.stderr)


def _named_quantizer(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("=")
    try:
        return name, int(number)
    except ValueError:
        raise ConfigError(f"input quantizer '{text}' is not of the form NAME=Q, as x=7") from None


def _feeds(path: str) -> list[dict[str, NDArray[Any]]]:
    """Read the samples: a dict of arrays for each."""
    with open_arrays(path) as archive:
        arrays = dict(archive)
    lengths = {name: len(array) if array.ndim == 4 else 0 for name, array in arrays.items()}
    if not lengths or len(set(lengths.values())) != 1 or not all(lengths.values()):
        shapes = {name: array.shape for name, array in arrays.items()}
        raise ConfigError(
            f"{path}: arrays (N, height, width, channels) with the same N are wanted, not {shapes}"
        )
    return [{name: array[i] for name, array in arrays.items()} for i in range(next(iter(lengths.values())))]
