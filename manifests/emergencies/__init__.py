"""Emergencies (应急转移) as they are read: pages of them, one whole, and for emergencies and incidents alike who carries what where right now
(``joint``) and the holds and releases of all these loads, prepared for their signer (``drafts``). Their kinds stand in ``whitelist.acts``.
"""
