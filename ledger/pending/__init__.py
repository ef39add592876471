"""Pending statements (待签声明): envelopes that lack signatures, shown to exactly those named in ``by`` until all have signed.

Nothing here is in the log, and nothing here is evidence: a pending statement is bytes that somebody has signed and others are asked to. The
relay never composes bytes; it keeps the payload as it came, collects signatures beside it, and posts the whole envelope like anybody else
would once the last is there. It is forgotten when its window ends.
"""
