"""The reader's network: a BERT encoder with features, and heads that find anchors and read around each.

An anchor is the first word of a cue, or, where words between marks have no cue, their opening mark. For every anchor a
second head tags every word of the window: outside, source, content, cue, addressee, relaying source. Attributions that
lie inside one another need no special case, for each anchor has tags of its own. The scorer is a small network on
(word, anchor, distance) plus a biaffine term, after Dozat & Manning (2017, "Deep Biaffine Attention for Neural
Dependency Parsing"). Two more heads say whether a cue tells of speech or of thought, and why marked words are nobody's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from quotes.attribution.reader.labels import REASONS, TAGS
from quotes.attribution.reader.windows import FEATURES

HEAD = 32  # the width of one attention head
REACH = 511  # words: distances beyond are taken for this one
NEVER = -1e4  # what padding gets


@dataclass(frozen=True, slots=True)
class Size:
    """How wide one layer is inside."""

    heads: int
    inner: int


HALF, WHOLE = Size(6, 768), Size(12, 1536)
LOWER = (HALF, HALF)  # what names need as well


class Layer(nn.Module):
    """One post-norm BERT layer; its attention may be narrower than what it reads."""

    def __init__(self, width: int, size: Size, dropout: float):
        super().__init__()
        self.heads = size.heads
        self.query, self.key, self.value = (nn.Linear(width, size.heads * HEAD) for _ in range(3))
        self.attended = nn.Linear(size.heads * HEAD, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.intermediate = nn.Linear(width, size.inner)
        self.output = nn.Linear(size.inner, width)
        self.output_norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        mixed = self.mix_alone(x) if torch.onnx.is_in_onnx_export() else self.mix(x, mask)
        x = self.attention_norm(x + self.dropout(self.attended(mixed)))
        return self.output_norm(x + self.dropout(self.output(F.gelu(self.intermediate(x)))))

    def mix(self, x: Tensor, mask: Tensor) -> Tensor:
        """Self-attention over a padded batch; `mask` [B,1,1,T] is added to its logits."""
        b, t, _ = x.shape
        q, k, v = (f(x).view(b, t, self.heads, HEAD).transpose(1, 2) for f in (self.query, self.key, self.value))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        return mixed.transpose(1, 2).reshape(b, t, -1)

    def mix_alone(self, x: Tensor) -> Tensor:
        """The same for one window [1,T,width], as it ships: one product instead of three, and no mask, for nothing is
        padded."""
        shrink = 1 / math.sqrt(HEAD)
        weight = torch.cat([self.query.weight * shrink, self.key.weight, self.value.weight]).t()
        offset = torch.cat([self.query.bias * shrink, self.key.bias, self.value.bias])
        q, k, v = (x @ weight + offset).view(-1, 3 * self.heads, HEAD).transpose(0, 1).split(self.heads)
        mixed = torch.softmax(q @ k.transpose(1, 2), dim=-1) @ v
        return mixed.transpose(0, 1).reshape(1, -1, self.heads * HEAD)


class Encoder(nn.Module):
    """BERT with one more embedding: the features of `quotes.attribution.reader.windows`."""

    def __init__(self, sizes: Sequence[Size], width: int = 384, dropout: float = 0.1):
        super().__init__()
        self.words = nn.Embedding(30522, width)
        self.positions = nn.Embedding(512, width)
        self.features = nn.Embedding(FEATURES, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, size, dropout) for size in sizes)

    def above(self, x: Tensor, mask: Tensor) -> Tensor:
        """The states [B,T,width] behind the last layer, from those that `below` gives."""
        for layer in self.layers[len(LOWER) :]:
            x = layer(x, mask)
        return x

    def below(self, ids: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """The states [B,T,width] behind the layers that names need, and the mask [B,1,1,T] for those above them."""
        mask = ((ids == 0) * NEVER)[:, None, None, :]
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(places) + self.features(features))
        for layer in self.layers[: len(LOWER)]:
            x = layer(x, mask)
        return x, mask


class Heads(nn.Module):
    """What is read off the states [B,W,width] of words."""

    def __init__(self, width: int = 384, hidden: int = 160, rank: int = 64):
        super().__init__()
        self.anchor = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, 2))
        self.act = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        self.why = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, len(REASONS)))
        self.word_side, self.anchor_side = nn.Linear(width, hidden), nn.Linear(width, hidden)
        self.distance = nn.Embedding(int(_buckets().max()) + 1, hidden)
        self.tags = nn.Linear(hidden, len(TAGS))
        self.word_rank, self.anchor_rank = nn.Linear(width, rank * len(TAGS)), nn.Linear(width, rank)
        self.register_buffer("buckets", _buckets(), persistent=False)
        nn.init.normal_(self.distance.weight, std=0.02)
        nn.init.constant_(self.anchor[2].bias, -3.0)  # about one word in twenty begins a cue

    def read(self, x: Tensor, row: Tensor, place: Tensor) -> Tensor:
        """Tag logits [N,W,10] of every word of window `row[n]` for the anchor at word `place[n]`."""
        anchor = x[row, place]
        mixed = torch.relu(self.word_side(x)[row] + self.anchor_side(anchor)[:, None, :] + self.near(place, x.shape[1]))
        words = self.word_rank(x).view(x.shape[0], x.shape[1], len(TAGS), -1)[row]
        return self.tags(mixed) + torch.einsum("nwtr,nr->nwt", words, self.anchor_rank(anchor)) / 8

    def near(self, place: Tensor, words: int) -> Tensor:
        """What the distance [N,W,hidden] of every word to the anchors tells."""
        far = torch.arange(words, device=place.device)[None, :] - place[:, None]
        return self.distance(self.buckets[far.clamp(-REACH, REACH) + REACH])

    def read_alone(self, x: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """All that is read off the words x [W,width] of one window, as it ships: the anchors over `threshold` (logits,
        words, kinds), their tag logits [N,W,10], their logits of thought, and why each word is nobody's [W,9].

        The same figures with fewer products: what all words go through goes in one, and as anchors are few, the
        biaffine term begins with them. The likeliest anchor is always there: not every version of the runtime can work
        on nothing.
        """
        sides = (self.anchor[0], self.why[0], self.word_side)
        weight, offset = (torch.cat([getattr(side, kind) for side in sides]) for kind in ("weight", "bias"))
        begins, whys, words = (x @ weight.t() + offset).chunk(3, dim=-1)
        scores = self.anchor[2](torch.relu(begins))
        likely = torch.nonzero(scores >= torch.minimum(threshold, scores.max()))
        places, kinds = likely[:, 0], likely[:, 1]
        anchor = x[places]
        mixed = torch.relu(words + self.anchor_side(anchor)[:, None, :] + self.near(places, x.shape[0]))
        tags = self.tags(mixed) + self.rank_alone(x, self.anchor_rank(anchor)) / 8
        return scores[places, kinds], places, kinds, tags, self.act(anchor).squeeze(-1), self.why[2](torch.relu(whys))

    def rank_alone(self, x: Tensor, ranks: Tensor) -> Tensor:
        """The biaffine term [N,W,10] of anchors whose `ranks` [N,rank] these are."""
        rank, width = self.word_rank.weight.shape[0] // len(TAGS), self.word_rank.weight.shape[1]
        weight = self.word_rank.weight.view(len(TAGS), rank, width).transpose(0, 1).reshape(rank, -1)
        ways = (ranks @ weight).view(-1, width)  # [N*10,width]
        offset = ranks @ self.word_rank.bias.view(len(TAGS), rank).t()
        return (x @ ways.t()).view(x.shape[0], -1, len(TAGS)).transpose(0, 1) + offset[:, None, :]


class Reader(nn.Module):
    """`forward(below[B,T,width], mask, words[B,W])` → states [B,W,width] of the words, for `heads` to read.

    `below` and `mask` are what `encoder.below` gives; `words` holds the place of each word's first piece, 0 where
    padded.
    """

    def __init__(self, upper: Sequence[Size]):
        super().__init__()
        self.encoder = Encoder([*LOWER, *upper])
        self.heads = Heads()
        self.dropout = nn.Dropout(0.1)

    @staticmethod
    def of(state: dict[str, Tensor]) -> Reader:
        """The network that has these parameters. Raises ValueError where they are not those of a reader."""
        inner = [state[key].shape[0] for key in _in_order(state, "intermediate.weight")]
        heads = [state[key].shape[0] // HEAD for key in _in_order(state, "query.weight")]
        reader = Reader([Size(*size) for size in zip(heads, inner, strict=True)][len(LOWER) :])
        reader.load_state_dict(state)
        return reader

    def forward(self, below: Tensor, mask: Tensor, words: Tensor) -> Tensor:
        return self.dropout(at_words(self.encoder.above(below, mask), words))


def _in_order(state: dict[str, Tensor], ending: str) -> list[str]:
    keys = (key for key in state if key.startswith("encoder.layers.") and key.endswith(ending))
    return sorted(keys, key=lambda key: int(key.split(".")[2]))


def at_words(states: Tensor, words: Tensor) -> Tensor:
    """Of the states [B,T,width] of all pieces those [B,W,width] of the pieces at `words` [B,W]."""
    return torch.gather(states, 1, words[:, :, None].expand(-1, -1, states.shape[2]))


def _buckets() -> Tensor:
    """Distances −REACH…REACH → buckets: one each up to 12 words, then growing by half."""
    distance = torch.arange(-REACH, REACH + 1)
    size = distance.abs()
    far = 12 + (torch.log(size.clamp(min=12) / 12) / math.log(1.5)).long()
    bucket = torch.where(size <= 12, size, far + 1)
    return bucket + (distance < 0) * (bucket.max() + 1)
