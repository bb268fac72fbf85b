"""The packages that are shipped: what holds for a package is tested on each of them."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "packages"
REFERENCE = FOLDER / "cong-dan-so-hai-phong"
PACKAGES = sorted(path.parent for path in FOLDER.glob("*/contest.toml"))
