"""test_meaning: moments are found by what they mean; the vectors are made up, but for one whole way through."""

import json
import sys

import pytest

from tests.meant import near, part, publish, unit
from vidwatchd.errors import NotFound, Unavailable, UsageError
from vidwatchd.operations import meaning


class Answers:
    """Stands in for the worker: each text has a vector of its own, or the one it was given."""

    def __init__(self, **known):
        self.known, self.asked = known, []

    def vectors(self, folder, mark, texts, patience_seconds):
        self.asked.append((mark, len(texts)))
        return [self.known.get(t, unit(sum(map(ord, t)) + 10**6)).astype("<f2").tobytes() for t in texts]


@pytest.fixture
def models(desk):
    """The models' folders, with files that are looked for but never loaded; name → identity."""
    for name in ("clip-base", "minilm"):
        folder = desk.folder / "data" / "models" / name
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({"model_type": "clip", "name": name}))
        (folder / "model.safetensors").write_bytes(b"weights")
    from vidwatchd.backends.embed import weights

    return {name: weights.identity(desk.ctx.config.models_folder, name) for name in ("clip-base", "minilm")}


@pytest.fixture(autouse=True)
def _with_meaning(monkeypatch):
    from vidwatchd import artifacts

    monkeypatch.setattr(artifacts, "KINDS", {**artifacts.KINDS, "meaning": meaning.Meaning})


@pytest.fixture
def library(desk, models):
    """A dog in two videos, spoken of in a third; the rest is a crowd."""
    dog, talk = unit(1), unit(2)
    crowd = [unit(100 + n) for n in range(60)]
    ids = {
        "dog": publish(desk, "dog.mp4", part([*crowd[:5], near(dog, 3), near(dog, 4), *crowd[5:10]], model=models["clip-base"])),
        "too": publish(desk, "too.mp4", part([near(dog, 5, 0.9), *crowd[10:30]], model=models["clip-base"])),
        "said": publish(
            desk, "said.mp4", part(crowd[30:45], model=models["clip-base"]),
            part([*crowd[45:50], near(talk, 6)], "speech", models["minilm"]),
        ),
        "rest": publish(desk, "rest.mp4", part(crowd[50:], "speech", models["minilm"])),
    }  # fmt: skip
    desk.ctx.held["asker"] = Answers(**{"a dog": dog, "about walks": talk})
    return ids


class TestByMeaning:
    def test_pictures(self, desk, library):
        first, second = meaning.by_meaning(desk.ctx, "a dog")
        assert (first["video_id"], first["start"], first["end"], first["source"]) == (library["dog"], 50, 70, "picture")
        assert (second["video_id"], second["start"], second["end"]) == (library["too"], 0, 10)
        assert first["score"] > second["score"] > 0

    def test_speech(self, desk, library):
        (found,) = meaning.by_meaning(desk.ctx, " about   walks ")
        assert (found["video_id"], found["start"], found["source"]) == (library["said"], 50, "speech-meaning")

    @pytest.mark.parametrize("words", ["", "  ", "zzz", "something else", "no such thing", "1234"])
    def test_nonsense_finds_nothing(self, desk, library, words):
        assert meaning.by_meaning(desk.ctx, words) == []

    def test_limit(self, desk, library):
        assert len(meaning.by_meaning(desk.ctx, "a dog", limit=1)) == 1

    def test_the_level_is_measured_once(self, desk, library):
        meaning.by_meaning(desk.ctx, "a dog")
        before = len(desk.ctx.held["asker"].asked)
        assert meaning.by_meaning(desk.ctx, "a dog") == meaning.by_meaning(desk.ctx, "a dog")
        assert {count for _, count in desk.ctx.held["asker"].asked[before:]} == {1}
        publish(desk, "more.mp4", part([unit(500 + n) for n in range(30)], model=next(iter(_marks(desk)))))
        meaning.by_meaning(desk.ctx, "a dog")
        assert max(count for _, count in desk.ctx.held["asker"].asked[before:]) > 1

    def test_nothing_looked_at_yet(self, desk, models):
        assert meaning.by_meaning(desk.ctx, "a dog") == []

    def test_vectors_of_another_model_are_never_compared(self, desk, library, models):
        publish(desk, "old.mp4", part([unit(1)], model="clip-base:00000000"))
        assert {found["video_id"] for found in meaning.by_meaning(desk.ctx, "a dog")} == {
            library["dog"],
            library["too"],
        }

    def test_a_model_that_was_removed(self, desk, library, models):
        for name in models:
            (desk.folder / "data" / "models" / name / "model.safetensors").unlink()
        with pytest.raises(Unavailable, match="vidwatchd models pull siglip2-base"):
            meaning.by_meaning(desk.ctx, "a dog")

    def test_only_a_foreign_models_vectors(self, desk, models):
        publish(desk, "old.mp4", part([unit(1)], model="siglip2-base:00000000"))
        with pytest.raises(Unavailable, match=r"looked at by siglip2-base.*models pull siglip2-base"):
            meaning.by_meaning(desk.ctx, "a dog")

    def test_without_the_extra(self, desk, library, monkeypatch):
        monkeypatch.setitem(sys.modules, "transformers", None)
        with pytest.raises(Unavailable, match=r"pip install 'vidwatchd\[describe\]'"):
            meaning.by_meaning(desk.ctx, "a dog")
        assert desk.work(), "everything else is made as ever"
        assert desk.states("dog.mp4")["thumbs"] == "done"


def _marks(desk):
    return [space.model for space in desk.index.vectors.spaces() if space.source == "frames"]


class TestSimilar:
    def test_the_same_picture_elsewhere(self, desk, library):
        found = meaning.similar(desk.ctx, library["dog"], 52.0)
        assert found["at_seconds"] == 50
        (moment,) = found["moments"]
        assert (moment["video_id"], moment["start"], moment["video"]["name"]) == (library["too"], 0, "too.mp4")
        assert 0 < moment["score"] < 1

    def test_it_needs_no_model_and_no_extra(self, desk, library, monkeypatch):
        monkeypatch.setitem(sys.modules, "torch", None)
        assert meaning.similar(desk.ctx, library["too"], 0.0)["moments"][0]["video_id"] == library["dog"]

    def test_what_is_nowhere_else(self, desk, library):
        assert meaning.similar(desk.ctx, library["said"], 0.0)["moments"] == []

    def test_two_copies_and_nothing_else(self, desk, models):
        one = publish(desk, "a.mp4", part([unit(1)], model=models["clip-base"]))
        other = publish(desk, "b.mp4", part([unit(1)], model=models["clip-base"]))
        (moment,) = meaning.similar(desk.ctx, one, 0.0)["moments"]
        assert (moment["video_id"], moment["score"]) == (other, pytest.approx(1, abs=0.5))

    def test_not_looked_at(self, desk, library):
        with pytest.raises(NotFound, match="nothing is known yet"):
            meaning.similar(desk.ctx, library["rest"], 0.0)
        with pytest.raises(NotFound):
            meaning.similar(desk.ctx, 999, 0.0)

    def test_not_looked_at_for_want_of_a_model(self, desk):
        desk.put("a.mp4")
        desk.scan()
        with pytest.raises(Unavailable, match="models pull"):
            meaning.similar(desk.ctx, desk.id("a.mp4"), 0.0)

    def test_by_file(self, desk, library):
        path = str(desk.root / "dog.mp4")
        assert meaning.similar_to_file(desk.ctx, path, 50.0) == meaning.similar(desk.ctx, library["dog"], 50.0)
        with pytest.raises(UsageError, match="one video"):
            meaning.similar_to_file(desk.ctx, str(desk.root), 0.0)
