"""Litestar reads the signature of each of 480 handlers anew, and copies its routers to the last word, for each of hundreds of servers that
the tests start: 270 of the 330 ms of an application.

What a function's signature says depends on nothing but its code, the names in reach and the dependencies, so it is kept. Of a router the
routes are copied, and the handlers, each as it is: what is set on them when they are registered is set on the copy.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy, deepcopy
from typing import Any

from litestar import Router
from litestar._signature import SignatureModel
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.utils.signature import ParsedSignature


def keep_signatures() -> None:
    """From here on, in this process."""
    _keep(ParsedSignature, "from_fn", lambda fn, namespace: (_code(fn), frozenset(namespace)))
    _keep(
        SignatureModel,
        "create",
        lambda *, fn, dependency_name_set, data_dto=None, **more: (_code(fn), frozenset(dependency_name_set), data_dto),
    )
    for kind in (Router, HTTPRoute, HTTPRouteHandler):
        kind.__deepcopy__ = _again  # type: ignore[union-attr]


def _code(fn: Any) -> Hashable:
    """What is kept for: the function itself, or of closures, which hold a server each, what says their signature."""
    if getattr(fn, "__closure__", None) and not hasattr(fn, "__signature__"):
        return fn.__code__, str(fn.__defaults__), str(fn.__annotations__)
    found: Hashable = fn
    return found


def _keep(of: type, name: str, key_of: Callable[..., tuple[Any, ...]]) -> None:
    given, kept = getattr(of, name).__func__, dict[Hashable, Any]()

    def asked(cls: type, *args: Any, **more: Any) -> Any:
        key = key_of(*args, **more)
        if key not in kept:
            kept[key] = given(cls, *args, **more)
        return kept[key]

    setattr(of, name, classmethod(asked))


def _again(found: Any, memo: dict[int, Any]) -> Any:
    """A copy, with copies of what stands around and below it."""
    again = memo[id(found)] = copy(found)
    for below in ("owner", "routes", "route_handlers", "route_handler_map"):
        if hasattr(found, below):
            setattr(again, below, deepcopy(getattr(found, below), memo))
    return again
