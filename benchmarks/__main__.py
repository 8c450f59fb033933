"""`make bench`: every measurement, one after the other."""

import platform
import sys

from benchmarks import features, fills, ingest, play, profile, startup


def main() -> None:
    quick = "--quick" in sys.argv
    print(f"{platform.machine()}, Python {platform.python_version()}\n")
    print(startup.measure(5 if quick else 15), "\n")
    print(play.measure(3 if quick else 7, 120 if quick else 500), "\n")
    print(profile.measure(3 if quick else 7, 120 if quick else 1740), "\n")
    print(features.measure(3 if quick else 7, 60 if quick else 1740), "\n")
    print(ingest.measure(3 if quick else 7, 120 if quick else 1740), "\n")
    for section in fills.measure(3 if quick else 5, 120 if quick else 1740):
        print(section, "\n")


main()
