"""The reader's network: a BERT encoder with features, and heads that find cues and read around each.

For every cue the second head tags every word of the window: outside, source, content or cue. Attributions that lie
inside one another need no special case, for each cue has tags of its own. The scorer is a small network on (word, cue,
distance) plus a biaffine term, after Dozat & Manning (2017, "Deep Biaffine Attention for Neural Dependency Parsing").

Heads sit after the last layer and after an earlier one, so that one training gives a reader of each size; the earlier
also learns from the last (Teerapittayanon et al. 2016, "BranchyNet"; soft targets after Hinton et al. 2015).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from quotes.attribution.named import KINDS
from quotes.attribution.windows import FEATURES

TAGS = ("O", "B-source", "I-source", "B-content", "I-content", "cue")
HEAD = 32  # the width of one attention head; of a teacher's, twice that
NEVER = -1e4  # what may not be
REACH = 511  # words: distances beyond are taken for this one


class Dropout(nn.Module):
    """`torch.nn.Dropout`, whose random numbers would be a tenth of the time: eight bits each are enough."""

    def __init__(self, share: float):
        super().__init__()
        self.level = round(share * 256)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.level:
            return x
        drawn = torch.empty(x.numel() // 8 + 1, dtype=torch.int64).random_(-(2**63), None).view(torch.uint8)
        kept = (drawn[: x.numel()] >= self.level).view(x.shape)
        return x * (kept * (256 / (256 - self.level))).to(x.dtype)


class Layer(nn.Module):
    """One post-norm BERT layer; its attention may be narrower than what it reads."""

    def __init__(self, width: int, heads: int, inner: int, dropout: float, head: int = HEAD):
        super().__init__()
        self.heads, self.head = heads, head
        self.query, self.key, self.value = (nn.Linear(width, heads * head) for _ in range(3))
        self.attended = nn.Linear(heads * head, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.intermediate = nn.Linear(width, inner)
        self.output = nn.Linear(inner, width)
        self.output_norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        mixed = self.mix_alone(x) if torch.onnx.is_in_onnx_export() else self.mix(x, bias)
        x = self.attention_norm(x + self.dropout(self.attended(mixed)))
        return self.output_norm(x + self.dropout(self.output(F.gelu(self.intermediate(x)))))

    def mix(self, x: Tensor, bias: Tensor) -> Tensor:
        """Self-attention over a padded batch."""
        b, t, _ = x.shape
        q, k, v = (
            f(x).view(b, t, self.heads, self.head).transpose(1, 2).flatten(0, 1)
            for f in (self.query, self.key, self.value)
        )
        weights = torch.softmax(torch.baddbmm(bias, q * self.head**-0.5, k.transpose(1, 2)), -1, dtype=q.dtype)
        return (weights @ v).view(b, self.heads, t, self.head).transpose(1, 2).reshape(b, t, -1)

    def mix_alone(self, x: Tensor) -> Tensor:
        """The same for one window, as it ships: one product instead of three, and no mask, for nothing is padded."""
        b, t, _ = x.shape
        shrink = 1 / math.sqrt(self.head)
        weight = torch.cat([self.query.weight * shrink, self.key.weight, self.value.weight]).t()
        offset = torch.cat([self.query.bias * shrink, self.key.bias, self.value.bias])
        q, k, v = (x @ weight + offset).view(b, t, 3, self.heads, self.head).permute(2, 0, 3, 1, 4)
        return (torch.softmax(q @ k.transpose(-1, -2), dim=-1) @ v).transpose(1, 2).reshape(b, t, -1)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large an encoder is; `relative`: attention knows how far apart two pieces stand, as in MPNet."""

    layers: int = 6
    width: int = 384
    heads: int = 12
    inner: int = 1536
    head: int = HEAD
    relative: bool = False


MINILM = Sizes()
MPNET = Sizes(layers=12, width=768, inner=3072, head=64, relative=True)


class Encoder(nn.Module):
    """BERT, or MPNet, with one more embedding: the features of `quotes.attribution.windows`."""

    def __init__(self, sizes: Sizes, dropout: float = 0.1):
        super().__init__()
        width = sizes.width
        self.words = nn.Embedding(30522, width)
        self.positions = nn.Embedding(512, width)
        self.features = nn.Embedding(FEATURES, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = Dropout(dropout)
        self.relative = nn.Embedding(FAR, sizes.heads) if sizes.relative else None
        self.layers = nn.ModuleList(
            Layer(width, sizes.heads, sizes.inner, dropout, sizes.head) for _ in range(sizes.layers)
        )

    def forward(self, ids: Tensor, features: Tensor, layers: int | None = None) -> list[Tensor]:
        """What comes out of each layer, or of the first so many."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.dropout(self.norm(self.words(ids) + self.positions(places) + self.features(features)))
        bias = self.bias(ids).to(torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype)
        states = []
        for layer in self.layers[:layers]:
            x = layer(x, bias)
            states.append(x)
        return states

    def bias(self, ids: Tensor) -> Tensor:
        """What is added to the attention logits [B·heads,T,T] of every layer."""
        b, t = ids.shape
        bias = ((ids == 0) * NEVER)[:, None, None, :].expand(b, self.layers[0].heads, t, t)
        if self.relative:  # stays as published
            bias = bias + self.relative.weight.detach()[relative_buckets(t)].permute(2, 0, 1)
        return bias.reshape(-1, t, t)

    @staticmethod
    def of(published: dict[str, Tensor], sizes: Sizes) -> Encoder:
        """The encoder with published weights, of which what it does not need is left out."""
        encoder = Encoder(sizes)
        missing, _ = encoder.load_state_dict({_name(key): value for key, value in published.items()}, strict=False)
        assert missing == ["features.weight"], missing
        return encoder


def _name(key: str) -> str:
    """A parameter's name in the published weights → its name here."""
    for old, new in _RENAMED:
        key = key.replace(old, new)
    return key


_RENAMED = (
    ("encoder.relative_attention_bias", "relative"),
    ("attention.attn.q.", "query."),
    ("attention.attn.k.", "key."),
    ("attention.attn.v.", "value."),
    ("attention.attn.o.", "attended."),
    ("attention.LayerNorm", "attention_norm"),
    ("embeddings.word_embeddings", "words"),
    ("embeddings.position_embeddings", "positions"),
    ("embeddings.LayerNorm", "norm"),
    ("encoder.layer.", "layers."),
    ("attention.self.", ""),
    ("attention.output.dense", "attended"),
    ("attention.output.LayerNorm", "attention_norm"),
    ("intermediate.dense", "intermediate"),
    ("output.dense", "output"),
    ("output.LayerNorm", "output_norm"),
)


class Heads(nn.Module):
    """`forward(x[B,W,width])` → cue logits [B,W]; `read` → tags around cues."""

    def __init__(self, width: int = 384, hidden: int = 160, rank: int = 64):
        super().__init__()
        self.cue = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        self.word_side, self.cue_side = nn.Linear(width, hidden), nn.Linear(width, hidden)
        self.distance = nn.Embedding(_buckets().max().item() + 1, hidden)
        self.tags = nn.Linear(hidden, len(TAGS))
        self.word_rank, self.cue_rank = nn.Linear(width, rank * len(TAGS)), nn.Linear(width, rank)
        self.register_buffer("buckets", _buckets(), persistent=False)
        nn.init.normal_(self.distance.weight, std=0.02)
        nn.init.constant_(self.cue[2].bias, -3.0)  # about one word in twenty begins a cue

    def forward(self, x: Tensor) -> Tensor:
        return self.cue(x).squeeze(-1)

    def read(self, x: Tensor, row: Tensor, place: Tensor) -> Tensor:
        """Tag logits [N,W,6] of every word of window `row[n]` for the cue that begins at word `place[n]`."""
        cue = x[row, place]
        far = torch.arange(x.shape[1], device=x.device)[None, :] - place[:, None]
        near = self.distance(self.buckets[far.clamp(-REACH, REACH) + REACH])
        alone = torch.onnx.is_in_onnx_export()  # one window, as it ships: its words need no copy for each cue
        words = self.word_side(x) if alone else self.word_side(x)[row]
        mixed = torch.relu(words + self.cue_side(cue)[:, None, :] + near)
        ranked = self.rank_alone(x, cue) if alone else self.rank(x, row, cue)
        return self.tags(mixed) + ranked / 8

    def rank(self, x: Tensor, row: Tensor, cue: Tensor) -> Tensor:
        """The biaffine term [N,W,6]."""
        words = self.word_rank(x).view(x.shape[0], x.shape[1], len(TAGS), -1)[row]
        return (words * self.cue_rank(cue)[:, None, None, :]).sum(-1)

    def rank_alone(self, x: Tensor, cue: Tensor) -> Tensor:
        """The same for one window: one product."""
        words = self.word_rank(x).view(x.shape[1], len(TAGS), -1)
        return (words @ self.cue_rank(cue).t()).permute(2, 0, 1)


class Names(nn.Module):
    """`forward(x[B,W,width])` → tag logits [B,W,13] of `quotes.attribution.named.KINDS`.

    A few narrow convolutions over the words as the encoder's second layer sees them, and a conditional random field
    (Lafferty et al. 2001; Huang et al. 2015, "Bidirectional LSTM-CRF Models for Sequence Tagging").
    """

    AFTER = 2  # layers of the encoder; later ones know less of names

    def __init__(self, width: int = 384, hidden: int = 160, depth: int = 3):
        super().__init__()
        tags = 2 * len(KINDS) + 1
        self.first, self.last = nn.Linear(width, hidden), nn.Linear(hidden, tags)
        self.mixes = nn.ModuleList(nn.Linear(3 * hidden, hidden) for _ in range(depth))
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(depth))
        self.steps = nn.Parameter(torch.zeros(tags, tags))
        self.dropout = nn.Dropout(0.1)
        begun = torch.arange(tags)[None, :] - torch.arange(tags)[:, None]
        goes_on = (torch.arange(tags) % 2 == 0) & (torch.arange(tags) > 0)
        never = goes_on[None, :] & (begun != 0) & (begun != 1)
        self.register_buffer("never", never * NEVER, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.first(self.dropout(x)))
        for mix, norm in zip(self.mixes, self.norms, strict=True):
            edge = torch.zeros_like(x[:, :1])
            beside = torch.cat([torch.cat([edge, x[:, :-1]], 1), x, torch.cat([x[:, 1:], edge], 1)], -1)
            x = norm(x + torch.relu(mix(beside)))
        return self.last(self.dropout(x))

    def transitions(self) -> Tensor:
        """The logits [13,13] of a tag (columns) behind another (rows)."""
        return self.steps + self.never

    def loss(self, x: Tensor, tags: Tensor) -> Tensor:
        """Minus the log-likelihood of `tags` [B,W], a word."""
        scores, steps = self(x), self.transitions()
        path = scores.gather(2, tags[:, :, None]).sum((1, 2)) + steps[tags[:, :-1], tags[:, 1:]].sum(1)
        total = scores[:, 0]
        for t in range(1, scores.shape[1]):
            total = torch.logsumexp(total[:, :, None] + steps, 1) + scores[:, t]
        return (torch.logsumexp(total, 1) - path).sum() / tags.numel()


class Reader(nn.Module):
    """`forward(ids[B,T], features[B,T], words[B,W])` → for each exit cue logits [B,W] and hidden words [B,W,width].

    `words` holds the place of each word's first piece, 0 where padded. `exits` are the numbers of layers to read after.
    """

    def __init__(self, encoder: Encoder, exits: tuple[int, ...] = (4, 6)):
        super().__init__()
        self.encoder = encoder
        self.exits = exits
        width = encoder.norm.weight.shape[0]
        self.heads = nn.ModuleList(Heads(width) for _ in exits)
        self.names = Names(width)
        self.dropout = nn.Dropout(0.1)
        nn.init.normal_(self.encoder.features.weight, std=0.02)

    @staticmethod
    def of(state: dict[str, Tensor]) -> Reader:
        """The network that has these parameters, read after the fourth layer and the last, or the last alone."""
        inner, width = state["encoder.layers.0.intermediate.weight"].shape
        layers = sum(key.endswith(".query.weight") for key in state)
        exits = (4, layers) if "heads.1.cue.0.weight" in state else (layers,)
        relative = "encoder.relative.weight" in state
        head = MPNET.head if relative else HEAD
        heads = len(state["encoder.layers.0.query.weight"]) // head
        reader = Reader(Encoder(Sizes(layers, width, heads, inner, head, relative)), exits)
        missing, unknown = reader.load_state_dict(state, strict=False)
        if unknown or any(not key.startswith("names.") for key in missing):  # the head for names is trained last
            raise ValueError(f"not the weights of a reader: {[*missing, *unknown]}")
        return reader

    def forward(self, ids: Tensor, features: Tensor, words: Tensor) -> list[tuple[Tensor, Tensor]]:
        states = self.encoder(ids, features)
        found = []
        for layers, heads in zip(self.exits, self.heads, strict=True):
            x = self.dropout(at_words(states[layers - 1], words))
            found.append((heads(x), x))
        return found


def at_words(states: Tensor, words: Tensor) -> Tensor:
    """Of the states [B,T,width] of all pieces those [B,W,width] of the pieces at `words` [B,W]."""
    return torch.gather(states, 1, words[:, :, None].expand(-1, -1, states.shape[2]))


FAR = 32  # classes of distances in MPNet


def relative_buckets(size: int) -> Tensor:
    """The classes [size,size] of the distance of each piece (columns) from another (rows).

    As T5 has them (Raffel et al. 2020): 8 alone and 8 that grow up to 128 pieces, for what stands before, and after.
    """
    places = torch.arange(size)
    ahead = places[None, :] - places[:, None]
    distance = ahead.abs()
    near = FAR // 4
    far = near + (torch.log(distance.clamp(min=1) / near) / math.log(128 / near) * near).long()
    return torch.where(distance < near, distance, far.clamp(max=FAR // 2 - 1)) + (ahead > 0) * (FAR // 2)


def _buckets() -> Tensor:
    """Distances −REACH…REACH → buckets: one each up to 12 words, then growing by half."""
    distance = torch.arange(-REACH, REACH + 1)
    size = distance.abs()
    far = 12 + (torch.log(size.clamp(min=12) / 12) / math.log(1.5)).long()
    bucket = torch.where(size <= 12, size, far + 1)
    return bucket + (distance < 0) * (bucket.max() + 1)
