"""The second reader of a liandan log, in the order in which a stranger may want to read it. Standard library only, no line of the product.

* strict: strict JSON, base64, times, masses, normal form: how bytes become values
* signatures: Ed25519 and ECDSA P-256 computed here, suites, key registrations, USCC check characters
* notes: signed notes, checkpoints, the Merkle tree
* kinds: THE table: every kind with its chain, signers, window, accounts and stages, one line each
* schema: the bodies against docs/formats/*.json
* statements: envelope, statement, entry
* parties: authorities, keys, delegations, closed parties, sites, readers: who may sign
* roles: ``by`` against the table
* lists: permits, lists
* approvals: applications and decisions
* custody: manifests and cases, sums, accounts, numbers, labels, waybills
* log: one entry after the other

§ is "Evidence formats, version 1"; "kinds §" is "Kinds of version 1"; RFCs and C2SP are named.
"""
