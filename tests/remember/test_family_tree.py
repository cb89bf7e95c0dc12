"""Family trees: who comes into the archive, how they are related, and what is remembered."""

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.records import (
    KnownName,
    Memory,
    MemoryKind,
    Modality,
    Person,
    Restriction,
    Source,
    SourceKind,
)
from persona.records.names import MAY_BE_LIVING, PRIVATE_GROUP, known_name_id
from persona.remember.kinship.family_tree import tell_tree
from persona.remember.kinship.relations import Relations
from persona.remember.kinship.tree_kin import Tree
from persona.remember.kinship.tree_people import candidates, grow
from persona.remember.kinship.trees import tend_trees
from persona.remember.readers import Custodian, Relative
from persona.remember.unknown_names import Question
from tests.remember.archive import Archive, make_passage, make_rule, make_source

LIN = """\
0 @I1@ INDI
1 NAME Henry /Lin/
1 SEX M
1 BIRT
2 DATE 2 MAR 1941
2 PLAC Hull
2 SOUR @S1@
3 QUAY 3
1 OCCU Ship's cook
2 DATE FROM 1960 TO 1974
1 FAMC @F1@
0 @I2@ INDI
1 NAME Haifeng /Lin/
1 SEX M
1 BIRT
2 DATE ABT 1905
1 DEAT
2 DATE 30 JAN 1948/49
1 NOTE He never spoke
2 CONT of the war.
1 NOTE @N1@
0 @I3@ INDI
1 NAME Mary /Doyle/
1 SEX F
1 DEAT Y
0 @I4@ INDI
1 NAME Susan /Lin/
1 SEX F
1 BIRT
2 DATE 1938
1 FAMC @F1@
0 @I5@ INDI
1 NAME Agnes /Roe/
1 SEX F
1 DEAT
0 @F1@ FAM
1 HUSB @I2@
1 WIFE @I3@
1 CHIL @I1@
1 CHIL @I4@
1 MARR
2 DATE 3 JUN 1935
2 PLAC Cork, Ireland
0 @F2@ FAM
1 WIFE @I5@
1 CHIL @I3@
0 @N1@ NOTE A sailor
1 CONT from Ningbo.
"""


def keep(archive: Archive, text: str = LIN, title: str = "Tree", **more: Any) -> Source:
    """Keep a tree as collecting does; records of people who may be living are closed."""
    source = make_source(title, kind=SourceKind.FAMILY_TREE, **more)
    passages = [
        make_passage(
            source,
            record.rstrip("\n"),
            position=place,
            message_id=str(re.search(r"@\w+@", record)[0]),  # type: ignore[index]
            speaker_id=None,
            unit=f"{source.id}/{place}",
        )
        for place, record in enumerate(re.split(r"(?m)^(?=0 )", text)[1:])
    ]
    rules = [
        make_rule(one.id, any_groups=[PRIVATE_GROUP], set_by=MAY_BE_LIVING)
        for one in passages
        if " INDI" in one.text and "1 DEAT" not in one.text
    ]
    assert archive.store.add_source(source, passages, rules)
    return source


def tended(archive: Archive, **more: Any) -> Source:
    source = keep(archive, **more)
    archive.store.name_speaker("@I1@", "henry", source.id)
    tend_trees(archive.store)
    return source


def told(archive: Archive) -> list[Memory]:
    with archive.store.reader(Relative("ruth")) as view:
        return view.memories()


def by_name(archive: Archive) -> dict[str, Person]:
    with archive.store.reader(Custodian()) as view:
        return {person.name: person for person in view.people()}


def test_nobody_comes_in_before_somebody_said_who_is_who(archive: Archive) -> None:
    source = keep(archive)
    (done,) = tend_trees(archive.store)
    assert (done.people, done.memories, done.without_subject) == (0, 0, True)
    with archive.store.reader(Custodian()) as view:
        (question,) = view.unknown_names()
    assert (question.what, question.name) == (Question.IN_TREE, "@I1@")
    assert question.source_id == source.id and "1 NAME Henry /Lin/" in question.samples
    assert [(c.person_id, c.reasons) for c in question.candidates] == [("henry", ("same_name",))]


def test_those_near_him_come_in_with_their_relation(archive: Archive) -> None:
    tended(archive)
    people = by_name(archive)
    assert people["Haifeng Lin"].relation == "father"
    assert people["Mary Doyle"].relation == "mother"
    assert people["Agnes Roe"].relation == "maternal grandmother"
    assert "Susan Lin" not in people  # she may be living, and the family did not name her
    assert people["Haifeng Lin"].groups == ["tree"] and not people["Haifeng Lin"].living


def test_memories_say_what_the_tree_says_in_plain_words(archive: Archive) -> None:
    tended(archive)
    found = {memory.statement: memory for memory in told(archive)}
    assert set(found) == {
        "Henry Lin was born on 2 March 1941 in Hull.",
        "Henry Lin's occupation was: Ship's cook, from 1960 to 1974.",
        "Haifeng Lin was born about 1905.",
        "Haifeng Lin died on 30 January 1949.",
        "He never spoke of the war.",
        "A sailor from Ningbo.",
        "Mary Doyle died.",
        "Agnes Roe died.",
        "Haifeng Lin and Mary Doyle were married on 3 June 1935 in Cork, Ireland.",
    }
    born = found["Henry Lin was born on 2 March 1941 in Hull."]
    assert born.quote == ("1 BIRT\n2 DATE 2 MAR 1941\n2 PLAC Hull\n2 SOUR @S1@\n3 QUAY 3")
    assert (born.narrator_id, born.subject_ids) == ("ruth", ["henry"])
    assert (born.event_edtf, born.event_words) == ("1941-03-02", "2 MAR 1941")
    assert born.modality is Modality.WAS_TOLD
    assert found["Haifeng Lin was born about 1905."].modality is Modality.BELIEVES
    wedding = found["Haifeng Lin and Mary Doyle were married on 3 June 1935 in Cork, Ireland."]
    assert wedding.kind is MemoryKind.RELATION and len(wedding.subject_ids) == 2
    assert found["A sailor from Ningbo."].quote == "0 @N1@ NOTE A sailor\n1 CONT from Ningbo."


def test_the_living_are_told_of_to_nobody(archive: Archive) -> None:
    tended(archive)
    assert not any("Susan" in memory.statement + memory.quote for memory in told(archive))
    with archive.store.reader(Relative("ruth")) as view:
        assert not any("Susan" in passage.text for passage in view.passages())


def test_without_a_narrator_a_tree_waits(archive: Archive) -> None:
    source = keep(archive, narrator=None)
    archive.store.name_speaker("@I1@", "henry", source.id)
    (done,) = tend_trees(archive.store)
    assert (done.waits, done.memories) == (True, 0) and done.people == 3
    with archive.store.reader(Custodian()) as view:
        assert [q.what for q in view.unknown_names()] == [Question.NARRATOR]
    archive.store.name_narrator(source.id, "david")
    assert tend_trees(archive.store)[0].memories == 9
    assert {memory.narrator_id for memory in told(archive)} == {"david"}


def test_nothing_is_added_twice(archive: Archive) -> None:
    tended(archive)
    before = sorted(memory.id for memory in told(archive))
    assert [(d.people, d.memories) for d in tend_trees(archive.store)] == [(0, 0)]
    assert sorted(memory.id for memory in told(archive)) == before


def test_a_second_export_of_the_tree_is_known_again(archive: Archive) -> None:
    tended(archive)
    people = len(by_name(archive))
    keep(archive, LIN.replace("from Ningbo", "from Ningbo, they say"), "Later")
    first, second = tend_trees(archive.store)
    assert (first.people, second.people, second.without_subject) == (0, 0, False)
    assert len(by_name(archive)) == people


def test_the_wrong_one_in_a_tree_is_taken_back(archive: Archive) -> None:
    source = keep(archive)
    archive.store.name_speaker("@I2@", "henry", source.id)
    tend_trees(archive.store)
    assert any("never spoke" in memory.quote for memory in told(archive))
    assert archive.store.forget_name("@I2@", source.id).passages == 0
    archive.store.name_speaker("@I2@", "david", source.id)
    archive.store.name_speaker("@I1@", "henry", source.id)
    tend_trees(archive.store)
    told_of = {m.statement: m.subject_ids for m in told(archive)}
    assert told_of["He never spoke of the war."] == ["david"]
    assert "Haifeng Lin" not in by_name(archive)
    with archive.store.reader(Custodian()) as view:
        rows = {(one.person_id, one.relation, one.other_id) for one in view.kinships()}
    assert ("david", "parent", "henry") in rows
    assert not any(one == other for one, _, other in rows)


def test_a_known_relative_is_opened_and_closed_again(archive: Archive) -> None:
    source = tended(archive)
    archive.store.name_speaker("@I4@", "margaret", source.id)
    tend_trees(archive.store)
    assert any("1938" in memory.quote for memory in told(archive))
    archive.store.not_a_person("@I4@", source.id)
    tend_trees(archive.store)
    assert not any("1938" in memory.quote for memory in told(archive))
    with archive.store.reader(Relative("ruth")) as view:
        assert not any("Susan" in passage.text for passage in view.passages())


def tree_of(text: str, title: str = "T") -> Tree:
    source = make_source(title, kind=SourceKind.FAMILY_TREE)
    passages = [
        make_passage(
            source,
            record.rstrip("\n"),
            position=place,
            message_id=(re.search(r"@\w+@", record) or [""])[0],
        )
        for place, record in enumerate(re.split(r"(?m)^(?=0 )", text)[1:])
    ]
    return Tree.read(passages, source)


SUBJECT = Person(id="s", name="John Smith", is_subject=True)


def relations(text: str, language: str = "en") -> dict[str, str]:
    """Return what everybody of a tree is to @I1@."""
    tree = tree_of(text)
    kin = Relations.of(
        [Person(id=x, name=i.name, is_subject=x == "@I1@") for x, i in tree.individuals.items()],
        tree.kinships({xref: xref for xref in tree.individuals}),
    )
    return {x: kin.relation_between(x, "@I1@", language) for x in tree.individuals}


PHRASES = """\
0 @I1@ INDI
1 SEX M
1 FAMC @F1@
{more}
0 @I2@ INDI
1 SEX F
0 @I3@ INDI
1 SEX M
0 @F1@ FAM
1 HUSB @I3@
{husband}
1 WIFE @I2@
1 CHIL @I1@
1 MARR Y
"""


@pytest.mark.parametrize(
    ("more", "husband", "father"),
    [
        ("", "", "father"),
        ("2 PEDI adopted", "", "adoptive father"),
        ("2 PEDI FOSTER", "", "foster father"),
        ("2 PEDI sealing", "", ""),
        ("2 STAT disproven", "", ""),
        ("1 ADOP\n2 FAMC @F1@\n3 ADOP HUSB", "", "adoptive father"),
        ("1 ADOP\n2 FAMC @F1@\n3 ADOP WIFE", "", "father"),
        ("", '2 PHRASE "Stepfather who raised John"', ""),
        ("", "2 PHRASE biological father, not legal guardian", "father"),
    ],
)
def test_a_child_is_a_parents_as_the_tree_says(more: str, husband: str, father: str) -> None:
    found = relations(PHRASES.format(more=more, husband=husband))
    assert found["@I3@"] == father


def test_the_phrases_of_real_trees_are_heeded(shared_data: Any) -> None:
    folder = shared_data / "gedcom/gramps-gedcom7"
    found = relations((folder / "family_phrase.ged").read_text(encoding="utf-8-sig"))
    assert found["@I2@"] == "mother" and found["@I3@"] != "father"
    assert (found["@I4@"], found["@I5@"]) == ("partner", "son")
    friends = relations((folder / "alia_asso.ged").read_text(encoding="utf-8-sig"))
    assert (friends["@I2@"], friends["@I3@"], friends["@I8@"]) == ("friend", "godfather", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_way_has_a_word(language: str, shared_data: Any) -> None:
    text = (shared_data / "gedcom/gramps/sample.ged").read_text(encoding="utf-8")
    found = relations(text, language)
    assert found["@I1@"] == ""
    near = {x: words for x, words in found.items() if words}
    assert len(near) > 15
    assert all((bool(re.search("[\u4e00-\u9fff]", w)) == (language == "zh")) for w in near.values())


def test_names_are_never_enough(archive: Archive) -> None:
    tree = tree_of("0 @I1@ INDI\n1 NAME John /Smith/\n0 @I2@ INDI\n1 NAME John /Smith/\n")
    grown = grow(tree, [SUBJECT], [])
    assert (grown.people, grown.kinships, grown.known_names) == ([], [], [])
    assert set(candidates(tree, [SUBJECT], [])) == {"@I1@", "@I2@"}


def test_another_year_of_birth_is_somebody_else() -> None:
    subject = Person(id="s", name="John Smith", is_subject=True, born="1941~")
    tree = tree_of("0 @I1@ INDI\n1 NAME John /Smith/\n1 BIRT\n2 DATE 1899\n")
    assert candidates(tree, [subject], []) == {}


@pytest.mark.slow
def test_ten_thousand_people_grow_in_time() -> None:
    people = "".join(
        f"0 @I{n}@ INDI\n1 NAME P{n} /Lowe/\n1 SEX M\n1 DEAT\n2 DATE 1900\n1 FAMC @F{n // 3}@\n"
        for n in range(10_000)
    )
    families = "".join(
        f"0 @F{n}@ FAM\n1 HUSB @I{n}@\n" + "".join(f"1 CHIL @I{3 * n + k}@\n" for k in range(3))
        for n in range(1, 3_333)
    )
    start = time.process_time()
    tree = tree_of(people + families)
    known = [
        KnownName(
            id=known_name_id("@I100@", tree.source.id),
            name="@I100@",
            person_id="s",
            source_id=tree.source.id,
        )
    ]
    grown = grow(tree, [SUBJECT, Person(id="ruth", name="Ruth")], known)
    assert 50 < len(grown.people) < 2_000
    found = list(tell_tree(tree, [SUBJECT, Person(id="ruth", name="R"), *grown.people], known))
    assert found and time.process_time() - start < 20


SOUP = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from("NAME BIRT DATE HUSB WIFE CHIL CONT FAMC ASSO ROLE NOTE OCCU".split()),
        st.sampled_from(["@I1@", "@I2@", "@F1@", "@VOID@", "BET 1 AND", "Y", "", "x /y/", "GODP"]),
    ).map(lambda parts: f"{parts[0]} {parts[1]} {parts[2]}"),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(SOUP, SOUP, SOUP)
def test_any_tree_can_be_told(one: list[str], two: list[str], family: list[str]) -> None:
    text = "\n".join(
        ["0 @I1@ INDI", *one, "0 @I2@ INDI", *two, "0 @F1@ FAM", "1 CHIL @I1@", *family, ""]
    )
    tree = tree_of(re.sub(r"(?m)^0 (?!@)", "1 ", text))
    known = [KnownName(id="k", name="@I1@", person_id="s", source_id=tree.source.id)]
    people = [SUBJECT, Person(id="ruth", name="Ruth")]
    grown = grow(tree, people, known)
    for person in grown.people:
        assert person.id != "s"
    told_all = list(tell_tree(tree, [*people, *grown.people], [*known, *grown.known_names]))
    texts = {p.id: p.text for entry in tree.entries.values() for p in entry.passages}
    for extracted in told_all:
        (citation,) = extracted.citations
        assert texts[citation.passage_id][citation.start : citation.end] == citation.exact
        assert extracted.memory.statement.strip()


def test_restrictions_of_a_tree_are_rules_like_any_other() -> None:
    rule = Restriction(id="r", target_id="p", any_groups=[PRIVATE_GROUP], set_by=MAY_BE_LIVING)
    assert rule.any_groups and not rule.allow
