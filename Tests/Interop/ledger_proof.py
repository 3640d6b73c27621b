"""Checks proofs and checkpoints of the ledger: a second implementation, by nothing but `cryptography`.

Written from docs/audit.md, C2SP signed-note and tlog-checkpoint, and RFC 9162 section 2.1; shares no code with the server.

    python ledger_proof.py PROOF.json KEY            an entry's proof, or one of consistency
    python ledger_proof.py --checkpoint NOTE KEY     a checkpoint alone
    python ledger_proof.py --export LEDGER.jsonl NOTE KEY   an export against a checkpoint that was kept elsewhere
"""

import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DOMAIN = b"portvakt ledger entry 1\n"


class Invalid(Exception):
    """What was checked does not hold."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def unbase64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def leaf_hash(previous: bytes, body: bytes) -> bytes:
    return sha256(b"\x00" + DOMAIN + previous + body)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


class Key:
    """`name+hash+base64(0x01 || public key)`."""

    def __init__(self, text: str):
        self.name, self.hash, encoded = text.strip().split("+", 2)
        raw = unbase64(encoded)
        if raw[0] != 1 or len(raw) != 33:
            raise Invalid("not an Ed25519 key")
        if sha256(self.name.encode() + b"\n" + raw)[:4].hex() != self.hash:
            raise Invalid("the key's hash is not that of name and key")
        self.public = Ed25519PublicKey.from_public_bytes(raw[1:])


def open_note(note: str, key: Key) -> str:
    """The text of a note that the key signed."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not note.endswith("\n"):
        raise Invalid("not a signed note")
    text += "\n"
    signed = False
    for line in signatures.splitlines():
        dash, name, encoded = line.split(" ")
        raw = unbase64(encoded)
        if dash != "\u2014" or name != key.name or raw[:4].hex() != key.hash:
            continue
        try:
            key.public.verify(raw[4:], text.encode())
        except InvalidSignature:
            raise Invalid("the signature is not the key's") from None
        signed = True
    if not signed:
        raise Invalid("the key did not sign the note")
    return text


def open_checkpoint(note: str, key: Key) -> tuple[str, int, bytes]:
    """Origin, size and root."""
    origin, size, root = open_note(note, key).split("\n")[:3]
    if origin != key.name:
        raise Invalid("the checkpoint is of another ledger")
    return origin, int(size), unbase64(root)


def root_from_path(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        raise Invalid("the index is not in the tree")
    number, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Invalid("the path is too long")
        if number & 1 or number == last:
            result = node_hash(sibling, result)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        number >>= 1
        last >>= 1
    if last:
        raise Invalid("the path is too short")
    return result


def check_consistency(old: tuple[int, bytes], new: tuple[int, bytes], path: list[bytes]) -> None:
    """RFC 9162 section 2.1.4.2."""
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size == new_size:
        if path or old_root != new_root:
            raise Invalid("two trees of one size differ")
        return
    if not 0 < old_size < new_size or not path:
        raise Invalid("no proof of consistency")
    if old_size & (old_size - 1) == 0:
        path = [old_root, *path]
    number, last = old_size - 1, new_size - 1
    while number & 1:
        number >>= 1
        last >>= 1
    first, second = path[0], path[0]
    for sibling in path[1:]:
        if last == 0:
            raise Invalid("the path is too long")
        if number & 1 or number == last:
            first = node_hash(sibling, first)
            second = node_hash(sibling, second)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        number >>= 1
        last >>= 1
    if last or first != old_root or second != new_root:
        raise Invalid("the newer ledger does not begin with the older one")


def check_entry(proof: dict, key: Key) -> dict:
    """What the entry says, once it is proved."""
    origin, size, root = open_checkpoint(proof["checkpoint"], key)
    body = proof["body"].encode()
    leaf = leaf_hash(unbase64(proof["previous"]), body)
    if root_from_path(proof["index"], size, leaf, [unbase64(each) for each in proof["path"]]) != root:
        raise Invalid("the entry is not in the tree")
    entry = json.loads(body)
    if entry["sequence"] != proof["index"] + 1 or not origin.endswith("/audit/" + entry["node"]):
        raise Invalid("the entry says that it belongs elsewhere")
    return entry


def check_export(lines, note: str, key: Key) -> int:
    """Whether the first entries of an export are those that a checkpoint was signed for; the number of its entries."""
    _, size, root = open_checkpoint(note, key)
    previous, stack, count = bytes(32), [], 0
    for line in lines:
        if count == size:
            break
        entry = json.loads(line)
        body = entry["body"].encode()
        count += 1
        if entry["sequence"] != count or unbase64(entry["previous"]) != previous:
            raise Invalid(f"entry {count} does not follow the one before it")
        if sha256(DOMAIN + previous + body) != unbase64(entry["hash"]):
            raise Invalid(f"entry {count} was altered")
        digest, level = leaf_hash(previous, body), 0
        while stack and stack[-1][1] == level:
            digest, level = node_hash(stack.pop()[0], digest), level + 1
        stack.append((digest, level))
        previous = unbase64(entry["hash"])
    if count < size:
        raise Invalid("the export is shorter than the checkpoint")
    result = stack.pop()[0] if stack else sha256(b"")
    while stack:
        result = node_hash(stack.pop()[0], result)
    if result != root:
        raise Invalid("the entries are not those that the checkpoint was signed for")
    return count


def check(proof: dict, key: Key) -> dict:
    if proof["schema"] == "portvakt/ledger-consistency/v1":
        _, old_size, old_root = open_checkpoint(proof["old"], key)
        _, new_size, new_root = open_checkpoint(proof["new"], key)
        check_consistency((old_size, old_root), (new_size, new_root), [unbase64(each) for each in proof["path"]])
        return {"from": old_size, "to": new_size}
    if proof["schema"] != "portvakt/ledger-proof/v1":
        raise Invalid("not a proof that is known here")
    return check_entry(proof, key)


def main(arguments: list[str]) -> None:
    try:
        match arguments:
            case ["--checkpoint", note, key]:
                print(json.dumps(open_checkpoint(open(note).read(), Key(key))[:2]))
            case ["--export", export, note, key]:
                print(check_export(open(export), open(note).read(), Key(key)))
            case [proof, key]:
                print(json.dumps(check(json.load(open(proof)), Key(key))))
            case _:
                sys.exit(__doc__)
    except Invalid as fault:
        sys.exit(f"does not hold: {fault}")


if __name__ == "__main__":
    main(sys.argv[1:])
