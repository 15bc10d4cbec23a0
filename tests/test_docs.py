"""test_docs: what a person can type, ask for or set is documented, and the documents match the code."""

import json
import re
import shlex

import click
import pytest

from tests import generated
from tests.bench.report import write_section
from tests.sources import ROOT
from vidwatchd import config

README = ROOT / "README.md"
PAGES = (README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
COMMANDS = [pytest.param(words, command, id=" ".join(words)) for words, command in generated.commands()]


def read(path):
    return path.read_text(encoding="utf-8")


def test_the_sample_settings_are_the_codes():
    wanted = json.dumps(config.sample(generated.kinds()), indent=2, ensure_ascii=False) + "\n"
    generated.keep(ROOT / "videorc.sample.json", wanted)


def test_the_sample_settings_are_valid():
    config.parse(json.loads(read(ROOT / "videorc.sample.json")))


@pytest.mark.parametrize(
    ("document", "name", "table"),
    [
        ("README.md", "commands", generated.command_table),
        ("docs/settings.md", "settings", generated.settings_table),
        ("docs/api.md", "routes", generated.route_table),
    ],
)
def test_generated_tables_are_the_codes(document, name, table):
    generated.keep(ROOT / document, generated.between(read(ROOT / document), name, table()))


def test_every_fault_names_its_tests():
    page = ROOT / "docs" / "faults.md"
    assert re.findall(r"^\| F(\d+) \|", read(page), re.MULTILINE) == [str(number) for number in range(1, 24)]
    generated.keep(page, generated.with_fault_tests(read(page)))


def test_every_setting_says_what_it_does():
    assert [key for key, _, _, said in generated.settings() if not said] == []


def test_every_kind_is_documented():
    text = "\n".join(map(read, PAGES))
    assert [name for name in generated.kinds() if f"`{name}`" not in text] == []


@pytest.mark.parametrize(("words", "command"), COMMANDS)
def test_every_command_has_help(words, command):
    assert command.get_short_help_str(), f"{' '.join(words)} has no help"
    undocumented = [p.name for p in command.params if p.param_type_name == "option" and not getattr(p, "help", None)]
    assert undocumented == []


@pytest.mark.parametrize(("words", "command"), COMMANDS)
def test_every_commands_help_has_an_example_that_parses(words, command):
    said = f"{command.help or ''}\n{command.epilog or ''}"
    examples = re.findall(r"^\s*(?:\$ )?(vidwatchd .*)$", said, re.MULTILINE)
    assert examples, f"vidwatchd {' '.join(words)}: its help shows no line that begins with 'vidwatchd '"
    for example in examples:
        _parse(shlex.split(example, comments=True)[1:])


def _parse(arguments, command=None):
    """Follow the words to the command and let its parser take the rest; raises click.UsageError for a wrong one."""
    command, context = command or generated.group(), None
    while True:
        context = command.context_class(command, info_name=command.name, parent=context)
        _, rest, _ = command.make_parser(context).parse_args(list(arguments))
        if not hasattr(command, "resolve_command"):
            if rest:
                raise click.UsageError(f"{' '.join(rest)} is too much for {command.name}")
            return
        _, command, arguments = command.resolve_command(context, rest)


def test_every_route_says_what_it_does():
    assert [f"{method} {path}" for method, path, operation in generated.routes() if not operation.get("summary")] == []


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)|(?:src|href)=\"([^\"#]+)", read(document))
    local = {target for pair in targets for target in pair if target and "://" not in target}
    paths = {target: (document.parent / target).resolve() for target in local}
    lost = {name for name, path in paths.items() if not path.exists()}
    assert lost == set()


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_headings_that_are_linked_exist(document):
    headings = {_anchor(title) for title in re.findall(r"^#+ (.+)$", read(document), re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", read(document))) - headings == set()


def _anchor(title):
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_the_changelog_knows_this_version():
    from vidwatchd import __version__

    assert f"## [{__version__}]" in read(ROOT / "CHANGELOG.md")


def test_a_bench_writes_its_own_section(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text("# Performance\n\n<!-- scan:begin -->\nold\n<!-- scan:end -->\n\nend\n", encoding="utf-8")
    write_section("scan", "| new |", page)
    write_section("idle", "| 0.1 % |", page)
    text = read(page)
    assert "old" not in text
    assert text.index("| new |") < text.index("end") < text.index("<!-- idle:begin -->")


class TestGenerated:
    """The generators themselves, so that an empty table is not mistaken for a good one."""

    def test_settings_have_types_and_defaults(self):
        rows = {key: (type_, default) for key, type_, default, _ in generated.settings()}
        assert rows["serve.port"] == ("whole number", "8420")
        assert rows["scan.extensions"][0] == "list of text"
        assert rows["watch.polling"] == ("`auto` or `always` or `never`", '"auto"')
        assert rows["libraries[].path"] == ("text", "required")
        assert rows["libraries[].kinds"] == ("list of text or null", "null")

    def test_commands_are_found_in_groups(self):
        assert [" ".join(words) for words, _ in generated.commands(_toy())] == ["service status", "tags"]

    def test_a_wrong_example_is_seen(self):
        _parse(["service", "status", "--json"], _toy())
        with pytest.raises(click.UsageError, match="--yaml"):
            _parse(["service", "status", "--yaml"], _toy())
        with pytest.raises(click.UsageError, match="too much"):
            _parse(["service", "status", "--json", "False"], _toy())
        with pytest.raises(click.UsageError, match="services"):
            _parse(["services"], _toy())

    def test_routes_become_rows(self, monkeypatch):
        answers = {"404": {}, "200": {}, "422": {}, "default": {}}
        paths = {"/api/tags": {"post": {"summary": "Add\na|b"}, "get": {"summary": "List", "responses": answers}}}
        monkeypatch.setattr(generated, "openapi", lambda: {"paths": paths})
        assert generated.route_table().splitlines()[2:] == [
            "| GET | `/api/tags` | List | 200, 404 |",
            "| POST | `/api/tags` | Add a\\|b |  |",
        ]

    def test_a_rewrite_fails_once(self, tmp_path, monkeypatch):
        monkeypatch.setattr(generated, "ROOT", tmp_path)
        page = tmp_path / "page.md"
        with pytest.raises(pytest.fail.Exception, match="rewritten"):
            generated.keep(page, "new")
        generated.keep(page, "new")


def _toy():
    status = click.Command("status", params=[click.Option(["--json"], is_flag=True)], help="Tell.")
    service = click.Group("service", commands=[status])
    return click.Group("toy", commands=[service, click.Command("tags"), click.Command("secret", hidden=True)])
