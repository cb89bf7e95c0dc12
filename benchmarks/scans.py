"""How well writing in pictures is read: character error rate on drawn pages, seconds a page.

    python -m benchmarks.scans ["on its side" …]

Pages are drawn with the fonts of this machine (print, and a slanted serif in place of a hand),
then spoilt as scans and telephone pictures are: turned by two degrees, blurred, JPEG, uneven
light. It does not measure real handwriting: no free set of old letters is small enough to ship.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from persona.engines.protocols import TextReader
from persona.engines.text_reader_rapidocr import RapidOcrReader

ENGLISH = [
    "Oyster Bay, Dec. 8, 1987.",
    "Dear Little Sparrow,",
    "The boat is mended. I painted it blue, as you asked,",
    "and David has put the new mast in. We went round the",
    "point on Sunday; your mother held the tiller & sang.",
    "It cost £14 10s., which is 3 shillings more than I had",
    "hoped - but it's worth it. Will you come home in June?",
    "Your loving father, Dad",
]
CHINESE = [
    "小茹：",
    "你好吗？我很想你。家里都好，请你放心。",
    "船已经修好了，我把它漆成了蓝色，像你说的那样。",
    "星期天我们绕过了海角，你妈妈掌舵，还唱了歌。",
    "一共花了三百二十元，比我想的多一点，可是值得。",
    "六月你能回来吗？弟弟天天问姐姐什么时候到家。",
    "爸爸 一九八七年六月三日",
]
FONTS = ("DejaVuSerif.ttf", "LiberationSerif-Italic.ttf")
_WIDTH = str.maketrans("：，。？！（）；“”‘’", ":,.?!();\"\"''")


def main() -> None:
    """Print one line a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spoilt", nargs="*", help=f"of: {', '.join(SPOILT)}; else all")
    wanted = parser.parse_args().spoilt or list(SPOILT)
    reader = RapidOcrReader()
    with tempfile.TemporaryDirectory() as folder:
        for name, lines, font in _pages():
            for spoilt, spoil in SPOILT.items():
                if spoilt not in wanted:
                    continue
                picture = Path(folder) / "page.jpg"
                spoil(_drawn(lines, font)).save(picture, quality=60)
                wrong, seconds, sure = _measured(reader, picture, lines)
                print(f"{name:38} {spoilt:16} CER {wrong:.4f}  {seconds:5.2f} s  sure {sure:.2f}")


def _pages() -> Iterator[tuple[str, list[str], Path | str]]:
    for font in FONTS:
        yield f"English, {font}", ENGLISH, font
    for folder in (Path("/usr/share/fonts"), Path.home() / ".fonts", Path("/Library/Fonts")):
        for found in sorted(folder.rglob("*CJK-Regular*.tt?")) if folder.is_dir() else ():
            yield f"Chinese, {found.name}", CHINESE, found
    if not Path("/usr/share/fonts").is_dir():
        print("No folder of fonts here: Chinese was not measured.", file=sys.stderr)


def _drawn(lines: list[str], font: Path | str) -> Image.Image:
    page = Image.new("RGB", (1240, 760), (250, 246, 235))
    pen = ImageDraw.Draw(page)
    face = ImageFont.truetype(str(font), 34)
    for number, line in enumerate(lines):
        pen.text((90, 60 + 78 * number), line, font=face, fill=(30, 30, 70))
    return page


def _uneven(page: Image.Image) -> Image.Image:
    light = np.linspace(0.45, 1.0, page.width)[None, :, None]
    return Image.fromarray((np.asarray(page) * light).astype(np.uint8))


def _faint(page: Image.Image) -> Image.Image:
    grain = np.random.default_rng(7).normal(0, 30, (page.height, page.width, 1))
    return Image.fromarray(
        (200 + (np.asarray(page) - 200.0) * 0.3 + grain).clip(0, 255).astype(np.uint8)
    )


SPOILT: dict[str, Callable[[Image.Image], Image.Image]] = {
    "clean": lambda page: page,
    "2 degrees": lambda page: page.rotate(2, expand=True, fillcolor=(250, 246, 235)),
    "blurred": lambda page: page.filter(ImageFilter.GaussianBlur(2)),
    "half size": lambda page: page.resize((page.width // 2, page.height // 2)),
    "third, blurred": lambda page: page.resize((page.width // 3, page.height // 3)).filter(
        ImageFilter.GaussianBlur(1)
    ),
    "faint, grainy": _faint,
    "uneven light": _uneven,
    "on its side": lambda page: page.rotate(90, expand=True),
}


def _measured(reader: TextReader, picture: Path, lines: list[str]) -> tuple[float, float, float]:
    began = time.perf_counter()
    read = reader.read(picture)
    seconds = time.perf_counter() - began
    wanted, got = _plain("".join(lines)), _plain("".join(line.text for line in read))
    sure = sum(line.confidence for line in read) / max(1, len(read))
    return _distance(wanted, got) / len(wanted), seconds, sure


def _plain(text: str) -> str:
    """Without spaces and width of punctuation, which depend on the font."""
    return "".join(text.translate(_WIDTH).split())


def _distance(one: str, other: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(other) + 1))
    for number, sign in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, found in enumerate(other, start=1):
            change = before + (sign != found)
            before, row[place] = row[place], min(change, row[place] + 1, row[place - 1] + 1)
    return row[-1]


if __name__ == "__main__":
    main()
