"""Kernels are compiled one way, their parallel loops only call, and each has an oracle."""

import pytest

from tests.house import kernels
from tests.house.files import hold, read, sources

LOOP = "for e in prange(9):\n    {}\n"
KERNEL = "@kernel\ndef run(x): ...\n"


@pytest.mark.parametrize(
    "text",
    [
        "from numba import njit\n",
        "from numba.experimental import jitclass\n",
        "import numba\n@numba.njit\ndef f(): ...\n",
        "import numba as nb\nx = nb.prange(3)\n",
    ],
)
def test_a_second_way_to_compile_is_found(text):
    assert len(kernels.one_compiler("engine/x.py", text)) == 1
    assert kernels.one_compiler(kernels.JIT, text) == []


def test_other_uses_of_numba_are_free():
    text = "from numba import get_num_threads\nimport torch\nf = torch.jit.script\n"
    assert kernels.one_compiler("engine/x.py", text) == []


@pytest.mark.parametrize("body", ["out.made[e] = 1", "one(e); two(e)", "x = one(e)", "pass"])
def test_a_prange_body_that_does_more_than_call_is_found(body):
    assert len(kernels.one_call("engine/x.py", LOOP.format(body))) == 1


def test_a_prange_body_of_one_call_passes():
    assert kernels.one_call("engine/x.py", LOOP.format("one(bars, e, out)")) == []


@pytest.mark.parametrize("kind", ["Longs", "Any", "tuple[int, Floats]"])
def test_a_lean_kernel_that_returns_an_array_is_found(kind):
    text = "@inlined\ndef f(x: Longs) -> {}:\n    return x\n"
    assert len(kernels.lean("engine/x.py", text.format(kind))) == 1
    assert kernels.lean("engine/x.py", text.format("tuple[int, float]")) == []
    assert kernels.lean("engine/x.py", text.format("Longs").replace("inlined", "kernel")) == []


def test_a_kernel_without_oracle_is_found():
    ours = {"engine/x/kernel.py": KERNEL}
    plain = {"tests/a.py": "from engine.x.kernel import run"}
    both = {"tests/a.py": "from engine.x.kernel import run\nfrom tests.oracle import x"}
    assert len(kernels.without_oracle(ours, {})) == 1
    assert len(kernels.without_oracle(ours, plain)) == 1
    assert kernels.without_oracle(ours, both) == []
    assert kernels.without_oracle({"engine/x/face.py": "def run(x): ...\n"}, {}) == []


@pytest.mark.parametrize("rule", [kernels.one_compiler, kernels.one_call, kernels.lean])
def test_our_files_keep_the_rule(rule):
    hold(rule, sources())


def test_every_kernel_module_has_an_oracle():
    ours = {name: read(name) for name in sources("engine") if name != kernels.JIT}
    tests = {n: read(n) for n in sources("tests") if not n.startswith("tests/house/")}
    assert any(map(kernels.has_kernels, ours.values())), (
        "no kernel found: looked in the wrong place"
    )
    missing = kernels.without_oracle(ours, tests)
    assert not missing, "\n".join(missing)
