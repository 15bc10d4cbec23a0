"""products: what workers make that is no artifact of a video; adding one is one file and one line here."""

from __future__ import annotations

from vidwatchd.errors import NotFound
from vidwatchd.products.base import Product
from vidwatchd.products.compare import Compare
from vidwatchd.products.embed import Embed
from vidwatchd.products.gallery import Gallery
from vidwatchd.products.probe import Probe
from vidwatchd.products.reconstitute import Reconstitute
from vidwatchd.products.store import Store
from vidwatchd.products.transcode import Transcode

PRODUCTS: dict[str, type[Product]] = {
    product.name: product for product in (Transcode, Compare, Probe, Embed, Gallery, Store, Reconstitute)
}


def product(name: str) -> type[Product]:
    """The product called ``name``. Raises NotFound."""
    if name not in PRODUCTS:
        raise NotFound(f"there is no product {name!r}", hint=f"known: {', '.join(PRODUCTS)}")
    return PRODUCTS[name]
