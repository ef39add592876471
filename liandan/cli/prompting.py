"""Questions to whoever sits at the terminal, and Ctrl-C while one is open: it ends the command there and then.

``asyncio.run`` turns the first Ctrl-C into a cancellation, which a prompt that waits for a line never sees: it would go on asking, and what is
typed next would be an answer. So the interpreter's own handler stands while a question is open.
"""

import signal
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
T = TypeVar("T")


def _interruptible(asks: Callable[P, T]) -> Callable[P, T]:
    def asked(*args: P.args, **options: P.kwargs) -> T:
        if threading.current_thread() is not threading.main_thread():  # no other may set a handler, and none gets the signal
            return asks(*args, **options)
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return asks(*args, **options)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)

    return asked


prompt = _interruptible(click.prompt)
"""``click.prompt``: one line, or a passphrase."""
confirm = _interruptible(click.confirm)
"""``click.confirm``: yes or no."""
