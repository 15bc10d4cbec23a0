"""speech: videos in which espeak-ng says something, and models that hear it, for tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.clips import lavfi, shared_media

# Three of the sentences that the trained model knows, at the speed that it knows them at.
DOOR, NIGHT, SEA = ("open the red door", 150), ("good night everyone", 155), ("a walk by the sea", 145)


@dataclass(frozen=True)
class Said:
    """A sentence, when it begins in its track, when the track begins, and the track's language."""

    sentence: tuple[str, int]
    at_seconds: float = 0.0
    starts_seconds: float = 0.0
    language: str = "eng"


def spoken(path: Path, *tracks: Said, seconds: float = 6.0, more: Sequence[str] = ()) -> str:
    """A video with a sound track for each of ``tracks``; skips the test where nothing can speak."""
    inputs, filters, maps = list(lavfi(f"testsrc2=s=160x90:r=10:d={seconds}")), [], ["-map", "0:v"]
    for number, said in enumerate(tracks, 1):
        sound = _voice(path.with_suffix(f".{number}.wav"), *said.sentence)
        inputs += ["-itsoffset", str(said.starts_seconds), "-i", sound]
        filters.append(f"[{number}:a]adelay={round(said.at_seconds * 1000)}:all=1,apad[a{number}]")
        maps += ["-map", f"[a{number}]", f"-metadata:s:a:{number - 1}", f"language={said.language}"]
    made = ["-filter_complex", ";".join(filters), *maps, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
    return encoded(path, *inputs, *made, "-t", str(seconds), *more)


def sounding(path: Path, source: str, seconds: float = 6.0) -> str:
    """A video with the sound of one of ffmpeg's sources, in which nobody speaks."""
    return encoded(
        path, *lavfi(f"testsrc2=s=160x90:r=10:d={seconds}"), *lavfi(source), "-t", str(seconds), "-c:a", "aac"
    )


def encoded(path: Path, *arguments: str) -> str:
    """What ffmpeg makes of these arguments, at ``path``."""
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments, str(path)], check=True
    )
    return str(path)


def trained() -> str:
    """The folder of the small model that was trained on these sentences; skips the test without."""
    media = shared_media()
    folder = media / "models" / "whisper-espeak-1m" if media else None
    if folder is None or not folder.is_dir():
        pytest.skip("no trained model: set VIDWATCHD_TEST_MEDIA")
    return str(folder)


def untrained(folder: Path) -> str:
    """A Whisper of random weights, small enough to be made by a test: it hears nonsense, but it is loaded and run."""
    torch = pytest.importorskip("torch")
    from ctranslate2.converters import TransformersConverter
    from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration

    source = folder / "source"
    tokens = _tokenizer(source)
    end, start = tokens["<|endoftext|>"], tokens["<|startoftranscript|>"]
    torch.manual_seed(4)
    sizes = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "num_mel_bins": 80}
    marks = {"pad_token_id": end, "bos_token_id": end, "eos_token_id": end, "decoder_start_token_id": start}
    model = WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=len(tokens), **sizes, **heads, **marks, suppress_tokens=None, begin_suppress_tokens=None
        )
    )
    model.generation_config = GenerationConfig(
        decoder_start_token_id=start, eos_token_id=end, pad_token_id=end, is_multilingual=True,
        no_timestamps_token_id=tokens["<|notimestamps|>"], lang_to_id={"<|en|>": tokens["<|en|>"]},
        task_to_id={task: tokens[f"<|{task}|>"] for task in ("transcribe", "translate")},
        suppress_tokens=[], begin_suppress_tokens=[end], max_length=448, alignment_heads=[[0, 0], [0, 1]],
    )  # fmt: skip
    model.save_pretrained(source)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(source)
    made = folder / "model"
    TransformersConverter(str(source), copy_files=["tokenizer.json"]).convert(str(made), quantization="int8")
    return str(made)


def _tokenizer(folder: Path) -> dict[str, int]:
    """Bytes as tokens, and Whisper's own marks; gives each token's number."""
    from faster_whisper.tokenizer import _LANGUAGE_CODES
    from tokenizers import AddedToken, Tokenizer, decoders, models
    from tokenizers.pre_tokenizers import ByteLevel

    # CTranslate2 takes a vocabulary with an empty token for that of a model of many languages.
    letters = {letter: number for number, letter in enumerate([*sorted(ByteLevel.alphabet()), ""])}
    made = Tokenizer(models.BPE(vocab=letters, merges=[]))
    made.pre_tokenizer, made.decoder = ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    names = ["endoftext", "startoftranscript", *_LANGUAGE_CODES, "translate", "transcribe", "startoflm", "startofprev"]
    marks = [f"<|{name}|>" for name in (*names, "nospeech", "notimestamps")]
    made.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    made.add_tokens([AddedToken(f"<|{step * 0.02:.2f}|>", normalized=False) for step in range(1501)])
    folder.mkdir(parents=True)
    made.save(str(folder / "tokenizer.json"))
    told = dict.fromkeys(("bos_token", "eos_token", "unk_token"), marks[0])
    told |= {"tokenizer_class": "PreTrainedTokenizerFast", "additional_special_tokens": marks[1:]}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    return made.get_vocab()


def _voice(path: Path, text: str, words_a_minute: int) -> str:
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("nothing can speak: apt-get install espeak-ng")
    subprocess.run([program, "-v", "en", "-s", str(words_a_minute), "-p", "45", "-w", path, text], check=True)
    return os.fspath(path)
