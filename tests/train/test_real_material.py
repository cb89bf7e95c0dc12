"""Examples from real letters and chat exports, made by no one here."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from persona import steps
from persona.collect.family.people import read_people
from persona.records import Act
from persona.remember.readers import Audience, Custodian
from persona.train.dataset import Example, build_examples, own_words, split
from persona.workspace import create_workspace

ROOSEVELT = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "roosevelt" / "people.toml"
CHATTERS = """
[subject]
id = "john"
name = "John Doe"
names = ["John-John Doe"]
died = "2023"

[[people]]
id = "jahn"
name = "Jahn Doe"
born = "1970"

[[consents]]
person = "john"
given_by = "jahn"
acts = ["train_text"]
text = "We agree."
"""


class _Quiet:
    def line(self, text: str) -> None:
        pass

    def progress(self, what: str, done: int, total: int) -> None:
        pass


def examples_of(folder: Path, people: Path, given: Sequence[Path]) -> list[Example]:
    """Collect files and build the examples of everybody's version."""
    workspace = create_workspace(folder, "somebody")
    steps.collect(workspace, list(given), _Quiet(), book=read_people(people))
    with steps.open_store(workspace) as store:
        living = tuple(p.id for p in store.reader(Custodian()).people() if not p.is_subject)
        with store.reader(Audience(living[:1]), act=Act.TRAIN_TEXT) as view:
            return build_examples(view, view.subject(), view.people())


def test_letters_to_the_children(shared_data: Path, tmp_path: Path) -> None:
    letters = shared_data / "roosevelt" / "letters.jsonl"
    examples = examples_of(tmp_path, ROOSEVELT, [letters])
    assert own_words(examples) > 30_000
    assert {made.listener_id for made in examples} >= {"kermit", "archie", "ted", "ethel"}
    texts = [json.loads(line)["text"] for line in letters.read_text().splitlines()]
    whole = "".join("".join(texts).split())
    for made in examples:
        for part in made.reply.split("\n\n"):
            assert "".join(part.split()) in whole, "every word of a reply is his"
        assert made.source_ids
        assert made.passage_ids
    train, held_out = split(examples, 0.1, 7)
    assert not {made.unit for made in train} & {made.unit for made in held_out}
    assert 0.03 < len(held_out) / len(examples) < 0.25


@pytest.mark.parametrize("form", ["ddmmyy_24hrs", "mmddyy_24hrs", "yyyymmdd_24hrs"])
def test_a_chat_export_gives_what_he_wrote_and_nothing_else(
    shared_data: Path, tmp_path: Path, form: str
) -> None:
    people = tmp_path / "people.toml"
    people.write_text(CHATTERS)
    chat = shared_data / "chats" / "chat-miner" / "whatsapp" / f"test_{form}.txt"
    examples = examples_of(tmp_path / "made", people, [chat])
    assert examples
    text = "\n".join(message["content"] for made in examples for message in made.messages)
    for others in ("created group", "were added", "omitted", "Jahn Doe:"):
        assert others not in text
    content = "".join(chat.read_text().split())
    assert all(
        "".join(line.split()) in content for made in examples for line in made.reply.split("\n")
    )
