"""storing: a film as a few megabytes: its sound, its words, a picture that stands in for it, and what is what."""
