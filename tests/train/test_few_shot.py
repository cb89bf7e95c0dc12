"""With little text the manner is shown by the person's own words, and by nothing else."""

from pathlib import Path
from typing import Any

import pytest

from persona.config import Training
from persona.engines.protocols import Message
from persona.errors import VersionError
from persona.records import ConsentState
from persona.train.dataset import build_examples
from persona.train.few_shot import ROOM, shown_manner
from persona.train.own_words import estimated_tokens
from persona.train.versions import write_version
from tests.train.material import Family, manifest_of

TRAINING = Training().model_dump(mode="json")


@pytest.fixture
def version(family: Family) -> Path:
    """Return the folder of a version that lists the family's examples."""
    family.consent()
    family.put(
        [("henry", "The lambs came in the snow, Ruthie, and the kitchen is full of them.")],
        title="ruth",
        addressee_id="ruth",
    )
    family.put(
        [("henry", "Mind the boat, my old bear, the rope at the stern is rotten.")],
        title="sam",
        addressee_id="sam",
    )
    family.put(
        [("henry", "CANARY lies under the third stone of the well.")],
        title="secret",
        addressee_id="ruth",
        rules=[{"deny": ["sam"]}],
    )
    return listing(family, "ruth")


def listing(family: Family, *audience: str, held_out: bool = False) -> Path:
    with family.view(*audience) as view:
        examples = build_examples(view, view.subject(), view.people())
    train, unseen = ([], examples) if held_out else (examples, [])
    manifest = manifest_of(train, unseen)
    return write_version(family.workspace, manifest, None, [], examples=train, held_out=unseen)


def shown(family: Family, folder: Path, listener: str, **training: Any) -> list[Message]:
    with family.view(listener) as view:
        return shown_manner(
            view,
            folder,
            view.subject(),
            view.people(),
            listener_id=listener,
            training=TRAINING | training,
        )


def text(messages: list[Message]) -> str:
    return "\n".join(message["content"] for message in messages)


def test_words_to_the_listener_come_first(family: Family, version: Path) -> None:
    messages = shown(family, version, "sam", examples_shown=1)
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert "my old bear" in messages[1]["content"]
    assert "Ruthie" in text(shown(family, version, "ruth", examples_shown=1)) or "CANARY" in text(
        shown(family, version, "ruth", examples_shown=1)
    )


def test_nobody_is_shown_what_they_may_not_read(family: Family, version: Path) -> None:
    assert "CANARY" in text(shown(family, version, "ruth", examples_shown=8))
    assert "CANARY" not in text(shown(family, version, "sam", examples_shown=8))


def test_what_was_taken_back_is_not_shown(family: Family, version: Path) -> None:
    family.consent(state=ConsentState.WITHDRAWN)
    assert shown(family, version, "ruth") == []


def test_only_what_the_version_lists_is_shown(family: Family, version: Path) -> None:
    family.put([("henry", "A letter that came to light after the version.")], title="late")
    assert "came to light" not in text(shown(family, version, "ruth", examples_shown=8))
    aside = listing(family, "ruth", held_out=True)
    assert shown(family, aside, "ruth") == [], "what is kept aside to measure with is not shown"


def test_a_list_that_was_changed_is_refused(family: Family, version: Path) -> None:
    """Nobody chooses by hand which of his words stand for his manner."""
    (version / "examples.json").chmod(0o644)
    (version / "examples.json").write_text("[]")
    with pytest.raises(VersionError, match="list of examples was changed"):
        shown(family, version, "ruth")


def test_nothing_is_shown_where_it_was_trained_or_the_version_is_older(
    family: Family, version: Path
) -> None:
    assert shown(family, version, "ruth", examples_shown=0) == []
    with family.view("ruth") as view:
        old = {"max_tokens": 256}
        people = view.people()
        assert (
            shown_manner(view, version, view.subject(), people, listener_id="ruth", training=old)
            == []
        )
    (version / "adapter").mkdir()
    assert shown(family, version, "ruth") == []


def test_it_stays_short(family: Family) -> None:
    family.consent()
    for day in range(30):
        words = f"On day {day} we saw nothing but rain and the mail did not come. " * 6
        family.put([("henry", words.strip())], title=str(day), addressee_id="ruth")
    messages = shown(family, listing(family, "ruth"), "ruth", examples_shown=8)
    assert messages
    assert sum(estimated_tokens(message["content"]) for message in messages) <= ROOM + 20
