"""Write the pages of this folder from the code: settings, records and commands.

Run by ``make docs``; a test compares the pages with what this writes.
"""

import ast
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from persona.config import Config
from persona.records.schema import RECORDS, SCHEMA_VERSION, record_name, record_schema

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
GENERATED = "<!-- made by docs/reference/make.py (make docs); edit the code instead -->\n"


def cell(text: str) -> str:
    """Return text that can stand in a cell of a Markdown table."""
    return " ".join(text.replace("``", "`").split()).replace("|", r"\|")


def setting_row(name: str, schema: dict[str, Any]) -> str:
    """Return the row of one setting: its name, its default as TOML, what it means."""
    default = schema.get("default")
    shown = "(not set)" if default is None else f"`{json.dumps(default)}`"
    meaning = schema.get("description", "") or name.replace("_", " ")
    choices = [str(value) for value in schema.get("enum", ())]
    limits = [
        f"{word} {schema[key]}"
        for key, word in (
            ("minimum", "at least"),
            ("exclusiveMinimum", "above"),
            ("maximum", "at most"),
        )
        if key in schema
    ]
    notes = ([f"one of {', '.join(choices)}"] if choices else []) + limits
    if notes:
        meaning += f" ({'; '.join(notes)})"
    return f"| `{name}` | {shown} | {cell(meaning)} |"


def settings_page() -> str:
    """Return the page of all settings of ``persona.toml``."""
    schema = Config.model_json_schema()
    head = "| setting | default | meaning |\n|---|---|---|\n"
    top, groups = [], []
    for name, field in schema["properties"].items():
        nested = Config.model_fields[name].annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            inner = nested.model_json_schema()
            rows = [setting_row(key, value) for key, value in inner["properties"].items()]
            groups.append(
                f"## `[{name}]`\n{cell(inner['description'])}\n\n{head}" + "\n".join(rows)
            )
        else:
            top.append(setting_row(name, field))
    return (
        f"{GENERATED}# Settings: `persona.toml`\n\n"
        "Every setting may be left out. An unknown name is refused, so that a typing error is "
        "never silently ignored. Models lie in the folder named by the environment variable "
        "`PERSONA_MODELS`, else in the user's cache folder.\n\n"
        f"## Top of the file\n\n{head}" + "\n".join(top) + "\n\n" + "\n\n".join(groups) + "\n"
    )


def type_name(schema: dict[str, Any]) -> str:
    """Return a short name for the type of a field."""
    if "anyOf" in schema:
        return " or ".join(type_name(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    kind = str(schema.get("format") or schema.get("type", "any"))
    return f"list of {type_name(schema['items'])}" if "items" in schema else kind


def record_section(record: type[BaseModel]) -> str:
    """Return the section of one record: what it is, its fields, its lists of values."""
    schema = record_schema(record)
    lines = [f"## {record.__name__}", "", schema["description"].replace("``", "`"), ""]
    lines += ["| field | type | meaning |", "|---|---|---|"]
    for name, field in schema["properties"].items():
        needed = "" if name in schema.get("required", ()) else ", optional"
        target = f"→ {field['x-references']} " if "x-references" in field else ""
        meaning = cell(target + field.get("description", ""))
        lines.append(f"| `{name}` | {cell(type_name(field))}{needed} | {meaning} |")
    for name, values in sorted(schema.get("$defs", {}).items()):
        lines += ["", f"{name}: " + ", ".join(f"`{value}`" for value in values["enum"])]
    return "\n".join(lines)


def records_page() -> str:
    """Return the page of all records."""
    names = ", ".join(f"[{record.__name__}](#{record.__name__.lower()})" for record in RECORDS)
    return (
        f"{GENERATED}# Records, formats {SCHEMA_VERSION}\n\n"
        "The tables of an archive, as they also leave the program: "
        "[data_schema](../../data_schema/README.md) has the JSON Schemas and an example of each "
        f"(`{record_name(RECORDS[0])}.json` and so on).\n\n{names}\n\n"
        + "\n\n".join(record_section(record) for record in RECORDS)
        + "\n"
    )


def command_section(path: str, command: Any) -> list[str]:
    """Return the section of one command, or those of a group of commands."""
    inner = getattr(command, "commands", None)
    if inner:
        names = sorted(inner)
        return [line for name in names for line in command_section(f"{path} {name}", inner[name])]
    rows = []
    for parameter in command.params:
        if parameter.name in {"help", "install_completion", "show_completion"}:
            continue
        shown = ", ".join((*parameter.opts, *parameter.secondary_opts))
        if parameter.param_type_name == "argument":
            shown = parameter.name.upper()
        rows.append(f"| `{shown}` | {cell(getattr(parameter, 'help', None) or '')} |")
    table = ["", "| argument | meaning |", "|---|---|", *rows] if rows else []
    text = (command.help or "").replace("``", "`").strip()
    return [f"## `{path}`", "", text, *table, ""]


def commands_page() -> str:
    """Return the page of all commands, in the words of ``persona COMMAND --help``."""
    from typer.main import get_command

    from persona.cli import app

    lines = command_section("persona", get_command(app))
    return f"{GENERATED}# Commands\n\n" + "\n".join(lines).rstrip() + "\n"


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    return {
        "settings.md": settings_page(),
        "records.md": records_page(),
        "commands.md": commands_page(),
        "files.md": files_page(),
    }


def first_line(path: Path) -> str:
    """Return the first line of the docstring of a module or a package."""
    module = path / "__init__.py" if path.is_dir() else path
    text = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    return cell(text.split("\n")[0])


def modules(folder: Path) -> list[Path]:
    """Return the modules that lie directly in a folder, without what makes it a package."""
    return sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")


def packages(folder: Path) -> list[Path]:
    """Return the packages that lie directly in a folder."""
    return sorted(path.parent for path in folder.glob("*/__init__.py"))


def rows_of(paths: list[Path]) -> list[str]:
    """Return a row for each module or package: its name and the first line of its docstring."""
    shown = [(path.relative_to(ROOT).as_posix() + "/" * path.is_dir(), path) for path in paths]
    return [f"| `{name}` | {first_line(path)} |" for name, path in shown]


def files_table() -> str:
    """Return README's table: the packages and the modules beside them."""
    paths = [ROOT / "app.py", *packages(ROOT / "persona"), *modules(ROOT / "persona")]
    return "\n".join(["| file | what it is |", "|---|---|", *rows_of(paths)])


def files_page() -> str:
    """Return the page of every file of the program, package by package."""
    parts = [f"{GENERATED}# Every file of the program\n"]
    inner = [path.parent for path in (ROOT / "persona").rglob("*/__init__.py")]
    for folder in [ROOT / "persona", *sorted(set(inner) - {ROOT / "persona"})]:
        table = ["| file | what it is |", "|---|---|", *rows_of(modules(folder))]
        name = folder.relative_to(ROOT).as_posix()
        if len(table) > 2:
            parts.append(f"## `{name}/`\n{first_line(folder)}\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


def with_files_table(readme: str) -> str:
    """Return the README with its table of files made anew."""
    before, rest = readme.split("<!-- files -->")
    after = rest.split("<!-- /files -->")[1]
    return f"{before}<!-- files -->\n{files_table()}\n<!-- /files -->{after}"


if __name__ == "__main__":
    page = ROOT / "README.md"
    page.write_text(with_files_table(page.read_text("utf-8")), encoding="utf-8")
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
