"""Who said exactly which bytes.

This floor turns untrusted bytes into a strictly parsed object or a refusal, and a signature under a registered key into a fact or a
refusal. It promises that nothing is ever re-serialised before it is verified, that one text has one reading (no duplicate keys, no floats,
no invisible characters, one base64), that one suite accepts one fixed set of signatures, and that a key was held by whoever registered it.
It knows no log, no party register and no clock: which key may sign for whom, and when, is decided above. Source: formats §1, §2, §5, §7.
"""
