#!/bin/sh
# All that a GPU has to show, in one command of at most nine minutes: tests, barriers, a step of each workload beside PyTorch CUDA where that
# is there, TFLOP/s of each convolution and its share of the device's peak; one table at the end.  Without a GPU it says so and does what
# software Vulkan can.
#   tests/gpu/check.sh [BUILD [DEVICE]]     BUILD: build; DEVICE: vulkan:N, by default the first that is none in software
# PEERS: folder with side_by_side.py and torch_peer.py; PYTHON: the python that has torch.  Ends with 1 when a test failed.
exec python3 "$(dirname "$0")/check.py" "$@"
