-- One row of words a video: what its file is called, what people said of it, what is said in it. Speech lies in one
-- column as one text, so that phrases cross lines by themselves; ``passages`` knows which line a place in it belongs to.
DROP TABLE words;
CREATE VIRTUAL TABLE words USING fts5 (name, folder, tags, people, speech, chapters, captions,
  tokenize = "unicode61 remove_diacritics 2");
INSERT INTO words (rowid, name, folder, tags, people, speech, chapters, captions)
  SELECT v.id, v.name, v.folder,
    ifnull((SELECT group_concat(t.name, ' ') FROM video_tags x JOIN tags t ON t.id = x.tag_id
      WHERE x.video_id = v.id AND t.kind = 'tag'), ''),
    ifnull((SELECT group_concat(t.name, ' ') FROM video_tags x JOIN tags t ON t.id = x.tag_id
      WHERE x.video_id = v.id AND t.kind = 'performer'), ''), '', '', ''
  FROM videos v;

CREATE TABLE passages (
  video_id INTEGER NOT NULL REFERENCES videos ON DELETE CASCADE,
  source TEXT NOT NULL,
  position INTEGER NOT NULL,
  track TEXT NOT NULL,
  cues BLOB NOT NULL,
  PRIMARY KEY (video_id, source, position)
) STRICT, WITHOUT ROWID;

-- When the words of a video's files were last read; what was made later is still to be read.
ALTER TABLE videos ADD COLUMN learned_at REAL NOT NULL DEFAULT 0;

-- Every word with the number of videos that hold it, and since last night the pieces of three letters that find one
-- which is spelled wrong.
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row);
CREATE VIRTUAL TABLE spellings USING fts5 (term, documents UNINDEXED, tokenize = trigram);
