"""How big a test is today: `TICKGRID_TAPES` says small, ci or full."""

import os

TAPES = os.environ.get("TICKGRID_TAPES", "ci")
PROFILES = {"small": 10, "ci": 100, "full": 1000}
if TAPES not in PROFILES:
    raise ValueError(f"TICKGRID_TAPES={TAPES} is none of {', '.join(PROFILES)}")


def sized(*, ci: int, full: int, small: int | None = None) -> int:
    """Choose the size for this run; without `small`, a tenth of `ci` serves the slow modes."""
    return {"small": small or max(1, ci // 10), "ci": ci, "full": full}[TAPES]
