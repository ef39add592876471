"""Who may send what to whom: the cross-province whitelist (跨省转移“白名单”), permits, decisions, quotas, and the check.

``check`` judges a transfer by every function in ``rules/`` and gives all reasons at once; ``dry_run`` asks it without writing.
Acts stand in ``acts``, one module each; adopted data (catalogue, exemptions, divisions, working days) in ``catalogue``, ``exemptions``,
``divisions``, ``workdays``, with their files in ``data/``. A new rule is a function in a module of ``rules/`` with its text beside it, and
its name in ``RULES`` of that module.
"""
