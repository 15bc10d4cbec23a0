"""test_search: routes that find moments, and of saved searches."""


def test_a_search(steady):
    found = steady.ask("/api/search?q=b.mp4&limit=5")
    assert [hit["video"]["path"] for hit in found["hits"]] == ["sub/b.mp4"]
    (hit,) = found["hits"]
    assert hit["sources"] == ["name"]
    assert hit["moments"][0]["start"] == 0
    assert found["meaning"]["available"] is False


def test_nothing_typed_is_an_error(steady):
    for typed in ("%22", "NEAR(", "%00", "-", "tag:", "%F0%9F%98%80"):
        steady.ask(f"/api/search?q={typed}")
    steady.refused("/api/search?q=x&limit=0", status=422)


def test_saved_searches(fresh):
    saved = fresh.ask("/api/searches", {"name": "Trips", "query": "beach"})
    assert saved["name"] == "Trips"
    assert [each["query"] for each in fresh.ask("/api/searches")["searches"]] == ["beach"]
    fresh.ask("/api/searches?name=trips", method="DELETE")
    assert fresh.ask("/api/searches")["searches"] == []
    fresh.refused("/api/searches?name=trips", method="DELETE", status=404)
    fresh.refused("/api/searches", {"name": "x"}, status=422)
