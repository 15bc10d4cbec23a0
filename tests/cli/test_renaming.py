"""test_renaming: rename, one file and many."""

import os

from tests.cli.conftest import files_under


def test_one_file_with_all_that_belongs_to_it(vw, folder):
    vw("thumbs", folder)
    vw("tags", folder / "beach.mp4", "--set", "sun")
    done = vw("rename", folder / "beach.mp4", "sea.mp4")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{folder}/beach.mp4 → sea.mp4\n"
    assert {"sea.mp4.jpg", "sea.mp4.tags.json", "sea.mp4.made.json"} <= set(os.listdir(folder / ".artifacts"))
    assert vw("tags", folder / "sea.mp4", "--output-format", "json").json["tags"] == ["sun"]
    assert vw("scan", folder).out.startswith("3 videos: 1 added, in"), (
        "the one in sub, which no command looked at before"
    )
    assert (
        vw("rename", folder / "sea.mp4", folder / "sub/x.mp4", "--output-format", "json")
        .json["to"]
        .endswith("/sub/x.mp4")
    )


def test_many_only_said_then_done(vw, folder):
    before = files_under(folder)
    words = ["rename", "--batch", "-d", folder, "-r", "--source", "e", "--target", "E"]
    dry = vw(*words)
    assert dry.code == 0
    assert dry.out.splitlines() == [
        "beach.mp4 → bEach.mp4", "3 found, 3 planned, 0 applied (nothing was changed: --force does it)",
    ]  # fmt: skip
    assert files_under(folder) == before
    assert not vw.data.exists()
    done = vw(*words, "--force", "--show-all").out.splitlines()
    assert done == [
        "beach.mp4 → bEach.mp4", "broken.mp4 → brokEn.mp4", r"sub/new\nline \x1b[31m.mp4 → sub/nEw\nlinE \x1b[31m.mp4",
        "3 found, 3 planned, 3 applied",
    ]  # fmt: skip
    assert (folder / "bEach.mp4").exists()


def test_json_of_many(vw, folder):
    words = ["rename", "--batch", "-d", folder, "--regex", "--source", r"^(\w)(\w+)\.", "--target", r"\2\1."]
    found = vw(*words, "--output-format", "json").json
    assert found == {
        "total_matches": 2, "planned": 2, "applied": 0, "dry_run": True, "first": {"from": "beach.mp4", "to": "eachb.mp4"},
        "errors": [],
    }  # fmt: skip
    found = vw(*words, "--force", "--show-all", "--limit", 1, "--output-format", "json").json
    assert (found["total_matches"], found["applied"], found["renames"]) == (2, 1, [found["first"]])


def test_what_cannot_be_done_is_said_and_makes_the_status_1(vw, folder):
    done = vw("rename", "--batch", "-d", folder, "--source", "broken", "--target", "beach", "--force")
    assert done.code == 1
    assert done.out == "1 found, 0 planned, 0 applied\n"
    assert done.err == "broken.mp4: beach.mp4 exists already\n"
    assert vw("rename", folder / "broken.mp4", "beach.mp4").code == 1


def test_wrong_words_are_refused_in_one_sentence(vw, folder):
    for words in (
        [], [folder / "beach.mp4"], ["--batch"], ["--batch", "x", "y"], ["--source", "a", "--target", "b"],
        ["--batch", "--source", "a"], ["--batch", "--source", "", "--target", "b"],
        ["--batch", "-d", folder, "--regex", "--source", "(", "--target", "b"],
        ["--batch", "-d", folder, "--ext", ".txt", "--source", "a", "--target", "b"],
        ["--batch", "-d", folder / "nowhere", "--source", "a", "--target", "b"],
        [folder / "nothing.mp4", "x.mp4"], [folder / "beach.mp4", "x.txt"], [folder, "x.mp4"],
    ):  # fmt: skip
        done = vw("rename", *words)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), words
