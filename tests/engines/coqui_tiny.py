"""Makes tiny random models of coqui's real kinds; run with the interpreter of its environment.

python coqui_tiny.py ENGINES_FOLDER OUT     →  OUT/vits OUT/xtts OUT/openvoice OUT/knnvc …
"""

import json
import sys
from pathlib import Path
from typing import Any

LANGUAGES = ["en", "zh-cn"]
SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"


def vits(folder: Path) -> None:
    import torch
    from TTS.config.shared_configs import BaseAudioConfig
    from TTS.tts.configs.vits_config import VitsArgs, VitsConfig
    from TTS.tts.models.vits import Vits

    small = VitsArgs(
        hidden_channels=32,
        hidden_channels_ffn_text_encoder=64,
        num_layers_text_encoder=1,
        num_layers_posterior_encoder=2,
        num_layers_flow=1,
        upsample_initial_channel_decoder=32,
        resblock_type_decoder="2",
        resblock_kernel_sizes_decoder=[3],
        resblock_dilation_sizes_decoder=[[1, 2]],
        use_sdp=False,
        periods_multi_period_discriminator=[2],
        spec_segment_size=16,
    )
    audio = BaseAudioConfig(
        sample_rate=16_000, win_length=1024, hop_length=256, num_mels=80, mel_fmin=0, mel_fmax=None
    )
    config = VitsConfig(
        model_args=small, audio=audio, text_cleaner="english_cleaners", use_phonemes=False
    )
    write(folder, config, Vits.init_from_config(config).state_dict())
    assert torch.load(folder / "model.pth", weights_only=True)["model"]


def xtts(folder: Path) -> None:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from TTS.tts.configs.xtts_config import XttsAudioConfig, XttsConfig
    from TTS.tts.layers.xtts.dvae import DiscreteVAE
    from TTS.tts.models.xtts import Xtts, XttsArgs

    folder.mkdir(parents=True)
    special = ["[STOP]", "[UNK]", "[SPACE]", "[START]", *(f"[{one}]" for one in LANGUAGES)]
    vocabulary = {sign: place for place, sign in enumerate([*special, *SIGNS])}
    tokens = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="[UNK]"))
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    tokens.add_special_tokens(special)
    tokens.save(str(folder / "vocab.json"))
    codes = 64
    dvae = DiscreteVAE(
        channels=80,
        normalization=None,
        positional_dims=1,
        num_tokens=codes,
        codebook_dim=512,
        hidden_dim=512,
        num_resnet_blocks=3,
        kernel_size=3,
        num_layers=2,
        use_transposed_convs=False,
    )
    torch.save(dvae.state_dict(), folder / "dvae.pth")
    torch.save(torch.ones(80), folder / "mel_stats.pth")
    torch.save({}, folder / "speakers_xtts.pth")
    small = XttsArgs(
        tokenizer_file=str(folder / "vocab.json"),
        gpt_num_audio_tokens=codes + 2,
        gpt_start_audio_token=codes,
        gpt_stop_audio_token=codes + 1,
        gpt_use_perceiver_resampler=True,
        gpt_use_masking_gt_prompt_approach=True,
        gpt_layers=2,
        gpt_n_model_channels=64,
        gpt_n_heads=2,
        decoder_input_dim=64,
        gpt_max_audio_tokens=120,
    )
    audio = XttsAudioConfig(sample_rate=22_050, output_sample_rate=24_000)
    config = XttsConfig(model_args=small, audio=audio, languages=LANGUAGES)
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer

    model = Xtts.init_from_config(config)
    model.tokenizer = VoiceBpeTokenizer(str(folder / "vocab.json"))
    model.init_models()
    write(folder, config, model.state_dict())


def openvoice(folder: Path) -> None:
    from TTS.vc.configs.openvoice_config import OpenVoiceConfig
    from TTS.vc.models.openvoice import OpenVoice

    write(folder, OpenVoiceConfig(), OpenVoice(OpenVoiceConfig()).state_dict())
    theirs = {
        "data": {
            "sampling_rate": 22_050,
            "filter_length": 1024,
            "hop_length": 256,
            "win_length": 1024,
        }
    }
    (folder / "config.json").write_text(json.dumps(theirs))


def write(folder: Path, config: Any, state: Any) -> None:
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    config.save_json(str(folder / "config.json"))
    torch.save({"model": state, "step": 0, "epoch": 0}, folder / "model.pth")


def main() -> None:
    sys.path.append(sys.argv[1])
    from coqui_process.door import ensure_torchaudio

    ensure_torchaudio()
    import torch

    out = Path(sys.argv[2])
    for make in (vits, xtts, openvoice):
        torch.manual_seed(7)
        make(out / make.__name__)


if __name__ == "__main__":
    main()
