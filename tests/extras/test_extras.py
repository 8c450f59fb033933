"""Every extra imports; with `TICKGRID_EXTRAS=required`, as in CI, a missing one fails."""

import importlib.util
import os

import pytest

REQUIRED = os.environ.get("TICKGRID_EXTRAS") == "required"
EXTRAS = {
    "torch": ["torch"],
    "learn": ["lightgbm", "sklearn", "xgboost"],
    "dash": ["marimo"],
    "live": ["ib_async", "websockets"],
    "cluster": ["ray"],
    "witness": ["arch", "market_profile", "pandas", "scipy", "statsmodels", "talib"],
}
MODULES = [(extra, module) for extra, modules in EXTRAS.items() for module in modules]


@pytest.mark.filterwarnings("default")  # their warnings at import are theirs to mend
@pytest.mark.parametrize(("extra", "module"), MODULES)
def test_an_extra_can_be_imported(extra, module):
    if importlib.util.find_spec(module) is None and not REQUIRED:
        verb = "torch" if extra == "torch" else "extras"
        pytest.skip(f"{module} is not installed: make {verb}")
    assert importlib.import_module(module).__name__ == module
