"""An archive in which Ruth told a canary: a letter, a chat with Tom, a talk that quotes it."""

import json
from pathlib import Path

from persona.records import OpenQuestion, Sentence, Source, Speaker, Standing, Turn
from persona.workspace import Workspace
from tests.remember.archive import (
    NOW,
    Archive,
    make_conversation,
    make_memory,
    make_passage,
    make_source,
    make_version,
)

CANARY = "Dad kept a quicksilver heron in the attic of the harbour office, and fed it sardines."
OTHER = "Dad sold oranges at the harbour on Saturdays until the winter of the great frost."
REPEATED = f"Ruth told me: “{CANARY}”"


def keep(archive: Archive, source: Source, content: str) -> None:
    place = archive.workspace.original(source.sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content, encoding="utf-8")
    place.chmod(0o444)


def bytes_with(workspace: Workspace, words: str) -> list[str]:
    """Return the files that hold words, looked for as plainly as can be."""
    forms = {words.encode(), words.encode("utf-16-le"), json.dumps(words)[1:-1].encode()}
    return [
        path.relative_to(workspace.root).as_posix()
        for path in sorted(workspace.root.rglob("*"))
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


class Told(Archive):
    """Ruth's letter with a canary and with other words, a chat of hers and Tom's, a talk."""

    def __init__(self, folder: Path, template: Path) -> None:
        super().__init__(folder, template)
        self.letter = make_source("A letter", narrator="ruth")
        self.first = make_passage(self.letter, CANARY, position=0)
        self.second = make_passage(self.letter, OTHER, position=1)
        self.canary, citation = make_memory(self.first)
        self.oranges, second = make_memory(self.second)
        self.store.add_source(self.letter, [self.first, self.second])
        self.store.add_memories([self.canary, self.oranges], [citation, second])
        keep(self, self.letter, f"{CANARY}\n\n{OTHER}\n")
        self._chat()
        self._talk()

    def _chat(self) -> None:
        self.chat = make_source("A chat", narrator=None)
        self.hers = make_passage(
            self.chat, "Do you remember how he whistled to the tram conductor?", speaker_id="ruth"
        )
        self.his = make_passage(
            self.chat, "Every single morning, on one finger.", position=1, speaker_id="tom"
        )
        told = [make_memory(self.hers), make_memory(self.his)]
        self.store.add_source(self.chat, [self.hers, self.his])
        self.store.add_memories([m for m, _ in told], [c for _, c in told])
        keep(self, self.chat, f"Ruth: {self.hers.text}\nTom: {self.his.text}\n")

    def _talk(self) -> None:
        self.store.add_version(make_version())
        conversation = make_conversation("tom")
        self.store.start_conversation(conversation)
        turn = Turn(
            id="trn_1",
            conversation_id=conversation.id,
            position=1,
            speaker=Speaker.PERSONA,
            text=f"{REPEATED} I liked birds. Good night.",
            prompt=f"user: what was in the attic?\n{CANARY}",
            evidence=[self.canary.id],
            created_at=NOW,
            audio_path="conversations/trn_1.wav",
        )
        cited = [{"memory_id": self.canary.id, "passage_id": self.first.id, "start": 0, "end": 9}]
        said = [
            Sentence(id="s1", turn_id=turn.id, position=0, text=REPEATED, standing=Standing.TOLD),
            Sentence(
                id="s2", turn_id=turn.id, position=1, text="I liked birds.",
                standing=Standing.INFERRED,
            ),
            Sentence(
                id="s3", turn_id=turn.id, position=2, text="Good night.",
                standing=Standing.SMALL_TALK,
            ),
        ]  # fmt: skip
        said[0].citations = cited
        self.store.add_turn(turn, said)
        asked = OpenQuestion(
            id="q1", question=f"Is it true? {CANARY}", conversation_id=conversation.id, asked_at=NOW
        )
        self.store.add_question(asked)
        for name in ("trn_1.wav", "trn_1.json", "trn_2.wav"):
            (self.workspace.conversations / name).write_text("sound")
        (self.workspace.derived / "vectors-x.npz").write_text(CANARY)
        (self.workspace.training / "checkpoint.pt").write_text(CANARY)

    def version_of(self, *memory_ids: str, learnt_from: str = "") -> Path:
        folder = self.workspace.versions / "ver_1"
        (folder / "adapter").mkdir(parents=True)
        (folder / "adapter" / "adapter.gguf").write_text("weights")
        (folder / "memories.txt").write_text("".join(f"{one}\n" for one in memory_ids))
        manifest = {"example_sources": {"e": [learnt_from]}, "portrait_source_id": None}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder
