#!/bin/sh
# Neural Network Playground @VERSION@ for Linux @MACHINE@. Run it with sh; options go to install.sh, as in --prefix FOLDER.
# "--unpack FOLDER" only unpacks. What follows the last line is a tar archive packed by zstd.
set -eu
if ! command -v zstd >/dev/null 2>&1; then
    echo "zstd is needed to unpack this. Install it first: sudo apt-get install zstd, or sudo dnf install zstd." >&2
    exit 1
fi
unpack() { tail -c +@OFFSET@ "$0" | zstd -dc | tar -x -C "$1" --no-same-owner; }
if [ "${1:-}" = --unpack ]; then
    mkdir -p "$2"
    unpack "$2"
    exit 0
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/nn-playground.XXXXXX")
trap 'rm -rf "$work"' EXIT
unpack "$work"
"$work/nn-playground/install.sh" "$@"
exit 0
