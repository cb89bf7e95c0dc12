"""The folder of a made voice: ``voice.json`` says which engine speaks with the files beside it.

    voices/voi_…/
    ├── voice.json    engine, its weights' hash, language, settings: all but whose voice it is
    └── style.bin …   what the engine made

Whose voice it is stands in the archive (`persona.records.MadeVoice`), not here; it is handed in
as ``donor``. Nothing in the folder names a person, a file of the archive, or a time.
"""

import json
from pathlib import Path
from typing import Any

from persona.atomic import write_file
from persona.engines.protocols import Voice
from persona.errors import EngineError

DESCRIPTION = "voice.json"
FORM = 1
RESEMBLES = "a synthetic voice made to resemble recordings, not a recording"
"""What is said of a made voice when nobody says whose recordings they were."""


def describe_made(folder: Path, engine: str, facts: dict[str, Any]) -> None:
    """Write ``voice.json``: the last file of a voice, so that a voice without it is unfinished."""
    content = {"form": FORM, "engine": engine, **facts}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    write_file(folder / DESCRIPTION, text.encode())


def read_made(folder: Path) -> dict[str, Any]:
    """Return what ``voice.json`` says.

    Raises:
        EngineError: the folder holds no whole voice, or one of a newer program.
    """
    try:
        found = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        form, engine = found["form"], found["engine"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(
            f"The voice {folder.name} is not here whole. Put its folder back from a copy, or make "
            "the voice again."
        ) from error
    if form != FORM or not isinstance(engine, str):
        raise EngineError(f"The voice {folder.name} was made by a newer program. Update this one.")
    return dict(found)


def open_made_voice(
    folder: Path, models: Path, *, donor: str = RESEMBLES, threads: int = 2
) -> Voice:
    """Return the voice whose files lie in ``folder``.

    Args:
        folder: ``voices/voi_…`` of a workspace.
        models: folder of models.
        donor: in plain words whose voice it is.
        threads: processor threads.

    Raises:
        MissingModel: the engine it was made with, or its weights, are not here.
        EngineError: the folder is damaged, or the weights are others than it was made with.
    """
    engine = read_made(folder)["engine"]
    if engine == "kokoro":
        from persona.engines.voice_kokoro_maker import open_kokoro_made

        return open_kokoro_made(folder, models, donor=donor, threads=threads)
    from persona.engines.voice_coqui import COQUI_ENGINES, open_coqui_made

    if engine in COQUI_ENGINES:
        return open_coqui_made(folder, models, donor=donor, threads=threads)
    raise EngineError(f"The voice {folder.name} needs an engine that is not known: {engine}.")
