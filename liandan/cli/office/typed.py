"""From what somebody types, or a file or option says, to the value of a field; judged by the form by which the log judges it.

A file stands for itself: where a body names an attachment or the registration of a key, the path of the file is typed.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import msgspec

from ledger.admission.form import number_in, value_reasons
from ledger.evidence.arriving import SIZE_MAX
from liandan.act_tree import Node
from liandan.cli.connection import read_given
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal

YES, NO = frozenset({"y", "yes", "true", "是", "1"}), frozenset({"n", "no", "false", "否", "0"})
GUESSED = "application/octet-stream"
KEY_MAX = 64 * 1024  # Bytes of the registration of a key.
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?")


class Attached(msgspec.Struct, frozen=True):
    """A file that a body names, to be brought to the server beside the statement."""

    path: Path
    media_type: str
    content: bytes


class Typing:
    """Reads values, and keeps the files that they name."""

    def __init__(self) -> None:
        self.attached: dict[str, Attached] = {}
        """By SHA-256."""

    def value(self, node: Node, text: str, path: str) -> Any:
        """One text as the value of a field, or of one item of a list; Refusal with what is wrong."""
        value = self._read(node, _text(text, path).strip())
        if reasons := value_reasons(value, node.item, path):
            raise Refusal(reasons)
        return value

    def _read(self, node: Node, text: str) -> Any:
        if node.is_key:
            return self._json(Path(text))
        match node.field.type:
            case "file":
                return self._file(Path(text))
            case "flag":
                return True if text.lower() in YES else False if text.lower() in NO else text
            case "number":
                return int(digits) if (digits := number_in(text)) else text
            case "choice":
                return self._chosen(node, text)
            case "time" if (match := _MOMENT.fullmatch(text)) is not None:
                return f"{match[1]}T{match[2] or '23:59'}{match[3] or ':00'}+08:00"
        return text

    def _chosen(self, node: Node, text: str) -> Any:
        """By the value itself, its Chinese word or, where nobody writes numbers, its number in the list."""
        values = node.field.values
        found = next((value for value, word in values.items() if text in (value, word)), text)
        if found == text and text.isdecimal() and text not in values and 0 < int(text) <= len(values):
            found = list(values)[int(text) - 1]
        allowed = getattr(_bare(node.item), "values", ())
        return next((value for value in allowed if str(value) == found), found)

    def _file(self, path: Path) -> dict[str, Any]:
        content = read_given(path, SIZE_MAX)
        digest, media_type = sha256(content).hexdigest(), mimetypes.guess_type(path.name)[0] or GUESSED
        self.attached[digest] = Attached(path, media_type, content)
        return {"sha256": digest, "size": len(content), "media_type": media_type, "name": path.name}

    def _json(self, path: Path) -> Any:
        try:
            return msgspec.json.decode(read_given(path, KEY_MAX))
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Refusal([_no_registration(path)]) from None

    def resolved(self, parts: Sequence[Node], given: Any) -> Any:
        """What a file or option said, with every path of a file turned into what the body says of it."""
        if not isinstance(given, dict):
            return given
        by_name = {node.name: node for node in parts}
        return {name: self._resolved(by_name[name], value) if name in by_name else value for name, value in given.items()}

    def _resolved(self, node: Node, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(node, item) for item in value]
        if isinstance(value, str) and (node.is_key or node.field.type == "file"):
            return self._read(node, value)
        return self.resolved(node.parts, value)

    def placed(self, parts: Sequence[Node], settings: Mapping[str, str], given: dict[str, Any]) -> dict[str, Any]:
        """``lines.0.mass_t=5`` and such, put into what was given before; a list of plain items is given with commas."""
        for path, text in settings.items():
            self._place(parts, path.split("."), text, given, path)
        return given

    def _place(self, parts: Sequence[Node], steps: list[str], text: str, place: dict[str, Any], path: str) -> None:
        node = next((one for one in parts if one.name == steps[0]), None)
        if node is None:
            names = ", ".join(one.name for one in parts)
            raise click.UsageError(f"没有字段 / no field {steps[0]!a} ({path})；有 / there are: {names}")
        if node.field.type == "table" and len(steps) > 1:
            _under(place, node, {}, path)[".".join(steps[1:])] = _text(text, path)
        elif node.field.is_list and len(steps) > 1:
            self._place_in_list(node, steps, text, _under(place, node, [], path), path)
        elif len(steps) > 1 and node.parts:
            self._place(node.parts, steps[1:], text, _under(place, node, {}, path), path)
        elif node.field.is_list:
            place[node.name] = [self.value(node, item, path) for item in re.split("[,，、]", text) if item.strip()]
        else:
            place[node.name] = self.value(node, text, path)

    def _place_in_list(self, node: Node, steps: list[str], text: str, items: list[Any], path: str) -> None:
        number = int(steps[1]) if steps[1].isdecimal() and len(steps[1]) < 5 else -1
        if not 0 <= number <= len(items):
            raise click.UsageError(f"应为行号，从 0 起依次 / the number of an item is wanted, from 0 on in order: {path}")
        if number == len(items):
            items.append({})
        if len(steps) == 2:
            items[number] = self.value(node, text, path)
        elif isinstance(items[number], dict):
            self._place(node.parts, steps[2:], text, items[number], path)
        else:
            raise _another(path)


def _under(place: dict[str, Any], node: Node, empty: Any, path: str) -> Any:
    """What a field holds so far, an object or a list."""
    found = place.setdefault(node.name, empty)
    if not isinstance(found, type(empty)):
        raise _another(path)
    return found


def _text(text: str, path: str) -> str:
    """A text as it is; wrong usage for bytes of the terminal that are no UTF-8, which nobody could sign."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise click.UsageError(f"不是有效的文字（UTF-8） / no text in UTF-8: {path}") from None
    return text


def _another(path: str) -> click.UsageError:
    return click.UsageError(f"文件中这里是别的内容 / the file has something else there: {path}")


def _bare(form: Any) -> Any:
    from ledger.labels import opened

    return opened(form)[0]


def _no_registration(path: Path) -> Reason:
    wanted = Phrase("liandan key registration 写出的登记材料", "what liandan key registration writes")
    return Reason("FIELD_TYPE", str(path), Phrase("别的内容", "something else"), wanted)
