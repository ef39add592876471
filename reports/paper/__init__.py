"""Drawing on paper: fonts that are checked before they draw, wrapped text, grids, pages."""
