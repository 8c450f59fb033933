"""Figures of a series that are no defects: how much trades in a bar, between which prices."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.instrument import Instrument

Longs = npt.NDArray[np.int64]
Figures = dict[str, float | None]

QUANTILES: Final = (1, 25, 50, 75, 99)
BUSY: Final = 3  # standard deviations above the mean


def volume_figures(parts: Sequence[Longs], lot: Decimal) -> Figures:
    """Volume of a bar in quantities: mean, deviation, quantiles, bars far above the mean."""
    volume, unit = np.concatenate(parts), float(lot)
    mean, deviation = float(volume.mean()), float(volume.std())
    levels = np.percentile(volume, QUANTILES, method="lower")
    return {
        "volume in all": int(volume.sum()) * unit,
        "volume mean": mean * unit,
        "volume std": deviation * unit,
        **{f"volume {q} %": float(v) * unit for q, v in zip(QUANTILES, levels, strict=True)},
        "bars without volume": int((volume == 0).sum()),
        f"bars above mean + {BUSY} std": int((volume > mean + BUSY * deviation).sum()),
    }


def price_figures(parts: Sequence[tuple[Longs, Longs]], instrument: Instrument) -> Figures:
    """The lowest and the highest price."""
    low, high = (ends([part[k] for part in parts], k) for k in range(2))
    return {"lowest": float(instrument.price(low)), "highest": float(instrument.price(high))}


def ends(columns: Sequence[Longs], k: int) -> int:
    """The lowest of lows (0) or the highest of highs (1)."""
    return int(max(c.max() for c in columns) if k else min(c.min() for c in columns))
