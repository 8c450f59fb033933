"""CBOT Treasury futures: ZN, ZB."""

from datetime import date
from typing import Final

from engine.core.calendars.days import specials
from engine.core.hours import Calendar, Hours
from engine.core.zone import epoch_day

KEPT: Final = """
new_year 2014 closed
mlk      2014 fold 12:00
presid   2014 fold 12:00
good_f   2014 closed
payroll  2014 to 10:15
memor    2014 fold 12:00
juneteen 2022 fold 12:00
july4    2014 fold 12:00
labor    2014 fold 12:00
thanksg  2014 fold 12:00
black_f  2014 to 12:15
xmas_eve 2014 to 12:15
xmas     2014 closed
"""

SINGLE: Final = """
2014-01-02 from 05:00 | day after New Year
2014-01-17 to 15:15 | Friday before a holiday
2014-02-14 to 15:15 | Friday before a holiday
2014-05-23 to 15:15 | Friday before a holiday
2014-08-29 to 15:15 | Friday before a holiday
2015-01-16 to 15:15 | Friday before a holiday
2015-02-13 to 15:15 | Friday before a holiday
2015-05-22 to 15:15 | Friday before a holiday
2018-12-05 closed | day of mourning for President Bush
2025-01-09 to 12:15 | day of mourning for President Carter
"""

RATES: Final = Calendar(
    name="cbot_rates",
    zone="America/Chicago",
    hours=(Hours(epoch_day("2014-01-01"), ((-420, 960),), (440, 840)),),
    specials=specials(KEPT, SINGLE),
    first=date(2014, 1, 1),
    last=date(2030, 12, 31),
    why="before 2014 the evening open was another for a time, and we have no table of it",
)
