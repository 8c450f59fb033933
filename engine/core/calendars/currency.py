"""CME currency futures: 6E, 6J."""

from datetime import date
from typing import Final

from engine.core.calendars.days import specials
from engine.core.hours import Calendar, Hours
from engine.core.zone import epoch_day

# Since 2022 most United States holidays are traded through, for the next trade date.
KEPT: Final = """
new_year 2010 closed
mlk      2010 fold 12:00
mlk      2022 fold
presid   2010 fold 12:00
presid   2022 fold
good_f   2010 closed
payroll  2010 to 10:15
memor    2010 fold 12:00
memor    2022 fold
juneteen 2022 fold
july4    2010 fold 12:00
july4    2022 fold
labor    2010 fold 12:00
thanksg  2010 fold 12:00
thanksg  2022 fold
black_f  2010 to 12:15
xmas_eve 2010 to 12:15
xmas     2010 closed
"""

SINGLE: Final = """
2010-01-15 to 15:15 | Friday before a holiday
2010-02-12 to 15:15 | Friday before a holiday
2010-05-28 to 15:15 | Friday before a holiday
2010-07-02 to 15:15 | Friday before a holiday
2010-09-03 to 15:15 | Friday before a holiday
2010-10-08 to 15:15 | Friday before a holiday
2010-12-31 to 12:15 | New Year's Eve
2011-01-14 to 15:15 | Friday before a holiday
2011-02-18 to 15:15 | Friday before a holiday
2011-05-27 to 15:15 | Friday before a holiday
2011-07-01 to 15:15 | Friday before a holiday
2011-09-02 to 15:15 | Friday before a holiday
2011-10-07 to 15:15 | Friday before a holiday
2012-01-13 to 15:15 | Friday before a holiday
2012-02-17 to 15:15 | Friday before a holiday
2012-05-25 to 15:15 | Friday before a holiday
2012-08-31 to 15:15 | Friday before a holiday
2013-01-18 to 15:15 | Friday before a holiday
2013-02-15 to 15:15 | Friday before a holiday
2013-05-24 to 15:15 | Friday before a holiday
2013-08-30 to 15:15 | Friday before a holiday
2014-01-17 to 15:15 | Friday before a holiday
2014-02-14 to 15:15 | Friday before a holiday
2014-05-23 to 15:15 | Friday before a holiday
2014-08-29 to 15:15 | Friday before a holiday
2015-01-16 to 15:15 | Friday before a holiday
2015-02-13 to 15:15 | Friday before a holiday
2015-04-03 closed | Good Friday
2015-05-22 to 15:15 | Friday before a holiday
"""

CURRENCY: Final = Calendar(
    name="cme_fx",
    zone="America/Chicago",
    hours=(Hours(epoch_day("2010-01-01"), ((-420, 960),), (440, 840)),),
    specials=specials(KEPT, SINGLE),
    first=date(2010, 1, 1),
    last=date(2030, 12, 31),
    why="the table of hours and holidays was written for these years only",
)
