#!/usr/bin/env python3
"""Writes the pages that `error_uri` leads to as files, as the server itself answers them.

    error_pages.py FOLDER
"""

import pathlib
import re
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/Interop"))

from world import World, scratch  # noqa: E402


def page(world: World, path: str) -> str:
    request = urllib.request.Request(world.issuer + path, headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read().decode()


def main(folder: str) -> None:
    out = pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with scratch() as temporary:
        world = World(pathlib.Path(temporary) / "data").make().start()
        try:
            index = page(world, "errors")
            codes = sorted(set(re.findall(r'href="[^"]*errors/([A-Z]+-[0-9]+)"', index)))
            if not codes:
                raise SystemExit("the list of error pages names none")
            for code in codes:
                text = page(world, f"errors/{code}")
                (out / f"{code}.html").write_text(linked(text), encoding="utf-8")
            (out / "style.css").write_text(page(world, "errors/style.css"), encoding="utf-8")
            (out / "index.html").write_text(linked(index), encoding="utf-8")
        finally:
            world.stop()
    print(f"written: {len(codes)} error pages")


def linked(text: str) -> str:
    """Links among the pages as files beside each other have them."""
    text = re.sub(r'href="[^"]*errors/([A-Z]+-[0-9]+)"', r'href="\1.html"', text)
    text = re.sub(r'href="[^"]*/errors"', 'href="index.html"', text)
    return re.sub(r'href="[^"]*style\.css"', 'href="style.css"', text)


if __name__ == "__main__":
    main(sys.argv[1])
