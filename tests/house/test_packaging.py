"""The locks pin every byte and agree, the core stays light, ranges have no ceiling."""

import re
import tomllib

import pytest

from tests.house import packaging
from tests.house.files import ROOT, hold, read

JOINED = ["lock/build.txt", "lock/core.txt", "lock/dev.txt", "lock/extras.txt", "lock/peers.txt"]
HASHED = [*JOINED, "lock/vectorbt.txt"]  # the latter lives alone: it wants other versions
TOGETHER = [*JOINED, "lock/torch.txt"]
LOCKS = [*HASHED, "lock/torch.txt"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
GROUPS = {
    "lock/core.txt": PROJECT["dependencies"],
    "lock/dev.txt": PROJECT["dependencies"] + EXTRAS["dev"],
    "lock/extras.txt": [
        wish for name in ("learn", "dash", "live", "cluster", "witness") for wish in EXTRAS[name]
    ],
    "lock/torch.txt": EXTRAS["torch"],
}
TEXT = "torch==2.0 ; python_version < '3.12' \\\n    --hash=sha256:aa\n    # via us\n"


def test_a_lock_is_read():
    assert packaging.pins(TEXT) == [packaging.Pin("torch", "2.0", 1)]
    assert packaging.loose_lines("x", TEXT) == []


@pytest.mark.parametrize(
    "line", ["numpy>=2", "--index-url https://example.org", "-e .", "a @ https://b.c"]
)
def test_a_line_that_pins_nothing_is_found(line):
    assert len(packaging.loose_lines("x", f"{line}\n")) == 1


def test_planted_weights_gaps_and_caps_are_found():
    assert len(packaging.heavy("x", TEXT)) == 1
    assert len(packaging.unhashed("x", "numpy==2.0\n")) == 1
    caps = ["numpy<3", "numpy~=2.0", "numpy==2.0", "numpy>=1,<3", "numpy!=2.1"]
    assert packaging.capped([*caps, "numpy>=2", "numpy>=2; python_version < '3.12'"]) == caps


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_line(lock):
    assert packaging.pins(read(lock))
    hold(packaging.loose_lines, [lock])


def test_the_locks_carry_hashes():
    hold(packaging.unhashed, HASHED)


@pytest.mark.parametrize("lock", GROUPS)
def test_a_lock_has_all_that_the_project_asks_for(lock):
    asked = {packaging.plain(re.split(r"[<>=!~;\[ ]", wish)[0]) for wish in GROUPS[lock]}
    assert asked <= {pin.name for pin in packaging.pins(read(lock))}, "make lock"


def test_the_locks_fit_into_one_environment():
    versions: dict[str, set[frozenset[str]]] = {}
    for lock in TOGETHER:
        here: dict[str, set[str]] = {}
        for pin in packaging.pins(read(lock)):
            here.setdefault(pin.name, set()).add(pin.version)
        for name, found in here.items():
            versions.setdefault(name, set()).add(frozenset(found))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_core_install_is_light():
    light = ["lock/core.txt", "lock/build.txt"]
    hold(packaging.heavy, light)


def test_ranges_have_no_ceiling():
    wishes = [*PROJECT["dependencies"], *(wish for group in EXTRAS.values() for wish in group)]
    assert packaging.capped(wishes) == []
