"""test_products: the registry."""

import pytest

from vidwatchd import products
from vidwatchd.errors import NotFound


def test_each_product_stands_under_its_own_name():
    assert set(products.PRODUCTS) == {"transcode", "compare", "probe", "embed", "gallery", "store", "reconstitute"}
    for name, product in products.PRODUCTS.items():
        assert (product.name, products.product(name)) == (name, product)
        assert product.summary.endswith(".")


def test_an_unknown_one_is_told_with_the_known():
    with pytest.raises(NotFound, match=r"no product 'transcodes' .*transcode"):
        products.product("transcodes")


def test_every_setting_says_what_it_does():
    fields = [field for product in products.PRODUCTS.values() for field in product.model_fields.values()]
    assert all(field.description for field in fields)
