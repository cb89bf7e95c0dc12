"""What one person is to another: said in words, never guessed."""

from persona.records import Kinship, Person
from persona.remember.kinship.relations import Relations
from persona.remember.readers import Custodian
from tests.remember.archive import Archive


def test_a_wife_is_not_made_the_stepmother_of_his_daughter(archive: Archive) -> None:
    with archive.store.reader(Custodian()) as view:
        kin = Relations.of(view.people(), view.kinships())
    assert kin.relation_between("margaret", "ruth") == ""
    assert kin.within("henry", 1) >= {"ruth", "tom", "margaret"}
    assert kin.relation_between("tom", "ruth") == "brother"
    assert kin.relation_between("henry", "ruth") == "parent"
    assert kin.relation_between("david", "ruth") == "uncle"
    assert kin.relation_between("david", "henry") == "younger brother"
    assert kin.relation_between("david", "margaret") == "brother-in-law"


def test_a_daughter_may_be_the_granddaughters_mother_and_is_not_called_her_aunt() -> None:
    """Nobody said whose child Mei is: neither "your aunt Ruth" nor "your mother Ruth" is known."""
    people = [
        Person(id="henry", name="Henry", is_subject=True, living=False),
        Person(id="ruth", name="Ruth", relation="daughter"),
        Person(id="mei", name="Mei", relation="granddaughter"),
        Person(id="ann", name="Ann", relation="niece"),
        Person(id="joy", name="Joy", relation="elder sister"),
    ]
    kin = Relations.of(people, [])
    for one, other in (("ruth", "mei"), ("mei", "ruth"), ("joy", "ann"), ("ann", "joy")):
        assert kin.relation_between(one, other) == "", (one, other)
    assert kin.relation_between("mei", "henry") == "granddaughter"
    assert kin.relation_between("joy", "ruth") == "aunt"
    told = Relations.of(people, [row("ruth", "parent", "mei", "mother · daughter")])
    assert told.relation_between("ruth", "mei") == "mother"


def test_a_mother_who_is_named_takes_nothing_from_what_he_called_his_children() -> None:
    people = [
        Person(id="henry", name="Henry", is_subject=True, living=False),
        Person(id="margaret", name="Margaret", relation="wife"),
        Person(id="ruth", name="Ruth", relation="daughter"),
        Person(id="david", name="David", relation="son"),
        Person(id="mei", name="Mei", relation="granddaughter"),
        Person(id="joy", name="Joy", relation="elder sister"),
    ]
    rows = [
        row("margaret", "parent", "ruth", "mother · daughter"),
        row("margaret", "parent", "david", "mother · son"),
        row("ruth", "parent", "mei", "mother · daughter"),
    ]
    kin = Relations.of(people, rows)
    assert kin.relation_between("margaret", "ruth") == "mother"
    assert kin.relation_between("henry", "ruth") == "parent"
    assert kin.relation_between("david", "ruth") == "brother"
    assert kin.relation_between("david", "mei") == "maternal uncle"
    assert kin.relation_between("joy", "ruth") == "aunt"
    assert kin.relation_between("margaret", "mei") == "maternal grandmother"
    assert kin.relation_between("joy", "mei") == "maternal great-aunt"


def row(person: str, relation: str, other: str, words: str = "") -> Kinship:
    return Kinship(
        id=f"{person}{relation}{other}",
        person_id=person,
        relation=relation,
        other_id=other,
        words=words,
    )


def test_maternal_and_paternal_in_both_languages() -> None:
    people = [Person(id=one, name=one) for one in ("me", "mum", "gran", "uncle", "cousin")]
    people[1].born, people[3].born = "1950", "1948"
    kin = Relations.of(
        people,
        [
            row("mum", "parent", "me", "mother · daughter"),
            row("gran", "parent", "mum", "mother · daughter"),
            row("gran", "parent", "uncle", "mother · son"),
            row("uncle", "parent", "cousin", "father · daughter"),
        ],
    )
    assert kin.relation_between("gran", "me") == "maternal grandmother"
    assert kin.relation_between("gran", "me", "zh") == "外婆"
    assert kin.relation_between("uncle", "me", "zh") == "舅舅"
    assert kin.relation_between("cousin", "me", "zh") == "表姐妹"
    assert kin.relation_between("me", "gran") == "granddaughter"
    assert kin.relation_between("me", "gran", "zh") == "外孙女"
    assert kin.relation_between("me", "me") == "" and kin.relation_between("x", "me") == ""
