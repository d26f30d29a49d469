#!/usr/bin/env python3
"""Makes the shipped weights of a trained judge: 8-bit by row, without the table of words, which is the encoder's, and
without what was for learning alone.

    python3 training/export.py NAME.f16.safetensors models/judge

The same floats give the same bytes, on any machine."""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "models"))

import rebuild  # noqa: E402
from network import read_safetensors  # noqa: E402


def save(path, tensors):
    """16-bit floats, as they are kept between training and export."""
    path.write_bytes(write({name: value.half().numpy() for name, value in tensors.items()}))


def write(tensors):
    import json
    import struct

    header, blobs, offset = {}, [], 0
    for name, array in sorted(tensors.items()):
        blob = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": "F16", "shape": list(array.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(blobs)


def quantised(tensors):
    out = {}
    for name, value in tensors.items():
        if name.startswith("place."):
            continue
        array = value.float().numpy().astype("<f4")
        if array.ndim == 2 and array.shape[0] > 1:
            out[name], out[name + ".scale"] = rebuild.quantise(array)
        else:
            out[name] = array
    return rebuild.write_tensors(out)


def main():
    source, folder = map(pathlib.Path, sys.argv[1:3])
    tensors = read_safetensors(source.read_bytes())
    data = quantised(tensors)
    (folder / "model.safetensors").write_bytes(data)
    print(f"{rebuild.sha256(data)}  {len(data)}  {folder / 'model.safetensors'}")


if __name__ == "__main__":
    main()
