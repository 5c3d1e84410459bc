#!/bin/sh
# Real clips, from nothing to figures: imports six yoga poses with their persons, divides them by person, trains on two cores
# and prints macro AUC on persons not seen.  About 8 minutes on two quiet cores; ends with 1 when macro AUC is below 0.95.
#   tests/real/yoga.sh SHARED [WORK]     SHARED holds data/videos/yoga-poses and weights; WORK (default: a new folder) keeps all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
shared=${1:?"yoga.sh SHARED [WORK]"}
work=${2:-$(mktemp -d)}
saccade=${SACCADE:-$here/../../build/saccade}
: "${SACCADE_DATADIR:=$here/../../data}"
export SACCADE_DATADIR
mkdir -p "$work"
videos=$shared/data/videos/yoga-poses
project=$work/yoga.saccade

"$saccade" import "$videos" --project "$project" --labels-from-folders --groups "$videos/persons.csv"
"$saccade" split --project "$project" --validation 0 --test 0.3
"$saccade" train "$here/yoga.ini" --project "$project" --weights "$shared/weights/resnet18-imagenet.safetensors" \
  --run "$work/run" --threads 2 --name yoga
"$saccade" explain "$work/run" trikonasana/VID20250127143444_a --project "$project" -o "$work/trikonasana"
"$saccade" eval "$work/run" --project "$project" --json > "$work/scores.json"
echo "all of it lies in $work; heat maps in $work/trikonasana/strip.png"
python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1]))["macro_auc"] < 0.95)' "$work/scores.json"
