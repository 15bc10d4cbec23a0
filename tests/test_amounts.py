"""test_amounts: sizes as people say them."""

import pytest

from vidwatchd.amounts import size


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (9_949, "9.9 KB"), (9_950, "10 KB"), (999_499, "999 KB"),
        (999_500, "1.0 MB"), (1_400_000_000, "1.4 GB"), (3 * 10**12, "3.0 TB"), (5 * 10**18, "5000 PB"),
    ],
)  # fmt: skip
def test_a_size_is_said_in_its_unit(count, said):
    assert size(count) == said
