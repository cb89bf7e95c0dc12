"""One command per step; the only place that prints and decides exit codes.

    material.py   persona new NAME · collect PATH… · remember · consent
    people.py     persona who
    memories.py   persona memories
    reviewing.py  persona review · disagreements
    versions.py   persona train · versions · retire
    compare.py    persona compare
    talk.py       persona chat
    voice.py      persona voice clips · confirm · refuse · make · list · hear · say
    care.py       persona farewell · dispute · guardian
    evaluation.py persona evaluate
    custody.py    persona withdraw · may-return · verify
    serving.py    persona serve · token · explain
    machine.py    persona doctor · fetch · app · demo

Heavy libraries are imported inside the commands, so that ``persona --help`` is instant.
"""

from persona.cli import (
    care,
    compare,
    custody,
    evaluation,
    machine,
    material,
    memories,
    people,
    reviewing,
    serving,
    talk,
    versions,
    voice,
)
from persona.cli.base import app, say_error

__all__ = [
    "app",
    "care",
    "compare",
    "custody",
    "evaluation",
    "machine",
    "material",
    "memories",
    "people",
    "reviewing",
    "say_error",
    "serving",
    "talk",
    "versions",
    "voice",
]
