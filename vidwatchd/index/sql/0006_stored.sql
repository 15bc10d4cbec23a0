-- The stored forms that there are or will be: what the address of one leads to. Two videos of the same content share it.
CREATE TABLE forms (
  video_id INTEGER PRIMARY KEY REFERENCES videos ON DELETE CASCADE,
  uuid TEXT NOT NULL
) STRICT;
CREATE INDEX forms_by_uuid ON forms (uuid);

-- Uploads whose file is to go once its stored form is proven, because the person who uploaded it said so. Lost with the
-- index: then the file stays.
CREATE TABLE partings (
  video_id INTEGER PRIMARY KEY REFERENCES videos ON DELETE CASCADE,
  -- Exactly that file: one of another name or content is never meant.
  path TEXT NOT NULL,
  fingerprint TEXT NOT NULL
) STRICT;
-- All that a list of them asks, so that no page of one walks through the facts of twenty thousand films.
CREATE INDEX artifacts_stored ON artifacts (made_at, state, cost_bytes, files) WHERE kind = 'stored';
