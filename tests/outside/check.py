#!/usr/bin/env python3
"""Checks Sheaf's formats from outside: third-party libraries only, none of Sheaf's code.

    check.py --vectors docs/spec/vectors     run the specification's vectors
    check.py FOLDER                          verify a whole dataset folder

Written from docs/spec alone, one module for each group of pages. It reads everything into memory,
and checks less of a dataset than `sheaf dataset verify` (no selection): what it checks, it checks
independently.
"""

import sys
from pathlib import Path

from cbor import Refused
from datasets import check_folder
from vectors import check_vectors


def main(arguments):
    try:
        match arguments:
            case ["--vectors", folder]:
                print(check_vectors(Path(folder)))
            case [folder]:
                print(check_folder(Path(folder)))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (Refused, OSError, KeyError, ValueError, TypeError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
