#!/bin/sh
# logo.sh FOLDER [SEED [CLIPS]]: a network that learned a shortcut, and what twenty edited maps make of it.
#
# In the clips of `saccade demo --task logo` a mark in the corner goes with the label "star" as long as one trains; in the test split
# nobody wears it.  A network is trained, a scripted person erases the mark from its maps on 20 clips, and the network goes on learning
# with the extractor frozen, in several ways.  The last table holds them beside each other: ‖M'−M‖ on the edited clips, and the share of
# clips that are told right, with the mark (validation) and without (test).
# SACCADE says which program; the recipe is data/recipes/logo-stabn.ini.
set -eu
program=${SACCADE:-saccade} folder=$1 seed=${2:-1} clips=${3:-420}

mkdir -p "$folder"
cd "$folder"
[ -f truth.json ] || "$program" demo . --task logo --clips "$clips" --seed "$seed"
[ -f logo.saccade ] || "$program" import -p logo.saccade .
[ -f base/scores/test.json ] || "$program" train logo-stabn --seed "$seed" -p logo.saccade -r base
"$program" maps draw "$PWD/base" -p logo.saccade -q 'split:train label:star' --most 20 --value 0

tune () # NAME OPTIONS…
{
  name=$1
  shift
  [ -f "$name/scores/test.json" ] || "$program" maps tune "$PWD/base" -p logo.saccade -r "$name" "$@"
}
tune longer --slow 1 --gamma 0 --gamma-time 0            # the same clips again, no maps
tune maps                                                # as the method says: a tenth of the last rate
tune maps-20 --slow 1 --gamma 20
tune painted --hide 0.001                                # what was erased is painted over as well
tune painted-fast --hide 0.001 --slow 1
tune painted-20 --hide 0.001 --slow 1 --gamma 20
tune only-painted --hide 0.001 --slow 1 --gamma 0 --gamma-time 0
"$program" maps compare base longer maps maps-20 painted painted-fast painted-20 only-painted -p logo.saccade
