"""Documents made from evidence, and their verification: read only, the same bytes from the same entries.

``certificate/`` (转移证明) is drawn from a self-verifying bundle; ``reconciliation/`` (月度对账单) folds the entries of a month;
``audit_report`` is the audit on one page; ``verify`` proves any of them offline. ``paper/`` is what they are printed with. A new
report is a folder here and a route in ``routes``.
"""
