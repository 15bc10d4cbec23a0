"""surrogate: what stands in for the picture of a stored film: a model, a tiny proxy, its scenes as stills, or a stub."""
