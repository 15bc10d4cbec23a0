"""test_linking: the nearest first, and groups that meet say so once."""

from vidwatchd.clustering.linking import Link, linked, node


def test_what_meets_no_group_is_new_and_what_meets_two_goes_to_the_nearer():
    pairs = [(0.7, 1, node(10)), (0.9, 1, 2), (0.8, 2, node(20)), (0.9, 3, 4), (0.65, 2, node(10))]
    found = linked({1: None, 2: None, 3: None, 4: None, 5: None}, pairs, [10, 20])
    assert found.whose == {1: 20, 2: 20, 3: -1, 4: -1, 5: -2}
    assert found.merged == [(10, 20)] and found.several == {10, 20}
    assert found.links == [Link(20, 10, 0.7)]


def test_a_face_that_has_a_group_keeps_it_and_takes_the_others_along():
    found = linked({1: 10, 2: None}, [(0.9, 1, 2)], [])
    assert found.whose == {1: 10, 2: 10} and found.merged == []
