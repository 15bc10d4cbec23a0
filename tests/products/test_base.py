"""test_base: what a product is held to."""

import pytest
from pydantic import ValidationError

from vidwatchd.products.base import Product, ProductContext, setting


class Toy(Product):
    name = "toy"
    summary = "A toy."
    size: int = setting(1, "how large", ge=1)


def test_settings_are_checked_and_unknown_ones_refused():
    for wrong in ({"size": 0}, {"sice": 2}):
        with pytest.raises(ValidationError):
            Toy(**wrong)


def test_a_product_is_ready_unless_it_says_otherwise_and_makes_by_itself_nothing():
    assert Toy().ready() is None
    with pytest.raises(NotImplementedError):
        Toy().make((), "", ProductContext())
