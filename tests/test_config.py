"""test_config: where settings come from, what is refused and how it is said, and what is written back."""

import json
import os

import pytest

from vidwatchd import config
from vidwatchd.errors import ConfigError, StorageError


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home, so that nobody's own settings are read."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def written(path, **values):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


def port(found):
    return found.serve.port


class TestWhere:
    def test_without_a_file_the_defaults_hold(self, home):
        found = config.load(environ={})
        assert (found.source, port(found), found.data_dir) == (None, 8420, "")

    def test_each_place_wins_over_the_next(self, home):
        flag = written(home / "flag.json", serve={"port": 1})
        variable = written(home / "variable.json", serve={"port": 2})
        folder = written(home / "videos" / "videorc.json", serve={"port": 3})
        platform = written(config.platform_file(), serve={"port": 4})
        environ = {"VIDEORC": str(variable)}
        options = {"flag": str(flag), "folder": str(folder.parent), "environ": environ}
        found = [port(config.load(**options))]
        found.append(port(config.load(**options | {"flag": None})))
        found.append(port(config.load(**options | {"flag": None, "environ": {}})))
        found.append(port(config.load(environ={})))
        assert found == [1, 2, 3, 4]
        assert config.load(environ={}).source == platform

    def test_a_flag_wins_over_the_environment_and_that_over_the_file(self, home):
        file = home / "named.json"
        written(file, data_dir="/file", serve={"port": 4, "host": "::1"})
        environ = {"VIDWATCHD_DATA_DIR": "/environment", "VIDEORC": str(file)}
        assert config.load(environ=environ).data_dir == "/environment"
        found = config.load(environ=environ, overrides={"data_dir": "/flag", "serve": {"port": 5}})
        assert (found.data_dir, port(found), found.serve.host) == ("/flag", 5, "::1")

    @pytest.mark.parametrize("options", [{"flag": "/no/such.json"}, {"environ": {"VIDEORC": "/no/such.json"}}])
    def test_a_named_file_must_exist(self, home, options):
        with pytest.raises(ConfigError, match=r"/no/such\.json does not exist"):
            config.load(**{"environ": {}} | options)

    def test_yaml_is_read(self, home):
        pytest.importorskip("yaml")
        path = home / "rc.yaml"
        path.write_text("serve: {port: 6}\n", encoding="utf-8")
        assert port(config.load(flag=str(path))) == 6
        path.write_text("serve:\n  port: {6\n", encoding="utf-8")
        with pytest.raises(ConfigError, match=r"rc\.yaml: line \d: [^\n]*\(the file must be valid YAML\)"):
            config.load(flag=str(path))


class TestRefusals:
    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"sevre": {}}, r"unknown setting sevre \(did you mean serve\?\)"),
            ({"serve": {"prot": 1}}, r"unknown setting serve\.prot \(did you mean serve\.port\?\)"),
            ({"libraries": [{"path": "/a", "nane": ""}]}, r"libraries\.0\.nane \(did you mean libraries\.0\.name\?\)"),
            ({"serve": {"xyzzy": 1}}, r"serve\.xyzzy \(known: allowed_hosts, host"),
            ({"serve": {"port": 70000}}, r"serve\.port: .*, not 70000"),
            ({"watch": {"polling": "maybe"}}, r"watch\.polling: .*, not 'maybe'"),
            ({"libraries": [{}]}, r"libraries\.0\.path: field required"),
        ],
    )
    def test_the_key_and_the_remedy_are_named(self, values, said):
        with pytest.raises(ConfigError, match=said):
            config.parse(values)

    @pytest.mark.parametrize(
        ("content", "said"), [(b"{\n oops", "line 2"), (b"[]", "one JSON object"), (b"\xff", "cannot be read")]
    )
    def test_a_broken_file_is_named(self, home, content, said):
        path = home / "rc.json"
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=said) as caught:
            config.load(flag=str(path))
        assert str(path) in str(caught.value)


class TestWriting:
    def test_libraries_are_written_and_the_rest_is_left(self, home):
        path = written(home / "rc.json", serve={"port": 7}, libraries=[])
        found = config.save_libraries(config.load(flag=str(path)), [config.LibraryConfig(path="/videos")])
        assert json.loads(path.read_text(encoding="utf-8")) == {
            "serve": {"port": 7},
            "libraries": [{"path": "/videos"}],
        }
        assert [library.path for library in found.libraries] == ["/videos"]

    @pytest.mark.parametrize("there", ["", "libraries:\n- path: /old\n  name: Old\n\n", "libraries: [{path: /old}]\n"])
    def test_comments_of_a_yaml_file_stay(self, home, there):
        pytest.importorskip("yaml")
        path = home / "rc.yaml"
        path.write_text(f"# mine\naudio:\n  format: mp3  # small\n{there}device: cpu # slow\n", encoding="utf-8")
        for folder in ("/videos", "/films"):
            config.save_libraries(config.load(flag=str(path)), [config.LibraryConfig(path=folder)])
            text, found = path.read_text(encoding="utf-8"), config.load(flag=str(path))
            assert all(line in text for line in ("# mine\n", "  format: mp3  # small\n", "device: cpu # slow\n"))
            assert ([each.path for each in found.libraries], found.audio.format) == ([folder], "mp3")

    @pytest.mark.parametrize("text", ['"libraries": []\n', "{device: cpu}\n"])
    def test_yaml_of_another_form_is_left_to_people(self, home, text):
        pytest.importorskip("yaml")
        path = home / "rc.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match="by hand"):
            config.save_libraries(config.load(flag=str(path)), [config.LibraryConfig(path="/videos")])
        assert path.read_text(encoding="utf-8") == text

    def test_without_a_file_the_platforms_is_made(self, home):
        found = config.save_libraries(config.load(environ={}), [config.LibraryConfig(path="/videos")])
        assert found.source == config.platform_file()
        assert config.load(environ={}).libraries == found.libraries

    def test_a_failed_write_says_where(self):
        lost = config.Config().model_copy(update={"source": config.Path("/proc/no/rc.json")})
        with pytest.raises(StorageError, match="/proc/no"):
            config.save_libraries(lost, [])


def test_a_librarys_folder_is_what_the_system_takes():
    assert os.fsencode(config.LibraryConfig(path="/a\U0010ffff").folder) == b"/a\xff"


def test_the_sample_holds_each_kinds_settings():
    class Thumbs(config.Section):
        """A kind's settings."""

        width: int = 320

    values = config.sample({"thumbs": Thumbs})
    assert values["artifacts"]["thumbs"] == {"width": 320}
    assert config.parse(values).artifacts.of("thumbs") == {"width": 320}


def test_an_index_elsewhere_has_settings_of_its_own(tmp_path):
    own = tmp_path / "data" / "videorc.json"
    settings = config.load(overrides={"data_dir": str(own.parent)}, environ={})
    assert (settings.source, settings.writable_file) == (None, own)
    config.save_libraries(settings, [config.LibraryConfig(path="/films")])
    again = config.load(environ={"VIDWATCHD_DATA_DIR": str(own.parent)})
    assert (again.source, [library.path for library in again.libraries]) == (own, ["/films"])
    assert config.load(environ={}).writable_file != own
