"""The records as JSON Schema (draft 2020-12): what leaves the program, and its version.

    python -m persona.records.schema data_schema

writes one ``<record>.schema.json`` a record and ``index.json`` with `SCHEMA_VERSION`. The
files are never edited by hand; a test compares them with the records. When a version number
has to rise is said in ``data_schema/README.md``.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlmodel import SQLModel

from persona.records.audit import AuditEvent
from persona.records.conflict import Conflict, ConflictMember
from persona.records.consent import Consent, Restriction
from persona.records.conversation import Conversation, OpenQuestion, Sentence, Turn
from persona.records.judgement import Judgement
from persona.records.memory import Citation, Memory
from persona.records.person import Person
from persona.records.proposal import Alternate, Face, Kinship, KnownName
from persona.records.source import Passage, Source
from persona.records.version import Manifest, Version
from persona.records.voice import MadeVoice, VoiceClip
from persona.records.withdrawal import Withdrawal

SCHEMA_VERSION = "1.3"
"""MAJOR.MINOR; MAJOR is also `Manifest.schema_version`."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"

RECORDS: tuple[type[BaseModel], ...] = (
    Person,
    KnownName,
    Kinship,
    Consent,
    Restriction,
    Source,
    Passage,
    Alternate,
    Face,
    Memory,
    Citation,
    Conflict,
    ConflictMember,
    Version,
    Manifest,
    Conversation,
    Turn,
    Sentence,
    OpenQuestion,
    VoiceClip,
    MadeVoice,
    Judgement,
    Withdrawal,
    AuditEvent,
)


def record_name(record: type[BaseModel]) -> str:
    """Return the name of a record's files: ``OpenQuestion`` → ``open_question``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", record.__name__).lower()


def references(record: type[BaseModel]) -> dict[str, str]:
    """Return the fields that hold the id of another record: field → ``record.field``."""
    if not issubclass(record, SQLModel):
        return {}
    names = {other.__name__.lower(): record_name(other) for other in RECORDS}
    found: dict[str, str] = {}
    for column in SQLModel.metadata.tables[record.__name__.lower()].columns:
        for key in column.foreign_keys:
            table, _, field = key.target_fullname.partition(".")
            found[column.name] = f"{names[table]}.{field}"
    return found


def record_schema(record: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of one record.

    Fields with a default may be left out, so that what an older version of the same MAJOR
    wrote stays valid. ``x-references`` names the record that an id belongs to.
    """
    body = record.model_json_schema()
    for field, target in references(record).items():
        body["properties"][field]["x-references"] = target
    head = {
        "$schema": DRAFT,
        "$id": f"urn:memorial-persona:{SCHEMA_VERSION}:{record_name(record)}",
    }
    return head | body


def schema_files() -> dict[str, str]:
    """Return the text of every generated file by its name."""
    files = {f"{record_name(record)}.schema.json": record_schema(record) for record in RECORDS}
    index = {
        "schema_version": SCHEMA_VERSION,
        "draft": DRAFT,
        "records": {
            record_name(record): {
                "schema": f"{record_name(record)}.schema.json",
                "example": f"examples/{record_name(record)}.json",
            }
            for record in RECORDS
        },
    }
    return {
        name: json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        for name, content in {**files, "index.json": index}.items()
    }


def write_schemas(folder: Path) -> None:
    """Write the generated files into ``folder`` and remove schemas of records that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    files = schema_files()
    for stale in folder.glob("*.schema.json"):
        if stale.name not in files:
            stale.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
