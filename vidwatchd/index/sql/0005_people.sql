-- Who is seen in the videos. A person is a group of faces, named or not; a face is one distinct face of one video and lives
-- as long as the artifact that it is of. What people said of both lies beside the videos too (.faces.index.json).
CREATE TABLE people (
  -- Never given twice: a decision that is taken back gives a person theirs again.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',
  folded TEXT NOT NULL DEFAULT '',
  hidden INTEGER NOT NULL DEFAULT 0,
  -- A person said something of this group: two such are never joined by likeness alone.
  settled INTEGER NOT NULL DEFAULT 0,
  -- The face that stands for it; NULL: the one seen best.
  cover INTEGER REFERENCES faces ON DELETE SET NULL
) STRICT;
CREATE UNIQUE INDEX people_by_name ON people (folded) WHERE folded <> '';

-- A former id of a person that became part of another: links to it still lead there.
CREATE TABLE people_before (
  uuid TEXT PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES people ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX people_before_by_person ON people_before (person_id);

CREATE TABLE faces (
  -- Never given twice: what is remembered of faces by their ids must not mean another.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  video_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  made_at REAL NOT NULL,
  -- What found it, by which model: only vectors of one space can be compared.
  space TEXT NOT NULL,
  -- The library that it is seen in; NULL while its video is gone.
  library_id INTEGER,
  -- NULL: of nobody, as DBSCAN's noise is.
  person_id INTEGER REFERENCES people,
  -- A person put it there: likeness never takes it away again.
  said INTEGER NOT NULL DEFAULT 0,
  frames INTEGER NOT NULL,
  seconds REAL NOT NULL,
  quality REAL NOT NULL,
  at_seconds REAL NOT NULL,
  picture TEXT NOT NULL DEFAULT '',
  -- Stretches as JSON: [[start, end, at, [left, top, width, height], frames, quality], …]; the best has at = at_seconds.
  tracks TEXT NOT NULL,
  -- Little-endian float16 of length 1.
  vector BLOB NOT NULL,
  UNIQUE (video_id, kind, number),
  FOREIGN KEY (video_id, kind) REFERENCES artifacts ON DELETE CASCADE
) STRICT;
CREATE INDEX faces_of_person ON faces (person_id, video_id, quality, seconds, frames);
CREATE INDEX faces_by_space ON faces (space, id, person_id);
CREATE INDEX faces_of_video ON faces (video_id, person_id);

-- Whom nobody typed: a performer whose face is seen in the video.
ALTER TABLE video_tags ADD COLUMN inferred INTEGER NOT NULL DEFAULT 0;

-- What was decided, and how it was before: the last can be taken back.
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at REAL NOT NULL,
  what TEXT NOT NULL,
  before TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0
) STRICT;

-- By what distances the faces of a space are grouped now.
CREATE TABLE groupings (
  space TEXT PRIMARY KEY,
  eps REAL NOT NULL,
  min_samples INTEGER NOT NULL,
  asked INTEGER NOT NULL DEFAULT 0,
  -- Faces came that are not grouped yet.
  stale INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- People who lost a face since they were last looked at: what held them together may be gone.
CREATE TABLE people_doubted (
  person_id INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
  space TEXT NOT NULL,
  PRIMARY KEY (person_id, space)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER faces_lost AFTER DELETE ON faces WHEN old.person_id IS NOT NULL BEGIN
  INSERT OR IGNORE INTO people_doubted (person_id, space) VALUES (old.person_id, old.space);
END;

-- How often and how long people are seen in the videos that are not gone, so that nobody counts 100,000 faces for a page.
CREATE TABLE crowd (
  -- 0: in all of them.
  library_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
  faces INTEGER NOT NULL,
  -- Whole numbers: of what is added and taken off again nothing is left.
  milliseconds INTEGER NOT NULL,
  PRIMARY KEY (library_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER faces_counted AFTER UPDATE OF person_id, library_id ON faces
WHEN new.person_id IS NOT NULL AND new.library_id IS NOT NULL
  AND (old.person_id IS NOT new.person_id OR old.library_id IS NOT new.library_id) BEGIN
  INSERT INTO crowd VALUES
    (0, new.person_id, 1, CAST(round(new.seconds * 1000) AS INTEGER)),
    (new.library_id, new.person_id, 1, CAST(round(new.seconds * 1000) AS INTEGER))
  ON CONFLICT DO UPDATE SET faces = faces + 1, milliseconds = milliseconds + excluded.milliseconds;
END;
CREATE TRIGGER faces_discounted AFTER UPDATE OF person_id, library_id ON faces
WHEN old.person_id IS NOT NULL AND old.library_id IS NOT NULL
  AND (old.person_id IS NOT new.person_id OR old.library_id IS NOT new.library_id) BEGIN
  UPDATE crowd SET faces = faces - 1, milliseconds = milliseconds - CAST(round(old.seconds * 1000) AS INTEGER)
  WHERE library_id IN (0, old.library_id) AND person_id = old.person_id;
  DELETE FROM crowd WHERE library_id IN (0, old.library_id) AND person_id = old.person_id AND faces = 0;
END;
CREATE TRIGGER faces_taken_off AFTER DELETE ON faces WHEN old.person_id IS NOT NULL AND old.library_id IS NOT NULL BEGIN
  UPDATE crowd SET faces = faces - 1, milliseconds = milliseconds - CAST(round(old.seconds * 1000) AS INTEGER)
  WHERE library_id IN (0, old.library_id) AND person_id = old.person_id;
  DELETE FROM crowd WHERE library_id IN (0, old.library_id) AND person_id = old.person_id AND faces = 0;
END;
CREATE TRIGGER faces_moved AFTER UPDATE OF presence, library_id ON videos
WHEN (old.presence = 'gone') <> (new.presence = 'gone') OR old.library_id <> new.library_id BEGIN
  UPDATE faces SET library_id = iif(new.presence = 'gone', NULL, new.library_id) WHERE video_id = new.id;
END;

-- Videos of which the search does not know yet who is in them: their words are read anew, which with speech takes its time.
CREATE TABLE people_words (video_id INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER people_renamed AFTER UPDATE OF name, hidden ON people
WHEN old.name <> new.name OR (old.hidden <> new.hidden AND new.name <> '') BEGIN
  INSERT INTO people_words SELECT DISTINCT video_id FROM faces WHERE person_id = new.id ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER faces_renamed AFTER UPDATE OF person_id ON faces WHEN old.person_id IS NOT new.person_id
  AND EXISTS (SELECT 1 FROM people WHERE id IN (old.person_id, new.person_id) AND name <> '') BEGIN
  INSERT INTO people_words VALUES (new.video_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER faces_unnamed AFTER DELETE ON faces
WHEN EXISTS (SELECT 1 FROM people WHERE id = old.person_id AND name <> '') BEGIN
  INSERT INTO people_words VALUES (old.video_id) ON CONFLICT DO NOTHING;
END;
