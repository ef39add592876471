"""The law that changed: 《生态环境法典》 took the place of 固废法 on 2026-08-15, and an event is judged by the law of its day (R-73).

Articles by addenda §1.1: 固废法 Art. 80, 82.2 are Code Art. 534, 536.2. Source: Code Art. 1057, 1242 [READ T1–T3]; 固废法 2020 [READ S2].
"""

CODE_IN_FORCE = "2026-08-15"
"""Code Art. 1242 [READ T1–T3]."""


def until_the_code(source: str) -> tuple[str, str]:
    """``Rule.before`` of a rule whose ``source`` cites the Code: what it cites for days before."""
    return CODE_IN_FORCE, source
