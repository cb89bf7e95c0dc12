"""people.toml: who is who, and what is known of the files."""

from pathlib import Path

import pytest

from persona.collect.people import FamilyBook, read_people
from persona.errors import ConfigError
from persona.records import Act, Person, SourceKind

MARK = "# what a test adds\n"


def written(folder: Path, more: str) -> FamilyBook:
    """Read the family's people.toml with some entries more."""
    path = folder / "people.toml"
    family = path.read_text(encoding="utf-8").split(MARK)[0]
    path.write_text(family + MARK + more, encoding="utf-8")
    return read_people(path)


def test_the_subject_and_the_family(family: FamilyBook) -> None:
    assert family.subject.is_subject and not family.subject.living
    assert [person.id for person in family.persons] == ["henry", "ruth", "david", "margaret"]
    ruth = family.person("ruth")
    assert ruth is not None and ruth.living
    assert ruth.called_by_subject == ["Little Sparrow", "小麻雀"]
    assert (ruth.calls_subject, ruth.born) == (["Dad", "爸爸"], "1971")
    assert family.languages == ("en", "zh")


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Ruth", "ruth"),
        ("ruth lin", "ruth"),
        ("RÚTH LIN:", "ruth"),
        ("小茹", "ruth"),
        ("林海生", "henry"),
        ("Maggie", "margaret"),
        ("Lin", None),
        ("Dad", None),
        ("", None),
        ("Mrs. Nobody", None),
    ],
)
def test_a_name_means_one_person_or_nobody(
    family: FamilyBook, name: str, person: str | None
) -> None:
    found = family.person_for(name)
    assert (found.id if found else None) == person


def test_two_people_with_one_first_name_are_never_guessed_apart(folder: Path) -> None:
    book = written(folder, '[[people]]\nid = "cousin"\nname = "Ruth Cohen"\n')
    assert book.person_for("Ruth") is None
    found = book.person_for("Ruth Cohen")
    assert found is not None and found.id == "cousin"


def test_a_speaker_entry_decides(folder: Path) -> None:
    book = written(folder, '[[speakers]]\nname = "Dad"\nperson = "henry"\n')
    assert book.person_for("dad") == book.subject


def test_forms_of_address_belong_to_a_pair(family: FamilyBook) -> None:
    ruth, henry = family.person("ruth"), family.subject
    assert family.person_called("Little Sparrow", by=henry) == ruth
    assert family.person_called("Little Sparrow", by=ruth) is None
    assert family.person_called("Dad", by=ruth) == henry
    assert family.person_called("爸爸", by=family.person("david")) is None


def test_titles_are_no_first_names(folder: Path) -> None:
    book = written(folder, '[[people]]\nid = "may"\nname = "Aunt May"\n')
    assert book.person_for("Aunt") is None


RULES = """
[[files]]
match = "letters/*.txt"
narrator = "henry"
created = "1987~"
[[files]]
match = "letters/**"
narrator = "ruth"
kind = "letter"
restrict = { any = ["children"], deny = ["david"], until = 2040-01-01 }
"""


def test_the_first_rule_that_sets_a_field_wins(folder: Path) -> None:
    rule = written(folder, RULES).rule_for("Letters/one.TXT")
    assert (rule.narrator, rule.created, rule.kind) == ("henry", "1987~", SourceKind.LETTER)
    deeper = written(folder, RULES).rule_for("letters/1987/one.txt")
    assert (deeper.narrator, deeper.created) == ("ruth", None)
    assert deeper.restrict is not None and deeper.restrict.until == "2040-01-01"
    assert written(folder, RULES).rule_for("photos/one.jpg").narrator is None


def test_a_glob_matches_names_with_decomposed_accents(folder: Path) -> None:
    book = written(folder, '[[files]]\nmatch = "Köln.txt"\nnarrator = "ruth"\n')
    assert book.rule_for("Ko\u0308ln.txt").narrator == "ruth"


CONSENTS = """
[[consents]]
person = "henry"
given_by = "ruth"
acts = ["train_text", "train_voice"]
text = "You agree that …"
until = "2030-01-01"
audience = ["children"]
[[consents]]
person = "henry"
given_by = "ruth"
acts = ["train_voice"]
text = "You no longer agree."
state = "withdrawn"
"""


def test_consents_become_one_record_an_act(folder: Path) -> None:
    granted, voice, withdrawn = written(folder, CONSENTS).consents
    assert (granted.act, voice.act) == (Act.TRAIN_TEXT, Act.TRAIN_VOICE)
    assert granted.audience == ["children"] and len(granted.text_sha256) == 64
    assert withdrawn.at > voice.at
    again = written(folder, CONSENTS).consents
    assert [one.id for one in again] == [granted.id, voice.id, withdrawn.id]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[people]]\nid = "x"\nname = "X"\nshoe_size = 43\n', "people x shoe_size"),
        ('[[people]]\nid = "x"\nname = "X"\nborn = "in spring"\n', "people x born"),
        ('[[people]]\nid = "ruth"\nname = "Other"\n', "'ruth' is given to two people"),
        ('[[files]]\nmatch = "a.txt"\nnarrator = "nobody"\n', "'nobody'"),
        ('[[files]]\nmatch = "a.txt"\nrestrict = { deny = ["daivd"] }\n', "'daivd'"),
        ('[[files]]\nmatch = "a.txt"\nrestrict = { allow = ["children"] }\n', "'children'"),
        ('[[speakers]]\nname = "Dad"\nperson = "papa"\n', "'papa'"),
        (
            '[[consents]]\nperson = "henry"\ngiven_by = "ruth"\nacts = ["fly"]\ntext = "x"\n',
            "henry",
        ),
        ("[[people]\n", "not valid TOML"),
    ],
)
def test_mistakes_are_named(folder: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=r"people\.toml") as caught:
        written(folder, text)
    assert says in str(caught.value)


def test_a_missing_subject_or_file_is_named(folder: Path) -> None:
    (folder / "empty.toml").touch()
    with pytest.raises(ConfigError, match="subject"):
        read_people(folder / "empty.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_people(folder / "nothing.toml")


def test_a_book_can_be_made_of_people_in_the_archive(family: FamilyBook) -> None:
    book = FamilyBook.from_persons(family.persons)
    assert book.subject.id == "henry" and book.rule_for("a.txt").narrator is None
    with pytest.raises(ConfigError, match=r"people\.toml"):
        FamilyBook.from_persons([Person(id="a", name="A")])
