-- The index is a cache of the disk plus what people said (which sidecars hold too).

CREATE TABLE libraries (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  root TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  watched INTEGER NOT NULL DEFAULT 1,
  online INTEGER NOT NULL DEFAULT 1,
  problem TEXT NOT NULL DEFAULT '',
  held TEXT NOT NULL DEFAULT '',
  layout TEXT NOT NULL DEFAULT 'beside',
  last_scan_at REAL,
  scan_seconds REAL
) STRICT;

-- One digest a folder: an unchanged folder is passed over without loading its rows.
CREATE TABLE folders (
  library_id INTEGER NOT NULL REFERENCES libraries ON DELETE CASCADE,
  path TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (library_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE videos (
  id INTEGER PRIMARY KEY,
  library_id INTEGER NOT NULL REFERENCES libraries ON DELETE CASCADE,
  path TEXT NOT NULL,
  folder TEXT NOT NULL,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  fingerprint TEXT NOT NULL DEFAULT '',
  content INTEGER NOT NULL DEFAULT 1,
  presence TEXT NOT NULL DEFAULT 'present' CHECK (presence IN ('present', 'gone', 'unknown')),
  problem TEXT NOT NULL DEFAULT '',
  added_at REAL NOT NULL,
  gone_at REAL,
  duration_seconds REAL,
  width INTEGER,
  height INTEGER,
  video_codec TEXT NOT NULL DEFAULT '',
  audio_codec TEXT NOT NULL DEFAULT '',
  container TEXT NOT NULL DEFAULT '',
  rating INTEGER,
  notes TEXT NOT NULL DEFAULT '',
  UNIQUE (library_id, folder, name)
) STRICT;
-- Few indexes: each costs a first scan of 100,000 files a tenth of a second.
CREATE INDEX videos_counted ON videos (library_id, presence, size_bytes);
CREATE INDEX videos_by_size ON videos (size_bytes, id);
CREATE INDEX videos_by_added ON videos (added_at, id) WHERE presence <> 'gone';
CREATE INDEX videos_by_name ON videos (name COLLATE NOCASE, id) WHERE presence <> 'gone';
CREATE INDEX videos_by_duration ON videos (ifnull(duration_seconds, -1), id) WHERE presence <> 'gone';
CREATE INDEX videos_gone ON videos (gone_at) WHERE presence = 'gone';

-- Videos whose files change places with others', from before the first file moves until the rows say so: after a crash
-- nothing but this tells whose the files are.
CREATE TABLE exchanges (
  video_id INTEGER PRIMARY KEY REFERENCES videos ON DELETE CASCADE,
  library_id INTEGER NOT NULL,
  old_library_id INTEGER NOT NULL,
  old_path TEXT NOT NULL,
  aside TEXT NOT NULL,
  path TEXT NOT NULL,
  all_aside INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE artifacts (
  video_id INTEGER NOT NULL REFERENCES videos ON DELETE CASCADE,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('missing', 'done', 'stale', 'failed', 'unavailable')),
  version INTEGER NOT NULL DEFAULT 0,
  settings_hash TEXT NOT NULL DEFAULT '',
  pinned INTEGER NOT NULL DEFAULT 0,
  fingerprint TEXT NOT NULL DEFAULT '',
  files TEXT NOT NULL DEFAULT '{}',
  facts TEXT NOT NULL DEFAULT '{}',
  backend TEXT NOT NULL DEFAULT '',
  cost_seconds REAL NOT NULL DEFAULT 0,
  cost_bytes INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  made_at REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (video_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifacts_by_state ON artifacts (kind, state);
CREATE INDEX artifacts_by_making ON artifacts (kind, version, settings_hash);

-- A queue is a table. One row per (video, content, kind, version, settings): owing twice owes once.
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  tier TEXT NOT NULL,
  video_id INTEGER NOT NULL REFERENCES videos ON DELETE CASCADE,
  library_id INTEGER NOT NULL REFERENCES libraries ON DELETE CASCADE,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  priority INTEGER NOT NULL DEFAULT 50,
  alone INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  ends INTEGER NOT NULL DEFAULT 0,
  not_before REAL NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '',
  lease_until REAL NOT NULL DEFAULT 0,
  settings TEXT NOT NULL DEFAULT '{}',
  settings_hash TEXT NOT NULL DEFAULT '',
  version INTEGER NOT NULL DEFAULT 0,
  progress REAL NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  created_at REAL NOT NULL,
  started_at REAL,
  ended_at REAL
) STRICT;
-- Waiting retries, jobs of kinds at their cap and of libraries that are away are never walked through by a claim.
CREATE INDEX jobs_due ON jobs (library_id, kind, priority, id) WHERE state = 'queued' AND not_before = 0;
CREATE INDEX jobs_retry ON jobs (not_before) WHERE state = 'queued' AND not_before > 0;
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_state ON jobs (state, kind, version, settings_hash);
CREATE INDEX jobs_of_video ON jobs (video_id);

-- What a person asked for in one go; its progress is that of its jobs.
CREATE TABLE requests (
  id TEXT PRIMARY KEY,
  task TEXT NOT NULL,
  params TEXT NOT NULL DEFAULT '{}',
  created_at REAL NOT NULL,
  cancelled INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE request_jobs (
  request_id TEXT NOT NULL REFERENCES requests ON DELETE CASCADE,
  job_id INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
  PRIMARY KEY (request_id, job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_jobs_by_job ON request_jobs (job_id);

-- What a command changed while a daemon runs, for the daemon's pages; a few minutes old at most.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  at REAL NOT NULL
) STRICT;

CREATE TABLE pauses (kind TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('tag', 'performer')),
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  UNIQUE (kind, name)
) STRICT;
-- Any spelling finds a tag: SQLite's own NOCASE knows ASCII only.
CREATE INDEX tags_by_folded ON tags (kind, folded);
CREATE TABLE video_tags (
  video_id INTEGER NOT NULL REFERENCES videos ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tags ON DELETE CASCADE,
  position INTEGER NOT NULL,
  PRIMARY KEY (video_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX video_tags_by_tag ON video_tags (tag_id, video_id);

-- People's sidecars as last read or written, so that our own writes are told from theirs.
CREATE TABLE sidecars (
  library_id INTEGER NOT NULL REFERENCES libraries ON DELETE CASCADE,
  path TEXT NOT NULL,
  folder TEXT NOT NULL,
  mtime_ns INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  problem TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (library_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX sidecars_in_folder ON sidecars (library_id, folder);

CREATE VIRTUAL TABLE words USING fts5 (name, folder, tags, tokenize = "unicode61 remove_diacritics 2");
