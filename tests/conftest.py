"""What every test may use.

`@pytest.mark.covers("A-028", "T10")` names the rows of the acceptance tables that a test proves;
`make coverage-map` prints the rows with a passing test and no failing one. An id that stands in no
table stops the run.

Sizes: `TICKGRID_TAPES` is `small` (the slow modes: interpreted kernels, bounds checks), `ci` (the
default) or `full` (`make prove`). A test that counts cases asks
`sized("T10", ci=200, full=10_000)`; the chosen size then stands in `docs/proof.md`. Where the
number is needed before the test runs: `@settings(max_examples=cases(ci=200, full=10_000))` with
`from tests.proof.sizes import sized as cases`. Hypothesis tests that say nothing take 10, 100 or
1,000 examples.

`make prove` runs every test that covers a T-row or asks for a size (`sized("clean clocks", ...)`
needs no T-row: the page lists it below them), at full size, and writes each outcome at once to
`.proof/<sources>.jsonl`; run again after a kill, it goes on where it stopped, and after an edit it
starts anew.

`golden("name", figures, why=..., data=...)` compares with `tests/golden/name.json`; `make golden`
rewrites and shows the change.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.proof.sizes import PROFILES, TAPES

pytest_plugins = ["tests.proof.plugin"]

for name, examples in PROFILES.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,  # the first example of a kernel compiles it
        print_blob=True,  # what to paste to see a failure of another machine again
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(TAPES)


@pytest.fixture(scope="session")
def shared_data(pytestconfig: pytest.Config) -> Path:
    """Real market data beside the checkout; the project holds no copy of it."""
    beside = pytestconfig.rootpath.parent / "shared" / "data"
    folder = Path(os.environ.get("TICKGRID_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no real market data here: set TICKGRID_SHARED_DATA to its folder")
    return folder
