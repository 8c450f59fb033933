"""The oracle of the reading kernels: numbers and moments in plain Python, by the rules."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

MISSING = ("", "nan", "null", "none", "n/a", "na", "-")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,4})?", re.ASCII)
COMPACT = r"|(?P<Y>\d{4})(?P<M>\d\d)(?P<D>\d\d)"
DATES = {
    0: r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)",
    1: r"(?P<m>\d\d?)(?P<s>[-/.])(?P<d>\d\d?)(?P=s)(?P<y>\d{4})",
    2: r"(?P<d>\d\d?)(?P<s>[-/.])(?P<m>\d\d?)(?P=s)(?P<y>\d{4})",
}
COLONS = r"(?P<h>\d\d?):(?P<i>\d\d)(?::(?P<c>\d\d)(?P<f>[.,]\d{1,18}| \d{7})?)?"
JOINED = r"(?P<j>\d{6}|\d{4}|[1-9]\d{4}|[1-9]\d\d)"
EXACT = r"(?P<J>\d{6})(?P<F>[.,]\d{1,18}| \d{7})"
CLOCK = f"(?:{COLONS}|{EXACT}|{JOINED})"
HALF = r"(?: ?(?P<half>[AaPp][Mm]))?"
ZONE = r"(?: ?(?P<zone>Z|UTC|GMT|[-+]\d\d(?::?\d\d)?))?"


def number(text, places):
    """(value in units of 10^-places, state): 0 good, 1 missing, 2 unreadable, 3 too large."""
    text = text.strip()
    if text.lower() in MISSING:
        return 0, 1
    if not NUMBER.fullmatch(text):
        return 0, 2
    exact = Decimal(text)
    whole, _, part = re.split("[eE]", text.lstrip("+-"))[0].partition(".")
    room = 18 - len(whole.lstrip("0") or "")
    if room < 0 or (whole.lstrip("0") and len(part) > room and room <= places):
        return 0, 3
    with localcontext() as context:
        context.prec = 80
        small = abs(exact) < 10**20
        units = exact.scaleb(places).quantize(Decimal(1), ROUND_HALF_UP) if small else 0
    return (0, 3) if abs(exact) >= 10**20 or abs(units) > 9 * 10**18 else (int(units), 0)


def moment(text, order):
    """(wall-clock ns, minutes east or None), or None if it is no moment of this order."""
    found = re.fullmatch(f"(?:{DATES[order]}{COMPACT})(?:(?:[Tt]| +){CLOCK}{HALF}{ZONE})?", text)
    if not found:
        return None
    part = found.groupdict()
    start, since, away = day_of(part), since_midnight(part), east(part["zone"])
    if start is None or since is None or (part["zone"] and away is None):
        return None
    fraction = (part["f"] or part["F"] or "0").replace(",", ".").replace(" ", ".")
    seconds = start * 86_400 + since
    return seconds * 10**9 + int(Decimal(fraction) * 10**9), away


def day_of(part):
    year, month, day = (int(part.get(k) or part.get(k.upper())) for k in ("y", "m", "d"))
    try:
        since = date(year, month, day) - date(1970, 1, 1)
    except ValueError:
        return None
    return since.days if 1970 <= year < 2200 else None


def since_midnight(part):
    joined = part["j"] or part["J"]
    if joined:
        joined = joined.zfill(4 if len(joined) < 5 else 6).ljust(6, "0")
        hour, minute, second = int(joined[:2]), int(joined[2:4]), int(joined[4:])
    else:
        hour, minute, second = (int(part[k] or 0) for k in ("h", "i", "c"))
    if part["half"] and not 1 <= hour <= 12:
        return None
    if part["half"]:
        hour = hour % 12 + 12 * (part["half"].lower() == "pm")
    total = hour * 3600 + minute * 60 + second
    return None if minute > 59 or second > 59 or total > 86_400 else total


def east(zone):
    """Minutes east of Greenwich; None where there is no zone, or none that could be."""
    if not zone or zone[0] not in "+-":
        return 0 if zone else None
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if minutes > 59 or hours * 60 + minutes > 900:
        return None
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)
