"""generated: the parts of the documents that are written from the code, and the test's way to rewrite them.

A part stands between ``<!-- NAME:begin -->`` and ``<!-- NAME:end -->``. ``keep`` compares it with what the code says;
where they differ it rewrites the file and fails, so that the next run passes and the change is there to be looked at.
"""

import ast
import importlib
import importlib.util
import json
import re
from functools import cache

import click
import pytest
from pydantic import BaseModel

from tests.sources import ROOT
from vidwatchd.config import Config

METHODS = ("get", "head", "post", "put", "patch", "delete")


def keep(path, wanted):
    """Fail, and write ``wanted``, unless the file holds just that."""
    found = path.read_text(encoding="utf-8") if path.exists() else ""
    if found != wanted:
        path.write_text(wanted, encoding="utf-8")
        pytest.fail(f"{path.relative_to(ROOT)} was out of date and has been rewritten; look at it and run again")


def between(text, name, body):
    """``text`` with the part called ``name`` replaced by ``body``; a part that is not there yet is put at the end."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    part = f"{begin}\n{body.strip()}\n{end}"
    if begin not in text:
        return f"{text.rstrip()}\n\n{part}\n"
    return text[: text.index(begin)] + part + text[text.index(end) + len(end) :]


def kinds():  # not cached: some tests replace the registry, and what they see must not outlast them
    """Each kind's name → its settings model, in the order made; {} while there are none."""
    if importlib.util.find_spec("vidwatchd.artifacts") is None:
        return {}
    found = getattr(importlib.import_module("vidwatchd.artifacts"), "KINDS", ())
    return {kind.name: kind for kind in (found.values() if hasattr(found, "values") else found)}


@cache
def group():
    """The command line's root group."""
    found = vars(importlib.import_module("vidwatchd.cli")).values()
    return next(value for value in found if isinstance(value, click.Group))


def commands(root=None, path=()):
    """(words, command) of every command that does something, subcommands included."""
    root = root or group()
    for name in root.list_commands(click.Context(root)):
        command = root.get_command(click.Context(root), name)
        if command is None or command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def command_table():
    """README's table of commands."""
    rows = [
        f"| `vidwatchd {' '.join(words)}` | {_cell(command.get_short_help_str(120))} |" for words, command in commands()
    ]
    return "\n".join(["| command | does |", "|---|---|", *rows])


def settings():
    """(key, type, default, help) of every setting, the kinds' own ones included."""
    yield from _fields(Config, "")
    for name, kind in kinds().items():
        yield from _fields(kind, f"artifacts.{name}.")


def settings_table():
    """The table in docs/settings.md."""
    rows = [f"| `{key}` | {type_} | `{default}` | {_cell(said)} |" for key, type_, default, said in settings()]
    return "\n".join(["| setting | type | default | what it does |", "|---|---|---|---|", *rows])


def _fields(model, prefix):
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        if isinstance(field.default, BaseModel):
            yield from _fields(type(field.default), f"{prefix}{name}.")
            continue
        if inner := _item(field.annotation):
            yield from _fields(inner, f"{prefix}{name}[].")
            continue
        default = (
            "required" if field.is_required() else json.dumps(_plain(field.get_default(call_default_factory=True)))
        )
        yield f"{prefix}{name}", _type(field.annotation), default, field.description or ""


def _item(annotation):
    """The model that a list of models holds."""
    arguments = getattr(annotation, "__args__", ())
    return next((a for a in arguments if isinstance(a, type) and issubclass(a, BaseModel)), None)


def _type(annotation):
    text = (
        annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else str(annotation)
    )
    text = re.sub(r"typing\.|vidwatchd\.[\w.]*\.", "", text)
    text = re.sub(
        r"Literal\[(.*?)\]", lambda m: " or ".join(f"`{w.strip().strip(chr(39))}`" for w in m[1].split(",")), text
    )
    words = {
        "tuple[str, ...]": "list of text",
        "tuple[float, ...]": "list of numbers",
        "tuple[int, ...]": "list of numbers",
    }
    for python, plain in {
        **words,
        " | ": " or ",
        "NoneType": "null",
        "None": "null",
        "str": "text",
        "float": "number",
    }.items():
        text = text.replace(python, plain)
    return {"int": "whole number", "bool": "true or false"}.get(text, text)


def _plain(value):
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


@cache
def openapi():
    """The API's description, or None while there is no application; ``vidwatchd.webapp.openapi()`` gives it."""
    if importlib.util.find_spec("vidwatchd.webapp") is None:
        return None
    describe = getattr(importlib.import_module("vidwatchd.webapp"), "openapi", None)
    return describe() if describe else None


def routes():
    """(METHOD, path, operation) of every route in the API's description."""
    paths = (openapi() or {}).get("paths", {})
    return [(m.upper(), path, item[m]) for path, item in sorted(paths.items()) for m in METHODS if m in item]


def route_table():
    """The table in docs/api.md."""
    rows = [
        f"| {method} | `{path}` | {_sentence(operation)} | {_statuses(operation)} |"
        for method, path, operation in routes()
    ]
    return "\n".join(["| method | path | does | answers |", "|---|---|---|---|", *rows])


def _statuses(operation):
    """Those that are told of this route; a wrong parameter (422) and whatever else may go wrong are the same for all."""
    return ", ".join(sorted(status for status in operation.get("responses", ()) if status not in ("422", "default")))


def _sentence(operation):
    return _cell(operation.get("summary") or operation.get("description") or "")


def _cell(text):
    return " ".join(text.split()).replace("|", "\\|")


def fault_tests():
    """Row of the fault table → the tests under tests/faults that name it, in their name or their docstring."""
    found = {}
    for path in sorted((ROOT / "tests" / "faults").glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = f"{node.name.replace('_', ' ')} {path.stem.replace('_', ' ')} {ast.get_docstring(node) or ''}"
                for number in sorted({int(n) for n in re.findall(r"\b[fF]0?(\d{1,2})\b", said)}):
                    found.setdefault(f"F{number}", []).append(f"`{path.name}::{node.name}`")
    return found


def with_fault_tests(text):
    """docs/faults.md with the last cell of every row rewritten."""
    tests = fault_tests()

    def row(match):
        return f"{match[1]} {' '.join(tests.get(match[2], ['–']))} |"

    return re.sub(r"^(\| (F\d+) \|.*\|)[^|\n]*\|$", row, text, flags=re.MULTILINE)
