"""Speaking, cloning and converting with coqui models that lie in folders.

    kind      model folder                     a speaker is
    xtts      model.pth config.json vocab.json  latents of the GPT and a speaker vector
    vits      *.pth config.json                 the model itself
    openvoice *.pth config.json                 a tone colour vector
    freevc    *.pth config.json                 a speaker vector      (and WavLM in $TTS_HOME)
    knnvc     config.json                       WavLM frames          (and WavLM in $TTS_HOME)

Speakers are kept as safetensors: coqui's own files hold paths and times besides.
"""

import tempfile
import types
from pathlib import Path
from typing import Any

import numpy as np

from .door import Refused

SPEAKER = "speaker"
_loaded: dict[str, Any] = {}
_NOT_LOADED = "The files of the model in {} are incomplete or damaged. Put them there again."


def speak(command: dict[str, Any], _: Any) -> dict[str, Any]:
    """Write ``out`` (.npy, float32) with ``text`` spoken; return the rate in Hz."""
    import torch

    model = _model(command["kind"], Path(command["model"]))
    torch.manual_seed(command["seed"])
    options: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
        if command.get("speaker"):
            _unpack(Path(command["speaker"]), Path(scratch))
            options = {"speaker_name": SPEAKER, "voice_dir": scratch}
        if command["kind"] == "xtts":
            options["language_name"] = _language(model, command["language"])
        with torch.inference_mode():
            sound = model.tts(command["text"], split_sentences=False, **options)
    return _written(sound, model, command["out"])


def clone(command: dict[str, Any], _: Any) -> dict[str, Any]:
    """Write ``out`` (.safetensors): what the model has to know of the speaker in ``wavs``."""
    import torch
    from safetensors.torch import save_file

    model = _model(command["kind"], Path(command["model"]))
    spoken = model.tts_model if model.tts_model is not None else model.vc_model
    with torch.inference_mode():
        voice = spoken.clone_voice(list(command["wavs"]))
    tensors = {name: one.detach().cpu().contiguous().clone() for name, one in voice.items()}
    save_file(tensors, command["out"])
    return {"tensors": sorted(tensors)}


def convert(command: dict[str, Any], _: Any) -> dict[str, Any]:
    """Write ``out`` (.npy): the recording ``source`` in the voice of ``speaker``."""
    model = _model(command["kind"], Path(command["model"]))
    with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
        _unpack(Path(command["speaker"]), Path(scratch))
        sound = model.voice_conversion(command["source"], speaker_id=SPEAKER, voice_dir=scratch)
    return _written(sound, model, command["out"])


def _written(sound: Any, model: Any, out: str) -> dict[str, Any]:
    if hasattr(sound, "cpu"):
        sound = sound.cpu().numpy()
    samples = np.asarray(sound, dtype=np.float32).reshape(-1)
    if not np.isfinite(samples).all():
        raise Refused("The voice broke while it spoke. Train it again, or use another one.")
    with Path(out).open("wb") as file:
        np.save(file, samples)
    return {"rate_hz": int(model.output_sample_rate)}


def _language(model: Any, language: str) -> str:
    known = list(model.tts_config.languages)
    wanted = "zh-cn" if language == "zh" else language
    if wanted not in known:
        raise Refused(f"This voice does not speak the language {language}.")
    return wanted


def _unpack(speaker: Path, folder: Path) -> None:
    """Write a speaker as coqui reads one."""
    import torch
    from safetensors.torch import load_file

    try:
        tensors = load_file(str(speaker))
    except Exception as error:
        raise Refused("The file of the speaker is damaged. Make the voice again.") from error
    torch.save(tensors, folder / f"{SPEAKER}.pth")


def _model(kind: str, folder: Path) -> Any:
    """Return a loaded model; one at a time is held."""
    key = f"{kind} {folder}"
    if key not in _loaded:
        _loaded.clear()
        try:
            _loaded[key] = _load(kind, folder)
        except Refused:
            raise
        except OSError as error:
            raise Refused(_missing_part(error, folder)) from error
        except Exception as error:
            raise Refused(_NOT_LOADED.format(folder)) from error
    return _loaded[key]


def _missing_part(error: OSError, folder: Path) -> str:
    from .door import NO_NETWORK

    chain: BaseException | None = error
    while chain is not None:
        if NO_NETWORK in str(chain):
            return (
                "The model needs another file that is not on this machine, and nothing is fetched "
                "here. Put WavLM-Large.pt into the folder tts/wavlm beside the models of coqui."
            )
        chain = chain.__cause__ or chain.__context__
    return _NOT_LOADED.format(folder)


def _load(kind: str, folder: Path) -> Any:
    import torch
    from TTS.utils.synthesizer import Synthesizer  # type: ignore[import-not-found]

    cuda = torch.cuda.is_available()
    config = folder / "config.json"
    if kind == "xtts":
        model = Synthesizer(tts_checkpoint=folder, tts_config_path=config, use_cuda=cuda)
        if model.tts_model.speaker_manager is None:  # no file of ready speakers: none are needed
            model.tts_model.speaker_manager = types.SimpleNamespace(speakers={})
        return model
    if kind == "vits":
        return Synthesizer(tts_checkpoint=weights_in(folder), tts_config_path=config, use_cuda=cuda)
    if kind == "openvoice":
        return _open_voice(Synthesizer, weights_in(folder), cuda=cuda)
    checkpoint = folder if kind == "knnvc" else weights_in(folder)
    return Synthesizer(vc_checkpoint=checkpoint, vc_config=config, use_cuda=cuda)


def _open_voice(synthesizer: Any, weights: Path, *, cuda: bool) -> Any:
    """Load OpenVoice from any folder: coqui goes by the folder's name, and reads its config."""

    class OpenVoice(synthesizer):  # type: ignore[misc]
        def _load_vc(self, *_: Any, **__: Any) -> None:
            self._load_openvoice(weights, use_cuda=cuda)

    return OpenVoice(vc_checkpoint=weights, vc_config="", use_cuda=cuda)


def weights_in(folder: Path) -> Path:
    """Return the one file of weights in a folder. Raises `Refused`."""
    found = sorted(folder.glob("*.pth"))
    named = [path for path in found if path.name in ("model.pth", "model_file.pth")]
    if len(named) == 1 or len(found) == 1:
        return (named or found)[0]
    raise Refused(_NOT_LOADED.format(folder))
