#!/bin/sh
# The demo's main job with a device: renders, imports, trains and scores; one checkpoint must be worth the same on the CPU (0.001), and at
# least the demo's bar.  Minutes on a GPU; software Vulkan takes the reduced recipe beside this file, ten
# minutes of processor time.
#   tests/gpu/demo.sh [DEVICE [WORK]]       DEVICE: vulkan; WORK (default: a new folder) keeps all.  RECIPE, CLIPS, BAR: others
set -eu
here=$(cd "$(dirname "$0")" && pwd)
device=${1:-vulkan}
work=${2:-$(mktemp -d)}
saccade=${SACCADE:-$here/../../build/saccade}
: "${SACCADE_DATADIR:=$here/../../data}"
export SACCADE_DATADIR
software=$("$saccade" doctor --json | python3 -c 'import json, sys; v = json.load(sys.stdin)["vulkan"]; print(int(all(d["software"] for d in v)))')
if [ "$software" = 1 ]; then recipe=${RECIPE:-$here/demo-small.ini}; else recipe=${RECIPE:-demo}; fi
mkdir -p "$work"
[ -f "$work/truth.json" ] || "$saccade" demo "$work" --clips "${CLIPS:-360}"
[ -f "$work/demo.saccade" ] || "$saccade" import "$work" --project "$work/demo.saccade"
run=$work/run-$(echo "$device" | tr : -)
[ -d "$run" ] || "$saccade" train "$recipe" --project "$work/demo.saccade" --run "$run" --device "$device"
"$saccade" eval "$run" --project "$work/demo.saccade" --again --device "$device" --json > "$work/device.json"
"$saccade" eval "$run" --project "$work/demo.saccade" --again --json > "$work/cpu.json"
python3 - "$work" "${BAR:-0.90}" <<'END'
import json, sys
work, bar = sys.argv[1], float(sys.argv[2])
a, b = (json.load(open(f'{work}/{name}.json'))['macro_auc'] for name in ('device', 'cpu'))
print(f'macro AUC {a:.4f} on the device, {b:.4f} on the CPU, wanted {bar}')
sys.exit(a < bar or abs(a - b) > 1e-3)
END
