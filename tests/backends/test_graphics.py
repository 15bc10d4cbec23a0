"""test_graphics: whether a card is here, and what is said where none is."""

import sys

from vidwatchd.backends import graphics


def test_without_a_driver_torch_is_not_asked(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert not graphics.works((str(tmp_path / "none"),))
    (tmp_path / "driver").touch()
    assert not graphics.works((str(tmp_path / "driver"),))


def test_who_asks_for_the_processor_gets_it():
    assert graphics.too_slow("blip2", "device", "cpu") is None
    lacking = graphics.too_slow("blip2", "device", "auto")
    assert graphics.works() if lacking is None else 'set device to "cpu"' in lacking.hint
