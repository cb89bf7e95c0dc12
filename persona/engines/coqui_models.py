"""The weights that coqui-tts can use: their licences, who agreed to them, and where they lie.

    placed by hand in $TTS_HOME/tts/…  or  persona fetch xtts --from FOLDER
        └─ the licence is shown ─ somebody agrees ─▶ agreed.json ─▶ they may be used

Nothing is ever fetched from here, and nothing is used before somebody has agreed to its licence:
some of these weights may not be used for a film that earns money.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from persona.atomic import file_sha256, write_file
from persona.engines.coqui_environment import coqui_home
from persona.errors import MissingModel

_AGREED = "agreed.json"


@dataclass(frozen=True)
class CoquiModel:
    """What is known of one set of weights before anybody has it."""

    name: str
    folder: str
    """Inside ``$TTS_HOME/tts``, as coqui-tts itself names it."""
    licence: str
    terms: str
    """One sentence: what the licence means for a family and for a film maker."""
    url: str
    languages: tuple[str, ...]
    """ISO 639-1; empty: any, because it only changes how speech sounds."""
    also: tuple[str, ...] = ()
    """What else must lie in ``$TTS_HOME/tts``."""


_FREE = "May be used for any purpose, a film that earns money too."

COQUI_MODELS = {
    model.name: model
    for model in (
        CoquiModel(
            "xtts",
            "tts_models--multilingual--multi-dataset--xtts_v2",
            "Coqui Public Model License 1.0.0 (CPML)",
            "NOT for anything commercial: neither the weights nor what they say may be part of a "
            "film that earns money. A family at home may use them.",
            "https://tts-hub.github.io/cpml",
            tuple("en zh es fr de it pt pl tr ru nl cs ar hu ko ja hi".split()),
        ),
        CoquiModel(
            "vits",
            "tts_models--en--ljspeech--vits",
            "Apache-2.0 (ljspeech)",
            f"The checkpoint ljspeech: {_FREE[0].lower()}{_FREE[1:]} Another VITS checkpoint that "
            "is put in its place has the licence of whoever made it: look there.",
            "https://www.apache.org/licenses/LICENSE-2.0",
            ("en",),
        ),
        CoquiModel(
            "openvoice",
            "voice_conversion_models--multilingual--multi-dataset--openvoice_v2",
            "MIT",
            _FREE,
            "https://opensource.org/license/mit",
            (),
        ),
        CoquiModel(
            "knnvc",
            "voice_conversion_models--multilingual--multi-dataset--knnvc",
            "MIT (WavLM: see terms)",
            "kNN-VC may be used for any purpose. WavLM-Large, which it needs, comes from a place "
            "that says MIT, while the page of the model names CC BY-SA 3.0: ask before a film "
            "that earns money.",
            "https://opensource.org/license/mit",
            (),
            (
                "wavlm/WavLM-Large.pt",
                "vocoder_models--en--librispeech100--wavlm-hifigan_prematched",
            ),
        ),
    )
}


def find_coqui_model(name: str) -> CoquiModel:
    """Return what is known of weights. Raises `MissingModel` where nothing is."""
    if name not in COQUI_MODELS:
        known = ", ".join(sorted(COQUI_MODELS))
        raise MissingModel(f"coqui-tts has no weights called {name} here. Known are: {known}.")
    return COQUI_MODELS[name]


def tts_home(models: Path) -> Path:
    """Return the folder that holds ``tts/``: ``$TTS_HOME``, else beside the environment."""
    named = os.environ.get("TTS_HOME")
    return Path(named).expanduser() if named else coqui_home(models)


def coqui_weights(name: str, models: Path) -> Path:
    """Return the folder of weights that are here and whose licence somebody agreed to.

    Raises:
        MissingModel: they are not here, or nobody agreed.
    """
    model = find_coqui_model(name)
    folder = tts_home(models) / "tts" / model.folder
    if not (folder / "config.json").is_file():
        raise MissingModel(
            f"The weights {name} are not on this machine, and they are never fetched for you. Get "
            f"them ({model.licence}) and put them there with: persona fetch {name} --from FOLDER"
        )
    for part in model.also:
        if not (tts_home(models) / "tts" / part).exists():
            raise MissingModel(
                f"The weights {name} also need {part} in {tts_home(models) / 'tts'}. Put it there."
            )
    if not is_agreed(name, models):
        raise MissingModel(
            f"Nobody has agreed to the licence of {name} yet ({model.licence}). Read it and agree "
            f"with: persona fetch {name}"
        )
    return folder


def licence_text(name: str) -> str:
    """Return what is shown before somebody agrees; its hash is kept with the agreement."""
    model = find_coqui_model(name)
    return f"{model.name}: {model.licence}. {model.terms} The whole text: {model.url}"


def is_agreed(name: str, models: Path) -> bool:
    """Say whether somebody agreed to the licence as it is shown today."""
    return _agreements(models).get(name, {}).get("shown_sha256") == _shown_sha256(name)


def agree(name: str, models: Path, *, by: str) -> None:
    """Record that somebody was shown the licence and agreed: who, when, and to what.

    Raises:
        MissingModel: no such weights are known.
    """
    entry = {
        "licence": find_coqui_model(name).licence,
        "shown_sha256": _shown_sha256(name),
        "by": by,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    content = _agreements(models) | {name: entry}
    path = coqui_home(models) / _AGREED
    write_file(path, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode())


def place(name: str, source: Path, models: Path, report: Callable[[str], None]) -> Path:
    """Copy weights from a folder to where coqui-tts looks for them; return that folder.

    Raises:
        MissingModel: the folder holds none, or they cannot be written.
    """
    model = find_coqui_model(name)
    target = tts_home(models) / "tts" / model.folder
    has_weights = name == "knnvc" or any(source.glob("*.pth"))
    if not (source / "config.json").is_file() or not has_weights:
        raise MissingModel(
            f"{source} holds no weights of {name}: a config.json and a .pth file are expected."
        )
    staged = target.with_name(f".{target.name}.unfinished")
    try:
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        for path in sorted(one for one in source.iterdir() if one.is_file()):
            report(f"{name}: copying {path.name}")
            shutil.copyfile(path, staged / path.name)
        shutil.rmtree(target, ignore_errors=True)
        staged.replace(target)
    except OSError as error:
        raise MissingModel(
            f"The weights {name} could not be written to {target}: {error.strerror or error}."
        ) from error
    return target


def weights_sha256(folder: Path) -> str:
    """Return one SHA-256 over the weights and settings in a folder, to know them again."""
    kept = [path for path in folder.iterdir() if path.suffix in (".pth", ".json")]
    lines = [f"{file_sha256(path)}  {path.name}\n" for path in sorted(kept)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _agreements(models: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads((coqui_home(models) / _AGREED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: entry for name, entry in found.items() if isinstance(entry, dict)}


def _shown_sha256(name: str) -> str:
    return hashlib.sha256(licence_text(name).encode()).hexdigest()
