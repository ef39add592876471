"""How texts are read, everywhere: patterns match the whole of a text (case S2), days come from moments (E4), files are read bounded (O5)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.source import ROOT, imports, modules, tracked

MODULES = modules()
WITHIN = {
    "ledger.routes": "a header, which can hold no line feed",
    "ledger.admission.personal": "looks at what stands before and after a number inside a text",
}
"""Who may use ``$`` on a part of a text, and why."""
PREFIX = {
    "ledger.caller": "a prefix of a chain's name is what is looked for",
    "liandan.keyring": "the first line of the key file",
    "ledger.witnessing.mirror": "a hint, looked for in an entry; what it names is checked by its hash",
}
"""Who may use ``match``, and why."""
MOMENTS = re.compile(r"(?:^|_)(?:at|dated|as_of)$")
"""Names of texts that hold a moment with its offset."""
CUT = {"ledger.admission.entry": "the day of an ``admission.at``, whose form ends in +08:00, before anything is parsed: for speed"}
READERS = {
    "signing.files": "the one that reads what anybody may have made",
    "liandan.demo": "its own files",
    "liandan.pages": "files shipped with the package",
    "liandan.desk": "files shipped with the package",
    "reports.parquet.definitions": "files shipped with the package",
    "liandan.postgres": "files of its own server",
    "liandan.reference": "documentation",
    "liandan.schemas": "documentation",
    "liandan.schema_examples": "documentation",
    "liandan.schema_routes": "files shipped with the package",
    "liandan.verify_page": "files shipped with the package",
    "liandan.act_pages": "documentation",
    "liandan.act_components": "documentation",
    "liandan.schema_repair": "the snapshot shipped with the package",
    "liandan.founding": "data shipped with the package",
    "liandan.publisher_process": "data shipped with the package",
    "liandan.keyring": "the key file, after it was read bounded",
    "liandan.webhooks.keys": "the installation's own key file",
    "reports.press": "its own cache",
    "reports.reconciliation.kept.sealing": "the sources of the program itself",
    "reports.paper": "fonts shipped with the package",
    "reports.whatif.page": "its own style sheet",
    "whitelist": "data shipped with the package",
}
"""Who may read a file otherwise, and why: prefixes of modules."""


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a method, with the method's name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func.attr


def test_patterns_match_the_whole_of_a_text() -> None:
    """``match`` and ``$`` leave a line feed at the end: ``code=900-052-31%0A`` was answered with an empty list."""
    found = []
    for name, tree in MODULES.items():
        for call, method in calls(tree) if name not in WITHIN else ():
            of_re = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "re"
            is_pattern = of_re or (
                isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id.isupper()
            )
            if method == "match" and is_pattern and name not in PREFIX:
                found.append(f"{name}:{call.lineno}: match")
            texts = [one.value for one in call.args[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if of_re and any(re.search(r"(?<!\\)\$\)?$", text) for text in texts) and not any(
                isinstance(more, ast.Attribute) and more.attr in ("M", "MULTILINE") for one in call.args for more in ast.walk(one)
            ) and not any(one.arg == "flags" for one in call.keywords):  # fmt: skip
                found.append(f"{name}:{call.lineno}: $")
    assert found == []


def _cuts(tree: ast.AST) -> Iterator[ast.Subscript]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            named = node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id if isinstance(node.value, ast.Name) else ""
            if MOMENTS.search(named):
                yield node


def test_no_day_is_cut_out_of_a_moment() -> None:
    """16:30 in UTC on 14 August is 15 August in Beijing: a day is that of the moment, in Asia/Shanghai (``ledger.times.day_at``)."""
    assert [f"{name}:{node.lineno}" for name, tree in MODULES.items() if name not in CUT for node in _cuts(tree)] == []


def test_no_day_is_cut_out_of_a_moment_in_a_page_either() -> None:
    pages = [
        name for name in tracked() if name.endswith((".js", ".mjs")) and "vendor" not in name and name.startswith(("liandan/", "docs/"))
    ]
    cut = re.compile(r"\b(?:at|asOf|as_of|admitted|now)\.(?:slice|substring|substr)\(0, ?(?:4|7|10|16)\)")
    found = [
        f"{name}: {line.strip()[:80]}"
        for name in pages
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if cut.search(line)
    ]
    assert found == []


def test_files_that_anybody_may_have_made_are_read_bounded() -> None:
    """A pipe would be waited for, a device never ends, a sparse file fills the memory: ``signing.files`` reads them, and what its callers are."""
    found = [
        f"{name}:{call.lineno}: {method}"
        for name, tree in MODULES.items()
        if not any(name == known or name.startswith(f"{known}.") for known in READERS)
        for call, method in calls(tree)
        if method in ("read_bytes", "read_text")
    ]
    assert found == []


def test_only_one_module_of_the_command_line_writes_to_a_terminal() -> None:
    """What it shows is escaped there (case S3)."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in MODULES.items()
        if name.startswith("liandan.cli") and name != "liandan.cli.streams"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ((isinstance(node.func, ast.Name) and node.func.id == "print") or ast.unparse(node.func) == "click.echo")
    ]
    assert found == []
    assert [
        name
        for name, tree in MODULES.items()
        if name.startswith("liandan.cli") and name != "liandan.cli.output" and "rich" in {one.partition(".")[0] for one in imports(tree)}
    ] == ["liandan.cli.serve"]


def test_every_test_that_the_table_of_cases_names_is_there() -> None:
    text = (ROOT / "tests/cases/README.md").read_text(encoding="utf-8")
    missing, file = [], ""
    for path, name in re.findall(r"`(tests/[\w/]+(?:\.py)?)?(?:::(\w+))?`", text):
        file = path or file
        if path and not (ROOT / path).exists():
            missing.append(path)
        elif name and f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8"):
            missing.append(f"{file}::{name}")
    assert missing == []


def test_every_role_that_a_signer_fills_has_a_chinese_word() -> None:
    """``主管部门（the number）`` was read by an officer whose signature was not the one that is wanted."""
    from ledger.admission.signers import role_word

    named = {
        node.args[0].value
        for package in ("ledger", "manifests", "whitelist")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Role"
        and isinstance(node.args[0], ast.Constant)
    }
    assert "authority of the number" in named
    assert [name for name in sorted(map(str, named)) if re.search("[A-Za-z]", role_word(name)[0])] == []
