-- The stored forms that there are or will be: what the address of one leads to. Two videos of the same content share it.
CREATE TABLE forms (
  video_id INTEGER PRIMARY KEY REFERENCES videos ON DELETE CASCADE,
  uuid TEXT NOT NULL
) STRICT;
CREATE INDEX forms_by_uuid ON forms (uuid);
-- All that a list of them asks, so that no page of one walks through the facts of twenty thousand films.
CREATE INDEX artifacts_stored ON artifacts (made_at, state, cost_bytes, files) WHERE kind = 'stored';
