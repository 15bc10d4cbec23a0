"""tiny: random models of a few kilobytes, written as people's are, so that the real loading and running is tested offline."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

WORDS = "a the photo this is of man woman dog car street with red blue green grey in on and to video white black square"
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_TOWER = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
_SIGHT = {**_TOWER, "image_size": 32, "patch_size": 8}


class Tiny:
    """Writes models into a (models) folder, each the first time that it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def clip(self, name: str = "clip-base", seed: int = 0) -> Path:
        """A CLIP whose pictures differ by colour."""
        return self._written(name, lambda into: _clip(into, seed))

    def siglip(self, name: str = "siglip2-base", seed: int = 0) -> Path:
        """A SigLIP."""
        return self._written(name, lambda into: _siglip(into, seed))

    def sentences(self, name: str = "minilm", seed: int = 0) -> Path:
        """A BERT, as MiniLM is one."""
        return self._written(name, lambda into: _bert(into, seed))

    def _written(self, name: str, write: Callable[[str], None]) -> Path:
        done = self.folder / name
        if not done.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = tempfile.mkdtemp(prefix=".new-", dir=self.folder)
            write(beside)
            try:
                os.rename(beside, done)
            except OSError:  # another process was first
                shutil.rmtree(beside)
        return done


def _clip(into: str, seed: int) -> None:
    import transformers

    vocabulary = _tokenizer(into)
    words = {**_TOWER, "vocab_size": vocabulary, "max_position_embeddings": 32, "eos_token_id": 3, "bos_token_id": 2}
    config = transformers.CLIPConfig(
        text_config={**words, "pad_token_id": 0, "projection_dim": 32},
        vision_config={**_SIGHT, "projection_dim": 32},
        projection_dim=32,
    )
    _model(transformers.CLIPModel, config, into, seed)
    size = {"height": 32, "width": 32}
    transformers.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=size).save_pretrained(into)


def _siglip(into: str, seed: int) -> None:
    import transformers

    words = {**_TOWER, "vocab_size": _tokenizer(into), "max_position_embeddings": 16, "pad_token_id": 0}
    config = transformers.SiglipConfig(
        text_config={**words, "bos_token_id": 2, "eos_token_id": 3, "projection_size": 32}, vision_config=_SIGHT
    )
    _model(transformers.SiglipModel, config, into, seed)
    transformers.SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(into)


def _bert(into: str, seed: int) -> None:
    import transformers

    config = transformers.BertConfig(**_TOWER, vocab_size=_tokenizer(into), max_position_embeddings=64)
    _model(transformers.BertModel, config, into, seed)


def _model(maker, config, into: str, seed: int) -> None:
    import torch

    torch.manual_seed(seed)
    model = maker(config)
    with torch.no_grad():
        for name, values in model.named_parameters():
            if values.dim() > 1 and "logit" not in name:
                values.mul_(8.0)  # as they begin all pictures look the same to it
    model.save_pretrained(into)


def _tokenizer(into: str) -> int:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces = dict.fromkeys([*_SPECIAL, *WORDS.split(), *_LETTERS, *(f"##{letter}" for letter in _LETTERS)])
    made = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [("[CLS]", 2), ("[SEP]", 3)]
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair=None, special_tokens=ends)
    names = {
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "mask_token": "[MASK]",
    }
    fast = PreTrainedTokenizerFast(tokenizer_object=made, **names)
    fast.model_input_names = ["input_ids", "attention_mask"]
    fast.save_pretrained(into)
    return len(pieces)
