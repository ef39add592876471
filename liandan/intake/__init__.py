"""Intake (表格接收) of the spreadsheets that offices really send: xlsx, xls, et and csv, told apart by their first bytes.

Reading (``sniffing``, ``xlsx``, ``xls``, ``text``) makes sheets of cells; ``heads`` and ``rows`` find the table in a sheet; ``cells`` reads a cell as what its
column asks for and shows every repair; composing makes bodies of statements. Nothing is guessed silently: what cannot be repaired safely is a
finding with its cell, and then nothing is signed.
"""
