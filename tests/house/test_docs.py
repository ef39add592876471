"""What the documents promise exists: links, commands and their options, files, modules, addresses, codes, variables; examples can be read.

A page is for people, so what cannot be decided (a placeholder in <…>, a name of another program) is passed over, never guessed.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import shlex
import textwrap
from functools import cache
from pathlib import Path
from typing import Any, cast

import click

from liandan.app import create_app
from liandan.cli import main
from liandan.settings import Settings
from tests.house.source import FLOORS, ROOT, every, tracked

FILES = tracked()
PAGES = [name for name in FILES if name.endswith(".md") and not name.startswith("tests/vectors/")]
FENCE = re.compile(r"(?ms)^( *)```(\w*)\n(.*?)^ *```$")
BUILT = {"liandan/_migrations"}
"""Where the wheel has what the checkout keeps elsewhere."""
PLACES = (*FLOORS, "alembic", "bench", "docs", "tests", ".ci")


@cache
def text_of(page: str) -> str:
    """A page as it stands."""
    return (ROOT / page).read_text(encoding="utf-8")


def fences(page: str) -> list[tuple[str, str]]:
    """(language, content) of every fenced block."""
    return [(language, textwrap.dedent(content)) for _, language, content in FENCE.findall(text_of(page))]


def spans(page: str) -> list[str]:
    """Every piece of inline code."""
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", text_of(page)))


def command_lines(page: str) -> list[list[str]]:
    """Words of every command line in shell blocks and inline code: continued lines joined, comments and variables in front removed."""
    found = []
    blocks = [content for language, content in fences(page) if language in {"", "sh", "bash", "shell"}]
    for line in [line for block in blocks for line in block.replace("\\\n", " ").splitlines()] + spans(page):
        try:
            words = shlex.split(line, comments=True)
        except ValueError:  # half a quotation: prose or JSON
            continue
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words = words[1:]
        if words:
            found.append([words[0].removeprefix(".venv/bin/"), *words[1:]])
    return found


def anchors(page: str) -> set[str]:
    """Names of a page's headings, as the usual hosts make them."""
    headings = re.findall(r"(?m)^#+ +(.+?) *$", FENCE.sub("", text_of(page)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every(PAGES)
def test_every_link_leads_to_a_file_of_the_tree(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (ROOT / page).parent.joinpath(path).resolve().relative_to(ROOT.resolve()).as_posix() if path else page
        assert found in FILES or any(name.startswith(f"{found.rstrip('/')}/") for name in FILES), target
        assert not anchor or anchor in anchors(found), target


@every(PAGES)
def test_every_file_and_module_named_exists(page: str) -> None:
    for span in spans(page):
        if re.fullmatch(rf"(?:{'|'.join(map(re.escape, PLACES))})/[\w./-]+", span):
            assert (ROOT / span).exists() or span in BUILT, span
        elif re.fullmatch(rf"(?:{'|'.join(FLOORS)}|bench)(?:\.[a-z_]\w*)+", span) and not (ROOT / span).exists():
            assert is_there(span), span


def is_there(dotted: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, name = dotted.rpartition(".")
    try:
        return importlib.util.find_spec(dotted) is not None or hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return bool(module) and hasattr(importlib.import_module(module), name)


@every(PAGES)
def test_every_command_named_exists_with_its_options(page: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", text_of_makefile()))
    for words in command_lines(page):
        if words[0] == "make" and len(words) > 1:
            assert words[1] in targets or not re.fullmatch(r"[a-z]+", words[1]), words
        elif words[0] == "liandan" and len(words) > 1:
            check_command(main, words[1:])
        elif words[0] in {"python", "python3"} and words[1:2] == ["-m"] and words[2].split(".")[0] in {*FLOORS, "bench", "tests"}:
            assert importlib.util.find_spec(words[2]), words
        elif words[0] in {"python", "python3"} and words[1:] and words[1].endswith(".py"):
            assert words[1] in FILES or (ROOT / page).with_name(words[1]).exists(), words


def text_of_makefile() -> str:
    """The Makefile."""
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def check_command(group: click.Command, words: list[str]) -> None:
    """Walk down to the command that the words name and look for every option among its own."""
    context = click.Context(group)
    while isinstance(group, click.Group) and words and not words[0].startswith("-"):
        if not re.fullmatch(r"[a-z-]+", words[0]):  # a placeholder for whatever command
            return
        below = group.get_command(context, words[0])
        assert below is not None, words
        group, words = below, words[1:]
    known = {option for parameter in group.params for option in parameter.opts} | {"--help", "-h", "--version"}
    for word in words:
        option = re.match(r"--[a-z][a-z-]*", word)
        assert not option or option.group() in known, f"{group.name}: {word}"


@every(PAGES)
def test_every_address_named_is_served(page: str) -> None:
    for address in re.findall(r"(?<![\w.])/v1/[^\s`?\"')，。；、|]*", text_of(page)):
        if "{" not in address and address != "/v1/":
            assert any(re.fullmatch(pattern, address) for pattern in routes()), address


@cache
def paths() -> list[str]:
    """Every path of the application, also those that /schema does not describe."""
    nothing = cast("Any", None)
    app = create_app(Settings(data_dir=Path("unused")), nothing, nothing, nothing, nothing, nothing)
    return [route.path for route in cast("Any", app)._app.framework.routes]


@cache
def routes() -> list[str]:
    """Every path of the application as a pattern; a placeholder of a page (<…> or …) fits any parameter."""
    return [re.sub(r"\\\{\w+:path\\\}", ".+", re.sub(r"\\\{\w+:(?!path)\w+\\\}", "[^/]+", re.escape(path))) for path in paths()]


def test_every_address_is_in_a_page() -> None:
    """Those of /schema are in docs/reference (tests/liandan/test_pages.py); the rest is held here. What a page fetches by itself is none."""
    told = [text_of(page) for page in PAGES if page.startswith("docs/")]
    literal = {path.partition("{")[0] for path in paths()} - {"/schema/assets/"}
    assert sorted(path for path in literal if not any(path in text for text in told)) == []


@every(PAGES)
def test_every_code_and_variable_named_is_in_the_code(page: str) -> None:
    for span in spans(page):
        if re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", span):
            assert span in words_of_the_code(), span


@cache
def words_of_the_code() -> frozenset[str]:
    """Every word in capitals in source, settings (as variables) and make files."""
    sources = [name for name in FILES if name.endswith((".py", ".sql")) or name in {"Makefile", ".ci/setup", ".ci/interop"}]
    found = {word for name in sources for word in re.findall(r"[A-Z][A-Z0-9_]+", text_of(name))}
    return frozenset(found | {f"LIANDAN_{field.upper()}" for field in Settings.__struct_fields__})


@every(PAGES)
def test_every_example_can_be_read(page: str) -> None:
    for language, content in fences(page):
        if language == "python":
            compile(content, f"example in {page}", "exec")
        elif language in {"json", "jsonc"}:
            json.loads(content if content.lstrip().startswith(("{", "[")) else f"{{{content}}}")


@every(PAGES)
def test_every_import_of_an_example_works(page: str) -> None:
    for language, content in fences(page):
        if language == "python":
            for module, names in re.findall(r"(?m)^ *from ([\w.]+) import ([\w, ]+)$", content):
                for name in names.split(","):
                    assert hasattr(importlib.import_module(module), name.strip()), (module, name)


def test_every_page_can_be_found_from_the_first() -> None:
    """A page that nothing names is a page that nobody reads."""
    linked, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in linked:
            continue
        linked.add(page)
        parent = (ROOT / page).parent
        named = {parent.joinpath(target.partition("#")[0]).resolve() for target in re.findall(r"\]\(([^)\s:]+)\)", text_of(page))}
        named |= {ROOT.resolve() / span for span in spans(page)} | {parent.resolve() / span for span in spans(page)}
        named |= {path / "README.md" for path in named}
        waiting += [name for name in PAGES if (ROOT / name).resolve() in named]
    assert sorted(name for name in PAGES if name.startswith("docs/") and name not in linked) == []
