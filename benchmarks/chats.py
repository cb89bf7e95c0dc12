"""Import a long chat that nobody wrote: time a message and peak memory of the reading alone.

    python benchmarks/chats.py [--messages 1000000] [--form whatsapp|telegram|wechat]

The store is not part of it: passages are made and dropped, as the store takes them from the
stream. Peak memory is that of the whole process.
"""

import argparse
import csv
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from persona.collect.chats.table import ChatTable
from persona.collect.chats.telegram import TelegramJson
from persona.collect.chats.whatsapp import WhatsAppText
from persona.collect.family.people import FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.importer import Importer, Request
from persona.records import Person

WORDS = (
    "the boat was blue when we came home and nobody had eaten 我们 回家 了 so he cooked 😀".split()
)
NAMES = ("Ruth Lin", "Henry Lin")


def sentences(messages: int) -> list[str]:
    """Return words of messages, the same ones every time."""
    chance = random.Random(7)
    return [
        " ".join(chance.choices(WORDS, k=chance.randint(2, 18))) for _ in range(min(messages, 5000))
    ]


def write_whatsapp(folder: Path, messages: int) -> Path:
    """Write a chat as an iPhone exports it."""
    said, moment, path = sentences(messages), datetime(2012, 1, 1), folder / "_chat.txt"
    with path.open("w", encoding="utf-8") as file:
        for number in range(messages):
            moment += timedelta(minutes=7)
            words = said[number % len(said)]
            file.write(f"[{moment:%d/%m/%Y, %H:%M:%S}] {NAMES[number % 2]}: {words}\n")
    return path


def write_telegram(folder: Path, messages: int) -> Path:
    """Write a chat as Telegram Desktop exports it."""
    said, moment, path = (
        sentences(messages),
        datetime(2012, 1, 1, tzinfo=UTC),
        folder / "result.json",
    )
    with path.open("w", encoding="utf-8") as file:
        file.write('{"name": "Ruth Lin", "type": "personal_chat", "id": 1, "messages": [\n')
        for number in range(messages):
            moment += timedelta(minutes=7)
            words = said[number % len(said)]
            message = {
                "id": number,
                "type": "message",
                "date": f"{moment:%Y-%m-%dT%H:%M:%S}",
                "date_unixtime": str(int(moment.timestamp())),
                "from": NAMES[number % 2],
                "from_id": f"user{number % 2}",
                "text": words,
                "text_entities": [{"type": "plain", "text": words}],
            }
            comma = "," if number + 1 < messages else ""
            file.write(json.dumps(message, ensure_ascii=False, indent=1) + comma + "\n")
        file.write("]}")
    return path


def write_wechat(folder: Path, messages: int) -> Path:
    """Write a chat as PyWxDump exports it."""
    said, moment, path = sentences(messages), datetime(2012, 1, 1), folder / "wechat.csv"
    head = "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime".split(",")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(head)
        for number in range(messages):
            moment += timedelta(minutes=7)
            who, words = NAMES[number % 2], said[number % len(said)]
            when = f"{moment:%Y-%m-%d %H:%M:%S}"
            rows.writerow(
                [number, 10**18 + number, "文本", number % 2, who, "ruth", words, "", when]
            )
    return path


FORMS: dict[str, tuple[Callable[[Path, int], Path], Importer]] = {
    "whatsapp": (write_whatsapp, WhatsAppText()),
    "telegram": (write_telegram, TelegramJson()),
    "wechat": (write_wechat, ChatTable()),
}


def read(path: Path, importer: Importer) -> int:
    """Read a chat as `persona collect` does and return the number of its passages."""
    people = [Person(id="henry", name="Henry Lin", is_subject=True, languages=["en"])]
    people.append(Person(id="ruth", name="Ruth Lin", languages=["en"]))
    book = FamilyBook.from_archive(people)
    request = Request(path, path.name, "src_benchmark", "text/plain", book, FileRule())
    reading = importer.read(request)
    return len(reading.passages) + sum(1 for _ in reading.stream)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--form", choices=sorted(FORMS), default="whatsapp")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write, importer = FORMS[options.form]
        path = write(Path(folder), options.messages)
        size_mb = path.stat().st_size / 1e6
        wall, busy = time.perf_counter(), time.process_time()
        passages = read(path, importer)
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print("| form | messages | file MB | wall s | processor s | µs a message | peak MB |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {options.form} | {passages:,} | {size_mb:.0f} | {wall:.1f} | {busy:.1f} "
        f"| {busy / passages * 1e6:.1f} | {peak_mb:.0f} |"
    )


if __name__ == "__main__":
    main()
