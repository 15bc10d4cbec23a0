"""test_pulling: models list, pull and remove from the command line."""

import pytest

from tests.cli.conftest import files_under
from tests.hub import Hub
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def hub(monkeypatch):
    with Hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


def test_list_writes_nothing(vw):
    found = vw("models", "list", "--output-format", "json")
    assert found.code == 0
    assert {"tiny", "small", "minilm"} <= {model["name"] for model in found.json["models"]}
    assert "486 MB  MIT" in vw("models", "list").out
    assert not vw.home.exists() or files_under(vw.home) == set()


def test_pull_and_remove(vw, hub):
    hub.add("tiny")
    done = vw("models", "pull", "tiny", "--yes")
    assert (done.code, done.out) == (0, f"tiny is here: 301 KB in {vw.data}/models/tiny\n")
    assert "78 MB, MIT licence, from Systran/faster-whisper-tiny.\n" in done.err, "who says yes is told to what"
    again = vw("models", "pull", "tiny", "--yes", "--output-format", "json")
    assert (again.code, again.json["already"]) == (0, True)
    assert "licence" not in again.err
    assert (
        "tiny in" in {c["name"]: c for c in vw("doctor", "--output-format", "json").json["checks"]}["models"]["detail"]
    )
    kept = vw("models", "remove", "tiny", typed="n\n")
    assert kept.code == 1
    assert (vw.data / "models" / "tiny").exists()
    gone = vw("models", "remove", "tiny", "--yes")
    assert (gone.code, gone.out) == (0, "tiny is gone; 301 KB are free again\n")
    assert vw("models", "remove", "tiny", "--yes").code == 1


def test_nobody_to_ask_is_refused_with_the_size_and_the_licence(vw, hub):
    hub.add("small")
    done = vw("models", "pull", "small")
    assert (done.code, done.err) == (2, "vidwatchd: a download of 486 MB (MIT licence) must be agreed to (--yes)\n")
    assert hub.asked == []


def test_a_licence_that_forbids_business_is_said_before(vw, hub):
    done = vw("models", "pull", "buffalo_s")
    assert (done.code, hub.asked) == (2, [])
    assert "16 MB (InsightFace, non-commercial research only licence) must be agreed to" in done.err
    terms = vw("models", "pull", "buffalo_s", "--yes").err.splitlines()[0]
    assert "16 MB, InsightFace, non-commercial research only licence, from deepghs/insightface." in terms
    assert terms.endswith("Its licence forbids commercial use.")


def test_wrong_names_and_no_network_are_one_sentence(vw, monkeypatch):
    done = vw("models", "pull", "smal", "--yes")
    assert (done.code, done.err) == (1, "vidwatchd: there is no model 'smal' (did you mean small?)\n")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    done = vw("models", "pull", "small", "--yes")
    assert done.code == 1
    terms, error = done.err.splitlines()
    assert "MIT licence" in terms
    assert "cannot be reached" in error


def test_a_stop_in_the_middle_leaves_what_came(vw, hub):
    """Ctrl-C in a process of its own: the next pull goes on from there."""
    import signal
    import threading

    hub.add("tiny", size=8_000_000)
    began, go = threading.Event(), threading.Event()
    hub.before = lambda path: (began.set(), go.wait(PATIENCE_SECONDS)) if path == "model.bin" else None
    with vw.start("models", "pull", "tiny", "--yes") as process:
        assert began.wait(PATIENCE_SECONDS)
        process.send_signal(signal.SIGINT)
        go.set()
        assert process.wait(PATIENCE_SECONDS) == 130
    assert not (vw.data / "models" / "tiny").exists()
    hub.before = lambda path: None
    assert vw("models", "pull", "tiny", "--yes").code == 0
