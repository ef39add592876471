"""Go-live from a file (批量登记): hundreds of parties, permits and sites from a workbook or CSV files of a strict template.

Nothing is guessed: what is not as the template has it is told by sheet, row and column, and then nothing at all is signed.
"""
