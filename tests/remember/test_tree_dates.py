"""Dates of family trees: EDTF where it can be known, the words always."""

import pytest

from persona.remember.kinship.tree_dates import tree_date


@pytest.mark.parametrize(
    ("value", "edtf"),
    [
        ("12 MAR 1931", "1931-03-12"),
        ("ABT 1897", "1897~"),
        ("CAL MAR 1897", "1897-03~"),
        ("BET 1939 AND 1945", "[1939..1945]"),
        ("FROM 6 APR 1917 TO 11 NOV 1918", "1917-04-06/1918-11-11"),
        ("FROM 1920", "1920/.."),
        ("TO 1925", "../1925"),
        ("BEF 1900", "[..1900]"),
        ("AFT 1900", "[1900..]"),
        ("INT 1931 (spring)", "1931?"),
        ("(about harvest time)", None),
        ("@#DJULIAN@ 30 JAN 1649", "1649-02-09"),
        ("JULIAN JAN 1649", None),
        ("11 FEB 1731/32", "1732-02-11~"),
        ("11 FEB 1731/40", None),
        ("44 BCE", "-0043"),
        ("1 B.C.", "0000"),
        ("@#DFRENCH R@ 9 THER 2", "1794-07-27"),
        ("FRENCH_R 6 COMP 3", "1795-09-22"),
        ("@#DHEBREW@ 2 TVT 5758", None),
        ("31 FEB 1900", None),
        ("29 FEB 1900", None),
        ("03/12/1931", None),
        ("", None),
    ],
)
def test_dates_keep_their_words(value: str, edtf: str | None) -> None:
    found = tree_date(value)
    assert found.edtf == edtf
    assert found.words == value.strip("()") if value.startswith("(") else found.words == value


def test_a_phrase_is_how_the_date_was_said() -> None:
    found = tree_date("30 JAN 1649", "30th of January, 1648/9")
    assert (found.edtf, found.words) == ("1649-01-30", "30th of January, 1648/9")
