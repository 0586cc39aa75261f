# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""From a checkpoint to the files that ship: quantisation, ONNX, compact form, manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from inloop.errors import ConfigError
from inloop.nnlf.features import INPUT_Q
from inloop.nnlf.filter_model import FilterModel, ModelPair
from inloop.nnlf.registry import ENHANCERS, FILTERS, enhancer_names, filter_names, load_filter
from inloop.train.card import render_card
from inloop.train.export import to_onnx
from inloop.train.losses import squared_errors
from inloop.train.networks import NETWORKS, GraphNet
from inloop.train.patches import Batch, collate, crop
from inloop.train.quantize import IntegerNetwork, quantize
from inloop.train.samples import cut_patch, load_sample, read_kind
from inloop.train.start import read_checkpoint
from inloop.whole_files import write_whole

CHECKPOINT = "checkpoint.pt"
CALIBRATION_PATCHES = 48
VALIDATION_PATCHES = 12
PATCH = 128


def load_checkpoint(run: Path) -> dict[str, Any]:
    """Read the state that a run keeps in its folder."""
    return read_checkpoint(run / CHECKPOINT)


def load_network(state: Mapping[str, Any]) -> GraphNet:
    """Rebuild the averaged network of a checkpoint."""
    net = GraphNet(NETWORKS[state["network"]](**state["options"]))
    net.load_state_dict(state["average"])
    return net


def quantize_run(state: Mapping[str, Any], data: Sequence[Path]) -> IntegerNetwork:
    """Return the integer form of a checkpoint's averaged network.

    Args:
        state: The checkpoint.
        data: Folders of stored pictures. Those of the kinds that the run trained on show the ranges of activations.
    """
    net = load_network(state)
    files = _files_for(state, data, held_out=False)
    calibration = spread_patches(files, CALIBRATION_PATCHES, net.output_scale)
    return quantize(net, [inputs for inputs, _, _ in calibration])


def load_candidate(path: Path, data: Sequence[Path]) -> FilterModel:
    """Return the filter network of a run's folder, quantised now, or of a file or name as for `load_filter`."""
    if not (path / CHECKPOINT).exists():
        return load_filter(path)
    state = load_checkpoint(path)
    return Model(onnx_to_compact(to_onnx(quantize_run(state, data), path.name)))


def _files_for(state: Mapping[str, Any], data: Sequence[Path], *, held_out: bool) -> list[Path]:
    """Stored pictures of the slice types that a run trained on, of the held-out sources or of the others."""
    held, inter_share = set(state["held_out"]), float(state["config"]["inter_share"])
    chosen = []
    for path in (path for folder in data for path in sorted(folder.glob("*.npz"))):
        source, predicted = read_kind(path)
        if (inter_share if predicted else 1 - inter_share) > 0 and (source in held) == held_out:
            chosen.append(path)
    if not chosen:
        raise ConfigError("no stored picture of the kind that the run trained on: give its folders of data")
    return chosen


def spread_patches(files: Sequence[Path], count: int, scale: int, seed: int = 7) -> list[Batch]:
    """Cut patches of 128, or of what there is, from stored pictures that are evenly spread over a list, one a batch.

    Args:
        files: Stored pictures.
        count: How many patches.
        scale: As for `cut_patch`.
        seed: Of the positions.
    """
    rng = np.random.default_rng(seed)
    batches = []
    for i in range(count):
        sample = load_sample(files[i * len(files) // count])
        side = min(PATCH, *(s // 16 * 16 for s in sample.size))
        y, x = (16 * int(rng.integers((s - side) // 16 + 1)) for s in sample.size)
        batches.append(collate([(*cut_patch(sample, x, y, side, scale=scale), sample.mse)]))
    return batches


def to_integers(inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Network inputs of real values as integers."""
    return {name: x * 2.0**INPUT_Q for name, x in inputs.items()}


def quantisation_loss(net: GraphNet, network: IntegerNetwork, batches: list[Batch]) -> tuple[float, float]:
    """Return the PSNR of Y in dB that the integer network loses against the float one: mean over batches, and worst.

    Args:
        net: The float network.
        network: What was made of it.
        batches: Pictures to compare on.
    """
    losses = []
    for inputs, target, _ in batches:
        with torch.no_grad():
            exact = squared_errors(crop(net(inputs), target.shape), target)[0, 0]
            integer = network.run(to_integers(inputs)) / 2.0 ** network.q[network.graph.output]
            rounded = squared_errors(crop(integer.float(), target.shape), target)[0, 0]
        losses.append(10 * np.log10(float(rounded) / max(float(exact), 1e-12)))
    return float(np.mean(losses)), float(np.max(losses))


def check_name(name: str, package: Path | None) -> None:
    """Raise ConfigError for the name of a network of the package, unless `package` has that one to be replaced."""
    shipped = {FILTERS: filter_names(), ENHANCERS: enhancer_names()}
    for folder, names in shipped.items():
        if name in names and (package is None or not (package / folder / f"{name}.inl").is_file()):
            raise ConfigError(f"'{name}' is a network of the package: choose another --name")
    if not name or Path(name).name != name:
        raise ConfigError(f"'{name}' cannot be the name of files")


def release(
    run: Path,
    data: Sequence[Path],
    name: str,
    models: Path,
    package: Path | None = None,
    *,
    intra: Path | None = None,
) -> None:
    """Quantise a run's network, or those of a pair, and write ONNX files, compact form, cards and manifest.

    Args:
        run: Folder of the run.
        data: Folders of stored pictures, for the calibration of quantizers and the loss they cost.
        name: Name of the model. The networks of a pair get files of their own, ``NAME_i`` and ``NAME_pb``.
        models: Folder of the files.
        package: Folder with sub-folders for filters and for enhancers, of which one gets the compact form in place of
            `models`.
        intra: Folder of the run for I pictures, if `run` is for P and B pictures only.

    Raises:
        ConfigError: The name is that of a network of the package, which does not lie in `package`.
    """
    check_name(name, package)
    if intra is None:
        model: FilterModel = _export(run, data, name, models)
    else:
        parts = [_export(part, data, f"{name}_{kind}", models) for part, kind in ((intra, "i"), (run, "pb"))]
        model = ModelPair(*parts)
        facts = {
            "identity": model.sha256,
            "kmac_per_px": round(model.kmac_per_px, 2),
            "parameters": model.parameters,
        }
        _add_to_manifest(models, f"{name}.inl", facts)
    takes_whole_pictures = isinstance(model, Model) and [value.name for value in model.inputs] == ["rec"]
    folder = models if package is None else package / (ENHANCERS if takes_whole_pictures else FILTERS)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{name}.inl", model.to_bytes())


def _export(run: Path, data: Sequence[Path], name: str, models: Path) -> Model:
    """Write one network's ONNX file, card and entry of the manifest."""
    state = load_checkpoint(run)
    network = quantize_run(state, data)
    net = load_network(state)
    files = _files_for(state, data, held_out=bool(state["held_out"]))
    held_out = spread_patches(files, VALIDATION_PATCHES, net.output_scale)
    mean, worst = quantisation_loss(net, network, held_out)
    content = to_onnx(network, name)
    model = Model(onnx_to_compact(content))
    models.mkdir(parents=True, exist_ok=True)
    write_whole(models / f"{name}.onnx", content)
    graph = network.graph
    kmac = graph.kmac_per_px(context=0) if list(graph.inputs) == ["rec"] else graph.kmac_per_px()
    facts: dict[str, object] = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "identity": model.sha256,
        "kmac_per_px": round(kmac, 2),
        "parameters": graph.parameters(),
    }
    _add_to_manifest(models, f"{name}.onnx", facts)
    lost = {"lost_by_quantisation": f"{mean:.4f} dB on average, {worst:.4f} dB at worst"}
    write_whole(models / f"{name}.md", render_card(name, facts | lost, run, data, state).encode())
    return model


def _add_to_manifest(models: Path, name: str, facts: Mapping[str, object]) -> None:
    path = models / "manifest.json"
    manifest = json.loads(path.read_text()) if path.exists() else {}
    manifest[name] = dict(facts)
    write_whole(path, (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode())
