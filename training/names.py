"""What finds names, the last thing in `lower.onnx`: it reads the states of the lower layers, and is not taught anew.

Where these layers learn on, names are to stay what they were (Li and Hoiem 2016, "Learning without Forgetting"):
`forgotten` says how far they are from what they were.
"""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.network import LOWER, Encoder, at_words
from training.start import BASE, parameters

MIXES = 3


class Names(nn.Module):
    """`forward(x[B,W,width], real[B,W])` → tag logits [B,W,13]; a word sees those beside it, three times."""

    def __init__(self, width: int = 384, inner: int = 160, tags: int = 13):
        super().__init__()
        self.first, self.last = nn.Linear(width, inner), nn.Linear(inner, tags)
        self.mixes = nn.ModuleList(nn.Linear(3 * inner, inner) for _ in range(MIXES))
        self.norms = nn.ModuleList(nn.LayerNorm(inner) for _ in range(MIXES))
        self.register_buffer("steps", torch.zeros(tags, tags))  # what each tag (row) thinks of the next

    @staticmethod
    def before() -> Names:
        """That of the reader before."""
        names, lead = Names(), "names."
        held = parameters(BASE / "lower.onnx")
        names.load_state_dict({key.removeprefix(lead): value for key, value in held if key.startswith(lead)})
        return names

    def forward(self, x: Tensor, real: Tensor) -> Tensor:
        x = torch.relu(self.first(x)) * real[..., None]
        for mix, norm in zip(self.mixes, self.norms, strict=True):
            beside = torch.cat([F.pad(x, (0, 0, 1, 0))[:, :-1], x, F.pad(x, (0, 0, 0, 1))[:, 1:]], -1)
            x = norm(x + torch.relu(mix(beside))) * real[..., None]
        return self.last(x)


class Kept(nn.Module):
    """The names that an encoder's lower layers gave before they learned on."""

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.names, self.before = Names.before().eval(), copy.deepcopy(encoder).eval()
        del self.before.layers[len(LOWER) :]  # names are read below them
        self.requires_grad_(False)

    def forgotten(self, below: Tensor, ids: Tensor, features: Tensor, words: Tensor) -> Tensor:
        """How far (Kullback-Leibler, summed over words) names are from what they were; `below` are the states behind
        the lower layers."""
        real = words > 0
        was = self.names(at_words(self.before.below(ids, features)[0], words), real).float().log_softmax(-1)
        now = self.names(at_words(below, words), real).float().log_softmax(-1)
        return ((was.exp() * (was - now)).sum(-1) * real).sum()
