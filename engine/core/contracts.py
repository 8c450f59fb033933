"""The instruments known from the start, as tables one can read."""

from datetime import date
from decimal import Decimal
from typing import Final

from engine.core.errors import unknown
from engine.core.instrument import Dated, Fees, Instrument, Margin, always

# What a price step is worth follows: tick times point value. `unit` is the money unit, `row` the
# ticks of a profile row. Fees are dollars for one side of one contract, as of 2024; see
# docs/instruments.md for where they come from and how to replace them.
FUTURES: Final = """
symbol exchange tick      point    unit  row calendar      months       commission fees name
ES     CME      0.25      50       0.01  1   cme_equity    HMUZ         0.65       1.40 E-mini S&P 500
MES    CME      0.25      5        0.01  1   cme_equity    HMUZ         0.25       0.37 Micro E-mini S&P 500
NQ     CME      0.25      20       0.01  4   cme_equity    HMUZ         0.65       1.40 E-mini Nasdaq-100
MNQ    CME      0.25      2        0.01  4   cme_equity    HMUZ         0.25       0.37 Micro E-mini Nasdaq-100
RTY    CME      0.10      50       0.01  1   cme_equity    HMUZ         0.65       1.40 E-mini Russell 2000
M2K    CME      0.10      5        0.01  1   cme_equity    HMUZ         0.25       0.37 Micro E-mini Russell 2000
YM     CBOT     1         5        0.01  1   cme_equity    HMUZ         0.65       1.40 E-mini Dow
MYM    CBOT     1         0.5      0.01  1   cme_equity    HMUZ         0.25       0.37 Micro E-mini Dow
CL     NYMEX    0.01      1000     0.01  1   nymex_energy  FGHJKMNQUVXZ 0.65       1.52 Crude Oil
MCL    NYMEX    0.01      100      0.01  1   nymex_energy  FGHJKMNQUVXZ 0.25       0.52 Micro Crude Oil
NG     NYMEX    0.001     10000    0.01  1   nymex_energy  FGHJKMNQUVXZ 0.65       1.62 Natural Gas
GC     COMEX    0.10      100      0.01  1   comex_gold    GJMQVZ       0.65       1.62 Gold
MGC    COMEX    0.10      10       0.01  1   comex_gold    GJMQVZ       0.25       0.52 Micro Gold
SI     COMEX    0.005     5000     0.01  1   comex_silver  HKNUZ        0.65       1.62 Silver
ZN     CBOT     0.015625  1000     0.001 1   cbot_rates    HMUZ         0.65       0.82 10-Year Treasury Note
ZB     CBOT     0.03125   1000     0.01  1   cbot_rates    HMUZ         0.65       0.89 30-Year Treasury Bond
6E     CME      0.00005   125000   0.01  1   cme_fx        HMUZ         0.65       1.62 Euro
6J     CME      0.0000005 12500000 0.01  1   cme_fx        HMUZ         0.65       1.62 Japanese Yen
"""  # noqa: E501  a table reads as a table

COINS: Final = """
symbol       exchange kind      currency tick lot        row  maker  taker  name
BTCUSDT      binance  spot      USDT     0.01 0.000001   1000 0.001  0.001  Bitcoin
ETHUSDT      binance  spot      USDT     0.01 0.000001   100  0.001  0.001  Ether
BTCUSDT-PERP binance  perpetual USDT     0.10 0.001      100  0.0002 0.0005 Bitcoin perpetual
ETHUSDT-PERP binance  perpetual USDT     0.01 0.001      100  0.0002 0.0005 Ether perpetual
BTCUSD       coinbase spot      USD      0.01 0.00000001 1000 0.004  0.006  Bitcoin
"""

# Exchange margins of a speculator, initial and maintenance. The day margin is the broker's to
# set; here it is the initial margin, the careful reading.
MARGINS: Final = """
ES 2012-03-26  4375  3500
ES 2013-10-15  4510  4100
ES 2014-07-25  5060  4600
ES 2016-09-30  4950  4500
ES 2018-02-09  6380  5800
ES 2020-01-09  7260  6600
ES 2020-03-02  7920  7200
ES 2020-03-10  9185  8350
ES 2020-03-17 11660 10600
ES 2020-03-19 13200 12000
ES 2020-12-11 12100 11000
ES 2021-08-18 12650 11500
ES 2022-01-21 11880 10800
NQ 2012-03-26  2500  2000
NQ 2013-10-15  3080  2800
NQ 2014-10-31  3960  3600
NQ 2016-01-27  5280  4800
NQ 2017-02-10  4290  3900
NQ 2018-02-07  6380  5800
NQ 2018-12-28  8360  7600
NQ 2020-01-09  8250  7500
"""

# Where one could not always quote every tick: ticks between two quotable prices.
STEPS: Final = {
    "6E": Dated(((date(1970, 1, 1), 2), (date(2016, 1, 11), 1))),
}


def _rows(table: str) -> list[dict[str, str]]:
    """One dict a line, by the column names of the first; the last column may hold spaces."""
    head, *lines = (line for line in table.split("\n") if line)
    columns = head.split()
    return [
        dict(zip(columns, line.split(maxsplit=len(columns) - 1), strict=True)) for line in lines
    ]


def _margins(symbol: str) -> Dated[Margin]:
    rows = [line.split() for line in MARGINS.split("\n") if line.startswith(f"{symbol} ")]
    return Dated(
        tuple(
            (date.fromisoformat(day), Margin(Decimal(initial), Decimal(initial), Decimal(least)))
            for _, day, initial, least in rows
        )
    )


def _future(row: dict[str, str]) -> Instrument:
    fees = Fees(commission=Decimal(row["commission"]), exchange=Decimal(row["fees"]))
    return Instrument(
        symbol=row["symbol"],
        name=row["name"],
        exchange=row["exchange"],
        kind="future",
        currency="USD",
        tick=Decimal(row["tick"]),
        point_value=Decimal(row["point"]),
        money_unit=Decimal(row["unit"]),
        fees=always(fees),
        margins=_margins(row["symbol"]),
        steps=STEPS.get(row["symbol"], always(1)),
        calendar=row["calendar"],
        months=row["months"],
        row=int(row["row"]),
    )


def _coin(row: dict[str, str]) -> Instrument:
    return Instrument(
        symbol=row["symbol"],
        name=row["name"],
        exchange=row["exchange"],
        kind=row["kind"],
        currency=row["currency"],
        tick=Decimal(row["tick"]),
        point_value=Decimal(1),
        lot=Decimal(row["lot"]),
        money_unit=Decimal("0.01"),
        fees=always(Fees(maker=Decimal(row["maker"]), taker=Decimal(row["taker"]))),
        calendar="crypto",
        row=int(row["row"]),
    )


INSTRUMENTS: Final = {
    known.symbol: known for known in (*map(_future, _rows(FUTURES)), *map(_coin, _rows(COINS)))
}


def instrument(symbol: str) -> Instrument:
    """An instrument by its exact symbol: MES is never taken for ES."""
    if symbol not in INSTRUMENTS:
        raise unknown("instrument", symbol, INSTRUMENTS)
    return INSTRUMENTS[symbol]
