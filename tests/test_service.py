"""test_service: the rendered files, a stand-in systemctl and launchctl, and a real notify socket."""

import os
import plistlib
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from vidwatchd import config, service
from vidwatchd.errors import StorageError, Unavailable, UsageError

STAND_IN = """\
#!/bin/sh
printf '%s\\n' "$*" >> "{log}"
case "$*" in
*is-active*) test -e "{state}" && echo active || {{ echo inactive; exit 3; }} ;;
*print*) test -e "{state}" && echo 'state = running' || exit 113 ;;
*restart*|*bootstrap*) touch "{state}" ;;
*disable*|*bootout*) rm -f "{state}" ;;
esac
"""


@pytest.fixture
def settings(tmp_path):
    """Settings with one library and a file of their own; nothing of it lies where PrivateTmp would hide it."""
    videos = tmp_path / "My Vidéos 100%"
    videos.mkdir()
    return config.parse(
        {"libraries": [{"path": str(videos)}], "data_dir": str(tmp_path / "data")},
        source=tmp_path / "settings" / "videorc.json",
    )


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A systemctl and a launchctl on the PATH that write down what they are told, and keep one bit of state."""
    folder, log = tmp_path / "bin", tmp_path / "calls"
    folder.mkdir()
    log.touch()
    for name in ("systemctl", "launchctl"):
        tool = folder / name
        tool.write_text(STAND_IN.format(log=log, state=tmp_path / "state"), encoding="utf-8")
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return lambda: log.read_text(encoding="utf-8").splitlines()


def unit_lines(settings, **options):
    return service.Systemd(**options).render(settings).decode().splitlines()


class TestUnit:
    def test_it_starts_this_interpreter_with_the_settings_in_use(self, settings):
        line = next(line for line in unit_lines(settings) if line.startswith("ExecStart="))
        assert line == (
            f'ExecStart="{sys.executable}" "-P" "-m" "vidwatchd" "serve" '
            f'"--config" "{settings.source}" "--data-dir" "{settings.data_dir}"'
        )

    def test_it_may_write_data_settings_and_libraries_only(self, settings, tmp_path):
        written = [line for line in unit_lines(settings) if line.startswith("ReadWritePaths=")]
        assert written == [
            f'ReadWritePaths="-{tmp_path}/data"',
            f'ReadWritePaths="-{tmp_path}/settings"',
            f'ReadWritePaths="-{tmp_path}/My Vidéos 100%%"',
        ]

    def test_a_read_only_library_is_not_opened_for_writing(self, settings):
        # /proc refuses writers, root too, as a disk mounted read-only does.
        closed = settings.model_copy(update={"libraries": (config.LibraryConfig(path="/proc/1"),)})
        assert not [line for line in unit_lines(closed) if "/proc" in line]

    def test_a_library_that_is_away_is_listed(self, settings, tmp_path):
        away = settings.model_copy(update={"libraries": (config.LibraryConfig(path=str(tmp_path / "away")),)})
        assert f'ReadWritePaths="-{tmp_path}/away"' in unit_lines(away)

    @pytest.mark.parametrize("name", ["a\nb", "a\tb", "bad\U0010fffebyte"])
    def test_a_name_that_a_unit_cannot_hold_is_refused(self, settings, name):
        odd = settings.model_copy(update={"libraries": (config.LibraryConfig(path=f"/srv/{name}"),)})
        with pytest.raises(UsageError, match="cannot be written into a systemd unit"):
            unit_lines(odd)

    def test_private_tmp_would_hide_a_library_in_tmp(self, settings):
        # pytest's own folders usually lie in /tmp, so the other case has its paths spelt out.
        hidden = settings.model_copy(update={"libraries": (config.LibraryConfig(path="/tmp/videos"),)})
        assert "PrivateTmp=no" in unit_lines(hidden)

    def test_tmp_is_private_otherwise(self, monkeypatch):
        monkeypatch.setattr(sys, "executable", "/opt/python")
        elsewhere = config.parse({"data_dir": "/srv/data"}, source=Path("/srv/videorc.json"))
        assert "PrivateTmp=yes" in unit_lines(elsewhere)

    @pytest.mark.parametrize(
        "line",
        [
            "Type=notify", "NotifyAccess=main", "WatchdogSec=60", "NoNewPrivileges=yes", "ProtectSystem=strict",
            "KillMode=mixed", "Restart=on-failure", "IOSchedulingClass=idle", "Nice=5", "OOMPolicy=continue",
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "LockPersonality=yes", "RestrictSUIDSGID=yes",
            "SystemCallArchitectures=native", "WantedBy=default.target",
        ],
    )  # fmt: skip
    def test_it_is_hardened(self, settings, line):
        assert line in unit_lines(settings)

    def test_a_users_unit_drops_no_capabilities(self, settings):
        assert not [line for line in unit_lines(settings) if line.startswith(("Capab", "ProtectClock"))]

    @pytest.mark.parametrize(("code", "there"), [(0, True), (1, False)])
    def test_a_users_unit_has_walls_where_the_kernel_lets_it(self, settings, code, there):
        lines = unit_lines(settings, run=lambda argv: subprocess.CompletedProcess(argv, code, "", ""))
        assert ("PrivateUsers=yes" in lines) == there

    def test_a_machine_wide_unit_keeps_few_of_roots_powers(self, settings):
        lines = unit_lines(settings, system=True)
        assert {"ProtectClock=yes", "WantedBy=multi-user.target", "ProtectHome=read-only"} <= set(lines)

    def test_no_placeholder_is_left(self, settings):
        for system in (False, True):
            assert not [line for line in unit_lines(settings, system=system) if "@" in line]

    @pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine")
    @pytest.mark.parametrize("system", [False, True])
    def test_systemd_finds_no_fault_in_it(self, settings, tmp_path, system):
        unit = service.Systemd(system=system, folder=tmp_path / "units")
        unit.file.parent.mkdir()
        unit.file.write_bytes(unit.render(settings))
        runtime = tmp_path / "runtime"
        runtime.mkdir(mode=0o700)
        argv = ["systemd-analyze", *([] if system else ["--user"]), "--man=no", "verify", str(unit.file)]
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "HOME": str(tmp_path)}
        done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment)
        # Other units of the machine may have faults; ours is named by its file.
        assert [line for line in done.stderr.splitlines() if "vidwatchd" in line] == []
        assert done.returncode == 0


class TestSystemd:
    @pytest.fixture
    def unit(self, tmp_path):
        return service.Systemd(folder=tmp_path / "units")

    def test_install_writes_enables_and_starts(self, settings, unit, stand_in):
        done = service.install(settings, unit)
        assert (done.installed, done.running, done.stale) == (True, True, ())
        assert unit.file.read_bytes() == unit.render(settings)
        assert stand_in()[:3] == [
            "--user daemon-reload",
            "--user enable vidwatchd.service",
            "--user restart vidwatchd.service",
        ]

    def test_install_makes_the_folders_it_opens(self, settings, unit, stand_in, tmp_path):
        service.install(settings, unit)
        assert (tmp_path / "data").is_dir()
        assert (tmp_path / "settings").is_dir()

    def test_a_machine_wide_unit_is_not_asked_of_the_users_manager(self, settings, tmp_path, stand_in):
        service.install(settings, service.Systemd(system=True, folder=tmp_path / "units"))
        assert stand_in()[0] == "daemon-reload"

    def test_a_library_added_later_makes_it_stale(self, settings, unit, stand_in, tmp_path):
        service.install(settings, unit)
        more = (*settings.libraries, config.LibraryConfig(path=str(tmp_path / "more")))
        found = service.status(settings.model_copy(update={"libraries": more}), unit)
        assert found.stale == (f"{tmp_path}/more is not open to it: run vidwatchd service install again",)
        assert found.running

    def test_other_settings_make_it_stale(self, settings, unit, stand_in, tmp_path):
        service.install(settings, unit)
        moved = settings.model_copy(update={"source": tmp_path / "settings" / "other.json"})
        assert service.status(moved, unit).stale == (
            "it starts with other settings or another Python: run vidwatchd service install again",
        )

    def test_a_library_taken_out_does_not(self, settings, unit, stand_in):
        service.install(settings, unit)
        assert service.status(settings.model_copy(update={"libraries": ()}), unit).stale == ()

    def test_uninstall_stops_and_removes(self, settings, unit, stand_in):
        service.install(settings, unit)
        done = service.uninstall(settings, unit)
        assert (done.installed, done.running, unit.file.exists()) == (False, False, False)
        assert stand_in()[-3:-1] == ["--user disable --now vidwatchd.service", "--user daemon-reload"]

    def test_uninstall_of_nothing_is_no_error(self, settings, unit, stand_in):
        assert not service.uninstall(settings, unit).installed
        assert stand_in() == ["--user is-active vidwatchd.service"]

    def test_the_managers_refusal_is_told(self, settings, unit):
        def refuse(argv):
            return subprocess.CompletedProcess(argv, 1, "", "Failed to connect to bus\n")

        with pytest.raises(Unavailable, match=r"daemon-reload failed: Failed to connect to bus \(journalctl --user"):
            service.install(settings, service.Systemd(folder=unit.file.parent, run=refuse))

    def test_without_systemctl_it_says_what_to_do(self, settings, unit, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(
            Unavailable, match=r"systemctl is not on this machine \(start it by hand: vidwatchd serve\)"
        ):
            service.install(settings, unit)

    def test_an_unwritable_folder_is_named(self, settings, stand_in):
        with pytest.raises(StorageError, match=r"/proc/units/vidwatchd\.service could not be written"):
            service.install(settings, service.Systemd(folder=Path("/proc/units")))


class TestLaunchd:
    @pytest.fixture
    def agent(self, tmp_path):
        return service.Launchd(home=tmp_path / "home", wait=lambda seconds: None)

    def test_the_agent_is_polite_and_comes_back(self, settings, agent):
        values = plistlib.loads(agent.render(settings))
        assert values["ProgramArguments"] == list(service.command(settings))
        assert values["KeepAlive"] == {"SuccessfulExit": False}
        assert (values["ProcessType"], values["LowPriorityIO"], values["Nice"]) == ("Background", True, 5)
        assert values["StandardErrorPath"].endswith("/home/Library/Logs/vidwatchd.log")

    def test_install_replaces_an_older_one(self, settings, agent, stand_in):
        done = service.install(settings, agent)
        assert (done.installed, done.running, done.stale) == (True, True, ())
        domain = f"gui/{os.getuid()}"
        assert [line for line in stand_in() if not line.startswith("print")] == [
            f"bootout {domain}/local.vidwatchd",
            f"bootstrap {domain} {agent.file}",
        ]

    def test_uninstall_unloads_and_removes(self, settings, agent, stand_in):
        service.install(settings, agent)
        done = service.uninstall(settings, agent)
        assert (done.installed, done.running) == (False, False)

    def test_a_damaged_file_is_stale(self, settings, agent, stand_in):
        service.install(settings, agent)
        agent.file.write_bytes(b"<plist>")
        assert service.status(settings, agent).stale == ("its file is damaged: run vidwatchd service install again",)


class TestManager:
    def test_each_platform_has_its_own(self):
        assert isinstance(service.manager(platform="linux"), service.Systemd)
        assert isinstance(service.manager(platform="darwin"), service.Launchd)

    def test_root_installs_for_the_machine_unless_told_otherwise(self):
        assert service.manager(platform="linux").system == (os.geteuid() == 0)
        assert service.manager(platform="linux", system=True).file == Path("/etc/systemd/system/vidwatchd.service")

    def test_a_users_unit_lies_in_the_users_folder(self, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        found = service.manager(platform="linux", system=False)
        assert found.file == tmp_path / "systemd" / "user" / "vidwatchd.service"

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({"platform": "win32"}, Unavailable),
            ({"platform": "darwin", "system": True}, UsageError),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, options, error):
        with pytest.raises(error):
            service.manager(**options)


class TestNotifier:
    @pytest.fixture(params=["path", "abstract"])
    def systemd(self, request, tmp_path):
        """The other end of NOTIFY_SOCKET, and its address as systemd would give it."""
        if request.param == "abstract" and not sys.platform.startswith("linux"):
            pytest.skip("abstract sockets are Linux's")
        address = str(tmp_path / "n") if request.param == "path" else f"@vidwatchd-test-{os.getpid()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.bind(address.replace("@", "\0", 1) if request.param == "abstract" else address)
            end.settimeout(5)
            yield end, address

    def test_it_speaks_systemds_words(self, systemd):
        end, address = systemd
        notifier = service.Notifier(address)
        notifier.ready("serving\n2 libraries")
        assert end.recv(1000) == b"READY=1\nSTATUS=serving 2 libraries"
        notifier.alive()
        assert end.recv(1000) == b"WATCHDOG=1"
        notifier.says("scanning")
        assert end.recv(1000) == b"STATUS=scanning"
        notifier.reloading()
        assert end.recv(1000).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
        notifier.stopping()
        assert end.recv(1000) == b"STOPPING=1"

    def test_it_takes_the_variables_out_of_the_environment(self):
        environ = {"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid()), "A": "b"}
        notifier = service.Notifier.from_environment(environ)
        assert (notifier.address, notifier.every_seconds, environ) == ("/run/n", 30.0, {"A": "b"})

    @pytest.mark.parametrize("environ", [{}, {"WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}])
    def test_without_a_watchdog_it_need_not_call(self, environ):
        assert service.Notifier.from_environment(environ).every_seconds == 0

    def test_it_is_silent_where_nobody_asked_or_nobody_listens(self, tmp_path):
        service.Notifier().ready()
        service.Notifier(str(tmp_path / "gone")).ready()
