"""test_current: where the index itself may be asked, and where a copy must be brought up to date first."""

import os
import time

import pytest

from vidwatchd import operations
from vidwatchd.config import parse
from vidwatchd.operations import current, dupes, libraries, report, tags


@pytest.fixture
def known(desk):
    """A folder that was looked at twice, with nothing new in it: an ``.artifacts`` of the last seconds is doubted."""
    desk.put("clip.mp4")
    desk.put("sub/other.mp4")
    desk.scan()
    desk.work()
    settle(desk)
    return desk


def settle(desk):
    before = time.time_ns() - 10 * 10**9
    for folder in desk.root.rglob(".artifacts"):
        os.utime(folder, ns=(before, before))
    for _ in range(2):
        desk.scan()


def holds(desk, question=current.folder, where="", **how):
    with operations.look(desk.ctx.config) as ctx:
        assert ctx.index.looking
        return question(ctx, str(desk.root / where), **how)


def test_a_folder_that_is_as_known_is_asked_of_the_index_itself_with_the_same_answers(known):
    config, root = known.ctx.config, str(known.root)
    verbs = (
        lambda ctx: report.report(ctx, root, recursive=True),
        lambda ctx: dupes.folder(ctx, root, recursive=True),
        lambda ctx: tags.apply(ctx, root, tags.Edit(), recursive=True),
        lambda ctx: libraries.configured(ctx),
    )
    for verb in verbs:
        with operations.look(config, lambda ctx: current.coverage(ctx, root, recursive=True)) as ctx:
            assert ctx.index.looking
            asked = verb(ctx)
        with operations.peek(config) as ctx:
            assert asked == verb(ctx)


@pytest.mark.parametrize("where", ["", "sub"])
def test_what_changed_on_disk_is_noticed(known, where):
    assert holds(known, where=where, recursive=True)
    known.put("sub/new.mp4")
    assert not holds(known, where=where, recursive=True)
    known.scan()
    os.remove(known.root / "sub" / "other.mp4")
    assert not holds(known, where=where, recursive=True)


def test_what_lies_deeper_does_not_matter_to_a_flat_look(known):
    known.put("sub/new.mp4")
    assert holds(known)
    assert not holds(known, recursive=True)


def test_what_people_wrote_by_hand_is_noticed(known):
    (known.root / ".artifacts" / "clip.mp4.tags.json").write_text('{"tags": ["by hand"]}')
    assert not holds(known)
    assert not holds(known, current.target, "clip.mp4")
    known.scan()
    assert holds(known, current.target, "clip.mp4")


def test_a_folder_of_no_library_or_one_that_is_away_is_not_known(known):
    (known.folder / "elsewhere").mkdir()
    assert not holds(known, where="../elsewhere")
    known.index.libraries.update(known.library_id, online=False, problem="away")
    assert not holds(known)
    known.index.libraries.update(known.library_id, online=True, problem="")
    assert holds(known, current.target)
    (known.root / ".artifacts" / ".library.json").unlink()
    assert not holds(known)


def test_what_other_settings_made_is_no_coverage(known):
    assert holds(known, current.coverage, recursive=True)
    known.ctx.config = parse({**known.ctx.config.model_dump(exclude={"source", "home"}),
                              "artifacts": {"sprites": {"cols": 3}}}, known.ctx.config.source)  # fmt: skip
    assert holds(known, recursive=True)
    assert not holds(known, current.coverage, recursive=True)


def test_rows_are_those_of_the_settings(known):
    with operations.look(known.ctx.config) as ctx:
        assert current.rows(ctx)
    named = known.ctx.config.libraries[0].model_copy(update={"name": "other"})
    for entries in ((), (named,), (*known.ctx.config.libraries, named.model_copy(update={"path": "/nowhere"}))):
        with operations.look(known.ctx.config.model_copy(update={"libraries": entries})) as ctx:
            assert not current.rows(ctx)
