"""What holds for every page of the desk, whoever draws it: words in both languages, nothing inline, the policy, the files, the frame."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import liandan
from ledger.mass import parse_mass
from liandan.app import create_app
from liandan.desk.routes import ROOMS
from liandan.desk.routes import SHELL as OWN
from liandan.desk.shell import drawn, formats, frame
from liandan.desk.shell.addresses import is_desk
from liandan.desk.shell.assets import FOLDER, address, assets, version
from liandan.desk.shell.frame import TEMPLATES, environment
from liandan.desk.shell.tokens_css import PLACE, tokens_css
from liandan.desk.shell.words import WORDS as SHELL
from liandan.settings import Settings
from reports.tokens import COLORS
from tests.house.source import modules

DESK = Path(liandan.__file__).parent / "desk"
PATHS = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
OPEN = {
    "/enter",
    "/enter/demo",
    "/leave",
    "/desk/language",
    "/desk/csp",
    "/desk/static/{under:str}/{path:path}",
    "/desk/modules.json",
    "/desk/_components",
    "/public",
    "/public/figures",
    "/road-link",
}
"""Addresses that answer without a session, each for a reason that its handler says."""


def sources(suffix: str) -> Iterator[tuple[str, str]]:
    """Own files of the desk, without what others made."""
    for path in sorted(DESK.rglob(f"*{suffix}")):
        if "vendor" not in path.parts:
            yield path.relative_to(DESK).as_posix(), path.read_text(encoding="utf-8")


# ---------------------------------------------------------------------- words


def word_tables() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """``WORDS`` of every room, by the dotted name of its module."""
    names = [".".join(path.relative_to(DESK.parents[1]).with_suffix("").parts) for path in DESK.rglob("words*.py")]
    return {name: importlib.import_module(name).WORDS for name in names}


@pytest.mark.parametrize("name", sorted(word_tables()))
def test_words_are_complete_in_both_languages(name: str) -> None:
    for key, (zh, en) in word_tables()[name].items():
        assert zh.strip(), key
        assert en.strip(), key
        assert re.findall(r"\{(\w+)", zh) == [] or set(re.findall(r"\{(\w+)", zh)) == set(re.findall(r"\{(\w+)", en)), key
        assert re.search("[\u4e00-\u9fff]", en) is None or key == "other_language", key
        assert "系统异常" not in zh, key
        assert "操作失败" not in zh, key


@pytest.mark.parametrize("name", sorted(word_tables()))
def test_every_word_is_used(name: str) -> None:
    room = name.removeprefix("liandan.desk.").partition(".")[0]
    places = [text for path, text in [*sources(".html"), *sources(".py"), *sources(".js")] if not path.endswith("words.py")]
    text = "\n".join(places)
    said = {word for one in re.findall(r"""["']([\w. :]+)["']""", text) for word in re.split("[ :]", one)}
    unused = [key for key in word_tables()[name] if key not in said and f'"{key}"' not in text and not _is_composed(key, text)]
    assert not unused, f"{room}: {unused}"


def _is_composed(key: str, text: str) -> bool:
    """Whether a key is put together, as in ``w("stage_" ~ stage)`` or ``w(name + "_says")``: then a part of it stands there."""
    parts = key.split("_")
    heads = ["_".join(parts[:count]) + "_" for count in range(1, len(parts))]
    tails = ["_" + "_".join(parts[count:]) for count in range(1, len(parts))]
    begun = any(re.search(rf"""["']{head}(?:["']\s*[~+]|\{{)""", text) for head in heads)
    return begun or any(re.search(rf"""[~+]\s*["']{tail}["']""", text) for tail in tails)


def test_no_word_is_asked_for_that_a_table_lacks() -> None:
    known = {key for table in word_tables().values() for key in table}
    asked = {(path, key) for path, text in sources(".html") for key in re.findall(r"""\b[ws]\(["'](\w+)["'][,)]""", text)}
    assert sorted((path, key) for path, key in asked if key not in known) == []
    shared = {(path, key) for path, text in sources(".html") for key in re.findall(r"""\bs\(["'](\w+)["'][,)]""", text)}
    assert sorted((path, key) for path, key in shared if key not in SHELL) == []


# ---------------------------------------------------------------------- templates


@pytest.mark.parametrize("path", PATHS)
def test_a_template_can_be_read_and_has_nothing_inline(path: str) -> None:
    environment().get_template(path)
    text = (TEMPLATES / path).read_text(encoding="utf-8")
    markup = re.sub(r"(?s)\{#.*?#\}", "", text)
    assert "|safe" not in markup.replace(" ", "")
    assert "autoescape" not in markup
    assert re.search(r"\sstyle\s*=", markup) is None
    assert "<style" not in markup
    assert re.search(r"\son[a-z]+\s*=", re.sub(r"(?s)\{%.*?%\}", "", markup)) is None
    assert "hx-on" not in markup
    assert "javascript:" not in markup
    assert re.search(r"""hx-vals\s*=\s*["']\s*js:""", markup) is None
    assert re.search(r"""hx-trigger\s*=\s*["'][^"']*\[""", markup) is None
    for tag in re.findall(r"<script[^>]*>", markup):
        assert "src=" in tag or 'type="application/json"' in tag, tag
    for source in re.findall(r"""(?:src|href|action)=["'](https?:|//)""", markup):
        raise AssertionError(source)
    for body in re.findall(r"""(?s)<script type="application/json"[^>]*>(.*?)</script>""", markup):
        assert "tojson" in body or "{{" not in body, "what a data block holds goes through tojson, which escapes <"


def test_user_text_never_stands_in_attributes_that_htmx_reads() -> None:
    for path, text in sources(".html"):
        for name, value in re.findall(r"""(hx-[a-z-]+)=["']([^"']*)["']""", text):
            assert name in ("hx-get", "hx-post", "hx-put", "hx-delete", "hx-target", "hx-include", "hx-push-url") or "{{" not in value, (
                f"{path}: {name}={value}"
            )


def test_scripts_have_no_eval_and_put_no_text_in_as_markup() -> None:
    for path, text in sources(".js"):
        code = re.sub(r"(?m)//.*$", "", text)
        assert re.search(r"\beval\(|new Function\(|document\.write|\.outerHTML\s*=|insertAdjacentHTML", code) is None, path
        assert re.search(r"\.innerHTML\s*=", code) is None, path
        assert re.search(r"""["'`]https?://(?!www\.w3\.org/)""", code) is None, path


# ---------------------------------------------------------------------- routes


def test_every_page_is_outside_the_interface_and_behind_a_session_or_said_to_be_open() -> None:
    nothing = cast("Any", None)
    app = cast("Any", create_app(Settings(data_dir=Path("unused")), nothing, nothing, nothing, nothing, nothing))
    found = {}
    for route in app._app.framework.routes:
        for handler in getattr(route, "route_handlers", []):
            if is_desk(route.path) and handler.http_methods != {"OPTIONS"}:
                assert handler.include_in_schema is False, f"{route.path} is of the desk, and in the interface"
                found[route.path] = handler
    assert found.keys() >= OPEN
    for path, handler in found.items():
        if path not in OPEN and not path.startswith(("/drive/", "/public", "/join")):
            is_asked = "visit" in handler.parsed_fn_signature.parameters or "caller_of(" in inspect.getsource(handler.fn)
            assert is_asked, f"{path} neither asks for a session nor is said to be open"


def test_every_address_of_the_desk_begins_with_one_of_its_rooms() -> None:
    paths = {path for handler in (*OWN, *ROOMS) for path in getattr(handler, "paths", ())}
    assert [path for path in sorted(paths) if not is_desk(path)] == []


# ---------------------------------------------------------------------- files


def test_vendored_files_are_those_that_were_taken() -> None:
    told = json.loads((FOLDER / "vendor" / "MANIFEST").read_text(encoding="utf-8"))
    there = {path.name for path in (FOLDER / "vendor").iterdir()} - {"MANIFEST"}
    assert there == {name for one in told for name in one["files"]}
    for one in told:
        assert one.keys() == {"name", "version", "licence", "files"}
        for name, digest in one["files"].items():
            assert sha256((FOLDER / "vendor" / name).read_bytes()).hexdigest() == digest, name


def test_the_addresses_of_files_change_with_any_of_them() -> None:
    assert address("css/base.css") == f"/desk/static/{version()}/css/base.css"
    listed = "".join(f"{sha256(asset.raw).hexdigest()} {path}\n" for path, asset in assets().items())
    assert version() == sha256(listed.encode()).hexdigest()[:20]


def test_scripts_are_served_without_their_comments_and_whole_otherwise() -> None:
    for path in sorted(FOLDER.rglob("*.js")):
        raw, name = path.read_bytes(), path.relative_to(FOLDER).as_posix()
        served, code = assets()[name].raw, b""
        for was, left in zip(raw.split(b"\n"), served.split(b"\n"), strict=True):
            assert left in (was, b""), name
            assert left == was or code.count(b"`") % 2 == 0, f"{name}: a text has a line that looks like a comment: {was!r}"
            code += left.replace(b"\\`", b"") + b"\n"
        assert name.startswith("vendor/") or b"\n//" not in b"\n" + served, name


def test_colours_stand_once() -> None:
    assert PLACE.read_text(encoding="utf-8") == tokens_css(), "run python -m liandan.desk.shell.tokens_css"
    for path, text in sources(".css"):
        if path != "static/css/tokens.css":
            strange = {found for found in re.findall(r"(?<!, )(#[0-9a-fA-F]{6})\b", text) if found.lower() not in COLORS.values()}
            assert strange == set(), path


@pytest.mark.parametrize(
    ("over", "under", "least"),
    [
        *((name, ground, 4.5) for name in ("ink", "text", "grey", "accent", "alarm", "warn", "info") for ground in ("paper", "ground", "shade")),
        ("alarm", "alarm-soft", 4.5), ("warn", "warn-soft", 4.5), ("info", "info-soft", 4.5), ("accent", "soft", 4.5), ("ink", "alarm-soft", 4.5),
        ("text", "alarm-soft", 4.5), ("grey", "alarm-soft", 4.5), ("demo", "demo-soft", 4.5), ("paper", "accent", 4.5), ("paper", "deep", 4.5),
        ("paper", "alarm", 4.5), ("paper", "offline", 4.5), ("edge", "paper", 3.0), ("edge", "ground", 3.0),
    ],
)  # fmt: skip
def test_colours_can_be_told_apart(over: str, under: str, least: float) -> None:
    """Contrast by WCAG 2.2."""

    def light(name: str) -> float:
        values = [int(COLORS[name][at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dark = sorted((light(over), light(under)), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= least


# ---------------------------------------------------------------------- figures


@given(st.integers(1 - 10**15, 10**15 - 1))
def test_tonnes_lose_no_gram(grams: int) -> None:
    for text in (formats.tonnes(grams), formats.tonnes6(grams)):
        plain = text.replace(",", "").replace("\u2212", "-")
        size = parse_mass(plain.removeprefix("-"))
        assert (-size if plain.startswith("-") else size) == grams
        assert len(plain.partition(".")[2]) in (3, 6)


@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_a_quota_bar_stays_within_its_ends(used_g: int, approved_g: int) -> None:
    bar = drawn.quota_bar(used_g, approved_g)
    assert 0 <= bar.used <= drawn.WIDE
    assert (bar.tone == "alarm") == (bar.percent >= 95)


@given(st.integers(-(10**10), 10**10), st.integers(0, 10**9))
def test_the_mark_of_a_tolerance_lies_inside_exactly_when_it_is_inside(difference_g: int, allowed_g: int) -> None:
    bar = drawn.tolerance_bar(difference_g, allowed_g)
    assert bar.is_inside == (abs(difference_g) <= allowed_g)
    assert 0 < bar.mark < drawn.WIDE
    if allowed_g:
        assert (bar.low - 1 <= bar.mark <= bar.high + 1) or not bar.is_inside


def test_times_stand_in_shanghai_with_their_year_where_it_is_another() -> None:
    assert formats.at("2026-11-02T00:31:00+00:00", 2026) == "11-02 08:31"
    assert formats.at("2025-12-31T16:00:00+00:00", 2026) == "01-01 00:00"
    assert formats.at("2025-12-31T15:59:00+00:00", 2026) == "2025-12-31 23:59"
    assert formats.day("2026-11-02", 2026) == "11-02"
    assert formats.day("2025-11-02", 2026) == "2025-11-02"


def test_rooms_do_not_compute_in_templates() -> None:
    """No sum, no rule in a template: arithmetic is for coordinates of what is drawn (parts/bars.html) and nowhere else."""
    for path, text in sources(".html"):
        if path == "templates/parts/bars.html":
            continue
        for expression in re.findall(r"(?s)\{[{%](.*?)[%}]\}", text):
            assert re.search(r"""[\w)]\s*[*/]\s*[\w(]|\|\s*sum\b""", re.sub(r"""(["']).*?\1""", "", expression)) is None, (
                f"{path}: {expression.strip()}"
            )


def test_no_handler_of_the_desk_speaks_http_to_this_server() -> None:
    for name, tree in modules().items():
        if name.startswith("liandan.desk."):
            found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
            assert not found & {"httpx", "requests", "urllib.request"}, name


def test_compiled_templates_are_kept_beside_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As modules are: whoever starts after compiles none of those that did not change; where nothing can be kept, pages come all the same."""
    folder, kept = tmp_path / "templates", tmp_path / "__pycache__"
    folder.mkdir()
    kept.mkdir()
    (folder / "one.html").write_text("{{ 'a' }}")
    monkeypatch.setattr(frame, "TEMPLATES", folder)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    made = environment.__wrapped__
    assert made().get_template("one.html").render() == "a"
    with monkeypatch.context() as nothing:
        nothing.setattr("jinja2.Environment.compile", None)
        assert made().get_template("one.html").render() == "a"
    (folder / "one.html").write_text("{{ 'b' }}")
    started = made()
    shutil.rmtree(kept)
    assert started.get_template("one.html").render() == "b"
    assert made().bytecode_cache is None
