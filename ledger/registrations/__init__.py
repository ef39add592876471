"""Registrations (登记申请): a firm asks to be registered, the authority of its region sees who asks, and signs or refuses.

Nothing here is in the log, and nothing here is evidence. A firm signs with the very keys that it asks to have registered; the authority writes
``party.register`` itself from what the firm has signed, and posts it like any other statement. Contacts lie encrypted beside it and are erased
with the end of the matter.
"""
