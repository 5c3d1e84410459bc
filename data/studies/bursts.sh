#!/bin/sh
# bursts.sh FOLDER [CLIPS]: does the order of inversion hold, and do the maps point where and when something acts?
#
# Clips of `saccade demo --task bursts`, in which what acts, where and when is known; an ST-ABN and its own base network, three seeds each;
# per ST-ABN the table of methods/08 §7 and §8 in FOLDER/stabn-r18-SEED.txt (and in the run, scores/attention-test.json).
# SACCADE says which program; the recipe is data/recipes/bursts-stabn.ini.
set -eu
program=${SACCADE:-saccade} folder=$1 clips=${2:-648}
here=$(cd "$(dirname "$0")" && pwd)

mkdir -p "$folder"
cd "$folder"
[ -f truth.json ] || "$program" demo . --task bursts --clips "$clips" --seed 5
[ -f bursts.saccade ] || "$program" import -p bursts.saccade .
for seed in 1 2 3; do
  for model in stabn-r18 slow-r18; do
    sed "s/^model=.*/model=$model/" "$here/../recipes/bursts-stabn.ini" > "$model.ini"
    [ -f "$model-$seed/scores/test.json" ] || "$program" train "$model.ini" --seed "$seed" -p bursts.saccade -r "$model-$seed"
  done
  "$program" attention "$PWD/stabn-r18-$seed" -p bursts.saccade --labels > "stabn-r18-$seed.txt"
done
for run in stabn-r18-1 stabn-r18-2 stabn-r18-3 slow-r18-1 slow-r18-2 slow-r18-3; do
  echo "$run"
  "$program" eval "$PWD/$run" | tail -n 4
done
