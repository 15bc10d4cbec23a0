"""test_session: what the common flags lead to."""

import json
import os
from functools import partial
from pathlib import Path

import pytest

from vidwatchd.cli.session import Session
from vidwatchd.errors import ConfigError
from vidwatchd.operations import current, tags


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("VIDEORC", raising=False)
    monkeypatch.delenv("VIDWATCHD_DATA_DIR", raising=False)


def test_flags_win_over_environment_and_file(tmp_path, monkeypatch):
    file = tmp_path / "my.json"
    file.write_text(json.dumps({"data_dir": "/from/file", "serve": {"port": 1, "host": "::1"}}))
    assert Session(str(file)).settings().data_dir == "/from/file"
    monkeypatch.setenv("VIDWATCHD_DATA_DIR", "/from/environment")
    assert Session(str(file)).settings().data_dir == "/from/environment"
    found = Session(str(file), "/from/flag").settings(serve={"port": 2})
    assert (found.data_dir, found.serve.port, found.serve.host) == ("/from/flag", 2, "::1")


def test_a_data_folder_is_absolute_and_portable():
    assert Session("", "here\udcff").settings().data_dir == f"{os.getcwd()}/here\U0010ffff"


def test_a_folder_that_cannot_hold_settings_is_no_error(tmp_path):
    for folder in (str(tmp_path / "nowhere"), __file__, "x" * 300):
        assert Session().settings(folder).source is None


def test_peeking_leaves_no_trace_and_opening_does(tmp_path):
    session = Session("", str(tmp_path / "data"))
    with session.peek() as ctx:
        assert ctx.read_only
    assert not (tmp_path / "data").exists()
    with session.open() as ctx:
        assert not ctx.read_only
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["index.db"]


def test_settings_of_kinds_are_checked(tmp_path):
    (tmp_path / "videorc.json").write_text(json.dumps({"artifacts": {"thumb": {}}}))
    with pytest.raises(ConfigError, match="thumbs"), Session().peek(str(tmp_path)):
        pass


def test_peeking_sees_what_a_running_writer_has_written_and_keeps_its_own_to_itself(tmp_path):
    session = Session("", str(tmp_path / "data"))
    (tmp_path / "videos").mkdir()
    with session.open() as writer:
        library = writer.index.libraries.add(
            uuid="u", root=str(tmp_path / "videos"), name="v", watched=True, layout="beside"
        )
        with session.peek() as ctx:
            assert ctx.index.libraries.get(library.id).name == "v"
            ctx.index.libraries.update(library.id, name="changed")
        assert writer.index.libraries.get(library.id).name == "v"


def test_a_look_at_what_is_known_asks_the_index_where_it_knows_it_and_a_copy_where_not(tmp_path, clips):
    session, file = Session("", str(tmp_path / "data")), tmp_path / "videos" / "a.mp4"
    file.parent.mkdir()
    file.write_bytes(Path(clips.still()).read_bytes())
    known = partial(current.target, path=str(file))
    with session.look(str(file), known) as ctx:
        assert not ctx.index.looking
    with session.open() as ctx:
        tags.apply(ctx, str(file), tags.Edit(add=("sea",)))
    with session.look(str(file), known) as ctx:
        assert ctx.index.looking
        assert tags.apply(ctx, str(file), tags.Edit())["tags"] == ["sea"]
    with session.look() as ctx:
        assert ctx.index.looking
    sidecar = file.parent / ".artifacts" / "a.mp4.tags.json"
    sidecar.write_text('{"tags": ["by hand"]}')
    with session.look(str(file), known) as ctx:
        assert not ctx.index.looking
        assert tags.apply(ctx, str(file), tags.Edit())["tags"] == ["by hand"]
    sidecar.write_text("broken")
    for target in (str(file), str(tmp_path / "nowhere.mp4")):
        with session.look(target, partial(current.target, path=target)) as ctx:
            assert not ctx.index.looking
