"""A very small family archive, made by hand: what the screens are tried on."""

import hashlib
import io
import math
import struct
import wave
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from persona.atomic import folder_sha256
from persona.config import Config
from persona.engines.voice_made import describe_made
from persona.records import (
    Citation,
    DonorKind,
    MadeVoice,
    Manifest,
    Memory,
    MemoryKind,
    Passage,
    Person,
    Restriction,
    ShownAs,
    Source,
    SourceKind,
    content_id,
)
from persona.remember.store import Store
from persona.train.version_inputs import make_version_row
from persona.train.versions import write_version
from persona.workspace import Workspace, create_workspace, open_workspace

HOSTILE = "<script>document.title='stolen'</script> **loud** [press](http://evil.example) $x$"
SECRET = "We shall tell nobody about the debt in Harbour Street."
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LETTER = (
    "Dear Ruth, the kettle is on and the harbour is grey.",
    "Never hurry a kite, my girl; let the wind find it first. I tied the blue kite for you.",
    "Your father",
)


class Builder:
    """Adds sources, each with its memories, to one workspace."""

    def __init__(self, workspace: Workspace, store: Store) -> None:
        self.workspace = workspace
        self.store = store

    def add(
        self,
        kind: SourceKind,
        title: str,
        data: bytes,
        texts: list[tuple[str, MemoryKind | None]],
        *,
        narrator: str,
        addressee: str | None = None,
        date: str | None = None,
        media_type: str = "text/plain",
        seconds: float | None = None,
        allow: list[str] | None = None,
        language: str = "en",
    ) -> Source:
        """Keep a source; each text becomes a passage, and a memory when it has a kind."""
        sha256 = hashlib.sha256(data).hexdigest()
        original = self.workspace.original(sha256)
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(data)
        source = Source(
            id=content_id("src", sha256),
            sha256=sha256,
            kind=kind,
            media_type=media_type,
            title=title,
            file_name=f"{title}.bin",
            size_bytes=len(data),
            created_edtf=date,
            received_at=NOW,
            narrator_id=narrator,
        )
        passages, at = [], 0
        for position, (text, _) in enumerate(texts):
            selector = {"type": "TextPositionSelector", "start": at, "end": at + len(text)}
            words: list[list[float]] = []
            if seconds is not None:
                start = seconds * position
                selector = {"type": "FragmentSelector", "value": f"t={start},{start + seconds}"}
                words = word_times(text, start, seconds)
            passages.append(
                Passage(
                    id=content_id("psg", source.id, position),
                    source_id=source.id,
                    position=position,
                    unit=source.id,
                    selector=selector,
                    text=text,
                    speaker_id=narrator,
                    addressee_id=addressee,
                    created_edtf=date,
                    language=language,
                    words=words,
                )
            )
            at += len(text) + 2
        rules = []
        if allow is not None:
            rules = [Restriction(id=f"rule-{source.id}", target_id=source.id, allow=allow)]
        self.store.add_source(source, passages, rules)
        self._remember(source, passages, [kind for _, kind in texts])
        return source

    def _remember(
        self, source: Source, passages: list[Passage], kinds: list[MemoryKind | None]
    ) -> None:
        memories, citations = [], []
        for passage, kind in zip(passages, kinds, strict=True):
            if kind is None:
                continue
            memory = Memory(
                id=content_id("mem", passage.id),
                narrator_id=source.narrator_id or "",
                subject_ids=["henry"],
                kind=kind,
                statement=passage.text,
                quote=passage.text,
                addressee_id=passage.addressee_id,
                language=passage.language,
                told_at_edtf=source.created_edtf,
                extracted_by="hand",
            )
            memories.append(memory)
            citations.append(
                Citation(
                    id=content_id("cit", memory.id),
                    memory_id=memory.id,
                    passage_id=passage.id,
                    start=0,
                    end=len(passage.text),
                    exact=passage.text,
                )
            )
        self.store.add_memories(memories, citations)


def word_times(text: str, start: float, seconds: float) -> list[list[float]]:
    """Return evenly spread word times: start and end character, start and end second, 1."""
    words, at = text.split(" "), 0
    step = seconds / len(words)
    rows = []
    for number, word in enumerate(words):
        rows.append([at, at + len(word), start + number * step, start + (number + 1) * step, 1.0])
        at += len(word) + 1
    return rows


def tone(seconds: float) -> bytes:
    """Return a quiet tone as a WAV file."""
    rate = 8000
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        samples = (int(3000 * math.sin(n / 6)) for n in range(int(seconds * rate)))
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()


def drawing() -> bytes:
    """Return a small drawn face as a JPEG file."""
    image = Image.new("RGB", (480, 600), "#8a6f55")
    pencil = ImageDraw.Draw(image)
    pencil.ellipse((120, 90, 360, 400), fill="#e8cdae")
    pencil.rectangle((60, 420, 420, 600), fill="#43525c")
    pencil.ellipse((185, 210, 210, 235), fill="#33241a")
    pencil.ellipse((270, 210, 295, 235), fill="#33241a")
    pencil.arc((190, 260, 290, 340), 20, 160, fill="#33241a", width=6)
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


PEOPLE = [
    Person(id="henry", name="Henry Lin", is_subject=True, living=False, born="1938", died="1994"),
    Person(id="margaret", name="Margaret Lin", relation="wife", languages=["en"]),
    Person(
        id="ruth",
        name="Ruth Lin",
        relation="daughter",
        called_by_subject=["my girl"],
        languages=["en"],
    ),
    Person(id="daniel", name="Daniel Lin", relation="son", languages=["zh", "en"]),
    Person(id="mei", name="Mei", relation="granddaughter", minor=True, languages=["en"]),
    Person(id="quiet", name="Quentin Quiet", relation="friend", shown_as=ShownAs.HIDDEN),
]


def make_family(folder: Path, *, version: bool = True) -> Workspace:
    """Make the archive, with or without a version, in a new workspace inside ``folder``."""
    workspace = create_workspace(folder, "Henry Lin")
    settings = (
        '[engines]\nlanguage_model = "scripted"\nembedder = "hash"\n'
        'voice = "tone"\nrecogniser = "none"\n'
    )
    with (workspace.root / "persona.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    workspace = open_workspace(workspace.root)
    with Store.open(workspace, create=True) as store:
        store.put_people(PEOPLE)
        portrait = fill(Builder(workspace, store))
        if version:
            add_version(workspace, store, portrait)
    return workspace


def add_many(workspace: Workspace, count: int) -> None:
    """Add a book with many memories."""
    texts: list[tuple[str, MemoryKind | None]] = [
        (f"Evening number {n} by the stove.", MemoryKind.EVENT) for n in range(count)
    ]
    with Store.open(workspace) as store:
        Builder(workspace, store).add(
            SourceKind.BOOK, "A book of evenings", b"evenings", texts, narrator="margaret"
        )


def fill(builder: Builder) -> Source:
    """Add the sources; return the portrait."""
    own, event = MemoryKind.OWN_WORDS, MemoryKind.EVENT
    builder.add(
        SourceKind.LETTER, "letters-1987", "\n\n".join(LETTER).encode(),
        [(LETTER[0], own), (LETTER[1], own), (LETTER[2], None)],
        narrator="henry", addressee="ruth", date="1987-05-12",
    )  # fmt: skip
    builder.add(
        SourceKind.LETTER, "private", SECRET.encode(), [(SECRET, own)],
        narrator="henry", addressee="margaret", date="1988", allow=["margaret"],
    )  # fmt: skip
    builder.add(
        SourceKind.LETTER, HOSTILE, HOSTILE.encode(), [(f"A marmalade note: {HOSTILE}", own)],
        narrator="henry", date="199X",
    )  # fmt: skip
    builder.add(
        SourceKind.INTERVIEW, "Interview with Margaret", tone(40),
        [
            ("He came home from the harbour every evening.", event),
            ("He built the blue kite on the kitchen table, and it took him a week.", event),
        ],
        narrator="margaret", date="2024-02-03", media_type="audio/wav", seconds=20,
    )  # fmt: skip
    builder.add(
        SourceKind.VOICE_CLIP, "Answering machine", tone(6), [("Bring bread and lemons.", own)],
        narrator="henry", date="1993", media_type="audio/wav", seconds=6,
    )  # fmt: skip
    builder.add(
        SourceKind.LETTER, "信", "阿明，风筝要等风来，急不得。".encode(),
        [("阿明，风筝要等风来，急不得。", own)],
        narrator="henry", addressee="daniel", date="1989-10-15", language="zh",
    )  # fmt: skip
    return builder.add(
        SourceKind.PHOTO, "Henry at the harbour, portrait", drawing(),
        [("Henry Lin at the harbour, in his good coat", event)],
        narrator="ruth", date="1985~", media_type="image/jpeg",
    )  # fmt: skip


def settings_of(config: Config) -> dict[str, Any]:
    """Return what a version keeps of the settings."""
    return {
        "training": config.training.model_dump(mode="json"),
        "conversation": config.conversation.model_dump(mode="json", exclude={"help_contact"}),
        "engines": config.engines.model_dump(mode="json", exclude={"recogniser"}),
    }


def add_version(
    workspace: Workspace,
    store: Store,
    portrait: Source | None,
    number: int = 1,
    name: str = "first generation",
    voice: dict[str, Any] | None = None,
) -> None:
    """Make a version of everything that there is, with ``Manifest.voice``."""
    from persona.remember.readers import Custodian

    with store.reader(Custodian()) as view:
        ids = sorted(view.memory_ids())
    listed = "".join(f"{one}\n" for one in ids).encode()
    manifest = Manifest(
        persona="henry", parent=None, memory_ids_sha256=hashlib.sha256(listed).hexdigest(),
        memory_count=len(ids), audience=("margaret", "ruth", "daniel"), base_model="scripted",
        base_model_sha256="0" * 64, adapter_sha256=None, example_sources={}, held_out_units=(),
        voice=voice or {"name": "tone", "donor": "a test tone"},
        portrait_source_id=portrait.id if portrait else None,
        prompts_sha256="0" * 64, settings=settings_of(workspace.config), seed=number,
        code_version="0",
    )  # fmt: skip
    write_version(workspace, manifest, None, ids)
    report = {
        "memories": len(ids), "examples": 12, "held_out_examples": 2, "manner": "trained",
        "bits_per_character": {"base": 4.31, "adapter": 3.02}, "steps": 60,
        "losses": [4.2, 3.6, 3.1, 2.9],
    }  # fmt: skip
    row = make_version_row(manifest, number, str(number) * 64, None, report)
    row.name = name
    store.add_version(row)


KITE = "The red kite stood over the breakwater all afternoon, and I did not move."
ORANGES = "I hid the oranges behind the boiler for your mother."


def add_designed_voice(workspace: Workspace, store: Store, name: str) -> dict[str, Any]:
    """List a designed voice; return the ``Manifest.voice`` of a version that speaks with it."""
    folder = workspace.voices / name
    folder.mkdir(parents=True)
    describe_made(folder, "kokoro", {"english": name})
    sha256 = folder_sha256(folder)
    store.put_voice(
        MadeVoice(
            id=name, donor=DonorKind.DESIGNED, engine="kokoro", created_at=NOW,
            files_sha256=sha256,
        )
    )  # fmt: skip
    return {"name": "kokoro", "donor": "nobody's", "voice_id": name, "files_sha256": sha256}


def add_second_version(workspace: Workspace, voice: dict[str, Any] | None = None) -> None:
    """Add a letter for everybody and one for Margaret alone, and make version 2."""
    own = MemoryKind.OWN_WORDS
    with Store.open(workspace) as store:
        builder = Builder(workspace, store)
        builder.add(
            SourceKind.LETTER, "kite", KITE.encode(), [(KITE, own)],
            narrator="henry", addressee="ruth", date="1990-06-01",
        )  # fmt: skip
        builder.add(
            SourceKind.LETTER, "oranges", ORANGES.encode(), [(ORANGES, own)],
            narrator="henry", addressee="margaret", date="1990", allow=["margaret"],
        )  # fmt: skip
        add_version(workspace, store, None, 2, "second generation", voice)


def add_chat_of_strangers(workspace: Workspace) -> None:
    """Add a chat with names that nobody has explained."""
    lines = [("Lin", "The boat is late."), ("Lin", "It rains in Cork."), ("Lin", "Good night."),
             ("Parcel Service", "Your parcel comes today.")]  # fmt: skip
    source = Source(
        id="src-chat", sha256="c" * 64, kind=SourceKind.CHAT, media_type="text/plain",
        title="A chat", file_name="chat.txt", size_bytes=1, received_at=NOW,
    )  # fmt: skip
    passages = [
        Passage(id=f"psg-chat-{n}", source_id=source.id, position=n, unit="day",
                selector={"type": "TextPositionSelector", "start": 100 * n, "end": 100 * n + 9},
                text=text, speaker_name=name, speaker_confidence=0.0)
        for n, (name, text) in enumerate(lines)
    ]  # fmt: skip
    with Store.open(workspace) as store:
        store.add_source(source, passages, [])
