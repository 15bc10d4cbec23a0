"""tiny: random models of a few kilobytes, written as people's are, so that the real loading and running is tested offline."""

from __future__ import annotations

import contextlib
import json
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

    def blip(self, name: str = "blip-base", seed: int = 0) -> Path:
        """A BLIP."""
        return self._written(name, lambda into: _blip(into, seed))

    def blip2(self, name: str = "blip2-opt-2.7b", seed: int = 0) -> Path:
        """A BLIP-2 with an OPT."""
        return self._written(name, lambda into: _blip2(into, seed))

    def cogvideox(self, name: str = "cogvideox-2b", seed: int = 0) -> Path:
        """A CogVideoX that is told words."""
        return self._written(name, lambda into: _cogvideox(into, seed, pictures=False))

    def cogvideox_pictures(self, name: str = "cogvideox-5b-i2v", seed: int = 0) -> Path:
        """A CogVideoX that goes on from a picture."""
        return self._written(name, lambda into: _cogvideox(into, seed, pictures=True))

    def _written(self, name: str, write: Callable[[str], None]) -> Path:
        done = self.folder / name
        if not done.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = tempfile.mkdtemp(prefix=".new-", dir=self.folder)
            with _still():
                write(beside)
            try:
                os.rename(beside, done)
            except OSError:  # another process was first
                shutil.rmtree(beside)
        return done


@contextlib.contextmanager
def _still():
    """No bars: they tell of shards on the errors stream."""
    from transformers.utils import logging

    from vidwatchd.backends import quiet

    quiet.bars()
    logging.disable_progress_bar()
    yield


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


_LETTERED = ["<s>", "<pad>", "</s>", "<unk>", "<image>"]


def _blip(into: str, seed: int) -> None:
    """A BLIP of random weights, its vocabulary the tests' own."""
    import transformers

    _tokenizer(into)
    tower = {**_TOWER, "projection_dim": 32}
    ends = {"bos_token_id": 2, "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0}
    words = {**tower, "vocab_size": _size(into), "encoder_hidden_size": 32, "max_position_embeddings": 64, **ends}
    config = transformers.BlipConfig(text_config=words, vision_config={**tower, "image_size": 32, "patch_size": 16})
    _model(transformers.BlipForConditionalGeneration, config, into, seed)
    transformers.BlipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(into)


def _blip2(into: str, seed: int) -> None:
    """A BLIP-2 with an OPT, whose tokenizer reads bytes."""
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    pieces = [*_LETTERED, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    made = Tokenizer(models.BPE(vocab={piece: n for n, piece in enumerate(pieces)}, merges=[]))
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    made.add_special_tokens(_LETTERED)
    names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    transformers.PreTrainedTokenizerFast(tokenizer_object=made, **names).save_pretrained(into)
    between = {**_TOWER, "vocab_size": 32, "encoder_hidden_size": 32, "cross_attention_frequency": 2}
    speaks = {
        "model_type": "opt", "vocab_size": len(pieces), "hidden_size": 32, "ffn_dim": 64, "num_hidden_layers": 2,
        "num_attention_heads": 2, "max_position_embeddings": 128, "word_embed_proj_dim": 32,
        "bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2,
    }  # fmt: skip
    config = transformers.Blip2Config(
        vision_config={**_TOWER, "image_size": 32, "patch_size": 16},
        qformer_config=between,
        text_config=speaks,
        num_query_tokens=4,
        image_token_index=4,
    )
    _model(transformers.Blip2ForConditionalGeneration, config, into, seed)
    transformers.BlipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(into)


def _cogvideox(into: str, seed: int, *, pictures: bool) -> None:
    """A CogVideoX of 9 frames in 32 × 16, made from words or from a picture too, saved as diffusers does."""
    import diffusers
    import torch
    import transformers

    torch.manual_seed(seed)
    tokenizer = _spoken(into)
    encoder = transformers.T5Config(
        vocab_size=tokenizer.vocab_size, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=4, pad_token_id=0,
        eos_token_id=1, decoder_start_token_id=0, relative_attention_num_buckets=8,
    )  # fmt: skip
    transformer = diffusers.CogVideoXTransformer3DModel(
        num_attention_heads=2, attention_head_dim=16, in_channels=8 if pictures else 4, out_channels=4,
        time_embed_dim=2, text_embed_dim=32, num_layers=1, sample_width=4, sample_height=2, sample_frames=9,
        max_text_seq_length=16, use_rotary_positional_embeddings=pictures, use_learned_positional_embeddings=pictures,
    )  # fmt: skip
    vae = diffusers.AutoencoderKLCogVideoX(
        down_block_types=("CogVideoXDownBlock3D",) * 4, up_block_types=("CogVideoXUpBlock3D",) * 4,
        block_out_channels=(8, 8, 8, 8), latent_channels=4, layers_per_block=1, norm_num_groups=2,
    )  # fmt: skip
    maker = diffusers.CogVideoXImageToVideoPipeline if pictures else diffusers.CogVideoXPipeline
    parts = {"tokenizer": tokenizer, "text_encoder": transformers.T5EncoderModel(encoder), "transformer": transformer}
    published = {
        name: Path(into, "tokenizer", name).read_bytes() for name in os.listdir(os.path.join(into, "tokenizer"))
    }
    maker(**parts, vae=vae, scheduler=diffusers.CogVideoXDDIMScheduler()).save_pretrained(into)
    shutil.rmtree(os.path.join(into, "tokenizer"))
    os.mkdir(os.path.join(into, "tokenizer"))
    for name, content in published.items():
        Path(into, "tokenizer", name).write_bytes(content)


def _spoken(into: str):
    """A tokenizer in the form in which T5's is published: a ``spiece.model``, and what class reads it."""
    import sentencepiece
    import transformers

    folder = os.path.join(into, "tokenizer")
    os.mkdir(folder)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([WORDS, _LETTERS, *(f"{word} {word[::-1]}" for word in WORDS.split())]),
        model_prefix=os.path.join(folder, "spiece"), vocab_size=90, hard_vocab_limit=False, pad_id=0, eos_id=1,
        unk_id=2, bos_id=-1, minloglevel=3, normalization_rule_name="identity",
    )  # fmt: skip
    os.unlink(os.path.join(folder, "spiece.vocab"))
    settings = {"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "model_max_length": 226}
    Path(folder, "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return transformers.T5Tokenizer.from_pretrained(folder)


def _size(into: str) -> int:
    from transformers import AutoTokenizer

    return len(AutoTokenizer.from_pretrained(into))
