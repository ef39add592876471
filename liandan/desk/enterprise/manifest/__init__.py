"""One manifest, one page, for everybody who may read it: where it is, who must act by when, what happened, what may be done."""
