#!/bin/sh
# Runs a script with the first Python that can make our virtual environment, or says in one line why none can.
# Usage: [PYTHON=...] sh tools/python.sh SCRIPT [ARGUMENT...]
set -u

# Old enough syntax for Python 2: this is the line that has to tell it that it is too old.
probe='
import sys
if sys.version_info < (3, 11):
    sys.stdout.write(sys.version.split()[0])
    sys.exit(3)
try:
    import ensurepip, venv
except ImportError:
    sys.stdout.write(sys.version.split()[0])
    sys.exit(4)
sys.stdout.write(sys.executable)
'

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

bare=
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14 python; do
    [ -n "$candidate" ] || continue
    said=$("$candidate" -c "$probe" 2>/dev/null)
    case $? in
        0) exec "$said" "$@" ;;
        3) [ "$candidate" != "${PYTHON:-}" ] || fail "$candidate is Python $said; tickgrid needs 3.11 or newer" ;;
        4) bare=${bare:-"$candidate ($said)"} ;;
        *) [ "$candidate" != "${PYTHON:-}" ] || fail "PYTHON=$candidate does not run" ;;
    esac
    [ "$candidate" != "${PYTHON:-}" ] || break
done
[ -z "$bare" ] || fail "$bare lacks the venv module; install it (Debian, Ubuntu: the package python3-venv)"
fail "no Python 3.11 or newer found; install one, or name it: make setup PYTHON=/path/to/python3"
