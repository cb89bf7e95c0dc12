"""The English names of months and days, once: to read dates, to write them, to pass them over.

Not those of `calendar`, which are in the language of whoever's machine it is.
"""

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
MONTH_STARTS = tuple(name[:3] for name in MONTHS)
WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
CALENDAR = frozenset((*MONTHS, *WEEKDAYS, "Christmas", "Easter"))
"""Capitalised words that name a time and nobody."""
