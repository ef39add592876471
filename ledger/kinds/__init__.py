"""The log's own kinds of statement, one module an act or a noun: the log itself, its parties, their keys, delegations, erasures, cuts."""
