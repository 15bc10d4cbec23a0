"""clustering: groups of vectors that lie near each other, found from scratch or as new ones come; numpy only."""
