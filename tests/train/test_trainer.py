# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from train_standin import coded_picture

from inloop.errors import ConfigError
from inloop.train.card import read_log, render_page
from inloop.train.losses import squared_errors
from inloop.train.networks import GraphNet, enhance, lop
from inloop.train.optimizer import is_for_muon, orthogonalise
from inloop.train.patches import PatchPool, collate, crop
from inloop.train.samples import pack_residual, save_picture
from inloop.train.trainer import TrainConfig, Trainer

SMALL = {
    "head_rec": 6,
    "head_pred": 4,
    "head_bs": 1,
    "stem": 12,
    "luma": 10,
    "chroma": 6,
    "width": 20,
    "mid": 10,
    "blocks": 1,
    "chroma_width": 10,
    "chroma_mid": 5,
}


@pytest.fixture(autouse=True)
def one_thread():
    """Threads of torch wait busily for each other: on shared cores that takes minutes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def config(tmp_path):
    rng = np.random.default_rng(6)
    data = tmp_path / "data"
    data.mkdir()
    for i in range(3):
        coded, original = coded_picture(rng, qp=37, slice_type="IPP"[i])
        save_picture(data / f"{i}.npz", coded, original, f"clip{i}")
    return TrainConfig([data], tmp_path / "run", options=SMALL, steps=60, batch=4, patch=48, log_every=30)


def weights(trainer):
    return torch.cat([p.detach().flatten() for p in trainer.average.parameters()])


@pytest.mark.parametrize("bfloat16", [False, True])
def test_training_lowers_the_error(config, bfloat16):
    trainer = Trainer(replace(config, bfloat16=bfloat16))
    trainer.fit()
    gains = [float(row["loss_gain"]) for row in read_log(config.run)]
    assert gains[-1] > max(0, gains[0])


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(config):
    config = replace(config, bfloat16=False)
    whole = Trainer(config)
    whole.fit()
    first = Trainer(replace(config, run=config.run.with_name("halves")))
    while first.step < 30:
        first.train_step(first._draw(first.step, config.batch))
    first.save()
    second = Trainer(first.config)
    assert second.resume()
    second.fit()
    assert second.step == whole.step == 60
    torch.testing.assert_close(weights(second), weights(whole))


def test_fine_tuning_starts_from_a_checkpoint_and_stays_on_the_grid(config):
    trainer = Trainer(config)
    trainer.fit()
    tuned = Trainer(
        replace(
            config,
            run=config.run.with_name("tuned"),
            start=trainer.checkpoint_path,
            quantized=True,
            steps=10,
            lr=1e-4,
        )
    )
    torch.testing.assert_close(weights(tuned), weights(trainer))
    inputs = tuned._draw(0, 2)[0]
    with torch.no_grad():
        rounded, exact = tuned._forward(inputs), tuned.net(inputs)
    q = tuned._forward._q["out"]
    assert torch.equal(rounded * 2.0**q, torch.round(rounded * 2.0**q))
    assert 0 < float((rounded - exact).abs().max()) < 0.05 * float(exact.abs().max())
    tuned.fit()
    assert float(read_log(tuned.config.run)[-1]["loss_gain"]) > 0


@pytest.fixture
def narrow(config):
    """A run of a narrow network for decoded pictures."""
    trainer = Trainer(replace(config, network="enhance", options={"width": 6, "blocks": 2}, steps=20))
    trainer.fit()
    return trainer


def test_a_wider_network_starts_as_what_the_narrow_one_computes(config, narrow):
    wide = Trainer(
        replace(
            narrow.config,
            run=config.run.with_name("wide"),
            options={"width": 10, "blocks": 2},
            start=narrow.checkpoint_path,
        )
    )
    inputs = wide._draw(0, 2)[0]
    with torch.no_grad():
        expected = narrow.average(inputs)
        difference = wide.net(inputs) - expected
    assert 0 <= float(difference.abs().max()) < 1e-3 * float(expected.abs().max())
    before = wide.net.convs["r0_in"].weight.detach().clone()
    wide.fit()
    assert (wide.net.convs["r0_in"].weight - before)[6:].abs().max() > 0  # the further filters learn


@pytest.mark.parametrize("options", [{"width": 4, "blocks": 2}, {"width": 10, "blocks": 1}])
def test_a_checkpoint_of_no_narrower_form_is_refused(narrow, options):
    with pytest.raises(ConfigError, match=r"narrower|wider"):
        Trainer(replace(narrow.config, options=options, start=narrow.checkpoint_path))


def test_the_network_starts_as_the_identity_with_activations_of_unit_size(config):
    trainer = Trainer(config)
    inputs = trainer._draw(-1, 24)[0]
    sizes = {}
    with torch.no_grad():
        out = trainer.net(inputs, lambda node, y: sizes.setdefault(node.name, y.float()))
    assert not out.any()
    assert float(sizes["stem"].std()) == pytest.approx(1, rel=0.05)
    assert float(sizes["fuse"].mean()) == pytest.approx(0, abs=0.01)


def test_orthogonalise_brings_all_singular_values_near_one():
    torch.manual_seed(1)
    for shape in ((3, 16, 40), (2, 40, 16)):
        singular = torch.linalg.svdvals(orthogonalise(torch.randn(shape)))
        assert float(singular.min()) > 0.5
        assert float(singular.max()) < 1.5


def test_muon_takes_most_of_the_weights():
    net = GraphNet(lop())
    taken = sum(p.numel() for name, p in net.named_parameters() if is_for_muon(name, p))
    assert taken > 0.8 * sum(p.numel() for p in net.parameters())


def test_slope_gradients_are_those_of_torch():
    from inloop.train.layers import ScalarPRelu

    torch.manual_seed(2)
    x, slope = torch.randn(2, 3, 4, 5), torch.tensor([-0.3])
    upstream = torch.randn_like(x)
    ours, torchs = ([t.clone().requires_grad_() for t in (x, slope)] for _ in range(2))
    ScalarPRelu.apply(*ours).backward(upstream)
    torch.nn.functional.prelu(*torchs).backward(upstream)
    for a, b in zip(ours, torchs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_held_out_sources_are_never_drawn(config):
    coded, original = coded_picture(np.random.default_rng(1))
    save_picture(config.data[0] / "held.npz", coded, original, "davis_libby_416x240")
    pool = PatchPool(config.data)
    assert [s.source for s in pool.validation] == ["davis_libby_416x240"]
    assert sum(map(len, pool.training.values())) == 3


def test_page_shows_the_learning_curves():
    pytest.importorskip("plotly")
    page = render_page([{"step": "10", "intra20_y": "+0.1"}, {"step": "20", "intra20_y": "+0.2"}])
    assert "intra20_y" in page


def test_errors_are_those_of_the_sample_domain():
    rng = np.random.default_rng(2)
    planes = [rng.normal(0, 1, s) for s in ((16, 16), (8, 8), (8, 8))]
    target = torch.from_numpy(pack_residual(planes) / 4)[None].permute(0, 3, 1, 2)
    errors = squared_errors(torch.zeros_like(target), target)[0].numpy()
    np.testing.assert_allclose(errors, [np.mean(p**2) for p in planes])


def test_errors_of_six_channels_are_those_of_the_sample_domain():
    rng = np.random.default_rng(2)
    planes = [rng.normal(0, 1, s) for s in ((16, 16), (8, 8), (8, 8))]
    target = torch.from_numpy(pack_residual(planes, 2) / 4)[None].permute(0, 3, 1, 2)
    errors = squared_errors(torch.zeros_like(target), target)[0].numpy()
    np.testing.assert_allclose(errors, [np.mean(p**2) for p in planes])


def test_a_network_over_decoded_pictures_learns(config):
    run = replace(config, network="enhance", options={"width": 8, "blocks": 1}, bfloat16=False)
    trainer = Trainer(run)
    assert trainer.pool.scale == 2
    trainer.fit()
    gains = [float(row["loss_gain"]) for row in read_log(config.run)]
    assert gains[-1] > max(0, gains[0])


def test_enhance_is_of_the_published_size():
    side = 256
    assert enhance().macs(side // 2, side // 2) / side**2 == 158_400


def test_crop_takes_the_middle():
    assert crop(torch.arange(6.0).view(1, 1, 1, 6).expand(1, 1, 6, 6), 2)[0, 0, 0].tolist() == [2, 3]


def test_collate_is_channels_first():
    part = ({"rec": np.zeros((4, 6, 6), np.float32)}, np.zeros((2, 3, 24), np.float32), np.ones(3))
    inputs, target, reference = collate([part, part])
    assert inputs["rec"].shape == (2, 6, 4, 6)
    assert target.shape == (2, 24, 2, 3)
    assert reference.shape == (2, 3)
