"""Family trees: GEDCOM 5.5.1 and 7.0, and what only looks like it."""

import hashlib
import time
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.decoding import decode
from persona.collect.family.people import FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.importer import Reading, Request
from persona.collect.trees.gedcom import Gedcom
from persona.collect.trees.living import Ages
from persona.collect.trees.records import LONGEST_LINE, records
from persona.errors import CollectError, UnreadableSource
from persona.records import Person, SourceKind, content_id
from persona.records.names import MAY_BE_LIVING, PRIVATE_GROUP

HENRY = Person(id="henry", name="Henry Lowe", is_subject=True, living=False)
RUTH = Person(id="ruth", name="Ruth Lowe")

TREE = """\
0 HEAD
1 SOUR Gramps
2 NAME Gramps
1 DATE 27 DEC 2010
1 GEDC
2 VERS 5.5.1
1 CHAR UTF-8
1 SUBM @U1@
0 @U1@ SUBM
1 NAME Ruth Lowe
0 @I1@ INDI
1 NAME Henry /Lowe/
1 SEX M
1 BIRT
2 DATE 12 MAR 1931
2 PLAC Hull
1 SSN 123-45
1 FAMC @F1@
0 @I2@ INDI
1 NAME Anna /Berg/
1 DEAT Y
1 NOTE She said:
2 CONT write to me@@hull
0 @I3@ INDI
1 NAME Jane /Lowe/
1 BIRT
2 DATE 3 MAY 1964
1 NOTE @N1@
0 @I4@ INDI
1 RESN confidential
1 NAME Karl /Lowe/
1 DEAT
2 DATE 1950
0 @F1@ FAM
1 WIFE @I2@
1 CHIL @I1@
1 CHIL @I4@
0 @N1@ NOTE A note about Jane
1 CONC , the second line.
0 TRLR
"""


def read(
    folder: Path, content: str | bytes = TREE, *, tree: dict[str, str] | None = None
) -> Reading:
    """Read a file of this content as a family tree."""
    path = folder / "lowe.ged"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return reading_of(path, tree)


def reading_of(path: Path, tree: dict[str, str] | None = None) -> Reading:
    data = path.read_bytes()
    book = FamilyBook(HENRY, (HENRY, RUTH), trees=tree or {})
    source = content_id("src", hashlib.sha256(data).hexdigest())
    found = Gedcom().read(
        Request(path, path.name, source, "text/plain", book, FileRule.model_construct())
    )
    text = decode(data, encoding=found.details["encoding"]).text
    for passage in found.passages:
        assert passage.text == text[passage.selector["start"] : passage.selector["end"]]
    return found


def closed(reading: Reading) -> dict[str, str]:
    """Return the records that are closed, with the reason."""
    by_id = {passage.id: passage.message_id for passage in reading.passages}
    assert all(rule.any_groups == [PRIVATE_GROUP] for rule in reading.restrictions)
    return {by_id[rule.target_id]: rule.set_by for rule in reading.restrictions}


def test_every_record_about_people_is_a_passage(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert reading.kind is SourceKind.FAMILY_TREE
    signs = list(dict.fromkeys(passage.message_id for passage in reading.passages))
    assert signs == ["@I1@", "@I2@", "@I3@", "@I4@", "@F1@", "@N1@"]
    assert "write to me@@hull" in reading.passages[3].text
    assert (reading.created_edtf, reading.created_words) == ("2010-12-27", "27 DEC 2010")
    assert reading.details["submitters"] == ["Ruth Lowe"]
    assert (reading.details["persons"], reading.details["families"]) == (4, 1)
    assert all(passage.speaker_id is None for passage in reading.passages)


def test_the_living_and_the_confidential_are_closed(tmp_path: Path) -> None:
    found = closed(read(tmp_path, tree={"henry": "@I1@"}))
    assert found["@I3@"] == MAY_BE_LIVING
    assert found["@I4@"] == found["@F1@"] == "private in the family tree"
    assert "@N1@" in found and "@I2@" not in found


def test_a_number_of_the_state_is_cut_out_of_its_record(tmp_path: Path) -> None:
    reading = read(tmp_path, tree={"henry": "@I1@"})
    henry = [passage for passage in reading.passages if passage.message_id == "@I1@"]
    shut = {rule.target_id for rule in reading.restrictions}
    assert [passage.id in shut for passage in henry] == [False, True, False]
    assert henry[1].text == "1 SSN 123-45"


def test_people_toml_says_who_is_who(tmp_path: Path) -> None:
    reading = read(tmp_path, tree={"henry": "lowe.ged#@I1@", "ruth": "other.ged#@I3@"})
    (known,) = reading.known_names
    assert (known.name, known.person_id) == ("@I1@", "henry")
    assert known.source_id == reading.passages[0].source_id


def test_a_sign_of_somebody_else_is_not_believed(tmp_path: Path) -> None:
    reading = read(tmp_path, tree={"henry": "@I2@", "ruth": "@I9@"})
    assert reading.known_names == []
    assert "quite differently" in reading.warnings[0] and "@I9@" in reading.warnings[1]


def test_nobody_is_recognised_by_name(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert reading.known_names == [] and reading.persons == []
    assert any("Say which of the 4" in warning for warning in reading.warnings)
    assert any("who made this tree" in warning for warning in reading.warnings)


SWEDISH = TREE.replace("Anna /Berg/", "Åsa /Löfgren/")


@pytest.mark.parametrize(
    ("encoding", "char"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UNICODE"),
        ("utf-16-le", "UNICODE"),
        ("utf-16-be", "UNICODE"),
        ("cp1252", "ANSI"),
        ("cp437", "IBMPC"),
        ("mac_roman", "MACINTOSH"),
        ("cp1252", "WINDOWS-1252"),
        ("utf-8", "ANSEL"),
        ("utf-8", "ASCII"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings(tmp_path: Path, encoding: str, char: str, line_end: str) -> None:
    text = SWEDISH.replace("CHAR UTF-8", f"CHAR {char}").replace("\n", line_end)
    data = text.encode(encoding)
    assert Gedcom().recognises(data[:4096], "no-ending")
    reading = read(tmp_path, data)
    assert "Åsa /Löfgren/" in "\n".join(passage.text for passage in reading.passages)


def test_ansel(tmp_path: Path) -> None:
    data = TREE.replace("CHAR UTF-8", "CHAR ANSEL").encode().replace(b"Berg", b"L\xe8ofgren \xcf")
    reading = read(tmp_path, data)
    assert reading.details["encoding"] == "gedcom"
    text = unicodedata.normalize("NFC", reading.passages[3].text)
    assert "Anna /Löfgren ß/" in text  # ANSEL writes the marks apart from their letters


def test_a_broken_line_belongs_to_the_one_before(tmp_path: Path) -> None:
    text = TREE.replace("1 NOTE She said:", "1 NOTE She said:\nWrite to me\n  often")
    anna = next(p for p in read(tmp_path, text).passages if p.message_id == "@I2@")
    assert "She said:\nWrite to me\n  often\n2 CONT" in anna.text


@pytest.mark.parametrize(
    "content", [b"", b"Dear Ruth,", b"0 HEADLINE", b"\x00\x01", b"1 HEAD\n0 TRLR", b"{}"]
)
def test_what_is_no_tree_is_not_recognised(content: bytes) -> None:
    assert not Gedcom().recognises(content, "tree.ged")


def test_a_line_without_end_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="Export it again"):
        read(tmp_path, "0 HEAD\n1 NOTE " + "x" * (LONGEST_LINE + 1))


def test_a_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.ged"
    with path.open("wb") as file:
        file.write(b"0 HEAD\n")
        file.truncate(1 << 30)
    book = FamilyBook(HENRY, (HENRY,))
    request = Request(path, path.name, "src", "text/plain", book, FileRule.model_construct())
    with pytest.raises(UnreadableSource, match="1024 MB"):
        Gedcom().read(request)


def living(text: str) -> set[str]:
    ages = Ages(2026)
    for record in records("0 HEAD\n" + text, "a tree"):
        ages.read(record)
    return ages.living()


@pytest.mark.parametrize(
    ("born", "may_live"),
    [
        ("12 MAR 1931", True),
        ("1850", False),
        ("BET 1850 AND 1990", True),
        ("AFT 1850", True),
        ("BEF 1850", False),
        ("(see page 1850)", True),
        ("@#DHEBREW@ 5758", True),
        ("44 BCE", False),
        ("1731/32", False),
        ("", True),
    ],
)
def test_somebody_may_live_unless_it_cannot_be(born: str, may_live: bool) -> None:
    assert bool(living(f"0 @I1@ INDI\n1 BIRT\n2 DATE {born}\n")) is may_live


def test_ancestors_of_somebody_long_ago_are_dead() -> None:
    text = "".join(f"0 @I{n}@ INDI\n" for n in range(4)) + "1 BIRT\n2 DATE 1890\n"
    text += "0 @F1@ FAM\n1 HUSB @I0@\n1 CHIL @I1@\n0 @F2@ FAM\n1 WIFE @I1@\n1 CHIL @I3@\n"
    assert living(text) == {"@I2@"}


def test_a_family_of_its_own_ancestors_ends() -> None:
    text = "0 @I1@ INDI\n1 BIRT\n2 DATE 2000\n0 @I2@ INDI\n"
    text += "0 @F1@ FAM\n1 HUSB @I1@\n1 CHIL @I2@\n0 @F2@ FAM\n1 HUSB @I2@\n1 CHIL @I1@\n"
    assert living(text) <= {"@I1@", "@I2@"}


@pytest.mark.slow
def test_ten_thousand_people(tmp_path: Path) -> None:
    people = [
        f"0 @I{n}@ INDI\n1 NAME Person{n} /Lowe/\n1 SEX {'MF'[n % 2]}\n1 BIRT\n"
        f"2 DATE {1 + n % 28} MAR {1700 + n % 300}\n2 PLAC Hull, Yorkshire\n1 OCCU Fisher\n"
        f"1 NOTE {'He was at sea. ' * 5}\n"
        for n in range(10_000)
    ]
    families = [
        f"0 @F{n}@ FAM\n1 HUSB @I{n}@\n1 WIFE @I{n + 1}@\n1 CHIL @I{n + 2}@\n"
        for n in range(0, 9_990, 3)
    ]
    start = time.process_time()
    reading = read(tmp_path, "0 HEAD\n1 CHAR UTF-8\n" + "".join(people + families) + "0 TRLR\n")
    assert len(reading.passages) == 13_330
    assert time.process_time() - start < 20


GED = Path("gedcom")


def test_real_trees_are_read_whole(shared_data: Path) -> None:
    files = sorted((shared_data / GED).rglob("*.ged"))
    assert len(files) >= 20
    for file in files:
        head = file.read_bytes()[:4096]
        assert Gedcom().recognises(head, file.name), file.name
        reading = reading_of(file)
        lines = "\n".join(p.text for p in reading.passages).split("\n")
        written = decode(file.read_bytes()).text.split("\n")
        named = [line for line in written if line.startswith("1 NAME") and "/" in line]
        assert all(line in lines for line in named if "SUBM" not in line), file.name


def test_a_tree_in_a_folder_is_planned_and_kept(
    folder: Path, collect: Callable[..., object], shared_data: Path
) -> None:
    (folder / "tree.ged").write_bytes((shared_data / GED / "gramps/sample.ged").read_bytes())
    batch = collect()
    (planned,) = batch.plan.files  # type: ignore[attr-defined]
    assert (planned.importer, planned.kind) == ("gedcom", SourceKind.FAMILY_TREE)
    got = batch.done["tree.ged"]  # type: ignore[attr-defined]
    assert got.source.details["persons"] == 42 and got.restrictions


SOUP = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.sampled_from(["", "@I1@ ", "@I2@ ", "@F1@ ", "@VOID@ ", "@@ "]),
        st.sampled_from("INDI FAM NOTE NAME BIRT DATE HUSB CHIL CONT CONC RESN SSN FAMC".split()),
        st.text(max_size=20) | st.sampled_from(["@I1@", "@F1@", "1 JAN 1900", "confidential"]),
    ).map(lambda parts: f"{parts[0]} {parts[1]}{parts[2]} {parts[3]}"),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(SOUP, st.integers(0, 400))
def test_a_soup_of_lines_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("soup")
    text = "\n".join(["0 HEAD", "1 GEDC", *lines])
    for content in (text, text[:cut] or "0"):
        try:
            reading = read(folder, content.encode("utf-8", "surrogatepass"))
        except CollectError:
            continue
        assert reading.kind is SourceKind.FAMILY_TREE


def test_a_gedzip_is_opened_like_any_zip(folder: Path, collect: Callable[..., object]) -> None:
    with zipfile.ZipFile(folder / "family.gdz", "w") as file:
        file.writestr("gedcom.ged", TREE)
    batch = collect()
    (got,) = batch.done.values()  # type: ignore[attr-defined]
    assert got.source.kind is SourceKind.FAMILY_TREE
    assert got.source.details["persons"] == 4
