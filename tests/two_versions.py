"""Arthur's archive with two trained versions that differ: for what compares and proves them."""

from pathlib import Path

from persona import steps
from persona.records import Version
from persona.remember.readers import Custodian
from persona.workspace import Workspace
from tests.converse.conftest import Silent
from tests.converse.raw_family import write_raw_family
from tests.laws.raw_path import remembered, trained

SWIFTS = "The swifts are back under the roof, and the bees have swarmed into the chapel again."
HIDDEN = "The brass sextant is buried under the third stone of the harbour wall."
BEES = "Who was stung when the bees swarmed?"

MORE = f"""4 July 1992

Dear Nell,

{SWIFTS}

Dad
"""
FOR_JACK = f"""5 July 1992

Dear Jack,

{HIDDEN}

Dad
"""
RULE = """
[[files]]
match = "letters/sextant.txt"
narrator = "arthur"
addressee = "jack"
restrict = { allow = ["jack"] }
"""


def make_two(parent: Path, base: Path) -> Workspace:
    """Return an archive: version 1, then a letter for all and one for Jack alone, version 2."""
    raw = write_raw_family(parent / "raw")
    workspace = remembered(parent, raw, base)
    trained(workspace)
    (raw / "letters" / "more.txt").write_text(MORE)
    (raw / "letters" / "sextant.txt").write_text(FOR_JACK)
    people = raw / "people.toml"
    text = people.read_text()
    head, tail = text.split("[[files]]", 1)
    people.write_text(f"{head}{RULE.lstrip()}\n[[files]]{tail}")
    steps.collect(workspace, [raw], Silent())
    steps.remember(workspace, Silent())
    trained(workspace)
    return workspace


def versions_of(workspace: Workspace) -> list[Version]:
    """Return all versions by number."""
    with steps.open_store(workspace) as store, store.reader(Custodian()) as view:
        return view.versions()
