#!/bin/sh
# Where a network looks in real clips, against boxes around true masks: car-shadow, dog and parkour of DAVIS, after an ST-ABN with ImageNet
# weights has learned from the other clips of davis-objects.  Pointing game and energy in box, beside Grad-CAM, the middle and chance.
#   tests/real/davis-masks.sh SHARED [WORK]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
shared=${1:?"davis-masks.sh SHARED [WORK]"}
work=${2:-$(mktemp -d)}
saccade=${SACCADE:-$here/../../build/saccade}
: "${SACCADE_DATADIR:=$here/../../data}"
export SACCADE_DATADIR

python3 "$here/davis_masks.py" "$shared" "$work"
"$saccade" import --project "$work/davis/p.saccade" "$work/davis"
"$saccade" train "$here/davis-masks.ini" --project "$work/davis/p.saccade" --weights "$shared/weights/resnet18-imagenet.safetensors" \
  --run "$work/run"
"$saccade" attention "$work/run" --project "$work/davis/p.saccade" --labels
echo "all of it lies in $work"
