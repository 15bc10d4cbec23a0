"""test_diagnosis: doctor from the command line; one real run, for it tries every encoder."""


def test_doctor_says_what_there_is_and_fails_on_a_damaged_index(vw):
    vw.data.mkdir(parents=True)
    (vw.data / "index.db").write_bytes(b"this is no index " * 500)
    done = vw("doctor", "--output-format", "json")
    checks = {check["name"]: check for check in done.json["checks"]}
    assert done.code == 1
    assert checks["index"]["state"] == "fail"
    assert checks["ffmpeg"]["state"] == "ok"
    assert "service" in checks
    assert [path.name for path in vw.data.iterdir()] == ["index.db"]
