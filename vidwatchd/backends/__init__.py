"""backends: the ways to do a task that needs a model: one folder a task, one file a backend."""
