"""Registers of one firm (台账): the monthly report of HJ 1259 (C.1), and what it sent, carried or received in a month or year.

Drawn from the gathering of the monthly statements, so that a server and an export give the same bytes.
"""
