"""Large letters, strong contrast, nothing from afar, no text past the escaping door."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
THEME = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
CSS = (REPOSITORY / "persona" / "screens" / "style.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", CSS))
MARKDOWN = frozenset(
    "markdown write caption title header subheader info error warning success toast "
    "write_stream latex metric text".split()
)


def luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("text", ["ink", "soft", "brown"])
@pytest.mark.parametrize("ground", ["paper", "sheet", "warm", "mark"])
def test_contrast(text, ground):
    if (text, ground) == ("brown", "mark"):
        pytest.skip("brown text never stands on a mark")
    assert contrast(COLOURS[text], COLOURS[ground]) >= 7


def test_theme_and_style_sheet_agree():
    theme = THEME["theme"]
    assert theme["textColor"] == COLOURS["ink"]
    assert theme["backgroundColor"] == COLOURS["paper"]
    assert contrast(theme["primaryColor"], "#ffffff") >= 7


def test_letters_are_large():
    base = THEME["theme"]["baseFontSize"]
    assert base >= 18
    smallest = min(float(size) for size in re.findall(r"font-size: ([\d.]+)rem", CSS))
    assert smallest * base >= 15


def test_nothing_is_sent_or_fetched():
    assert THEME["browser"]["gatherUsageStats"] is False
    assert "http" not in CSS
    assert "@import" not in CSS
    assert "url(" not in CSS


def test_text_reaches_the_page_only_through_the_escaping_door(screens_folder):
    for file in screens_folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                on = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
                elsewhere = on in ("_log", "soundfile")
                assert elsewhere or node.func.attr not in MARKDOWN, f"{file.name}:{node.lineno}"
                names = {keyword.arg for keyword in node.keywords}
                unsafe = {n for n in names if n and n.startswith("unsafe")}
                fixed = bool(node.args) and ast.unparse(node.args[0]).strip("_").isupper()
                # a script may be a constant of the program, never anything that holds a text
                assert not unsafe - ({"unsafe_allow_javascript"} if fixed else set()), file.name


def test_labels_of_buttons_are_escaped(screens_folder):
    for file in screens_folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "button"
            ):
                label = node.args[0]
                escaped = isinstance(label, ast.Name) or (
                    isinstance(label, ast.Call)
                    and isinstance(label.func, ast.Name)
                    and label.func.id == "as_label"
                )
                assert escaped, f"{file.name}:{node.lineno}"


def test_the_app_is_short():
    assert len((REPOSITORY / "app.py").read_text(encoding="utf-8").splitlines()) < 80
