#!/bin/sh
# usage: make_dmg.sh APPLICATION IMAGE: signs the application and puts it into a disk image beside a link to /Applications.
# With CODESIGN_IDENTITY it is signed for others, else for this machine alone; NOTARY_PROFILE has Apple look at it.
set -eu
app=$1 image=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
codesign --force --deep --options runtime --sign "${CODESIGN_IDENTITY:--}" "$app"
cp -R "$app" "$work/"
ln -s /Applications "$work/Applications"
rm -f "$image"
hdiutil create -volname "Neural Network Playground" -srcfolder "$work" -format ULMO -ov "$image"
if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
