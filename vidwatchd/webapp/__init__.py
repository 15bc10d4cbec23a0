"""webapp: the dashboard and the API over HTTP; it parses, calls an operation and renders, nothing else."""
