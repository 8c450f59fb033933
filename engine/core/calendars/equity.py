"""CME and CBOT equity index futures: ES, MES, NQ, MNQ, RTY, M2K, YM, MYM."""

from datetime import date
from typing import Final

from engine.core.calendars.days import specials
from engine.core.hours import Calendar, Hours
from engine.core.zone import epoch_day

# Minutes of the trade date's day in Chicago: -420 is 17:00 the evening before.
RTH: Final = (510, 900)
HOURS: Final = (
    # Until 2012-11-16 the next trade date began at 15:30, right after the close at 15:15.
    Hours(epoch_day("2010-01-01"), ((-420, 915),), RTH, evening=((-510, -450),)),
    Hours(epoch_day("2012-11-19"), ((-420, 915), (930, 975)), RTH),
    Hours(epoch_day("2015-09-21"), ((-420, 915), (930, 960)), RTH),
    Hours(epoch_day("2021-06-28"), ((-420, 960),), RTH),
)

KEPT: Final = """
new_year 2010 closed
mlk      2010 fold 10:30
mlk      2015 fold 12:00
presid   2010 fold 10:30
presid   2015 fold 12:00
good_f   2010 closed
payroll  2010 to 08:15
memor    2010 fold 10:30
memor    2014 fold 12:00
juneteen 2022 fold 12:00
july_eve 2010 to 12:15
july4    2010 fold 10:30
july4    2014 fold 12:00
labor    2010 fold 10:30
labor    2014 fold 12:00
thanksg  2010 fold 10:30
thanksg  2014 fold 12:00
black_f  2010 to 12:15
xmas_eve 2010 to 12:15
xmas     2010 closed
"""

SINGLE: Final = """
2012-10-29 to 08:15 | Hurricane Sandy
2012-10-30 to 08:15 | Hurricane Sandy
2018-12-05 to 08:30 | day of mourning for President Bush
2025-01-09 to 08:30 | day of mourning for President Carter
"""

EQUITY: Final = Calendar(
    name="cme_equity",
    zone="America/Chicago",
    hours=HOURS,
    specials=specials(KEPT, SINGLE),
    first=date(2010, 1, 1),
    last=date(2030, 12, 31),
    why="the table of hours and holidays was written for these years only",
)
