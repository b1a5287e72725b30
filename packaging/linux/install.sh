#!/bin/sh
# Puts this folder's program where it stays, with its entry in the menu, its icon and the file type of .nnplay.
# As root for everyone (/opt), else for you alone (~/.local). Uninstall with the script it leaves in its folder.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ "$(id -u)" = 0 ]; then
    folder=/opt/nn-playground share=/usr/local/share bin=/usr/local/bin
else
    folder=$HOME/.local/opt/nn-playground share=${XDG_DATA_HOME:-$HOME/.local/share} bin=$HOME/.local/bin
fi
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) folder=$2/nn-playground share=$2/share bin=$2/bin; shift 2 ;;
        *) echo "usage: install.sh [--prefix FOLDER]" >&2; exit 2 ;;
    esac
done
if [ -e "$folder" ]; then
    if [ ! -x "$folder/uninstall.sh" ]; then
        echo "$folder is there already and was not made by this program. Move it away, or choose --prefix FOLDER." >&2
        exit 1
    fi
    "$folder/uninstall.sh"
fi
mkdir -p "$folder" "$bin" "$share/applications" "$share/mime/packages" "$share/icons/hicolor/scalable/apps" \
    "$share/icons/hicolor/scalable/mimetypes" "$share/thumbnailers"
cp -a "$here/." "$folder/"
ln -sfn "$folder/playground" "$bin/playground"
for entry in applications/nn-playground.desktop thumbnailers/nn-playground.thumbnailer; do
    sed -e "s#^TryExec=playground#TryExec=$folder/playground#" -e "s#^Exec=playground#Exec=\"$folder/playground\"#" \
        "$here/desktop/${entry#*/}" > "$share/$entry"
done
cp "$here/desktop/nn-playground.xml" "$share/mime/packages/nn-playground.xml"
cp "$here/desktop/nn-playground.svg" "$share/icons/hicolor/scalable/apps/nn-playground.svg"
cp "$here/desktop/nn-playground.svg" "$share/icons/hicolor/scalable/mimetypes/application-x-nnplay.svg"

cat > "$folder/uninstall.sh" <<END
#!/bin/sh
# Takes the program away again. Your projects, settings and run history stay.
set -eu
[ ! -L "$bin/playground" ] || [ "\$(readlink "$bin/playground")" != "$folder/playground" ] || rm -f "$bin/playground"
rm -f "$share/applications/nn-playground.desktop" "$share/thumbnailers/nn-playground.thumbnailer" \\
    "$share/mime/packages/nn-playground.xml" "$share/icons/hicolor/scalable/apps/nn-playground.svg" \\
    "$share/icons/hicolor/scalable/mimetypes/application-x-nnplay.svg"
rm -rf "$folder"
for tool in "update-mime-database $share/mime" "update-desktop-database $share/applications"; do
    \$tool >/dev/null 2>&1 || true
done
END
chmod +x "$folder/uninstall.sh"
for tool in "update-mime-database $share/mime" "update-desktop-database $share/applications"; do
    $tool >/dev/null 2>&1 || true # a system without a desktop has none
done
echo "Installed in $folder. Start it with $bin/playground, or from the menu."
echo "Take it away again with $folder/uninstall.sh."
