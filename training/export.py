"""Trained weights → the file that ships: `python -m training.export reader.pt -o quotes/attribution/weights/`.

ONNX with weights in eight bits: the matrix products, a scale for each column, and the word embeddings, a scale for
each row (one scale for them all costs half a point of content F1). The products keep one bit free (`reduce_range`),
for processors without VNNI add pairs of them in sixteen bits and would overflow.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from training.network import Reader


class Rows(nn.Module):
    """An embedding in eight bits."""

    def __init__(self, embedding: nn.Embedding):
        super().__init__()
        weight = embedding.weight.detach()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-9) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("values", torch.round(weight / scale).to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        return self.values[ids].float() * self.scale[ids]


class Shipped(nn.Module):
    """The whole reading of one window in one graph: the cues above `threshold`, and the tags around each.

    The likeliest cue is always among them: not every version of the runtime can work on nothing.
    """

    def __init__(self, reader: Reader, layers: int | None):
        super().__init__()
        self.reader = reader
        self.place = reader.exits.index(layers or reader.exits[-1])

    def forward(self, ids: Tensor, features: Tensor, words: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        scores, x = self.reader(ids, features, words)[self.place]
        places = torch.nonzero(scores[0] >= torch.minimum(threshold, scores[0].max())).squeeze(1)
        return scores[0, places], places, self.reader.heads[self.place].read(x, torch.zeros_like(places), places)


def export(reader: Reader, path: Path, layers: int | None) -> None:
    sample = torch.randint(1000, 2000, (1, 40)), torch.zeros(1, 40, dtype=torch.long), torch.arange(1, 31)[None]
    torch.onnx.export(
        Shipped(reader.eval(), layers),
        (*sample, torch.tensor(-9.0)),
        str(path),
        input_names=["ids", "features", "words", "threshold"],
        output_names=["scores", "places", "tags"],
        dynamic_axes={
            "ids": {1: "T"},
            "features": {1: "T"},
            "words": {1: "W"},
            "scores": {0: "N"},
            "places": {0: "N"},
            "tags": {0: "N", 1: "W"},
        },
        opset_version=17,
        dynamo=False,
    )


def quantize(path: Path, target: Path) -> None:
    """The matrix products of the network at `path` in eight bits."""
    quantize_dynamic(
        str(path),
        str(target),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("weights", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True)
    ap.add_argument("--layers", type=int, help="read after so many layers; after the last where not given")
    ap.add_argument("--float", action="store_true", help="keep 32-bit floats (to measure what eight bits cost)")
    args = ap.parse_args()
    reader = Reader.of(torch.load(args.weights, weights_only=True))
    if not args.float:
        reader.encoder.words = Rows(reader.encoder.words)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "reader.onnx"
        export(reader, args.output if args.float else whole, args.layers)
        if not args.float:
            quantize(whole, args.output)
    print(args.output, args.output.stat().st_size, hashlib.sha256(args.output.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
