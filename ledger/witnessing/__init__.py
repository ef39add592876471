"""Witnesses, both sides: the server an authority runs (tlog-witness, mirror) and the client the log asks them with.

``wire`` is the protocol's bytes, ``server`` its rules, ``store`` what a witness must never forget, ``service`` and ``routes`` put them
behind HTTP, ``mirror`` fetches and checks the entries first; ``client`` collects cosignatures. Source: C2SP tlog-witness,
tlog-cosignature; design §5.
"""
