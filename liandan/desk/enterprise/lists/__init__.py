"""Lists of the clerk's desk: manifests by whatever they are looked for, decisions and what is left of them."""
