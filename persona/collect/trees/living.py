"""Who in a family tree may be living: their dates are nobody's business but the custodian's.

Somebody may be living unless the tree says that they died, or it cannot be: born more than 110
years ago, or an ancestor of somebody who was born too long ago for that. Nothing known of
somebody's age means that they may be living.
"""

import re
from dataclasses import dataclass, field

from persona.collect.trees.records import Line, Record

LONGEST_LIFE = 110
YOUNGEST_PARENT = 12
_DEATHS = frozenset({"DEAT", "BURI", "CREM", "PROB"})
_OF_A_LIFE = frozenset(
    "BIRT CHR BAPM BARM BASM BLES CONF FCOM CHRA ADOP GRAD EDUC OCCU RESI CENS EMIG IMMI NATU "
    "ORDN RETI WILL".split()
)
_OF_A_COUPLE = frozenset({"MARR", "DIV", "ENGA", "MARB", "MARC", "MARL"})
_YEAR = re.compile(r"(?<![\d/])(\d{3,4})(?:/\d{2,4})?(?!\d)")
_LONG_AGO = re.compile(r"\bB\.?\s?C", re.IGNORECASE)
_NO_YEAR = re.compile(r"@#D(?!GREGORIAN|JULIAN)|\b(?:HEBREW|FRENCH_R|AFT|_\w+)\b", re.IGNORECASE)


@dataclass
class Ages:
    """What a tree says of who lived when.

    Attributes:
        dead: who died, as the tree says.
        born_by: a year in which somebody was born already.
        parents: child → parents, through the families.
    """

    this_year: int
    dead: set[str] = field(default_factory=set)
    born_by: dict[str, int] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    parents: dict[str, list[str]] = field(default_factory=dict)

    def read(self, record: Record) -> None:
        """Take in one record."""
        if record.tag == "INDI":
            self.people.add(record.xref)
            self._person(record)
        elif record.tag == "FAM":
            couple = [*record.values("HUSB"), *record.values("WIFE")]
            for child in record.values("CHIL"):
                self.parents.setdefault(child, []).extend(couple)
            for year in _years(record, _OF_A_COUPLE):
                for one in couple:
                    self._by(one, year - YOUNGEST_PARENT)

    def living(self) -> set[str]:
        """Return who may be living."""
        over = {one for one in self.people if self._too_old(one)}
        waiting = list(self.born_by)
        while waiting:
            child = waiting.pop()
            for parent in self.parents.get(child, ()):
                if child in over and parent not in over:
                    over.add(parent)
                    waiting.append(parent)
                elif self._by(parent, self.born_by.get(child, self.this_year) - YOUNGEST_PARENT):
                    if self._too_old(parent):
                        over.add(parent)
                    waiting.append(parent)
        return self.people - self.dead - over

    def _person(self, record: Record) -> None:
        tags = {line.tag for line in record.lines if line.level == 1}
        if tags & _DEATHS:
            self.dead.add(record.xref)
        for year in _years(record, _OF_A_LIFE):
            self._by(record.xref, year)

    def _by(self, xref: str, year: int) -> bool:
        """Note a year; say whether that is news. Below the longest life nothing is news."""
        oldest = self.this_year - LONGEST_LIFE - 1
        known = self.born_by.get(xref, self.this_year + 1)
        if max(year, oldest) >= known:
            return False
        self.born_by[xref] = max(year, oldest)
        return True

    def _too_old(self, xref: str) -> bool:
        return self.born_by.get(xref, self.this_year) < self.this_year - LONGEST_LIFE


def _years(record: Record, tags: frozenset[str]) -> list[int]:
    """Return the latest year that each date in these structures of level 1 allows."""
    inside = False
    found: list[int] = []
    for line in record.lines[1:]:
        if line.level == 1:
            inside = line.tag in tags
        elif inside and line.level == 2 and line.tag == "DATE":
            found += _latest(line)
    return found


def _latest(line: Line) -> list[int]:
    words = re.sub(r"\(.*", "", line.value, flags=re.DOTALL)
    if _NO_YEAR.search(words):
        return []
    if _LONG_AGO.search(words):
        return [1]
    return sorted(map(int, _YEAR.findall(words)))[-1:]
