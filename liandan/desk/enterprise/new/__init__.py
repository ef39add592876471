"""新开一单: from a template, from an earlier manifest, from a line of a decision, or many at once from a spreadsheet; kept as drafts until signed."""
