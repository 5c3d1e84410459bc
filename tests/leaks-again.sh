#!/bin/sh
# leaks-again.sh PROGRAM [ARG…]: runs it, and once more where LeakSanitizer itself crashed: its tracer can meet a thread that is just ending
# ("Tracer caught signal 11"), by chance and whatever the program does.  Leaks and all other findings fail as ever.
place=$(mktemp -d) || exit 99
trap 'rm -rf "$place"' EXIT
for go in 1 2; do
  "$@" >"$place/out" 2>"$place/err"
  status=$?
  [ $status -ne 0 ] && grep -q '^Tracer caught signal' "$place/err" || break
  echo "leaks-again: LeakSanitizer itself crashed (run $go)" >>"$place/err"
done
cat "$place/out"
cat "$place/err" >&2
exit $status
