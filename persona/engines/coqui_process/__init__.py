"""What runs in coqui's own process and environment; the rest of the program only talks to it.

    persona ── JSON lines ─▶ worker ── door (no network, no chatter, torchaudio) ─▶ TTS, trainer
            ◀─ JSON lines ──

coqui-tts needs packages that break others in one environment, and its Trainer may end the process
it runs in, so it has both for itself. Nothing here imports anything else of this program: only
this folder is known there, which is why its modules import each other by their place.
"""
