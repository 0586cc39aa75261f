# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from train_standin import coded_picture

from inloop.errors import ConfigError
from inloop.train.__main__ import main
from inloop.train.card import read_log, render_page
from inloop.train.export import to_onnx
from inloop.train.held_out import choose_held_out
from inloop.train.losses import squared_errors
from inloop.train.networks import GraphNet, enhance, lop
from inloop.train.optimizer import is_for_muon, orthogonalise
from inloop.train.patches import PatchPool, PoolConfig, collate, crop
from inloop.train.quantize import quantize
from inloop.train.release import load_checkpoint, to_integers
from inloop.train.samples import load_sample, pack_residual, save_picture
from inloop.train.start import float_weights, read_integer_network
from inloop.train.trainer import TrainConfig, Trainer
from inloop.train.validation import blended_errors, picture_gain, spread, validate

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


class Clock:
    """Advances by a sixteenth of a second whenever it is read, and stops the training after a number of readings."""

    def __init__(self, readings=10_000):
        self.now, self.left = 0.0, readings

    def __call__(self):
        self.now += 1 / 16
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return self.now


@pytest.mark.parametrize("schedule", [{}, {"minutes": 1 / 16, "decay": 0.5}, {"quantized": True}])
def test_a_resumed_run_equals_an_uninterrupted_one(config, schedule):
    config = replace(config, log_every=20, **schedule)
    whole = Trainer(config, Clock())
    whole.fit()
    first = Trainer(replace(config, run=config.run.with_name("halves")), Clock(readings=50))
    with pytest.raises(KeyboardInterrupt):
        first.fit()
    assert first.step > 40  # ten steps after the last checkpoint are lost
    second = Trainer(first.config, Clock())
    assert second.resume()
    assert second.step == 40
    second.fit()
    assert second.step == whole.step == 60
    assert second.elapsed_s == pytest.approx(whole.elapsed_s)
    assert torch.equal(weights(second), weights(whole))
    assert read_log(second.config.run) == read_log(config.run)


def test_a_run_stops_with_a_checkpoint_and_goes_on_exactly(config):
    whole = Trainer(config, Clock())
    whole.fit()
    first = Trainer(replace(config, run=config.run.with_name("halves")), Clock())
    draw = first._draw_step

    def draw_until_stopped(step):
        if step == 44:
            first.stop()
        return draw(step)

    first._draw_step = draw_until_stopped
    first.fit()
    assert first.step == 45
    second = Trainer(first.config, Clock())
    assert second.resume()
    assert second.step == 45
    second.fit()
    assert torch.equal(weights(second), weights(whole))
    assert read_log(second.config.run) == read_log(config.run)


def test_a_log_has_no_lines_of_what_a_resumed_run_does_again(config):
    trainer = Trainer(config, Clock())
    trainer.fit()
    state = torch.load(trainer.checkpoint_path, weights_only=True)
    torch.save(state | {"step": 30}, trainer.checkpoint_path)
    assert trainer.resume()
    assert [row["step"] for row in read_log(config.run)] == ["30"]


def test_the_learning_rate_falls_at_the_end_of_the_schedule_only(config):
    trainer = Trainer(replace(config, steps=1000, lr=1e-3, lr_floor=0.1, decay=0.2))
    rates = []
    for trainer.step in (0, 150, 800, 900, 1000):
        rates.append(trainer.learning_rate())
    assert rates == pytest.approx([1e-3 / 150, 1e-3, 1e-3, 0.55e-3, 0.1e-3])


@pytest.fixture
def exported(config):
    """A trained network, its integer form, and the ONNX file of that."""
    trainer = Trainer(config)
    trainer.fit()
    calibration = [trainer._draw(step, 4)[0] for step in range(4)]
    network = quantize(trainer.average, calibration)
    path = config.run / "small.onnx"
    path.write_bytes(to_onnx(network, "small"))
    return trainer, network, path


def test_training_starts_from_an_integer_network_as_good_as_it_is(config, exported):
    trainer, network, path = exported
    started = Trainer(replace(config, run=config.run.with_name("again"), start=path))
    inputs = started._draw(3, 6)[0]
    with torch.no_grad():
        exact, ours = trainer.average(inputs), started.net(inputs)
        integer = network.run(to_integers(inputs)) / 2.0 ** network.q["out"]
    size = float(integer.square().mean().sqrt())
    assert float((ours - integer).square().mean().sqrt()) < 0.02 * size
    # The floor of the integers is no part of what is learnt: without its correction the mean would be off.
    assert float((ours - integer).mean().abs()) < 0.002 * size
    assert float((ours - exact).square().mean().sqrt()) < 0.05 * size


def test_an_integer_network_comes_back_from_its_float_weights(exported):
    trainer, network, path = exported
    read = read_integer_network(path.read_bytes(), trainer.graph)
    assert {k: v.tolist() for k, v in read.constants.items()} == {
        k: v.tolist() for k, v in network.constants.items()
    }
    net = GraphNet(trainer.graph)
    net.load_state_dict(float_weights(read))
    again = quantize(net, [trainer._draw(step, 4)[0] for step in range(4)])
    same = [k for k in network.constants if again.q[k] == network.q[k]]
    assert len(same) > 0.9 * len(network.constants)
    for name in same:
        assert np.array_equal(again.constants[name], network.constants[name]), name


def test_weights_alone_are_a_start_without_a_trace_of_the_machine(config, exported, tmp_path):
    trainer, path = exported[0], tmp_path / "kept" / "small.pt"
    main(["weights", str(config.run), "-o", str(path)])
    started = Trainer(replace(config, run=config.run.with_name("again"), start=path))
    assert torch.equal(weights(started), weights(trainer))
    assert path.stat().st_size < trainer.checkpoint_path.stat().st_size / 2
    assert str(config.run).encode() not in path.read_bytes()


def test_a_file_of_another_network_is_no_start(config, exported):
    options = SMALL | {"blocks": 2}
    with pytest.raises(ConfigError, match="another one"):
        Trainer(replace(config, options=options, start=exported[2]))


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
    save_picture(config.data[0] / "held.npz", coded, original, "libby_416x240")
    pool = PatchPool(config.data, config=PoolConfig(held_out=("libby", "other")))
    assert [s.source for s in pool.validation] == ["libby_416x240"]
    assert len(pool.samples()) == 3


def test_held_out_sources_are_chosen_by_hash_of_stills_and_clips():
    stills, clips = [f"photo{i}" for i in range(40)], [f"clip{i}" for i in range(12)]
    pictures = [(name, False) for name in stills + clips] + [(name, True) for name in clips]
    chosen = choose_held_out(pictures)
    assert len(chosen & set(stills)) == 6
    assert len(chosen & set(clips)) == 3  # a quarter
    assert chosen == choose_held_out(reversed(pictures))
    assert choose_held_out(pictures, ("photo1", "clip2")) == {
        n for n, _ in pictures if n.startswith(("photo1", "clip2"))
    }


@pytest.mark.parametrize(("inter_share", "types"), [(0, {"I"}), (1, {"P"}), (0.5, {"I", "P"})])
def test_a_set_of_weights_sees_its_slice_types_only(config, inter_share, types):
    pool = PatchPool(config.data, config=PoolConfig(inter_share=inter_share))
    assert {sample.slice_type for sample in pool.samples()} == types


def test_folders_are_drawn_by_their_shares(config):
    rng = np.random.default_rng(3)
    other = config.data[0].with_name("other")
    other.mkdir()
    save_picture(other / "0.npz", *coded_picture(rng, qp=20, slice_type="P"), "another")
    pool = PatchPool([config.data[0], other], config=PoolConfig(shares=(0.85, 0.15), inter_share=1))
    qps = pool.draw(np.random.default_rng(1), 400, 48)[0]["qp_base"].amax((1, 2, 3))
    assert float((qps == qps.min()).float().mean()) == pytest.approx(0.15, abs=0.04)
    with pytest.raises(ConfigError, match="3 shares for 2 folders"):
        PatchPool([config.data[0], other], config=PoolConfig(shares=(1, 1, 1)))


def test_patches_that_do_not_fit_are_refused(config):
    with pytest.raises(
        ConfigError, match=r"no picture to train on in .*: all are smaller than patches of 128"
    ):
        Trainer(replace(config, patch=128))
    pool = PatchPool(config.data)
    with pytest.raises(ConfigError, match=r"clip\d is smaller than patches of 128"):
        pool.draw(np.random.default_rng(1), 1, 128)


def test_small_pictures_are_left_out_and_named(config):
    coded, original = coded_picture(np.random.default_rng(1), height=32, width=48, slice_type="P")
    save_picture(config.data[0] / "small.npz", coded, original, "tiny")
    trainer = Trainer(config)
    assert {s.source for s in trainer.pool.samples()} == {"clip0", "clip1", "clip2"}
    assert trainer.warnings[0] == "pictures of tiny are left out: they are smaller than patches of 48"


def test_few_sources_are_measured_on_themselves_which_is_said(config):
    trainer = Trainer(replace(config, steps=1, log_every=1))
    assert trainer.pool.held_out == frozenset()
    assert trainer.warnings[-1].startswith("no source is held out, since a quarter of them would be none")
    trainer.fit()
    row = read_log(config.run)[-1]
    assert np.isfinite(float(row["intra34_y"]))
    assert np.isfinite(float(row["inter34_y"]))


def test_a_source_to_hold_out_must_be_there(config):
    with pytest.raises(ConfigError, match="no source begins with libby; there are clip0, clip1, clip2"):
        Trainer(replace(config, held_out=("libby",)))


def test_a_run_of_another_network_is_not_gone_on_with(config):
    trainer = Trainer(config)
    trainer.save()
    other = Trainer(replace(config, options=SMALL | {"mid": 8}))
    with pytest.raises(ConfigError, match=r"is a run of the network lop .*choose another folder"):
        other.resume()


def test_a_damaged_checkpoint_is_named(config):
    trainer = Trainer(config)
    trainer.save()
    path = trainer.checkpoint_path
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ConfigError, match=r"checkpoint.pt is damaged or no checkpoint: delete it"):
        trainer.resume()
    with pytest.raises(ConfigError, match="is damaged or no checkpoint"):
        load_checkpoint(config.run)


def test_a_folder_without_pictures_is_an_error(config, tmp_path):
    with pytest.raises(ConfigError, match="no picture"):
        PatchPool([tmp_path / "nothing"])


def test_errors_are_measured_at_the_best_scale():
    rng = np.random.default_rng(5)
    start, step = (torch.from_numpy(rng.normal(0, 1, (1, 24, 8, 8))) for _ in range(2))
    target = start + 0.5 * step
    assert float(blended_errors(start + step, target, start).abs().max()) < 1e-12
    worse = blended_errors(start - step, target, start)  # no scale helps: unfiltered
    torch.testing.assert_close(worse, squared_errors(start, target))
    beyond = blended_errors(start + step, start + 2 * step, start)  # the largest scale is 1.25
    torch.testing.assert_close(beyond, squared_errors(0.75 * step, torch.zeros_like(step)))


def test_gains_are_those_of_whole_pictures(config):
    trainer = Trainer(config)
    sample = load_sample(config.data[0] / "0.npz")
    np.testing.assert_allclose(picture_gain(trainer.net, sample), 0, atol=1e-6)  # the identity to begin with
    trainer.fit()
    gain = picture_gain(trainer.average, sample)
    assert gain[0] > 0.05
    gains = validate(trainer.average, [sample])
    assert gains["intra34_y"] == pytest.approx(gain[0])
    assert gains["intra34_c"] == pytest.approx(gain[1:].mean())
    assert np.isnan(gains["inter34_y"])


def test_measured_pictures_are_spread_over_the_sources(config):
    sample = load_sample(config.data[0] / "0.npz")
    many = [replace(sample, source=f"clip{i % 3}") for i in range(30)] + [replace(sample, source="rare")]
    assert [s.source for s in spread(many, 8)].count("rare") == 1
    assert len({s.source for s in spread(many, 4)}) == 4


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
    assert crop(torch.arange(6.0).expand(1, 1, 8, 6), (4, 2)).tolist() == [[[[2, 3]] * 4]]


def test_collate_is_channels_first():
    part = ({"rec": np.zeros((4, 6, 6), np.float32)}, np.zeros((2, 3, 24), np.float32), np.ones(3))
    inputs, target, reference = collate([part, part])
    assert inputs["rec"].shape == (2, 6, 4, 6)
    assert target.shape == (2, 24, 2, 3)
    assert reference.shape == (2, 3)
