# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter in the codec: the decoder's stage gives what the encoder's side gave."""

import dataclasses

import numpy as np
import pytest
from nnlf_oracle import blend, evidence, grid, picture_features, random_picture, signal_of

from inloop import BitstreamError, ConfigError, Decoder, Encoder, Frame, ModelError, _core
from inloop.engine.model import Model
from inloop.nnlf import LoopFilter, ModelPair, PictureFilter, filter_names, filter_stage, load_filter
from inloop.nnlf.decision import decide
from inloop.nnlf.filter_model import network_for
from inloop.nnlf.picture import FilterResult
from inloop.nnlf.registry import earlier_filters
from need_testing import need_testing


def moving_frames(count, height, width, seed=1):
    """Smooth random texture that moves by a sample or two a picture."""
    rng = np.random.default_rng(seed)

    def plane(h, w):
        noise = rng.normal(0, 1, (h + 2 * count, w + 2 * count))
        for _ in range(3):
            noise = (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1) + np.roll(noise, (1, 1), (0, 1))) / 4
        return np.clip(128 + 160 * noise, 0, 255).astype(np.uint8)

    full = plane(height, width), plane(height // 2, width // 2), plane(height // 2, width // 2)

    def window(p, t, h, w):
        return np.ascontiguousarray(p[2 * t : 2 * t + h, t : t + w])

    return [
        Frame(
            window(full[0], t, height, width),
            window(full[1], t, height // 2, width // 2),
            window(full[2], t, height // 2, width // 2),
        )
        for t in range(count)
    ]


class ForcedFilter(PictureFilter):
    """Filters every picture with varying parameters, whatever it costs."""

    count = 0

    def filter_picture(self, coded, original):
        parameters = _core.FilterParameters()
        self.count += 1
        parameters.block_size = (256, 128)[self.count % 2]
        blocks = len(grid(coded.height, coded.width, parameters.block_size))
        parameters.model = bytes.fromhex(self.model.sha256)
        parameters.post = self.mode == "post"
        parameters.candidates = 2
        parameters.qp_offset = [-3, 5]
        parameters.scale_code = [20, 31, 5]
        parameters.per_block = True
        parameters.block_choice = [i % 3 for i in range(1, blocks + 1)]
        planes = self.network.filter(coded.core, parameters)
        if self.mode == "loop":
            parameters.md5 = _core.planes_md5(planes, coded.bit_depth)
        return dataclasses.replace(
            super().filter_picture(coded, original),
            payload=parameters.serialise(coded.width, coded.height),
            planes=planes,
            block_size=parameters.block_size,
            filtered=np.array(parameters.block_choice) > 0,
        )


def encode(frames, nnlf, structure="ldp", qp=34, sao=False, **options):
    height, width = frames[0].y.shape
    encoder = Encoder(width, height, 25, qp=qp, structure=structure, nnlf=nnlf, sao=sao, **options)
    packets = [packet for frame in frames for packet in encoder.encode(frame)]
    return packets + encoder.flush()


def decode(packets, **options):
    decoder = Decoder(**options)
    frames = decoder.decode(b"".join(p.data for p in packets))
    return frames + decoder.flush()


def assert_same(decoded, packets):
    assert len(decoded) == len(packets)
    for frame, packet in zip(decoded, packets, strict=True):
        for got, expected in zip(frame.planes, packet.recon.planes, strict=True):
            np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("mode", ["loop", "post"])
@pytest.mark.parametrize("size", [(64, 80), (144, 278)])
@pytest.mark.parametrize("filter_type", [PictureFilter, ForcedFilter])
def test_decoder_reproduces_the_encoder(mode, size, filter_type):
    frames = moving_frames(3, *size)
    packets = encode(frames, filter_type(load_filter("lop"), mode))
    assert_same(decode(packets), packets)


@pytest.mark.parametrize("filter_type", [PictureFilter, ForcedFilter])
def test_every_isa_and_number_of_threads_gives_the_same_stream(filter_type):
    frames = moving_frames(5, 136, 264)
    streams = set()
    before = _core.get_isa()
    try:
        for isa in _core.supported_isas():
            _core.set_isa(isa)
            packets = encode(frames, filter_type(load_filter("lop")), "ra", gop=4)
            shown = sorted(packets, key=lambda p: p.index)
            assert_same(decode(packets), shown)
            assert_same(decode(packets, threads=3), shown)
            streams.add(b"".join(p.data for p in packets))
    finally:
        _core.set_isa(before)
    assert len(streams) == 1


@pytest.mark.parametrize("mode", ["loop", "post"])
@pytest.mark.parametrize(("structure", "options"), [("ldp", {}), ("ra", {"gop": 4}), ("ai", {})])
def test_filter_and_sao_by_rows_in_several_pictures(mode, structure, options):
    """The decoder filters rows while others wait for them; the encoder whole pictures."""
    frames = moving_frames(6, 280, 136)
    packets = encode(
        frames, ForcedFilter(load_filter("vlop"), mode), structure, 38, True, md5=True, **options
    )
    shown = sorted(packets, key=lambda p: p.index)
    for threads in (1, 2, 4):
        assert_same(decode(packets, verify=True, threads=threads), shown)


class EagerFilter(PictureFilter):
    """Takes what filtering gives for the original, so that nearly every picture is filtered, most without a payload."""

    def filter_picture(self, coded, original):
        signal = self.network.run(coded.core, coded.slice_qp)
        target = tuple(blend(d, s, 200, 8).astype(np.uint16) for d, s in zip(coded.dbf, signal, strict=True))
        return super().filter_picture(coded, target)


def test_decoding_starts_at_every_random_access_point():
    frames = moving_frames(20, 64, 80)
    packets = encode(
        frames,
        EagerFilter(load_filter("lop")),
        "ra",
        gop=4,
        intra_period=8,
        scene_cut=False,
        repeat_headers=True,
    )
    data = [p.data for p in packets]
    assert_same(decode(packets), sorted(packets, key=lambda p: p.index))
    starts = [i for i, p in enumerate(packets) if p.slice_type == "I"]
    assert len(starts) == 3
    for start in starts[1:]:
        shown = sorted((p for p in packets[start:] if p.index >= packets[start].index), key=lambda p: p.index)
        decoder = Decoder()
        assert_same(decoder.decode(b"".join(data[start:])) + decoder.flush(), shown)
    payloads = [unit["payload"] for unit in _core.scan_stream(b"".join(data)) if unit["type"] == 48]
    assert len(payloads) < len(packets) / 2
    named = [len(p) for p in payloads if p[0] >> 2 & 3]
    assert len(named) == 3
    assert named[0] > 32 > 10 > max(named[1:])


def test_lower_temporal_layers_decode_alone():
    packets = encode(moving_frames(17, 64, 80), EagerFilter(load_filter("lop")), "ra", gop=8, scene_cut=False)
    highest = max(p.layer for p in packets)
    assert highest == 3
    for kept in range(highest):
        lower = sorted((p for p in packets if p.layer <= kept), key=lambda p: p.index)
        data = b"".join(p.data for p in packets if p.layer <= kept)
        decoder = Decoder()
        assert_same(decoder.decode(data) + decoder.flush(), lower)


def test_post_mode_leaves_the_base_stream_alone():
    frames = moving_frames(3, 64, 80)

    def base(packets):
        return [part for p in packets for part in p.data.split(b"\0\0\1") if part and part[0] >> 1 != 48]

    plain = encode(frames, None)
    filtered = encode(frames, ForcedFilter(load_filter("lop"), "post"))
    assert [part.rstrip(b"\0") for part in base(filtered)] == [part.rstrip(b"\0") for part in base(plain)]


def test_post_mode_shows_the_decoded_picture_where_it_is_not_filtered():
    frames = moving_frames(3, 136, 264)
    streams = {}
    for nnlf in (None, ForcedFilter(load_filter("lop"), "post")):
        encoder = Encoder(264, 136, 25, qp=38, structure="ldp", nnlf=nnlf)
        packets = [packet for frame in frames for packet in encoder.encode(frame)] + encoder.flush()
        assert_same(decode(packets), packets)
        streams[nnlf is None] = packets
    shown, plain = (streams[key][0].recon.y for key in (False, True))  # two columns of blocks are filtered
    assert (shown[:, :256] != plain[:, :256]).any()
    np.testing.assert_array_equal(shown[:, 256:], plain[:, 256:])


def test_unknown_model_is_named():
    class Renamed(ForcedFilter):
        def filter_picture(self, coded, original):
            result = super().filter_picture(coded, original)
            parameters = _core.FilterParameters.parse(result.payload, coded.width, coded.height)
            parameters.model = bytes(range(32))
            return dataclasses.replace(result, payload=parameters.serialise(coded.width, coded.height))

    packets = encode(moving_frames(1, 64, 64), Renamed(load_filter("lop")))
    with pytest.raises(ModelError, match=bytes(range(32)).hex()):
        decode(packets)


def test_wrong_hash_is_noticed():
    class Lying(ForcedFilter):
        def filter_picture(self, coded, original):
            result = super().filter_picture(coded, original)
            parameters = _core.FilterParameters.parse(result.payload, coded.width, coded.height)
            parameters.md5 = bytes(16)
            return dataclasses.replace(result, payload=parameters.serialise(coded.width, coded.height))

    packets = encode(moving_frames(1, 64, 64), Lying(load_filter("lop")))
    with pytest.raises(BitstreamError, match="hash"):
        decode(packets)


@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("slice_type", ["I", "B"])
def test_network_run_equals_oracle(bit_depth, slice_type):
    model = network_for(load_filter("lop"), slice_type)
    coded = random_picture(np.random.default_rng(8), 136, 144, bit_depth)
    signal = _core.FilterNetwork(model.core).run(coded.core, 30)
    padded = picture_features(coded, 30, 13)
    q = model.outputs[0].quantizer
    for block in grid(136, 144):
        x, y, w, h = block
        inputs = {k: v.astype(np.int16) for k, v in zip(padded, _windows(padded, block), strict=True)}
        output = model.session(h // 2 + 8, w // 2 + 8).run({i.name: inputs[i.name] for i in model.inputs})[0][
            0
        ]
        for c, expected in enumerate(signal_of(coded, block, output, 2, q)):
            s = 1 if c else 0
            np.testing.assert_array_equal(signal[c][y >> s : (y + h) >> s, x >> s : (x + w) >> s], expected)


@pytest.mark.parametrize("block_size", [128, 256])
def test_unwanted_blocks_are_the_deblocked_picture(block_size):
    coded = random_picture(np.random.default_rng(11), 264, 300 // 8 * 8)
    network = _core.FilterNetwork(load_filter("lop").core)
    blocks = grid(coded.height, coded.width, block_size)
    wanted = np.arange(len(blocks)) % 2 == 1
    full = network.run(coded.core, 30, block_size=block_size)
    for array in (wanted, wanted.astype(np.uint8) * 3):
        part = network.run(coded.core, 30, array, block_size)
        for (x, y, w, h), want in zip(blocks, wanted, strict=True):
            for c in range(3):
                s = 1 if c else 0
                area = np.s_[y >> s : (y + h) >> s, x >> s : (x + w) >> s]
                expected = full[c][area] if want else coded.dbf[c][area] << 6
                np.testing.assert_array_equal(part[c][area], expected)
    sums = need_testing().filter_sums(coded, part, coded.rec, block_size)
    assert not sums[~wanted][..., 1:].any()
    for bad in (wanted[:-1], "blocks"):
        with pytest.raises(ConfigError, match="wanted"):
            network.run(coded.core, 30, bad, block_size)


def test_the_encoder_writes_the_same_stream_with_any_number_of_threads():
    frames = moving_frames(4, 136, 264)
    streams = {
        b"".join(p.data for p in encode(frames, PictureFilter(load_filter("lop"), threads=n), "ra", gop=2))
        for n in (1, 2, 7)
    }
    assert len(streams) == 1
    with pytest.raises(ConfigError, match="threads"):
        PictureFilter(load_filter("lop"), threads=0)


def test_number_of_threads_changes_nothing():
    coded = random_picture(np.random.default_rng(21), 136, 520)
    results = [
        _core.FilterNetwork(load_filter("lop").core, _core.ThreadPool(threads)).run(coded.core, 30)
        for threads in (1, 2, 5, 16)
    ]
    for result in results[1:]:
        for got, expected in zip(result, results[0], strict=True):
            np.testing.assert_array_equal(got, expected)
    with pytest.raises(ConfigError, match="threads"):
        LoopFilter(load_filter("lop"), threads=0)


def test_filters_share_the_packed_weights_of_their_model():
    """Threads, sizes of blocks and filters do not count, only ISAs do."""
    model, coded = Model(load_filter("vlop").to_bytes()), random_picture(np.random.default_rng(3), 264, 256)
    for size in (128, 256):
        for threads in (1, 2):
            _core.FilterNetwork(model.core, _core.ThreadPool(threads)).run(coded.core, 30, None, size)
    memory = model.core.memory()
    assert memory["weights"] == model.session(72, 72).weight_bytes == 118624
    assert memory["programs"] == 4


def _windows(padded, block):
    from nnlf_oracle import block_features

    return block_features(padded, block).values()


def test_filter_result_is_what_its_payload_says():
    coded = random_picture(np.random.default_rng(2), 64, 72)
    target = tuple(
        blend(d, s, 200, 8).astype(np.uint16) for d, s in zip(coded.dbf, _signal(coded), strict=True)
    )
    result = PictureFilter(load_filter("lop"), qp_offsets={"P": (0,)}).filter_picture(coded, target)
    parameters = _core.FilterParameters.parse(result.payload, coded.width, coded.height)
    assert [_core.filter_scale_of_code(c) for c in parameters.scale_code] == [200, 200, 200]
    for got, expected in zip(result.planes, target, strict=True):
        np.testing.assert_array_equal(got, expected)

    again = LoopFilter(load_filter("lop")).apply(coded, result.payload)
    for got, expected in zip(again, result.planes, strict=True):
        np.testing.assert_array_equal(got, expected)
    with pytest.raises(BitstreamError):
        LoopFilter(load_filter("lop")).apply(coded, result.payload[:-1])


def test_apply_checks_the_hash():
    coded = random_picture(np.random.default_rng(2), 64, 72)
    model = load_filter("vlop")
    parameters = _core.FilterParameters()
    parameters.model = bytes.fromhex(model.sha256)
    parameters.scale_code = [20, 9, 31]
    filtered = LoopFilter(model).apply(coded, parameters.serialise(72, 64))
    assert (filtered[0] != coded.dbf[0]).any()
    parameters.md5 = _core.planes_md5(filtered, 8)
    for got, expected in zip(
        LoopFilter(model).apply(coded, parameters.serialise(72, 64)), filtered, strict=True
    ):
        np.testing.assert_array_equal(got, expected)
    parameters.md5 = bytes(16)
    with pytest.raises(BitstreamError, match="hash"):
        LoopFilter(model).apply(coded, parameters.serialise(72, 64))


def test_shown_planes_may_be_smaller_than_the_coded_ones():
    coded = random_picture(np.random.default_rng(4), 136, 264)
    decoded = tuple(
        plane[: n[0], : n[1]] for plane, n in zip(coded.pred, [(130, 262), (65, 131), (65, 131)], strict=True)
    )
    on = np.array([True, False, True, True, False, False])
    shown = FilterResult(b"", coded.rec, True, 128, on).shown_planes(decoded)
    expected = [plane.copy() for plane in coded.rec]
    for c, size in enumerate((128, 64, 64)):
        h, w = decoded[c].shape
        for y, x in ((0, 1), (1, 1), (1, 2)):
            area = np.s_[y * size : min((y + 1) * size, h), x * size : min((x + 1) * size, w)]
            expected[c][area] = decoded[c][area]
        np.testing.assert_array_equal(shown[c], expected[c])


def _signal(coded):
    return _core.FilterNetwork(load_filter("lop").core).run(coded.core, coded.slice_qp)


def test_a_picture_that_cannot_gain_stays_unfiltered():
    coded = random_picture(np.random.default_rng(3), 64, 72)
    result = PictureFilter(load_filter("lop")).filter_picture(coded, coded.dbf)
    assert result.payload == b""
    assert result.planes is None


def test_decision_takes_the_blocks_that_gain():
    sums = np.zeros((1, 4, 3, 3))
    sums[..., 0], sums[..., 2] = 1e6, 1e5
    sums[0, :, 0, 1] = [8e4, -8e4, 8e4, -8e4]  # blocks 0 and 2 gain in luma
    decision = decide(evidence(sums, 10.0))
    assert decision.block_choice.tolist() == [1, 0, 1, 0]
    assert decision.scale_code[1:] == (0, 0)
    assert abs(_core.filter_scale_of_code(decision.scale_code[0]) / 256 - 0.8) < 0.03


def test_registry():
    assert "lop" in filter_names()
    assert load_filter("lop") is load_filter("lop")
    filter_stage([load_filter("lop")])
    with pytest.raises(ModelError, match="no filter network"):
        load_filter("nothing.onnx")
    with pytest.raises(ConfigError, match="mode"):
        PictureFilter(load_filter("lop"), "sideways")


def test_models_folder_holds_the_packaged_network(repo_dir):
    pytest.importorskip("onnx")
    import hashlib
    import json

    manifest = json.loads((repo_dir / "models" / "manifest.json").read_text())
    pair = load_filter("lop")
    assert isinstance(pair, ModelPair)
    assert manifest["lop.inl"]["identity"] == pair.sha256
    networks = {"lop_i": pair.intra, "lop_pb": pair.inter, "vlop": load_filter("vlop")}
    for name, network in networks.items():
        path = repo_dir / "models" / f"{name}.onnx"
        entry = manifest[path.name]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        assert load_filter(path).sha256 == network.sha256 == entry["identity"]
        assert network.kmac_per_px == pytest.approx(entry["kmac_per_px"], abs=0.01)
        assert network.kmac_per_px <= 20


def test_streams_of_earlier_filters_decode():
    frames, earlier = moving_frames(2, 64, 80), earlier_filters()
    assert [model.sha256[:8] for model in earlier] == ["7f1295e0"]
    assert load_filter("lop").sha256 not in {model.sha256 for model in earlier}
    for model in earlier:
        packets = encode(frames, ForcedFilter(model))
        assert_same(decode(packets), packets)


def test_onnxruntime_agrees_with_the_engine(repo_dir):
    runtime = pytest.importorskip("onnxruntime")
    model = network_for(load_filter("lop"), "B")
    noise = random_picture(np.random.default_rng(4), 128, 128)
    calm = {
        name: tuple((p // 16 + 100).astype(np.uint16) for p in getattr(noise, name))
        for name in ("rec", "pred")
    }
    padded = picture_features(dataclasses.replace(noise, **calm), 32, 13)
    arrays = {name: padded[name].astype(np.int16) for name in model.quantizers if name in padded}
    engine = model.session(72, 72).run(arrays)[0]
    real = {k: (v.transpose(2, 0, 1)[None] / 2**13).astype(np.float32) for k, v in arrays.items()}
    session = runtime.InferenceSession((repo_dir / "models" / "lop_pb.onnx").read_bytes())
    difference = session.run(None, real)[0].transpose(0, 2, 3, 1) * 2.0 ** model.quantizers["out"] - engine
    assert abs(difference).max() < 16  # floor shifts through 30 layers, in units of 1/32768
    assert abs(difference.mean()) < 4
