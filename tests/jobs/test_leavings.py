"""test_leavings: what visits leave is removed, also what comes anew and what lies on a disk that hangs."""

from vidwatchd.disk import Pulse
from vidwatchd.jobs.leavings import Leavings


def test_what_comes_anew_is_removed_until_its_time_is_over(tmp_path):
    leavings, out = Leavings(Pulse()), tmp_path / "out"
    for until in (float("inf"), 0.0):
        (out / "deep").mkdir(parents=True)
        leavings.clear(str(out), str(tmp_path), until)
        assert not out.exists()
        assert bool(leavings.left) is bool(until)
        (out / "deep").mkdir(parents=True)
        leavings.sweep()
        assert out.exists() is not bool(until)


def test_on_a_disk_that_hangs_it_waits(tmp_path):
    class Dead(Pulse):
        dead = True

        def beats(self, folder, patience_seconds=0.0):
            return not self.dead

    pulse = Dead()
    leavings, out = Leavings(pulse), tmp_path / "out"
    out.mkdir()
    leavings.clear(str(out), str(tmp_path))
    assert (out.exists(), list(leavings.left)) == (True, [str(out)])
    pulse.dead = False
    leavings.sweep()
    assert (out.exists(), leavings.left) == (False, {})
