"""models: the models that can be pulled, where each lies once it is here, and what to say of one that is not."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from vidwatchd.errors import NotFound, Unavailable

# What a model's work is called for people, in the order in which they meet it.
TASKS: Mapping[str, str] = {
    "transcribe": "Speech to text",
    "embed": "Search by meaning",
    "faces": "People",
    "caption": "Describing pictures",
    "surrogate": "Video from text",
}
# The remedy for a model that is not here, before its name.
PULL = "vidwatchd models pull "


@dataclass(frozen=True, slots=True)
class Model:
    """One model: which backend loads it for which task, and where it comes from.

    ``size_bytes`` is what is downloaded, to the megabyte. ``files`` are patterns of the files needed, the first of them
    the one whose presence makes it whole. No pattern may match code, nor weights that run code when they are loaded.
    """

    name: str
    task: str
    backend: str
    title: str
    size_bytes: int
    licence: str
    repo: str
    revision: str
    files: tuple[str, ...]

    @property
    def non_commercial(self) -> bool:
        """Whether its licence forbids to earn money with it."""
        return "non-commercial" in self.licence.casefold() or "-NC" in self.licence


_CTRANSLATE2 = ("model.bin", "config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.*")
_TORCH = (
    "model.safetensors",
    "config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "special_tokens_map.json",
    "tokenizer_config.json",
    "tokenizer.json",
    "vocab.*",
    "merges.txt",
)
# The language model inside reads the bytes of words, as the tables of its tokenizer say.
_SHARDED = (
    "model.safetensors.index.json",
    "model-*.safetensors",
    *_TORCH[1:],
    "added_tokens.json",
    "generation_config.json",
)
# A folder a part, as diffusers keeps them; the licence comes along, as it asks.
_DIFFUSERS = (
    "model_index.json",
    "LICENSE",
    "scheduler/scheduler_config.json",
    *(f"tokenizer/{name}" for name in ("spiece.model", "added_tokens.json", "special_tokens_map.json")),
    "tokenizer/tokenizer_config.json",
    *(f"{part}/config.json" for part in ("text_encoder", "transformer", "vae")),
    "text_encoder/model*.safetensors",
    "text_encoder/model.safetensors.index.json",
    *(f"{part}/diffusion_pytorch_model*.safetensors" for part in ("transformer", "vae")),
    "transformer/diffusion_pytorch_model.safetensors.index.json",
)
_COGVIDEOX_LICENCE = "CogVideoX License (register for commercial use)"
# Meta's licence of OPT, which BLIP-2 speaks with: https://github.com/facebookresearch/metaseq/blob/main/projects/OPT/MODEL_LICENSE.md
_OPT_LICENCE = "MIT; its OPT: non-commercial research only"
# What insightface says of all its published models: https://github.com/deepinsight/insightface#license
_RESEARCH = "InsightFace, non-commercial research only"
_INSIGHT = ("deepghs/insightface", "4e1f33d3fe0e50a0945f3a53ab94ae8977ae7ddb")
_ZOO = "models/face_{0}/face_{0}_{1}.onnx"
_GGML_REVISION = "5359861c739e955e79d9a303bcbc70fb988958b1"


def _faster(name: str, title: str, megabytes: int, revision: str, repo: str = "") -> Model:
    repo = repo or f"Systran/faster-whisper-{name}"
    return Model(name, "transcribe", "faster-whisper", title, megabytes * 10**6, "MIT", repo, revision, _CTRANSLATE2)


def _ggml(size: str, title: str, megabytes: int) -> Model:
    name, repo = f"ggml-{size}", "ggerganov/whisper.cpp"
    bytes_, files = megabytes * 10**6, (f"{name}.bin",)
    return Model(name, "transcribe", "whisper.cpp", title, bytes_, "MIT", repo, _GGML_REVISION, files)


def _torch(name: str, title: str, megabytes: int, licence: str, repo: str, revision: str) -> Model:
    return Model(name, "embed", "transformers", title, megabytes * 10**6, licence, repo, revision, _TORCH)


def _caption(
    name: str, title: str, megabytes: int, repo: str, revision: str, *, licence: str = "BSD-3-Clause",
    files: tuple[str, ...] = _TORCH,
) -> Model:  # fmt: skip
    return Model(name, "caption", "transformers", title, megabytes * 10**6, licence, repo, revision, files)


def _video(name: str, title: str, megabytes: int, repo: str, revision: str, licence: str = _COGVIDEOX_LICENCE) -> Model:
    return Model(name, "surrogate", "diffusers", title, megabytes * 10**6, licence, repo, revision, _DIFFUSERS)


def _insight(
    name: str, title: str, megabytes: int, files: tuple[str, str], origin: tuple[str, str] = _INSIGHT
) -> Model:
    return Model(name, "faces", "insightface", title, megabytes * 10**6, _RESEARCH, *origin, files)


_ALL = (
    _faster("tiny", "Whisper tiny: the quickest, for a first look", 78, "d90ca5fe260221311c53c58e660288d3deb8d356"),
    _faster("tiny.en", "Whisper tiny, English only", 78, "0d3d19a32d3338f10357c0889762bd8d64bbdeba"),
    _faster("base", "Whisper base: quick", 148, "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66"),
    _faster("base.en", "Whisper base, English only", 148, "3d3d5dee26484f91867d81cb899cfcf72b96be6c"),
    _faster(
        "small", "Whisper small: good, and bearable without a graphics card", 486,
        "536b0662742c02347bc0e980a01041f333bce120",
    ),
    _faster("small.en", "Whisper small, English only", 486, "d1d751a5f8271d482d14ca55d9e2deeebbae577f"),
    _faster("medium", "Whisper medium: better, slow", 1531, "08e178d48790749d25932bbc082711ddcfdfbc4f"),
    _faster("medium.en", "Whisper medium, English only", 1530, "a29b04bd15381511a9af671baec01072039215e3"),
    _faster("large-v2", "Whisper large, second version", 3090, "f0fe81560cb8b68660e564f55dd99207059c092e"),
    _faster("large-v3", "Whisper large: the best, for a graphics card", 3091, "edaa852ec7e145841d8ffdb056a99866b5f0a478"),
    _faster(
        "large-v3-turbo", "Whisper large turbo: nearly as good, several times as quick", 1622,
        "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf", "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    ),
    _faster(
        "distil-large-v3", "Distil-Whisper large, English only", 1516,
        "c3058b475261292e64a0412df1d2681c06260fab", "Systran/faster-distil-whisper-large-v3",
    ),
    _ggml("tiny", "Whisper tiny for whisper.cpp", 78),
    _ggml("base", "Whisper base for whisper.cpp", 148),
    _ggml("small", "Whisper small for whisper.cpp", 488),
    _ggml("medium", "Whisper medium for whisper.cpp", 1534),
    _ggml("large-v3", "Whisper large for whisper.cpp", 3095),
    _ggml("large-v3-turbo", "Whisper large turbo for whisper.cpp", 1625),
    _torch(
        "siglip2-base", "SigLIP 2: pictures and words in a hundred languages", 1539, "Apache-2.0",
        "google/siglip2-base-patch16-224", "75de2d55ec2d0b4efc50b3e9ad70dba96a7b2fa2",
    ),
    _torch(
        "clip-base", "CLIP: pictures and English words", 609, "MIT",
        "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "1a25a446712ba5ee05982a381eed697ef9b435cf",
    ),
    _torch(
        "minilm", "MiniLM: sentences, small and quick", 92, "Apache-2.0",
        "sentence-transformers/all-MiniLM-L6-v2", "c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
    ),
    Model(
        "sface", "faces", "sface", "YuNet and SFace: faces, for everybody and any machine", 39 * 10**6, "Apache-2.0 and MIT",
        "opencv/opencv_zoo", "d4938dfc9d4ec5d098bfa33e98b3f3345a236586",
        (_ZOO.format("recognition_sface", "2021dec"), _ZOO.format("detection_yunet", "2023mar")),
    ),
    _insight(
        "buffalo_l", "InsightFace buffalo_l: faces, better at a slant and in bad light", 191,
        ("buffalo_l/w600k_r50.onnx", "buffalo_l/det_10g.onnx"),
    ),
    _insight(
        "buffalo_s", "InsightFace buffalo_s: faces, small and quick", 16,
        ("buffalo_s/w600k_mbf.onnx", "buffalo_s/det_500m.onnx"),
    ),
    _insight(
        "antelopev2", "InsightFace antelopev2: faces, the largest", 278, ("glintr100.onnx", "scrfd_10g_bnkps.onnx"),
        ("DIAMONIK7777/antelopev2", "ba0c3e10f4548361eb9a63265d87ce1140ab5a05"),
    ),
    _caption(
        "blip-base", "BLIP: a sentence a picture, quick", 991, "Salesforce/blip-image-captioning-base",
        "9cfcdbcaccbcadb2b53b36d4b50042c4eeaa0c25",
    ),
    _caption(
        "blip-large", "BLIP large: longer sentences", 1880, "Salesforce/blip-image-captioning-large",
        "353689b859fcf0523410b1806dace5fb46ecdf41",
    ),
    _caption(
        "blip2-opt-2.7b", "BLIP-2: better, for a graphics card", 14_984, "Salesforce/blip2-opt-2.7b",
        "59a1ef6c1e5117b3f65523d1c6066825bcf315e3", licence=_OPT_LICENCE, files=_SHARDED,
    ),
    _video(
        "cogvideox-2b", "CogVideoX 2B: the smallest, for a graphics card", 13_775, "zai-org/CogVideoX-2b",
        "1137dacfc2c9c012bed6a0793f4ecf2ca8e7ba01", "Apache-2.0",
    ),
    _video(
        "cogvideox-5b", "CogVideoX 5B: better, for a large graphics card", 21_500, "zai-org/CogVideoX-5b",
        "8fc5b281006c82b82d34fd2543d2f0ebb4e7e321",
    ),
    _video(
        "cogvideox-5b-i2v", "CogVideoX 5B from pictures: goes on from the film's own", 21_600, "zai-org/CogVideoX-5b-I2V",
        "a6f0f4858a8395e7429d82493864ce92bf73af11",
    ),
)  # fmt: skip
MODELS: Mapping[str, Model] = {model.name: model for model in _ALL}
# Further names by which people know them.
ALIASES: Mapping[str, str] = {"large": "large-v3", "turbo": "large-v3-turbo"}
# Repositories that hold one of these alone stand for it; CogVideoX's makers were called THUDM before.
_REPOS = {model.repo.casefold(): model.name for model in _ALL if model.task in ("caption", "surrogate")}
_REPOS |= {repo.replace("zai-org/", "thudm/"): name for repo, name in _REPOS.items()}


def named(name: str) -> Model:
    """The model of that name. Raises NotFound with the nearest right one."""
    found = MODELS.get(called(name))
    if found is None:
        near = difflib.get_close_matches(name, MODELS, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "vidwatchd models list shows all"
        raise NotFound(f"there is no model {name!r}", hint=hint)
    return found


def called(name: str) -> str:
    """The name of a model here, for a further name of it or its repository's in any case; others stay as they are."""
    return ALIASES.get(name) or _REPOS.get(name.casefold(), name)


def folder_of(folder: str, name: str) -> str:
    """Where the model of that name lies in the (native) folder of models; a path stands for itself."""
    return name if is_path(name) else os.path.join(folder, called(name))


def present(folder: str, name: str) -> bool:
    """Whether a model, by its name or as a path, is here. One that a person put there needs no known name."""
    where, known = folder_of(folder, name), MODELS.get(called(name))
    if not name or name.startswith("."):
        return False
    if known is None:
        return os.path.exists(where)
    return os.path.isfile(os.path.join(where, known.files[0]))


def missing(name: str) -> Unavailable:
    """What to say of a model that is not here."""
    if is_path(name):
        return Unavailable(f"there is no model at {name}", hint="correct the setting that names it")
    if called(name) in MODELS:
        return Unavailable(f"the model {name} is not here", hint=f"{PULL}{name if name in ALIASES else called(name)}")
    return Unavailable(f"there is no model {name!r}", hint="vidwatchd models list shows all")


def is_path(name: str) -> bool:
    """Whether a setting names a place on this machine instead of a model."""
    return os.sep in called(name)
