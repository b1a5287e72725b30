#!/bin/sh
# usage: try_in_debian.sh FOLDER-WITH-THE-PACKAGES [ROOT]: as root, with debootstrap, xvfb and xdotool.
# Installs each package in a bare Debian 12, uses it, opens its window, takes it away, and looks for what stayed.
set -eu
packages=$(realpath "$1") root=${2:-$(mktemp -d)/debian}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
display=:97
[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$root" ${MIRROR:-}

begin() {
    mount --bind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mkdir -p "$root/tmp/.X11-unix"
    Xvfb $display -ac -screen 0 1440x900x24 >/dev/null 2>&1 &
    screen=$!
    until DISPLAY=$display xdotool getmouselocation >/dev/null 2>&1; do
        kill -0 "$screen" || { echo "No display $display could be opened: does another program have it?" >&2; exit 1; }
        sleep 0.2
    done
    mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
}
end() {
    kill "$screen" 2>/dev/null || true
    umount "$root/tmp/.X11-unix" "$root/proc" "$root/dev" 2>/dev/null || true
}
trap end EXIT
begin

inside() { chroot "$root" env -i HOME=/root PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
files() { (cd "$root" && find opt usr etc root -not -path '*/__pycache__*' \( -type f -o -type l \) | sort); }
window() { # how long from the command to the window, the second time
    for try in first warm; do
        began=$(date +%s%N)
        chroot "$root" env -i HOME=/root DISPLAY=$display LANG=C.UTF-8 "$1" &
        program=$!
        until DISPLAY=$display xdotool search --onlyvisible --name "Neural Network Playground" >/dev/null 2>&1; do
            kill -0 $program || { echo "The window did not come." >&2; exit 1; }
            sleep 0.02
        done
        echo "window, $try: $((($(date +%s%N) - began) / 1000000)) ms"
        kill $program
        wait $program || true
    done
}
same() { # what is there now, beside what was before
    files > "$root.after"
    if ! diff "$root.before" "$root.after"; then echo "$1 left something behind." >&2; exit 1; fi
    echo "$1 was taken away without a trace."
}

cp /etc/resolv.conf "$root/etc/resolv.conf"
inside apt-get update -qq
# What the packages depend on stays: only what they bring themselves must go again.
inside apt-get install -y -qq --no-install-recommends zstd libegl1 libgl1 libfontconfig1 libx11-xcb1 fonts-dejavu-core \
    desktop-file-utils shared-mime-info >/dev/null
files > "$root.before"

cp "$packages"/nn-playground_*.deb "$root/root/package.deb"
inside apt-get install -y -qq --no-install-recommends /root/package.deb >/dev/null
rm "$root/root/package.deb"
inside desktop-file-validate /usr/share/applications/nn-playground.desktop
inside grep -q "application/x-nnplay:\*.nnplay" /usr/share/mime/globs
inside grep -q "application/x-nnplay=nn-playground.desktop" /usr/share/applications/mimeinfo.cache
du -sh --apparent-size "$root/opt/nn-playground"
python3 "$here/../try_it.py" /usr/bin/playground --root "$root" ${PICTURE:+--picture "$PICTURE"}
window /usr/bin/playground
rm -rf "$root/root/.local" "$root/root/.config" "$root/root/.cache"
inside apt-get purge -y -qq nn-playground >/dev/null
inside update-mime-database /usr/share/mime
same "The .deb"

cp "$packages"/nn-playground-*.run "$root/tmp/package.run"
inside sh /tmp/package.run
inside grep -q "application/x-nnplay:\*.nnplay" /usr/local/share/mime/globs
inside playground doctor --json >/dev/null
inside /opt/nn-playground/uninstall.sh
inside sh /tmp/package.run --prefix "/root/my programs"
inside "/root/my programs/bin/playground" new spiral-mlp -o /tmp/spiral.nnplay
inside "/root/my programs/nn-playground/uninstall.sh"
rm -rf "$root/tmp/package.run" "$root/root/my programs" "$root/root/.local" "$root/root/.cache" "$root/usr/local/share"
same "The .run"

tar -x --zstd -f "$(ls "$packages"/nn-playground-*.tar.zst)" -C "$root/root"
inside /root/nn-playground/playground --version
rm -rf "$root/root/nn-playground" "$root/root/.cache"
same "The .tar.zst"
