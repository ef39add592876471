"""Which files an entry names, and for whom: read from its body alone, wherever in it a file stands."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct, inspect

from ledger.caller import TOPICS, Caller, region_keys, topic_of, wanted_keys
from ledger.directory import LogState
from ledger.fields import File
from ledger.model import Statement

NO_TOPIC = "-"
"""Stands for the topic of chains that have none, those of parties above all: their files are for authorities of the place too."""


def files_in(body: object) -> tuple[File, ...]:
    """Files that a body names, each hash once, in the order of its fields."""
    if not isinstance(body, Struct) or not _may_name_files(type(body)) or b'"sha256":"' not in msgspec.json.encode(body):
        return ()
    return tuple({file.sha256: file for file in reversed(list(_walk(body)))}.values())[::-1]


@lru_cache(512)
def _may_name_files(body: type[Struct]) -> bool:
    """Whether a file may stand anywhere in a body of this type: most bodies have no place for one."""
    seen, waiting = set[type](), [inspect.type_info(body)]
    while waiting:
        match waiting.pop():
            case inspect.StructType(cls=found, fields=fields) if found not in seen:
                if found is File:
                    return True
                seen.add(found)
                waiting += [field.type for field in fields]
            case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
                waiting += types
            case inspect.CollectionType(item_type=inner) | inspect.Metadata(type=inner):
                waiting.append(inner)
            case inspect.DictType(value_type=inner):
                waiting.append(inner)
            case inspect.AnyType():
                return True
    return False


def _walk(value: Any) -> Iterator[File]:
    if isinstance(value, File):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _walk(getattr(value, name))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _walk(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _walk(item)


class Reference(Struct, frozen=True, gc=False):
    """A file for one key of its readers: ``parties`` are who signed the entries that name it and that this key reads, and for whom, the first of
    them ``index``. Whom an entry merely names has said nothing of the file: else one names the firm whose file one wants to see."""

    digest: str
    reader: str
    parties: tuple[str, ...]
    index: int


def signers_of(statement: Statement) -> tuple[str, ...]:
    """Who answers for the files of a statement: who signs it, and for whom; sorted."""
    return tuple(sorted({*statement.by, *(() if statement.principal is None else (statement.principal,))}))


def references(
    named: Iterable[tuple[str, tuple[str, ...]]], keys: Sequence[str], chain: str, places: Iterable[str], index: int
) -> list[Reference]:
    """Rows of an entry that names files, or that brings new readers to the chain that does: each file with its signers. ``keys`` are those of
    the feed's index (ledger.caller.index_keys)."""
    every = keys if topic_of(chain) is not None else (*keys, *dict.fromkeys(f"{NO_TOPIC}:{place}" for place in places))
    return [Reference(digest, key, signers, index) for digest, signers in named for key in every]


def reader_keys(caller: Caller, state: LogState | None) -> tuple[str, ...]:
    """Keys by which somebody finds files: as a party, by what authorities let it read, and as an authority of its regions. The operator is
    a party like any other."""
    founder = None if state is None or caller.role != "authority" else state.founder(caller.uscc)
    if founder is None:
        return wanted_keys(caller)
    opened = ((topic, region) for topic in (*dict.fromkeys(TOPICS.values()), NO_TOPIC) for region in founder.regions)
    return (*wanted_keys(caller), *region_keys(opened))
