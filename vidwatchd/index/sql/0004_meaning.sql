-- What videos mean, as vectors: float16, little-endian, of length 1, one after the other; times are float32. They live as
-- long as the artifact that they are of: once its files are lost, or the video is, they are gone. The vectors stand last,
-- so that what is asked of a row besides is found without walking through them.
CREATE TABLE vectors (
  id INTEGER PRIMARY KEY,
  video_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  model TEXT NOT NULL,
  dimensions INTEGER NOT NULL,
  count INTEGER NOT NULL,
  made_at REAL NOT NULL,
  starts BLOB NOT NULL,
  ends BLOB NOT NULL,
  vectors BLOB NOT NULL,
  UNIQUE (video_id, source, model),
  FOREIGN KEY (video_id, kind) REFERENCES artifacts ON DELETE CASCADE
) STRICT;
CREATE INDEX vectors_by_model ON vectors (source, model, dimensions, id, count);
