"""Litestar reads the signature of each of 190 handlers anew for each of 200 servers that the tests start: 70 of the 100 ms of a start.

What a function's signature says depends on nothing but the function, the names in reach and the dependencies, so it is kept. Closures, which
hold a server each, are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from litestar._signature import SignatureModel
from litestar.utils.signature import ParsedSignature


def keep_signatures() -> None:
    """From here on, in this process."""
    _keep(ParsedSignature, "from_fn", lambda fn, namespace: (fn, frozenset(namespace)))
    _keep(
        SignatureModel,
        "create",
        lambda *, fn, dependency_name_set, data_dto=None, **more: (fn, frozenset(dependency_name_set), data_dto),
    )


def _keep(of: type, name: str, key_of: Callable[..., tuple[Any, ...]]) -> None:
    given, kept = getattr(of, name).__func__, dict[Hashable, Any]()

    def asked(cls: type, *args: Any, **more: Any) -> Any:
        key = key_of(*args, **more)
        if getattr(key[0], "__closure__", True):
            return given(cls, *args, **more)
        if key not in kept:
            kept[key] = given(cls, *args, **more)
        return kept[key]

    setattr(of, name, classmethod(asked))
