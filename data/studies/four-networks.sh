#!/bin/sh
# four-networks.sh SHARED FOLDER [OPTIONS…]: the study of methods/01 on six yoga poses, scored on persons that nobody trained on.
#
# SHARED holds data/videos/yoga-poses, data/videos/surveillance-fights and weights/resnet18-imagenet.safetensors.  The network that knows
# verbs learns fight and no fight first, divided by the video that a clip was cut from.  Hours on two cores; what was ended goes on when it is
# started again.  OPTIONS go to `saccade study`: --seeds 1, --arms 2d,i3d-avg …
# SACCADE says which program; the recipe is data/recipes/four-networks-small.ini.
set -eu
program=${SACCADE:-saccade} shared=$1 folder=$2
shift 2
poses=$shared/data/videos/yoga-poses fights=$shared/data/videos/surveillance-fights

mkdir -p "$folder"
cd "$folder"
if [ ! -f yoga.saccade ]; then
  "$program" import "$poses" --project yoga.saccade --labels-from-folders --groups "$poses/persons.csv"
  "$program" split --project yoga.saccade --by group --validation 0.15 --test 0.4 --seed 2
fi
if [ ! -f verbs.saccade ]; then
  awk 'BEGIN { print "clip,group" }
       /^https?:/ { source++ }
       /^ *(no)?fi[0-9]+:/ { sub (/:.*/, ""); gsub (/ /, ""); print ($0 ~ /^no/ ? "noFight/" : "fight/") $0 ".mp4,source" source }' \
    "$fights/videos.txt" > sources.csv
  "$program" import "$fights" --project verbs.saccade --labels-from-folders --groups sources.csv
  "$program" split --project verbs.saccade --by group --validation 0.15 --test 0.2
fi
if [ -f yoga.data/studies/four-networks-small/queue.json ]; then
  "$program" study four-networks-small --project yoga.saccade --resume
else
  "$program" study four-networks-small --project yoga.saccade --weights "$shared/weights/resnet18-imagenet.safetensors" "$@"
fi
"$program" report yoga.data/studies/four-networks-small
