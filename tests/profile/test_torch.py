"""The device path says what the kernels say, on the CPU; what it cannot serve it refuses."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.errors import RefusedError, UnknownError
from engine.profile.developing import developing_levels
from engine.profile.histogram import profiles
from engine.profile.model import Rule
from tests.makers import bars_from
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

torch = pytest.importorskip("torch")
device = pytest.importorskip("engine.profile.torch")

SEGMENTS = st.sampled_from(("rth", "eth", "full"))
LAWS = st.builds(Rule, st.sampled_from(("pairs", "single")), st.sampled_from(("up", "down")))


@pytest.mark.covers("A-032", "A-033")
@given(tapes(), SEGMENTS, LAWS, st.sampled_from((1, 200, 1 << 24)))
@settings(max_examples=cases(ci=60, full=2_000))
def test_sessions_equal_the_kernel_in_any_chunks(bars, segment, rule, cells):
    ours = profiles(bars, segment=segment).levels(rule=rule)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device, "CELLS", cells)
        theirs = device.session_levels(bars, segment=segment, rule=rule)
    assert [x.tolist() for x in ours] == [x.tolist() for x in theirs]


@pytest.mark.covers("A-032", "A-033")
@given(tapes(), SEGMENTS, LAWS, st.sampled_from((1, 200, 1 << 24)))
@settings(max_examples=cases(ci=60, full=2_000))
def test_developing_equals_the_kernel_in_any_chunks(bars, segment, rule, cells):
    ours = developing_levels(bars, segment=segment, rule=rule)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device, "CELLS", cells)
        theirs = device.developing_levels(bars, segment=segment, rule=rule)
    for name in ("poc", "val", "vah"):
        column = getattr(ours, name)
        assert column.values.tolist() == getattr(theirs, name).tolist()
        assert column.present.tolist() == theirs.present.tolist()


def test_no_bars_no_levels():
    night = bars_from(("2022-11-28 20:00", [(10, 10, 10, 10)]))
    assert len(device.session_levels(night, segment="rth").poc) == 0
    assert not device.developing_levels(night, segment="rth").present.any()


def test_fractions_at_the_edge():
    bars = big(bars_from(("2022-11-28 08:30", [(0, 9, 0, 5), (2, 3, 1, 2)])))
    for fraction in ("0.0001", "0.5", "1"):
        ours = profiles(bars).levels(fraction=fraction)
        theirs = device.session_levels(bars, fraction=fraction)
        assert [x.tolist() for x in ours] == [x.tolist() for x in theirs]


def big(bars: Bars) -> Bars:
    volume = np.array([3 * 10**15 + 1, 7 * 10**15], np.int64)
    return Bars(bars.instrument, bars.sessions, bars.arrays._replace(volume=volume))


def build(*, cuda: str | None = None, hip: str | None = None, there: bool = False) -> object:
    """A PyTorch as some machine might have it."""
    return SimpleNamespace(
        version=SimpleNamespace(cuda=cuda, hip=hip),
        cuda=SimpleNamespace(is_available=lambda: there),
        device=torch.device,
        __version__="9.9",
    )


@pytest.mark.parametrize(
    ("name", "made", "message"),
    [
        ("cuda", build(), r"cuda: this PyTorch \(9.9\) is built without it"),
        ("rocm", build(cuda="12"), "rocm: .* built without it"),
        ("cuda", build(hip="6"), "cuda: .* built without it"),
        ("cuda", build(cuda="12"), "cuda: PyTorch 9.9 sees no such device"),
        ("rocm", build(hip="6"), "rocm: PyTorch 9.9 sees no such device"),
    ],
)
def test_a_device_that_is_not_there_is_refused_with_the_reason(monkeypatch, name, made, message):
    monkeypatch.setattr(device, "torch", made)
    with pytest.raises(RefusedError, match=message):
        device.device_of(name)


@pytest.mark.parametrize(("name", "made"), [("cuda", {"cuda": "12"}), ("rocm", {"hip": "6"})])
def test_both_kinds_of_card_are_called_cuda_by_pytorch(monkeypatch, name, made):
    monkeypatch.setattr(device, "torch", build(**made, there=True))
    assert device.device_of(name).type == "cuda"


def test_an_unknown_device_is_named():
    with pytest.raises(UnknownError, match="no device 'cud'; did you mean 'cuda'"):
        device.device_of("cud")


@pytest.mark.parametrize("rule", ["symmetric", Rule(poc_tie="highest")])
def test_a_rule_it_does_not_know_is_refused(rule):
    with pytest.raises(RefusedError, match="knows the rules pairs and single"):
        device.torch_law(rule, "0.70")
