#!/usr/bin/env bash
# ./do run | build | test | bench | clean: everything from a fresh Debian 12.  README.md tells what each does.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

usage() {
  cat <<'EOF'
Usage: ./do VERB [OPTION…]

  run     build, render the demo clips once, open the window on the demo project
          --headless   no window: import, train, evaluate, report; prints where the report is
                       (also without a display)
          PROJECT      open this project instead of the demo
  build   leave the programs in build/: saccade and saccade-window
  test    all everyday tests, the unit tests a second time under ASan and UBSan
          --data DIR   folder with the real clips and weights (tests that need it skip without)
          --quick      without the sanitizer run
          --tsan       instead: the tests of the engine and its thread pool under TSan
  bench   speed of the engine on the standard workloads
  clean   remove what ./do built (and the demo project)

Options for all:
  --no-install   do not install missing Debian packages, only name them
EOF
}

install=yes headless= data= quick= tsan= project=
verb=${1:-}; [ $# -gt 0 ] && shift
while [ $# -gt 0 ]; do
  case $1 in
    --no-install) install= ;;
    --headless) headless=yes ;;
    --quick) quick=yes ;;
    --tsan) tsan=yes ;;
    --data) [ $# -gt 1 ] || { echo "do: --data needs a folder" >&2; exit 2; }; data=$2; shift ;;
    -h|--help) usage; exit 0 ;;
    -*) echo "do: unknown option $1" >&2; usage >&2; exit 2 ;;
    *) project=$1 ;;
  esac
  shift
done

logs=build/logs
# step NAME COMMAND…: one line on the screen, the whole output in $logs/NAME.log, shown when it fails
step() {
  local name=$1 started=$SECONDS; shift
  mkdir -p "$logs"
  printf '%-28s' "$name …"
  if "$@" >"$logs/${name// /-}.log" 2>&1 </dev/null; then
    printf 'done in %d s\n' $((SECONDS - started))
  else
    printf 'FAILED; the end of %s:\n' "$logs/${name// /-}.log"
    tail -n 30 "$logs/${name// /-}.log"
    exit 1
  fi
}

# packages KIND…: installs what is missing of these kinds (.ci/packages.txt)
packages() {
  local missing=() kind name
  for kind in "$@"; do
    for name in $(sed -n "s/^$kind: //p" .ci/packages.txt); do
      dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
    done
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "Missing Debian packages: ${missing[*]}"
  if [ -z "$install" ]; then
    echo "do: not installed because of --no-install" >&2
    exit 1
  fi
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo)
  if [ ${#root[@]} -gt 0 ] && ! command -v sudo >/dev/null; then
    echo "do: installing needs root; run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  if [ ${#root[@]} -gt 0 ]; then sudo -v; fi
  step "package lists" "${root[@]}" apt-get -o DPkg::Lock::Timeout=400 update
  step "install ${#missing[@]} packages" "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=400 install -y --no-install-recommends "${missing[@]}"
}

# configure FOLDER OPTION…
configure() {
  local folder=$1; shift
  if [ -f "$folder/build.ninja" ]; then
    step "configure $folder" meson configure "$folder" "$@"
  else
    step "configure $folder" meson setup "$folder" "$@"
  fi
}

build() {
  configure build -Dtest_data="$data"
  step "build" ninja -C build
}

environment() {
  export SACCADE_DATADIR=$PWD/data SACCADE_LOCALEDIR=$PWD/build/po
  export GSETTINGS_SCHEMA_DIR=$PWD/build/data${GSETTINGS_SCHEMA_DIR:+:$GSETTINGS_SCHEMA_DIR}
}

demo=build/demo
demo_project() {
  [ -f "$demo/truth.json" ] || step "render demo clips" build/saccade demo "$demo"
  [ -f "$demo/demo.saccade" ] || step "import demo" build/saccade import "$demo" --project "$demo/demo.saccade"
}

run() {
  packages build run
  build
  environment
  if [ -z "$headless" ] && [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ]; then
    echo "No display: doing the main job without a window."
    headless=yes
  fi
  if [ -n "$project" ] && [ -z "$headless" ]; then
    exec build/saccade open "$project"
  fi
  demo_project
  if [ -z "$headless" ]; then
    exec build/saccade open "$demo/demo.saccade"
  fi
  local run=$demo/demo.data/runs/headless
  rm -rf "$run"
  step "train" build/saccade train demo --project "$demo/demo.saccade" --run "$run"
  step "evaluate" build/saccade eval "$run" --project "$demo/demo.saccade"
  step "report" build/saccade report "$run" --project "$demo/demo.saccade" -o "$demo/report.html"
  cat "$logs/evaluate.log"
  echo "report: $PWD/$demo/report.html"
}

# What the compute pool's threads do to each other.
threads_tests=(base graph ops conv space maths profile)
run_threads_tests() {
  packages build run test
  local status=0
  configure build-tsan --buildtype=debugoptimized -Doptimization=1 -Db_sanitize=thread -Db_lundef=false -Dwindow=false
  step "build with TSan" ninja -C build-tsan "${threads_tests[@]/#/tests/test-}"
  meson test -C build-tsan --no-rebuild --print-errorlogs -t 10 "${threads_tests[@]}" >"$logs/test-tsan.log" 2>&1 </dev/null || status=1
  echo "tests under TSan            … log: $logs/test-tsan.log"
  [ $status -eq 0 ] || grep -hE '^not ok|^Bail out|ERROR:|SUMMARY: ThreadSanitizer' "$logs/test-tsan.log" | sort -u | head -n 40 || true
  python3 tests/test-summary.py build-tsan
  return $status
}

run_tests() {
  packages build run test
  build
  local status=0 folders=(build)
  meson test -C build --no-rebuild --print-errorlogs >"$logs/test.log" 2>&1 </dev/null || status=1
  echo "tests                       … $(grep -c . build/meson-logs/testlog.json) programs, log: $logs/test.log"
  if [ -z "$quick" ]; then
    configure build-asan --buildtype=debug -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false -Dwindow=false \
      -Dtest_data="$data"
    step "build with sanitizers" ninja -C build-asan
    meson test -C build-asan --no-rebuild --suite unit --wrapper "$PWD/tests/leaks-again.sh" --print-errorlogs \
      >"$logs/test-asan.log" 2>&1 </dev/null || status=1
    mv build-asan/meson-logs/testlog-leaks-again.sh.json build-asan/meson-logs/testlog.json       # Meson names it after the wrapper
    echo "tests under ASan and UBSan  … $(grep -c . build-asan/meson-logs/testlog.json) programs, log: $logs/test-asan.log"
    folders+=(build-asan)
  fi
  [ $status -eq 0 ] || grep -hE '^not ok|^Bail out|ERROR:|runtime error' "$logs"/test*.log | sort -u | head -n 40 || true
  python3 tests/test-summary.py "${folders[@]}"
  return $status
}

case $verb in
  run) run ;;
  build) packages build; build; echo "programs: build/saccade, build/saccade-window" ;;
  test) if [ -n "$tsan" ]; then run_threads_tests; else run_tests; fi ;;
  bench) packages build; build; environment
         for w in r18-2d i3d-r18-s r50-2d i3d-r50-s; do build/saccade bench "$w"; done ;;
  clean) rm -rf build build-asan build-tsan; echo "removed build/, build-asan/ and build-tsan/" ;;
  ''|-h|--help|help) usage ;;
  *) echo "do: there is no verb $verb" >&2; usage >&2; exit 2 ;;
esac
