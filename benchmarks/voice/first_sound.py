"""How much computing lies between a first sentence and its sound: ``python -m …first_sound``.

Processor seconds are counted, because they do not grow when other programs want the processor; on
two idle cores a listener waits a little more than half of them.
"""

import argparse
import statistics
import time

from persona.config import models_folder
from persona.engines.voice_kokoro import KokoroVoice

SENTENCES = (
    "Yes, I remember.",
    "We walked home slowly that evening.",
    "The letters were kept in a blue tin under the stairs.",
    "When the river froze that winter we skated all the way to the mill and came home in the dark.",
)
TIMES = 5


def main() -> None:
    """Print words, seconds of speech, processor seconds and waiting, medians of `TIMES`."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    voice = KokoroVoice(models_folder())
    voice.speak(SENTENCES[0], language="en")
    print("| words | speech | processor seconds | waited here |")
    print("|---|---|---|---|")
    for sentence in SENTENCES:
        computed, waited, length = [], [], 0.0
        for _ in range(TIMES):
            cpu, wall = time.process_time(), time.perf_counter()
            sound = voice.speak(sentence, language="en")
            computed.append(time.process_time() - cpu)
            waited.append(time.perf_counter() - wall)
            length = len(sound) / voice.sample_rate_hz
        print(
            f"| {len(sentence.split())} | {length:.1f} s | {statistics.median(computed):.2f} "
            f"| {statistics.median(waited):.2f} s |"
        )


if __name__ == "__main__":
    main()
