"""test_embed: words become vectors in a worker, and what cannot be is said."""

import base64

import numpy as np

from vidwatchd.making import make_product
from vidwatchd.model import ArtifactState, ProductTask


def asked(folder, *texts):
    (outcome,) = make_product(ProductTask("embed", {"texts": texts}, (str(folder),)))
    return outcome


def test_a_row_a_text(tiny):
    facts = asked(tiny.sentences(), "a dog", "a blue car").facts
    rows = np.frombuffer(base64.b64decode(facts["vectors"]), "<f2").reshape(-1, facts["dimensions"])
    assert rows.shape == (2, 32)


def test_a_model_that_is_not_here(tmp_path):
    outcome = asked(tmp_path / "none", "a dog")
    assert (outcome.state, "there is no model" in outcome.error) == (ArtifactState.UNAVAILABLE, True)
