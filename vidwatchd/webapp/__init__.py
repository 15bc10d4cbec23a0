"""webapp: what the browser and scripts talk to."""
