"""地磅 (``/scale/``): the trucks that come, what the scale says against the manifest, what is due to be confirmed, what waits to be used."""
