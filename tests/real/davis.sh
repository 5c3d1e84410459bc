#!/bin/sh
# A try-out with several labels a clip: 20 clips of persons, animals and vehicles.  Folders give one label each; what else is in the
# picture is added by hand.  Too few clips for figures: what is to be seen is that labels go together and where the network looks.
#   tests/real/davis.sh SHARED [WORK]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
shared=${1:?"davis.sh SHARED [WORK]"}
work=${2:-$(mktemp -d)}
saccade=${SACCADE:-$here/../../build/saccade}
: "${SACCADE_DATADIR:=$here/../../data}"
export SACCADE_DATADIR
mkdir -p "$work"
project=$work/davis.saccade

"$saccade" import "$shared/data/videos/davis-objects" --project "$project" --labels-from-folders
"$saccade" label set person --project "$project" vehicle/motocross-jump_1 vehicle/soapbox_1 vehicle/soapbox_2
"$saccade" label set vehicle --project "$project" person/bmx-trees_1 person/bmx-trees_2
"$saccade" split --project "$project" --validation 0 --test 0.3
"$saccade" train small-i3d-average --project "$project" --weights "$shared/weights/resnet18-imagenet.safetensors" \
  --run "$work/run" --threads 2 --name davis
"$saccade" explain "$work/run" vehicle/motocross-jump_1 --project "$project" --label person -o "$work/person"
"$saccade" explain "$work/run" vehicle/motocross-jump_1 --project "$project" --label vehicle -o "$work/vehicle"
echo "all of it lies in $work; heat maps in $work/person/strip.png and $work/vehicle/strip.png"
