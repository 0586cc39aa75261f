# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder on tiny pictures, with a fit of a few iterations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
import torch.nn.functional as F
from coolchic_twin import upsample

from inloop import Frame, _core
from inloop.coolchic import Decoder, describe_stream, read_latents
from inloop.coolchic.encoder import EFFORTS, Ablation, EncodedPicture, Encoder, EncoderOptions
from inloop.coolchic.encoder.adam import Adam
from inloop.coolchic.encoder.architecture import video_architecture
from inloop.coolchic.encoder.coded_picture import latent_bits as exact_latent_bits
from inloop.coolchic.encoder.context_rate import context_offsets, latent_bits
from inloop.coolchic.encoder.model import PictureModel
from inloop.coolchic.encoder.networks import Networks
from inloop.coolchic.encoder.picture import Format, Planes, Scene, as_tensors
from inloop.coolchic.encoder.quantize import Judge, quantize
from inloop.coolchic.encoder.sources import planes_of_frames, planes_of_rgb
from inloop.coolchic.encoder.stage import Objective, Stage, run_stage
from inloop.coolchic.encoder.surrogate import noisy_round, peaked_noise, soft_round, straight_through
from inloop.coolchic.encoder.upsampling import double, initial_kernel
from inloop.errors import ConfigError, UnsupportedError

TINY = replace(
    EFFORTS["fast"],
    candidate_iterations=3,
    reference_iterations=3,
    coarse=5,
    main=14,
    straight_through=8,
    networks=2,
    latents=4,
    inter_gain=8.0,
)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EFFORTS, "tiny", TINY)


@pytest.fixture(scope="module")
def clip(sample_frames: list[Frame]) -> tuple[list[Planes], Format]:
    frames = [
        Frame(frame.y[80:112, 150:198], frame.u[40:56, 75:99], frame.v[40:56, 75:99])
        for frame in sample_frames[:5]
    ]
    return planes_of_frames(frames)


def options(**changes: object) -> EncoderOptions:
    return replace(EncoderOptions(lmbda=5e-4, effort="tiny"), **changes)  # type: ignore[arg-type]


def check_decodes(encoder: Encoder, done: list[EncodedPicture]) -> bytes:
    """Assert that a decoder makes the samples that the encoder says, in display order."""
    stream = encoder.stream()
    by_index = {picture.display_index: picture for picture in done}
    decoded = list(Decoder(stream))
    assert len(decoded) == len(done)
    for index, picture in enumerate(decoded):
        for plane, expected in zip(picture.planes, by_index[index].planes, strict=True):
            np.testing.assert_array_equal(plane, expected)
    return stream


@pytest.mark.parametrize(("structure", "pictures", "types"), [("ra", 5, "IPBBB"), ("ldp", 3, "IPP")])
def test_clip(clip: tuple[list[Planes], Format], structure: str, pictures: int, types: str) -> None:
    planes, format_ = clip
    encoder = Encoder(planes[:pictures], format_, options(structure=structure))
    stream = check_decodes(encoder, list(encoder.run()))
    info = describe_stream(stream)
    assert "".join(picture.type for picture in info.pictures) == types
    assert info.bits == 72 + sum(info.sum_of(part) for part in ("header", "network", "latent"))


def test_ten_bit_clip(clip: tuple[list[Planes], Format]) -> None:
    planes, format_ = clip
    deeper: list[Planes] = [(4 * y, 4 * u, 4 * v) for y, u, v in planes[:2]]
    encoder = Encoder(deeper, replace(format_, bit_depth=10), options(structure="ldp"))
    assert describe_stream(check_decodes(encoder, list(encoder.run()))).bit_depth == 10


@pytest.mark.parametrize("networks", ["small", "medium"])
def test_image_comes_nearer_with_more_work(networks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, columns = np.mgrid[:33, :45]
    image = np.stack([120 + 60 * np.sin(rows / 5), 90 + 2 * columns, 200 - 3 * rows], -1).astype(np.uint8)
    planes, format_ = planes_of_rgb(image)
    costs = []
    for main in (4, 60):
        monkeypatch.setitem(EFFORTS, "tiny", replace(TINY, main=main))
        encoder = Encoder([planes], format_, options(networks=networks))
        done = list(encoder.run())
        stream = check_decodes(encoder, done)
        error = sum(
            int(((a.astype(int) - b) ** 2).sum()) for a, b in zip(done[0].planes, planes, strict=True)
        )
        costs.append(error / format_.samples / 255**2 + 5e-4 * 8 * len(stream) / format_.pixels)
    assert costs[1] < 0.7 * costs[0]


def test_same_seed_same_stream_whatever_the_processes(clip: tuple[list[Planes], Format]) -> None:
    planes, format_ = clip
    streams = []
    for jobs in (1, 2):
        encoder = Encoder(planes[:3], format_, options())
        check_decodes(encoder, list(encoder.run(jobs)))
        streams.append(encoder.stream())
    assert streams[0] == streams[1]


def test_goes_on_after_an_interruption(clip: tuple[list[Planes], Format], tmp_path: Path) -> None:
    planes, format_ = clip
    folder = tmp_path / "clip.bin.parts"
    first = Encoder(planes[:3], format_, options(), folder)
    running = first.run()
    started = [next(running).display_index, next(running).display_index]
    running.close()
    assert started == [0, 2]
    second = Encoder(planes[:3], format_, options(), folder)
    done = list(second.run())
    assert [(picture.display_index, picture.kept) for picture in done] == [(0, True), (2, True), (1, False)]
    whole = Encoder(planes[:3], format_, options())
    check_decodes(whole, list(whole.run()))
    assert second.stream() == whole.stream()
    second.forget()
    assert not folder.exists()


def test_parts_of_another_encode_or_damaged_ones_are_not_used(
    clip: tuple[list[Planes], Format], tmp_path: Path
) -> None:
    planes, format_ = clip
    folder = tmp_path / "parts"
    list(Encoder(planes[:2], format_, options(structure="ldp"), folder).run())
    other = next(iter(Encoder(planes[:2], format_, options(structure="ldp", lmbda=1e-3), folder).run()))
    assert not other.kept
    for part in folder.iterdir():
        part.write_bytes(part.read_bytes()[:-4])
    assert not next(iter(Encoder(planes[:2], format_, options(structure="ldp"), folder).run())).kept


def test_ablations_keep_outputs_constant(clip: tuple[list[Planes], Format]) -> None:
    planes, format_ = clip
    constant = Ablation(fixed_alpha=True, fixed_beta=True)
    generator = torch.Generator().manual_seed(1)
    networks = Networks(video_architecture(2), constant, generator)
    before = networks.synthesis_weights[-1].clone()
    model = PictureModel(networks, format_.height, format_.width, 8.0)
    objective = Objective(Scene.of(format_, planes[1], [planes[0], planes[2]], 1), 1e-6)
    run_stage(model, objective, Stage(60, 1e-2, lambda share: noisy_round(0.3, 2.0, generator)))
    moved = (networks.synthesis_weights[-1] != before).flatten(1).any(1).tolist()
    assert moved == [True] * 5 + [False] + [True] * 2 + [False]
    encoder = Encoder(planes[:3], format_, options(ablation=constant))
    done = list(encoder.run())
    stream = check_decodes(encoder, done)
    b_picture = next(picture for picture in done if picture.depth == 2)
    values = _core.coolchic_picture_parameters(stream[:9], b_picture.data, 2)
    outputs, biases = values[-18 - 81 :][:81].reshape(9, 9), values[-9:]
    assert not outputs[[5, 8]].any()
    assert biases[5] >= 0.5
    assert biases[8] == 0


def test_bits_written_are_bits_estimated(clip: tuple[list[Planes], Format]) -> None:
    """The estimate of the fit, the exact one and the messages agree."""
    (target, *_), format_ = clip
    generator = torch.Generator().manual_seed(3)
    networks = Networks(video_architecture(0), Ablation(), generator)
    for parameter in networks.parameters():
        parameter += 0.05 * torch.randn(parameter.shape, generator=generator)
    model = PictureModel(networks, format_.height, format_.width, 1.0)
    random = np.random.default_rng(2)
    model.latents = torch.from_numpy(np.rint(random.laplace(0, 1.5, len(model.latents))).astype(np.float32))
    grids = model.integers()
    judge = Judge(format_, bytes([0, 9, 0, 32, 0, 48, 1, 0, 0]), target, [], 1e-3, 0, 1)
    coded = quantize(networks, grids, judge)
    networks.set_flat(torch.from_numpy(coded.values()))
    estimated = float(
        latent_bits(model.latents, model.shapes, networks.context_weights, networks.context_biases)
    )
    exact = exact_latent_bits(coded, grids)
    assert estimated == pytest.approx(exact, rel=0.01)
    data = judge.encode(coded, grids)
    info = describe_stream(judge.header + data)
    assert 0 <= info.pictures[0].latent_bits - exact <= 40 * len(grids)
    assert 0 <= info.pictures[0].network_bits - coded.bits <= 40 * 5
    for latents, grid in zip(next(read_latents(judge.header + data)), grids, strict=True):
        np.testing.assert_array_equal(latents, grid)


def test_gradients_of_bits() -> None:
    generator = torch.Generator().manual_seed(1)
    shapes = [(13, 17), (7, 9)]
    values = (2 * torch.randn(13 * 17 + 63, generator=generator)).requires_grad_()
    weights = [0.1 * torch.randn(rows, 8, generator=generator) for rows in (8, 8, 2)]
    biases = [0.1 * torch.randn(rows, generator=generator) for rows in (8, 8, 2)]
    inputs = [values, *(tensor.requires_grad_() for tensor in weights + biases)]
    bits = latent_bits(values, shapes, weights, biases)
    plain = plain_bits(values, shapes, weights, biases)
    assert float(bits.detach()) == pytest.approx(float(plain.detach()), rel=1e-5)
    gradients = zip(torch.autograd.grad(bits, inputs), torch.autograd.grad(plain, inputs), strict=True)
    for ours, theirs in gradients:
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)


def plain_bits(
    values: torch.Tensor,
    shapes: list[tuple[int, int]],
    weights: list[torch.Tensor],
    biases: list[torch.Tensor],
) -> torch.Tensor:
    contexts, start = [], 0
    for rows, columns in shapes:
        grid = F.pad(values[start : start + rows * columns].view(rows, columns), (4, 4, 4, 0))
        start += rows * columns
        windows = [grid[4 + dy : 4 + dy + rows, 4 + dx : 4 + dx + columns] for dy, dx in context_offsets(8)]
        contexts.append(torch.stack(windows).view(8, -1))
    x = torch.cat(contexts, 1)
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = torch.relu(weight @ x + bias[:, None] + x)
    location, log_scale = weights[-1] @ x + biases[-1][:, None]
    laplace = torch.distributions.Laplace(location, torch.exp(-0.5 * log_scale.clamp(-10, 885 / 64)))
    probability = laplace.cdf(values + 0.5) - laplace.cdf(values - 0.5)
    return -torch.log2(probability.clamp_min(2**-16)).sum()


@pytest.mark.parametrize("size", [4, 6, 8])
def test_doubling_is_that_of_the_decoder(size: int) -> None:
    generator = torch.Generator().manual_seed(2)
    planes, kernel = (
        torch.randn((2, 5, 6), generator=generator),
        torch.randn((size, size), generator=generator),
    )
    doubled = double(planes, kernel, 9, 12)
    for ours, plane in zip(doubled, planes, strict=True):
        np.testing.assert_allclose(ours, upsample(plane.numpy(), kernel.numpy(), 9, 12), atol=1e-4)


def test_initial_kernel_keeps_a_constant() -> None:
    for size in (4, 8, 10):
        doubled = double(torch.full((1, 6, 6), 3.0), initial_kernel(size), 12, 12)
        torch.testing.assert_close(doubled, torch.full((1, 12, 12), 3.0))


def test_half_size_scene_is_the_first_doublings_left_out(clip: tuple[list[Planes], Format]) -> None:
    """Without the finest grid, the outputs at half the size are what the last doubling starts from."""
    planes, format_ = clip
    scene = Scene.of(format_, planes[1], planes[:1], 4)
    half = scene.halved()
    assert [tuple(plane.shape) for plane in half.target] == [(16, 24)] * 3
    assert half.flow_gain == 2
    np.testing.assert_allclose(half.target[0][3, 5], scene.target[0][6:8, 10:12].mean())
    np.testing.assert_array_equal(half.target[1], scene.target[1])
    np.testing.assert_array_equal(half.references[0][1], as_tensors(planes[0], format_)[1])
    still = torch.zeros((6, 32, 48))
    still[5] = 0.5
    expected = sum(
        weight * float((ours - theirs).square().mean())
        for weight, ours, theirs in zip(
            (4 / 6, 1 / 6, 1 / 6), scene.target, as_tensors(planes[0], format_), strict=True
        )
    )
    assert float(scene.error(still)) == pytest.approx(expected, rel=1e-4)
    model = PictureModel(
        Networks(video_architecture(1), Ablation(), torch.Generator().manual_seed(1)),
        32,
        48,
        8.0,
        finest=False,
    )
    assert model.outputs(model.latents, 1).shape == (6, 16, 24)
    model.add_finest()
    assert model.outputs(model.latents).shape == (6, 32, 48)


def test_surrogates() -> None:
    values = torch.tensor([0.2, 0.8, -1.3, 2.0])
    torch.testing.assert_close(soft_round(values, 1e-3), torch.tensor([0.0, 1.0, -1.0, 2.0]))
    torch.testing.assert_close(soft_round(values, 50.0), values, atol=1e-3, rtol=0)
    generator = torch.Generator().manual_seed(1)
    shape = torch.Size([20000])
    spreads = [float(peaked_noise(shape, peak, generator).abs().mean()) for peak in (1.0, 2.0)]
    assert spreads[0] == pytest.approx(0.25, abs=0.01)
    assert spreads[1] < 0.2
    values.requires_grad_()
    rounded = straight_through(values)
    rounded.sum().backward()
    assert values.grad is not None
    assert rounded.tolist() == [0, 1, -1, 2]
    assert values.grad.tolist() == [1] * 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lmbda": 0.0}, "lmbda"),
        ({"effort": "brutal"}, "choose draft"),
        ({"gop": 3}, "power of two"),
        ({"structure": "ai"}, "choose ra or ldp"),
        ({"networks": "huge"}, "choose small"),
        ({"seed": -1}, "seed"),
    ],
)
def test_options_out_of_range(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        options(**changes)


def test_p_periods() -> None:
    assert [options().p_period(pictures) for pictures in (1, 3, 17, 65)] == [0, 2, 16, 32]
    assert options(structure="ldp").p_period(4) == 1
    assert options(gop=4).p_period(9) == 4
    for changes, pictures in (({}, 4), ({"gop": 8}, 13), ({}, 257)):
        with pytest.raises(ConfigError, match="pictures"):
            options(**changes).p_period(pictures)


def test_formats_that_cannot_be_coded(sample_frames: list[Frame]) -> None:
    frame = sample_frames[0]
    odd = Frame(frame.y[:31, :33], frame.u[:16, :17], frame.v[:16, :17])
    with pytest.raises(UnsupportedError, match="odd size"):
        planes_of_frames([odd])
    deep = Frame(*(plane.astype(np.uint16) for plane in frame.planes), bit_depth=12)
    with pytest.raises(UnsupportedError, match="12 bit"):
        planes_of_frames([deep])
    with pytest.raises(ConfigError, match="different"):
        planes_of_frames([frame, Frame(frame.y[:32, :32], frame.u[:16, :16], frame.v[:16, :16])])
    with pytest.raises(ConfigError, match="no pictures"):
        planes_of_frames([])


def test_optimizer_takes_the_steps_of_adam() -> None:
    """Against the formulas of the paper, for the gradient 2 (x - step) limited to a norm of 0.1."""
    tensors = [torch.tensor([0.5, -2.0, 3.0]).requires_grad_(), torch.tensor([[1.5]]).requires_grad_()]
    values = np.array([0.5, -2.0, 3.0, 1.5])
    mean, square = np.zeros(4), np.zeros(4)
    optimizer = Adam(tensors, 0.1)
    for step in range(1, 6):
        optimizer.clear_gradients()
        torch.stack([(tensor - step).square().sum() for tensor in tensors]).sum().backward()
        optimizer.step(0.01)
        gradient = 2 * (values - step)
        gradient *= 0.1 / np.sqrt((gradient**2).sum())
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        values = values - 0.01 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    moved = torch.cat([tensor.detach().flatten() for tensor in tensors])
    np.testing.assert_allclose(moved.numpy(), values, rtol=1e-5)
