"""Webhooks: a party's own software is told of new entries that concern it, signed, in the order of each chain, at least once.

A notice says that something is there to be read (index, chain, kind, hash, links); it never carries a body, and it is no evidence. What
counts is what its reader fetches and verifies. docs/webhooks.md is the reader's page.
"""
