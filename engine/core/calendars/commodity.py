"""NYMEX energy (CL, MCL, NG) and COMEX metals (GC, MGC; SI): one table of days, three of hours."""

from datetime import date
from typing import Final

from engine.core.calendars.days import specials
from engine.core.hours import Calendar, Hours, Stretch
from engine.core.zone import epoch_day

KEPT: Final = """
new_year 2012 closed
mlk      2012 fold 12:15
mlk      2015 fold 12:00
mlk      2022 fold 13:30
presid   2012 fold 12:15
presid   2015 fold 12:00
presid   2022 fold 13:30
good_f   2012 closed
payroll  2012 closed
memor    2012 fold 12:15
memor    2014 fold 12:00
memor    2022 fold 13:30
juneteen 2022 fold 13:30
july4    2012 fold 12:15
july4    2014 fold 12:00
july4    2022 fold 13:30
labor    2012 fold 12:15
labor    2014 fold 12:00
labor    2026 fold 13:30
thanksg  2012 fold 12:15
thanksg  2014 fold 12:00
thanksg  2022 fold 13:30
black_f  2012 to 12:45
xmas_eve 2012 to 12:45
xmas     2012 closed
"""

SINGLE: Final = """
2026-06-19 fold 12:00 | Juneteenth on a Friday
2026-07-03 fold 12:00 | Independence Day on a Friday
2026-11-27 to 13:45 | day after Thanksgiving
"""


def _commodity(name: str, rth: Stretch) -> Calendar:
    return Calendar(
        name=name,
        zone="America/Chicago",
        hours=(
            Hours(epoch_day("2012-01-01"), ((-420, 975),), rth),
            Hours(epoch_day("2015-09-21"), ((-420, 960),), rth),
        ),
        specials=specials(KEPT, SINGLE),
        first=date(2012, 1, 1),
        last=date(2030, 12, 31),
        why="of the early closes on Fridays before holidays in 2010 and 2011 we have no full list",
    )


ENERGY: Final = _commodity("nymex_energy", (480, 810))
GOLD: Final = _commodity("comex_gold", (440, 750))
SILVER: Final = _commodity("comex_silver", (445, 745))
