"""Stock transparency-log tools on our bytes, ours on theirs; run by ``make interop``, never by ``make test``. See docs/interop.md."""
