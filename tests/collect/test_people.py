"""people.toml: who is who, and what is known of the files."""

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.collect.family.people import FamilyBook, read_people
from persona.collect.family.template import write_people_template
from persona.errors import ConfigError
from persona.records import Act, KnownName, Person, SourceKind

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
    book = FamilyBook.from_archive(family.persons)
    assert book.subject.id == "henry" and book.rule_for("a.txt").narrator is None
    with pytest.raises(ConfigError, match=r"people\.toml"):
        FamilyBook.from_archive([Person(id="a", name="A")])


@pytest.mark.parametrize(
    ("person", "name", "meant"),
    [
        ('id = "mum"\nname = "Ann Roe"\n', "Mum", None),
        ('id = "xiu"\nname = "Lin Xiuying"\nnames = ["林秀英"]\n', "Lin", None),
        ('id = "xiu"\nname = "Lin Xiuying"\nnames = ["林秀英"]\n', "Lin Xiuying", "xiu"),
        ('id = "x"\nname = "J. Marsh"\n', "J", None),
        ('id = "x"\nname = "Sister Mary"\n', "Sister", None),
        ('id = "x"\nname = "Lin Brown"\n', "Lin", None),
        ('id = "x"\nname = "Ruth"\n', "Ruth", None),
        ('id = "x"\nname = "Ann Roe"\n', "Roe", None),
        ('id = "x"\nname = "Ann Roe"\n', "Ann", "x"),
        ('id = "t"\nname = "Ann Roe"\ngroups = ["tree"]\n', "Ann", None),
        ('id = "t"\nname = "Ann Roe"\ngroups = ["tree"]\n', "Ann Roe", "t"),
    ],
)
def test_half_a_name_is_not_enough(folder: Path, person: str, name: str, meant: str | None) -> None:
    found = written(folder, f"[[people]]\n{person}").person_for(name)
    assert (found.id if found else None) == meant


NAMES = st.sampled_from(
    "Ruth|Ruth Lin|Lin Ruth|Ann|Ann May|May|May Lee|J. Lee|Mum|Aunt May|林秀英|小茹|Lee".split("|")
)
PERSONS = st.lists(
    st.tuples(NAMES, st.lists(NAMES, max_size=2), st.sampled_from([[], ["tree"]])), max_size=6
)


def book_of(family: list[tuple[str, list[str], list[str]]]) -> FamilyBook:
    persons = [
        Person(id=f"p{place}", name=name, names=names, groups=groups)
        for place, (name, names, groups) in enumerate(family)
    ]
    return FamilyBook.from_archive([Person(id="s", name="Henry Zed", is_subject=True), *persons])


@given(PERSONS, st.randoms(), NAMES)
def test_the_order_of_people_never_changes_who_is_meant(
    family: list[tuple[str, list[str], list[str]]], chance: Random, name: str
) -> None:
    book = book_of(family)
    mixed = list(book.persons)
    chance.shuffle(mixed)
    assert FamilyBook.from_archive(mixed).person_for(name) == book.person_for(name)


@given(PERSONS, PERSONS, NAMES)
def test_more_people_make_a_name_ambiguous_and_never_somebody_else(
    family: list[tuple[str, list[str], list[str]]],
    more: list[tuple[str, list[str], list[str]]],
    name: str,
) -> None:
    before, after = book_of(family).person_for(name), book_of(family + more).person_for(name)
    named_now = after is not None and int(after.id[1:] or 0) >= len(family)
    assert after is None or named_now or (before is not None and before.id == after.id)
    if before is not None:
        assert after is None or after.id == before.id


def test_answers_are_remembered_without_a_file(family: FamilyBook) -> None:
    known = [
        KnownName(id="1", name="Old Salt", person_id="henry"),
        KnownName(id="2", name="Dad", person_id="henry", source_id="src_1"),
        KnownName(id="3", name="Ruth", person_id=None),
    ]
    book = FamilyBook.from_archive(family.persons, known)
    assert book.person_for("old salt") == family.subject
    assert book.person_for("Dad") is None  # said of one telephone alone
    assert book.person_for("Ruth") is None  # said to be nobody of the family


def test_speakers_are_kept_for_later(folder: Path) -> None:
    book = written(folder, '[[speakers]]\nname = "Dad mobile"\nperson = "henry"\n')
    (known,) = book.known_names()
    assert (known.person_id, known.source_id, known.set_by) == ("henry", None, "people.toml")
    later = FamilyBook.from_archive(book.persons, [known])
    assert later.person_for("DAD MOBILE") == book.subject


KIN = """
[[kin]]
person = "margaret"
relation = "mother"
other = "ruth"
[[kin]]
person = "david"
relation = "son"
other = "margaret"
[[kin]]
person = "henry"
relation = "husband"
other = "margaret"
since = 1965
"""


def test_kin_without_a_tree(folder: Path) -> None:
    rows = written(folder, KIN).kinships
    assert [(row.person_id, row.relation, row.other_id) for row in rows] == [
        ("margaret", "parent", "ruth"),
        ("margaret", "parent", "david"),
        ("henry", "spouse", "margaret"),
    ]
    assert rows[2].since_edtf == "1965" and rows[0].words.startswith("mother")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[kin]]\nperson = "ruth"\nrelation = "mother"\nother = "ruth"\n', "their own mother"),
        ('[[kin]]\nperson = "ruth"\nrelation = "mother"\nother = "x"\n', "'x'"),
        ('[[kin]]\nperson = "ruth"\nrelation = "sister"\nother = "david"\n', "relation"),
        (
            '[[speakers]]\nname = "Al"\nperson = "ruth"\n[[speakers]]\nname = "al"\n'
            'person = "david"\n',
            "ruth and david",
        ),
        ('[[people]]\nid = "x"\nname = "X"\ntree = "I7"\n', "tree"),
        (
            '[[people]]\nid = "x"\nname = "X"\ntree = "@I7@"\n[[people]]\nid = "y"\nname = "Y"\n'
            'tree = "@I7@"\n',
            "x and y",
        ),
    ],
)
def test_mistakes_about_kin_and_names(folder: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=r"people\.toml") as caught:
        written(folder, text)
    assert says in str(caught.value)


def test_a_sign_may_say_in_which_tree(folder: Path) -> None:
    book = written(folder, '[[people]]\nid = "x"\nname = "X"\ntree = "Lins.ged#@I7@"\n')
    assert book.tree_links("trees/lins.ged") == {"x": "@I7@"}
    assert book.tree_links("trees/other.ged") == {}


@pytest.mark.parametrize("name", ["Henry Lin", 'He said "no" \\ ever', "林海生", "…", "a\nb"])
def test_the_template_can_be_read_as_it_is(tmp_path: Path, name: str) -> None:
    path = write_people_template(tmp_path / "new", name)
    assert read_people(path).subject.name == name
    path.write_text("mine", encoding="utf-8")
    assert write_people_template(tmp_path / "new", "Other") == path
    assert path.read_text(encoding="utf-8") == "mine"


def test_the_examples_of_the_template_are_right(tmp_path: Path) -> None:
    path = write_people_template(tmp_path, "Henry Lin")
    lines = path.read_text(encoding="utf-8").split("\n")
    margaret = '[[people]]\nid = "margaret"\nname = "Margaret Lin"\n'
    examples = [line.removeprefix("# ") for line in lines if re.match(r"# (\[\[|\w+ = )", line)]
    subject = [line for line in lines if line and not line.startswith("#")]
    path.write_text("\n".join([*subject, *examples, margaret]), encoding="utf-8")
    book = read_people(path)
    assert book.kinships and book.rules and book.consents and book.speakers
