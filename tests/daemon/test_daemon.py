import json
import os
import signal
import threading
import time

import psutil
import pytest

from tests.live import Daemon, artifacts, is_done, put, unlike
from tests.waiting import PATIENCE_SECONDS, until
from vidwatchd import config, operations
from vidwatchd.operations import libraries, people_files, settings


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("living")


@pytest.fixture(scope="module")
def live(home):
    """One daemon over two libraries, for the tests that leave it as they found it: running."""
    (home / "one").mkdir()
    (home / "two").mkdir()
    with Daemon(home / "daemon", home / "one", home / "two") as daemon:
        yield daemon
        daemon.stop()


@pytest.fixture
def one(home):
    return home / "one"


@pytest.fixture
def two(home):
    return home / "two"


def test_a_file_dropped_in_is_listed_told_and_made(live, one):
    with live.listen() as told:
        put(one, "drop/in.mp4", 1)
        item = live.wait_done("drop/in.mp4")["drop/in.mp4"]
        live.wait_for(lambda: {"ids": [item["id"]], "why": "added"} in told.of("video"))
        live.wait_for(lambda: {"ids": [item["id"]], "why": "artifact"} in told.of("video"))
    assert (item["duration_seconds"], item["width"], item["height"]) == (1.5, 160, 90)
    status, headers, picture = live.ask(item["thumb_url"])
    assert (status, headers["Content-Type"], picture[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert live.ask(f"/api/videos/{item['id']}/file")[2] == unlike(1)


def test_a_deleted_file_leaves_the_page_and_its_words_stay(live, one):
    put(one, "gone/a.mp4", "gone")
    item = live.wait_done("gone/a.mp4")["gone/a.mp4"]
    live.api(f"/api/videos/{item['id']}/tags", {"add": ["kept"]})
    with live.listen() as told:
        os.unlink(one / "gone/a.mp4")
        live.wait_for(lambda: "gone/a.mp4" not in live.videos())
        live.wait_for(lambda: {"ids": [item["id"]], "why": "gone"} in told.of("video"))
    assert live.videos(presence="gone")["gone/a.mp4"]["tags"] == ["kept"]
    assert (one / "gone/.artifacts/a.mp4.tags.json").exists()
    put(one, "gone/a.mp4", "gone")
    back = live.wait_for(lambda: live.videos().get("gone/a.mp4"))
    assert (back["id"], back["tags"]) == (item["id"], ["kept"])


def test_tags_are_written_beside_the_video_and_a_hand_edit_comes_back(live, one):
    put(one, "said/a.mp4", "said")
    item = live.wait_done("said/a.mp4")["said/a.mp4"]
    route, file = f"/api/videos/{item['id']}/tags", one / "said/.artifacts/a.mp4.tags.json"
    assert live.api(route, {"add": ["sea", "Sea ", "sand"], "rating": 4})["tags"] == ["sea", "sand"]
    sidecar = json.loads(file.read_text())
    assert (sidecar["video"], sidecar["tags"], sidecar["rating"]) == ("said/a.mp4", ["sea", "sand"], 4)
    with live.listen() as told:
        file.write_text(json.dumps({"tags": ["by hand"], "performers": ["Bea"], "mood": "calm"}))
        live.wait_for(lambda: live.api(route)["tags"] == ["by hand"])
        live.wait_for(lambda: {"ids": [item["id"]], "why": "tags"} in told.of("video"))
    assert live.api(route)["performers"] == ["Bea"]
    assert live.videos(q="hand")["said/a.mp4"]["id"] == item["id"]
    live.api(route, {"add": ["typed"]})
    kept = json.loads(file.read_text())
    assert (kept["tags"], kept["mood"]) == (["by hand", "typed"], "calm")


def test_a_broken_tags_file_is_refused_and_left_alone(live, one):
    put(one, "broken/a.mp4", "broken")
    item = live.wait_done("broken/a.mp4")["broken/a.mp4"]
    file = one / "broken/.artifacts/a.mp4.tags.json"
    file.write_text('{"tags": ["half')
    answer = live.api(f"/api/videos/{item['id']}/tags", {"add": ["x"]}, status=409)
    assert answer["code"] == "conflict"
    assert answer["hint"]
    assert file.read_text() == '{"tags": ["half'


def test_replaced_content_is_made_again(live, one):
    put(one, "new/a.mp4", "first")
    before = live.wait_done("new/a.mp4")["new/a.mp4"]
    put(one, "new/a.mp4", "second, and longer")

    def again():
        after = live.videos()["new/a.mp4"]
        return is_done(after) and after["thumb_url"] != before["thumb_url"] and after

    assert live.wait_for(again)["id"] == before["id"]


def test_a_video_that_moves_before_it_was_made_is_made_where_it_is(live, one, two):
    live.api("/api/jobs/pause", {})
    try:
        put(one, "early.mp4", "early")
        live.wait_for(lambda: "early.mp4" in live.videos())
        os.rename(one / "early.mp4", one / "away.part")
        live.wait_for(lambda: "early.mp4" not in live.videos())  # seen to be gone first: its jobs are dropped
        os.rename(one / "away.part", two / "later.mp4")
        live.wait_for(lambda: "later.mp4" in live.videos())
    finally:
        live.api("/api/jobs/resume", {})
    live.wait_done("later.mp4")


def test_a_library_comes_and_goes_by_the_api(live, home):
    third = home / "third"
    put(third, "sub/x.mp4", "third")
    added = live.api("/api/libraries", {"path": str(third), "name": "Third"}, status=201)
    live.wait_done("sub/x.mp4")
    assert str(third) in live.config.read_text()
    assert live.api("/api/libraries", {"path": str(third / "sub")}, status=409)["code"] == "conflict"
    live.wait_idle()
    before = artifacts(third)
    live.api(f"/api/libraries/{added['id']}", method="DELETE")
    assert "sub/x.mp4" not in live.videos()
    assert str(third) not in live.config.read_text()
    assert artifacts(third) == before
    live.api("/api/libraries", {"path": str(third)}, status=201)
    live.wait_done("sub/x.mp4")
    live.wait_idle()
    assert {k: v for k, v in artifacts(third).items() if k in before} == before, "something was made again"


def test_a_library_removed_while_it_is_worked_on_takes_nothing_else_along(live, home):
    fourth = home / "fourth"
    for number in range(4):
        put(fourth, f"{number}.mp4", f"fourth {number}")
    added = live.api("/api/libraries", {"path": str(fourth)}, status=201)
    running = live.wait_for(lambda: [job for job in live.jobs() if job["state"] == "running"])
    with live.listen(f"/api/jobs/{running[0]['id']}/events") as followed:
        live.api(f"/api/libraries/{added['id']}", method="DELETE")
        live.wait_for(followed.ended.is_set)
    put(home / "one", "after.mp4", "after")
    live.wait_done("after.mp4")
    live.wait_for(lambda: not list((fourth / ".artifacts/.making").glob("*")))


def test_a_followed_job_tells_until_it_ends(live, one):
    put(one, "followed.mp4", "followed")
    item = live.wait_done("followed.mp4")["followed.mp4"]
    request = live.api(f"/api/videos/{item['id']}/make", {"kinds": ["thumbs", "sprites"]}, status=202)
    with live.listen(f"/api/jobs/{request['id']}/events") as told:
        live.wait_for(told.ended.is_set)
    last = told.of("job")[-1]
    assert (last["id"], last["state"], last["progress"], last["progress_total"]) == (request["id"], "done", 1.0, 2)


def test_mail_from_another_process_reaches_the_pages(live, one):
    from vidwatchd import config, operations
    from vidwatchd.operations import tags

    put(one, "mail.mp4", "mail")
    item = live.wait_done("mail.mp4")["mail.mp4"]
    with live.listen() as told, operations.open(config.load(flag=str(live.config))) as ctx:
        tags.edit(ctx, item["id"], tags.Edit(add=("from elsewhere",)))
        live.wait_for(lambda: {"ids": [item["id"]], "why": "tags"} in told.of("video"))
    assert live.videos()["mail.mp4"]["tags"] == ["from elsewhere"]


def test_a_library_added_elsewhere_is_not_forgotten_when_another_is_added_here(live, home):
    from vidwatchd import config, operations
    from vidwatchd.operations import libraries

    put(home / "fifth", "5.mp4", "fifth")
    (home / "sixth").mkdir()
    with operations.open(config.load(flag=str(live.config))) as ctx:
        libraries.add(ctx, str(home / "fifth"))
    live.wait_done("5.mp4")
    live.api("/api/libraries", {"path": str(home / "sixth")}, status=201)
    paths = [entry["path"] for entry in json.loads(live.config.read_text())["libraries"]]
    assert str(home / "fifth") in paths
    assert str(home / "sixth") in paths


def test_many_open_pages_do_not_hold_up_a_request(live):
    pages = [live.listen() for _ in range(50)]
    try:
        assert live.api("/health")["status"] == "ok"
        live.api("/api/jobs/pause", {"kind": "sprites"})
        live.api("/api/jobs/resume", {"kind": "sprites"})
        live.wait_for(lambda: all(page.of("jobs") for page in pages))
    finally:
        for page in pages:
            page.close()


def test_sighup_takes_over_a_new_library(live, home):
    put(home / "seventh", "7.mp4", "seventh")
    values = json.loads(live.config.read_text())
    values["libraries"].append({"path": str(home / "seventh")})
    live.config.write_text(json.dumps(values))
    live.process.send_signal(signal.SIGHUP)
    live.wait_done("7.mp4")
    good = live.config.read_text()
    live.config.write_text('{"no such": 1}')
    live.process.send_signal(signal.SIGHUP)
    live.wait_for(lambda: "were not taken over" in live.said())
    live.config.write_text(good)
    assert live.api("/health")["status"] == "ok"


def test_a_library_taken_out_of_the_settings_is_no_longer_watched(daemons, tmp_path):
    (tmp_path / "kept").mkdir()
    put(tmp_path / "dropped", "a.mp4")
    daemon = daemons(tmp_path / "kept", tmp_path / "dropped", kinds=())
    daemon.wait_for(lambda: "a.mp4" in daemon.videos())
    daemon.stop()
    values = json.loads(daemon.config.read_text())
    values["libraries"] = values["libraries"][:1]
    daemon.config.write_text(json.dumps(values))
    daemon.start()
    assert [daemon.library(name)["watched"] for name in ("kept", "dropped")] == [True, False]
    daemon.stop()


def test_an_address_in_use_is_said_in_one_sentence(live, tmp_path):
    from vidwatchd import config, daemon
    from vidwatchd.errors import UsageError

    assert live.api("/health")
    settings = config.parse({"data_dir": str(tmp_path / "data"), "serve": {"port": live.port}})
    with pytest.raises(UsageError, match=str(live.port)):
        daemon.serve(settings)


def test_listening_to_others_needs_a_password(tmp_path):
    from vidwatchd import config, daemon
    from vidwatchd.errors import UsageError

    settings = config.parse({"data_dir": str(tmp_path / "data"), "serve": {"host": "0.0.0.0", "port": 0}})
    with pytest.raises(UsageError, match="anyone"):
        daemon.serve(settings)
    assert not (tmp_path / "data").exists()


def test_whoever_started_it_is_told(tmp_path):
    """In this process: ready once the dashboard answers, alive now and then, stopping at the end."""
    from vidwatchd import config, operations
    from vidwatchd.daemon import Daemon as Parts

    said = []

    class Told:
        every_seconds = 0.01

        def ready(self, text=""):
            said.append(("ready", text))

        def alive(self):
            said.append(("alive", ""))

        def stopping(self):
            said.append(("stopping", ""))

    settings = config.parse({"data_dir": str(tmp_path), "serve": {"port": 0}}, tmp_path / "videorc.json")
    with operations.open(settings) as ctx:
        parts = Parts(ctx, None, Told())
        parts.start("")
        waiting = threading.Thread(target=parts.wait)
        waiting.start()
        until(lambda: ("alive", "") in said)
        parts.end()
        waiting.join(PATIENCE_SECONDS)
        parts.stop()
    assert said[0] == ("ready", f"Dashboard: {parts.server.url}")
    assert said[1] == ("alive", "")
    assert said[-1] == ("stopping", "")
    assert not [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and "spawn" in " ".join(child.cmdline())
    ]


def test_what_a_command_sets_of_a_library_holds_in_the_daemon(live):
    library = live.api("/api/libraries")["libraries"][0]
    assert "thumbs" not in library["skip"]
    with operations.open(config.load(flag=str(live.config), environ={})) as ctx:
        libraries.change(ctx, library["id"], skip=["thumbs"])
        live.wait_for(lambda: "thumbs" in live.api(f"/api/libraries/{library['id']}")["skip"])
        libraries.change(ctx, library["id"], skip=[])
        live.wait_for(lambda: "thumbs" not in live.api(f"/api/libraries/{library['id']}")["skip"])


@pytest.fixture
def parts(tmp_path):
    """The daemon's parts in this process, not started, and its settings file."""
    from vidwatchd import daemon

    file = tmp_path / "videorc.json"
    file.write_text(json.dumps({"data_dir": str(tmp_path / "data"), "serve": {"port": 0}}))
    with operations.open(config.load(flag=str(file), environ={})) as ctx:
        made = daemon.Daemon(ctx, None, daemon.Silent())
        yield made
        made.server.close()


def test_a_setting_that_is_changed_while_all_are_read_again_holds(parts):
    ctx = parts.ctx
    ctx.notify = lambda type_, data: None  # else all would be read a second time, and right
    changing = threading.Thread(target=settings.change, args=(ctx, {"thresholds.scene": 0.125}))

    def reread():
        found = config.load(flag=str(ctx.config.source), environ={})
        waits = ctx.changing_settings.locked()
        changing.start()
        if not waits:
            changing.join(PATIENCE_SECONDS)
        return found

    parts.reread = reread
    parts._reload()
    changing.join(PATIENCE_SECONDS)
    assert ctx.config.thresholds.scene == 0.125


def test_who_is_slow_at_the_end_is_waited_for(parts, monkeypatch):
    from vidwatchd import daemon

    monkeypatch.setattr(daemon, "PATIENCE_SECONDS", PATIENCE_SECONDS)
    written = []
    monkeypatch.setattr(people_files, "write_pending", lambda ctx: time.sleep(0.6) or written.append(ctx))
    parts.start("")
    parts.stop()
    assert written == [parts.ctx]
