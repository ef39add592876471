"""Quota accounts with every movement: who moved what when, and what was left after it (``/v1/movements``).

Nothing is kept for it. Each entry that moves an account names the entry that moved it before (formats §4), so the log itself is the list:
``store`` goes back along it, ``service`` adds what is known beside the account, ``answers`` is what is shown, ``standing`` says what is nearly used.
"""
