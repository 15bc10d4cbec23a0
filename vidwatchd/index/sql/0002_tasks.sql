-- A request may be a task: one long operation that is run as a whole. Its state stands here, with whoever runs it; where
-- there is none the request is that of its jobs.
ALTER TABLE requests ADD COLUMN state TEXT CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled'));
ALTER TABLE requests ADD COLUMN progress_current REAL NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN progress_total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN doing TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN result TEXT;
ALTER TABLE requests ADD COLUMN error TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN lease_until REAL NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN ends INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN started_at REAL;
ALTER TABLE requests ADD COLUMN ended_at REAL;
CREATE INDEX requests_of_tasks ON requests (state, created_at) WHERE state IS NOT NULL;

-- How many of a kind may run at once while this request lasts (JSON: kind → number); '' once it is over.
ALTER TABLE requests ADD COLUMN caps TEXT NOT NULL DEFAULT '';
CREATE INDEX requests_capped ON requests (id) WHERE caps <> '';
