#!/bin/sh
# Builds the image and starts the house in namespaces of its own: run.sh NODE CHECKOUT FOLDER. Layers lie in memory, since
# a layer may not lie inside the file system that it is laid over; volumes lie on disk.
set -e
here=$(dirname "$0")
mkdir -p "$3/layers"
mount -t tmpfs tmpfs "$3/layers"
"$1" "$here/build.ts" "$2" "$3"
exec unshare --net --uts "$1" "$here/main.ts" "$2" "$3"
