"""test_index: the index file opens, migrates whole or not at all, copies itself, and speaks our errors."""

import os
import sqlite3
import threading

import pytest

from tests.desk import file, tree
from vidwatchd.errors import IndexUnusable, StorageError, UsageError
from vidwatchd.index import copied_index, explain, looked_index, memory_index, migrations, open_index, statements

NEXT = len(migrations()) + 1


def test_migrations_are_numbered_without_a_gap():
    assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_new_index_has_every_migration_and_the_pragmas(index):
    assert index.version() == len(migrations())
    assert index.one("PRAGMA journal_mode") == ("wal",)
    assert index.one("PRAGMA foreign_keys") == (1,)
    assert index.check() == ""


def test_a_failed_migration_leaves_the_version_before_it(index):
    bad = "CREATE TABLE extra (id INTEGER); CREATE TABLE extra (id INTEGER);"
    with pytest.raises(IndexUnusable):
        index.migrate([*migrations(), (NEXT, bad)])
    assert index.version() == NEXT - 1
    assert index.one("SELECT count(*) FROM sqlite_master WHERE name = 'extra'") == (0,)


def test_a_later_migration_keeps_what_is_there(index, library):
    steps = [*migrations(), (NEXT, "CREATE TABLE extra (id INTEGER);"), (NEXT + 1, "INSERT INTO extra VALUES (7)")]
    index.migrate(steps)
    index.migrate(steps)
    assert index.version() == NEXT + 1
    assert index.rows("SELECT id FROM extra") == [(7,)]
    assert index.libraries.get(library.id) == library


def test_many_processes_may_open_a_new_index_at_once(tmp_path):
    versions = []
    threads = [threading.Thread(target=lambda: versions.append(_version(tmp_path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert versions == [len(migrations())] * 6


def _version(folder):
    opened = open_index(str(folder))
    try:
        return opened.version()
    finally:
        opened.close()


def test_an_index_from_the_future_is_refused_and_left_alone(tmp_path):
    index = open_index(str(tmp_path))
    index.rows("PRAGMA user_version = 99")
    index.close()
    before = tree(tmp_path)
    with pytest.raises(IndexUnusable, match="newer version"):
        open_index(str(tmp_path))
    with pytest.raises(IndexUnusable, match="newer version"):
        copied_index(str(tmp_path))
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("script", "count"),
    [
        ("", 0),
        ("SELECT 1;", 1),
        ("SELECT 1; SELECT 2;", 2),
        ("SELECT 1", 1),
        ("-- a; b\nSELECT 1;\n", 1),
        ("SELECT ';'; SELECT 2", 2),
        ("/* ; */ SELECT 1;", 1),
        ("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END; SELECT 3;", 2),
    ],
)
def test_a_script_is_split_into_whole_statements(script, count):
    split = list(statements(script))
    assert len(split) == count
    assert "".join(split).strip() == script.strip()


def test_every_statement_of_the_migrations_is_executed():
    for _, sql in migrations():
        assert "".join(statements(sql)).strip() == sql.strip()


def test_a_transaction_is_all_or_nothing(index, library):
    with pytest.raises(ZeroDivisionError), index.transaction():
        index.libraries.update(library.id, name="other")
        raise ZeroDivisionError
    assert index.libraries.get(library.id).name == "box"


def test_an_inner_transaction_belongs_to_the_outer(index, library):
    with pytest.raises(ZeroDivisionError), index.transaction():
        with index.transaction():
            index.libraries.update(library.id, name="other")
        raise ZeroDivisionError
    assert index.libraries.get(library.id).name == "box"


def test_a_bulk_transaction_rolls_back_too(index, library):
    with pytest.raises(ZeroDivisionError), index.bulk():
        index.videos.add(library.id, [file("a.mp4")])
        raise ZeroDivisionError
    assert index.videos.count(library.id) == 0


def test_each_thread_has_a_connection_of_its_own(index):
    seen = []
    thread = threading.Thread(target=lambda: seen.append(index.db))
    thread.start()
    thread.join()
    assert seen[0] is not index.db


def test_the_stamp_changes_when_somebody_else_writes(index, library):
    before = index.stamp()
    index.libraries.update(library.id, name="mine")
    assert index.stamp() == before
    thread = threading.Thread(target=lambda: index.libraries.update(library.id, name="theirs"))
    thread.start()
    thread.join()
    assert index.stamp() != before


def test_a_backup_is_a_whole_index_and_replaces_the_one_before(index, library, tmp_path):
    target = tmp_path / "backup.db"
    (tmp_path / "backup.db.partial").write_text("left by a dead backup")
    target.write_text("the one before")
    index.backup(str(target))
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT name FROM libraries").fetchall() == [("box",)]
    copy.close()
    assert not (tmp_path / "backup.db.partial").exists()


def test_a_backup_that_cannot_be_written_says_so(index, tmp_path):
    with pytest.raises(StorageError, match="backup"):
        index.backup(str(tmp_path / "nowhere" / "backup.db"))


def test_a_copy_may_change_without_writing_anything(index, library, tmp_path):
    before = tree(tmp_path)
    copy = copied_index(str(tmp_path / "data"))
    copy.libraries.update(library.id, name="other")
    copy.close()
    assert tree(tmp_path) == before
    assert index.libraries.get(library.id).name == "box"


def test_a_copy_sees_what_is_not_checkpointed_yet(index, library, tmp_path):
    index.videos.add(library.id, [file("new.mp4")])
    copy = copied_index(str(tmp_path / "data"))
    assert copy.videos.count(library.id) == 1
    copy.close()


def test_a_copy_of_nothing_is_empty_and_makes_no_folder(tmp_path):
    copy = copied_index(str(tmp_path / "data"))
    assert copy.version() == len(migrations())
    assert copy.path is None
    copy.close()
    assert not (tmp_path / "data").exists()


def test_a_copy_of_a_closed_index_leaves_nothing_beside_it(index, library, tmp_path):
    index.close()
    before = tree(tmp_path)
    copied_index(str(tmp_path / "data")).close()
    assert tree(tmp_path) == before


def test_memory_knows_the_same_tables():
    index = memory_index()
    assert index.libraries.all() == []
    index.close()


def test_a_file_that_is_no_database_is_named_with_the_remedy(tmp_path):
    (tmp_path / "index.db").write_bytes(b"this is no database at all, is it?" * 100)
    with pytest.raises(IndexUnusable, match="damaged") as caught:
        open_index(str(tmp_path))
    assert "scan builds a new one" in caught.value.hint


def test_a_data_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        open_index(str(tmp_path / "file" / "data"))


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("database or disk is full", StorageError, "disk is full"),
        ("attempt to write a readonly database", StorageError, "cannot be written"),
        ("unable to open database file", StorageError, "cannot be written"),
        ("database is locked", IndexUnusable, "locked"),
        ("database disk image is malformed", IndexUnusable, "damaged"),
        ("file is not a database", IndexUnusable, "damaged"),
        ("no such table: videos", IndexUnusable, "no such table"),
    ],
)
def test_errors_of_sqlite_are_explained(text, kind, said):
    error = explain(sqlite3.OperationalError(text), "/data/index.db")
    assert type(error) is kind
    assert said in str(error)


def test_an_odd_path_can_be_said():
    error = explain(sqlite3.OperationalError("database is locked"), os.fsdecode(b"/data/\xff"))
    str(error).encode()


def test_a_number_or_text_that_cannot_be_stored_is_the_askers_fault(index):
    with pytest.raises(UsageError):
        index.videos.row(1 << 70)
    with pytest.raises(UsageError):
        index.libraries.by_root("\ud800")


def test_optimise_keeps_everything(index, library):
    index.videos.add(library.id, [file("a.mp4")])
    index.optimise()
    assert index.check() == ""
    assert index.videos.count(library.id) == 1


def test_a_thread_that_ends_gives_its_connection_back(index):
    def look():
        before = len(index._open)
        index.one("SELECT 1")
        opened.append(len(index._open) - before)
        index.release()
        index.release()
        opened.append(len(index._open) - before)

    opened = []
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert opened == [1, 0]
    assert index.one("SELECT 1") == (1,)


def test_an_index_that_is_looked_at_sees_what_is_written_meanwhile_and_cannot_be_changed(tmp_path):
    folder = str(tmp_path / "data")
    writer = open_index(folder)
    looked = looked_index(folder)
    writer.outbox.put("job", {"id": 1})
    assert looked.outbox.since(0)[-1][1:] == ("job", {"id": 1})
    with pytest.raises(StorageError, match="cannot be written"):
        looked.outbox.put("job", {"id": 2})
    looked.close()
    writer.close()
    assert sorted(os.listdir(folder)) == ["index.db"]


def test_there_is_nothing_to_look_at_before_the_index_is_there_and_up_to_date(tmp_path):
    assert looked_index(str(tmp_path / "none")) is None
    assert list(tmp_path.iterdir()) == []
    open_index(str(tmp_path)).close()
    for version in (NEXT - 2, NEXT):
        with sqlite3.connect(tmp_path / "index.db") as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        assert looked_index(str(tmp_path)) is None


def test_a_damaged_index_is_not_looked_at(tmp_path):
    (tmp_path / "index.db").write_bytes(b"nonsense " * 1000)
    with pytest.raises(IndexUnusable, match="damaged"):
        looked_index(str(tmp_path))
